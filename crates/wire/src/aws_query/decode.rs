//! A form into a value, driven by the shape.

use super::form::{Branch, Form, refusal};
use crate::DecodeFault;
use crate::budget::Budget;
use crate::place::{Step, located};
use crate::scalar;
use contract::{Kind, Member, Shape, Value};

/// Reads the parameters of an operation along its input shape. Parameters nobody knows are passed over.
///
/// # Errors
/// `MalformedInput` for a value of the wrong type or a list that is not numbered.
pub fn decode(input: &'static Shape, form: &Form) -> Result<Value, DecodeFault> {
    let reader = Reader::default();
    match &input.kind {
        Kind::Struct { members } => reader.structure(members, form.root(), &Path::Top),
        _ => Err(refusal("The operation takes no parameters")),
    }
}

/// The way down, for the sentence of an error; lives on the stack, costs nothing while all is well.
enum Path<'a> {
    Top,
    Below(&'a Path<'a>, Step),
}

impl Path<'_> {
    fn steps(&self) -> Vec<Step> {
        match self {
            Path::Top => Vec::new(),
            Path::Below(above, step) => {
                let mut steps = above.steps();
                steps.push(*step);
                steps
            }
        }
    }

    fn refuse(&self, problem: impl Into<String>) -> DecodeFault {
        refusal(located(problem.into(), self.steps()))
    }
}

#[derive(Default)]
struct Reader {
    budget: Budget,
}

impl Reader {
    fn value(&self, shape: &'static Shape, branch: Branch<'_>, path: &Path<'_>) -> Result<Value, DecodeFault> {
        match &shape.kind {
            Kind::Struct { members } => self.structure(members, branch, path),
            Kind::List { member, item_name, flattened, .. } => {
                let items = if *flattened { Some(branch) } else { branch.below(item_name) };
                self.list(member, items, branch, path)
            }
            Kind::Map { value, .. } => self.map(value, branch, path),
            _ => {
                let text = branch.text().ok_or_else(|| path.refuse("Start of structure, list or map not expected"))?;
                scalar::read(shape, text)
                    .ok_or_else(|| path.refuse(format!("The value can not be converted to {}", scalar::wanted(shape))))
            }
        }
    }

    fn structure(&self, members: &'static [Member], branch: Branch<'_>, path: &Path<'_>) -> Result<Value, DecodeFault> {
        self.room(members.len(), path)?;
        if branch.text().is_some() {
            return Err(path.refuse("The value can not be converted to a Structure"));
        }
        let place = |member: &Member| {
            let below = branch.below(member.wire_name)?;
            Some(self.value(member.shape, below, &Path::Below(path, Step::Member(member.camel))))
        };
        members.iter().map(|member| place(member).transpose()).collect::<Result<_, _>>().map(Value::Struct)
    }

    /// Items count: `member.1`, `member.2`. Gaps close, since clients drop items without renumbering.
    fn list(
        &self,
        item: &'static Shape,
        items: Option<Branch<'_>>,
        whole: Branch<'_>,
        path: &Path<'_>,
    ) -> Result<Value, DecodeFault> {
        let numbered = numbered(items, path)?;
        // `PolicyArns=` is how clients send an empty list.
        if whole.text().is_some_and(|text| !text.is_empty() || !numbered.is_empty()) {
            return Err(path.refuse("The value can not be converted to a List"));
        }
        self.room(numbered.len(), path)?;
        let read = |(nth, branch)| self.value(item, branch, &Path::Below(path, Step::Item(nth)));
        numbered.into_iter().map(read).collect::<Result<_, _>>().map(Value::List)
    }

    /// `entry.1.key`, `entry.1.value`.
    fn map(&self, value: &'static Shape, branch: Branch<'_>, path: &Path<'_>) -> Result<Value, DecodeFault> {
        let entries = numbered(branch.below("entry"), path)?;
        self.room(entries.len().saturating_mul(2), path)?;
        let mut map: Vec<(String, Value)> = Vec::with_capacity(entries.len());
        for (_, entry) in entries {
            let key = entry.below("key").and_then(Branch::text);
            let (Some(key), Some(below)) = (key, entry.below("value")) else {
                return Err(path.refuse("An entry needs key and value"));
            };
            map.push((key.to_owned(), self.value(value, below, &Path::Below(path, Step::Entry))?));
        }
        let mut keys: Vec<&str> = map.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        if keys.is_sorted_by(|a, b| a < b) { Ok(Value::Map(map)) } else { Err(path.refuse("A key is given twice")) }
    }

    fn room(&self, places: usize, path: &Path<'_>) -> Result<(), DecodeFault> {
        if self.budget.take(places) { Ok(()) } else { Err(path.refuse("The request holds too many values")) }
    }
}

/// The branches below, by their number.
fn numbered<'f>(items: Option<Branch<'f>>, path: &Path<'_>) -> Result<Vec<(usize, Branch<'f>)>, DecodeFault> {
    let Some(items) = items else { return Ok(Vec::new()) };
    let mut list = Vec::new();
    for (name, branch) in items.pieces() {
        let nth = name.parse().ok().filter(|nth: &u32| *nth > 0 && !name.starts_with(['0', '+']));
        let nth = nth.and_then(|nth| usize::try_from(nth).ok());
        list.push((nth.ok_or_else(|| path.refuse("List items must be numbered from 1"))?, branch));
    }
    list.sort_unstable_by_key(|(nth, _)| *nth);
    Ok(list)
}

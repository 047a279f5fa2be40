//! Which mutants the compiler's errors speak of.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value;

use crate::bend::Bent;
use crate::edits::{Mark, Placed};

/// What an error takes out.
#[derive(Debug, Default)]
pub struct Blamed {
    /// Programs that do not compile.
    pub unviable: BTreeSet<u32>,
    /// Those that could not be said behind a switch.
    pub left_out: BTreeSet<u32>,
}

/// The mutants that one line of `cargo build --message-format=json` speaks of, or `None` when it is no error in code.
pub fn blame(message: &Value, bent: &BTreeMap<String, Bent>) -> Option<Blamed> {
    let error = message.get("message")?;
    if error.get("level")?.as_str()? != "error" {
        return None;
    }
    let mut blamed = Blamed::default();
    let text = error.get("message")?.as_str()?;
    if error.pointer("/code/code").and_then(Value::as_str) == Some("E0015") {
        let named = bent.values().flat_map(|bent| &bent.unconst).filter(|(name, _)| calls(text, name));
        blamed.left_out.extend(named.flat_map(|(_, held)| held));
    }
    let mut places = Vec::new();
    gather(error, &mut places);
    if places.is_empty() && blamed.left_out.is_empty() {
        return None;
    }
    for (file, range) in places {
        if !blamed.unviable.is_empty() || !blamed.left_out.is_empty() {
            break; // the nearest place that says something
        }
        if let Some(bent) = bent.get(&file) {
            at(&bent.placed, &range, &mut blamed);
        }
    }
    Some(blamed)
}

/// ``cannot call non-const associated function `KeyId::bytes` in constants``.
fn calls(text: &str, name: &str) -> bool {
    let called = text.split('`').nth(1).unwrap_or_default();
    let path = called.split('<').next().unwrap_or_default();
    path.rsplit("::").next() == Some(name) || called.rsplit("::").next() == Some(name)
}

/// Primary places first, then the others, then those of the notes; within macros also where these were called.
fn gather(error: &Value, places: &mut Vec<(String, Range<usize>)>) {
    let spans: Vec<&Value> = error.get("spans").and_then(Value::as_array).into_iter().flatten().collect();
    let primary = |span: &&&Value| span.get("is_primary").and_then(Value::as_bool).unwrap_or(false);
    for span in spans.iter().filter(primary).chain(spans.iter().filter(|span| !primary(span))) {
        let mut next = Some(*span);
        while let Some(span) = next {
            places.extend(place(span));
            next = span.pointer("/expansion/span");
        }
    }
    for child in error.get("children").and_then(Value::as_array).into_iter().flatten() {
        gather(child, places);
    }
}

fn place(span: &Value) -> Option<(String, Range<usize>)> {
    let offset = |key: &str| usize::try_from(span.get(key)?.as_u64()?).ok();
    Some((span.get("file_name")?.as_str()?.to_owned(), offset("byte_start")?..offset("byte_end")?))
}

/// The mutant whose own words these are; else those around whose expression they stand; else all of the function.
fn at(placed: &[Placed], range: &Range<usize>, blamed: &mut Blamed) {
    let around = |placed: &&Placed| placed.range.start <= range.start && range.end <= placed.range.end;
    let size = |placed: &Placed| placed.range.end - placed.range.start;
    let smallest = |wanted: fn(Mark) -> bool| {
        placed.iter().filter(|placed| wanted(placed.mark)).filter(around).min_by_key(|placed| size(placed))
    };
    let new = smallest(|mark| matches!(mark, Mark::New(_)));
    let whole = smallest(|mark| matches!(mark, Mark::Whole(_)));
    match (new, whole) {
        (Some(Placed { mark: Mark::New(number), range }), whole)
            if whole.is_none_or(|whole| size(whole) >= range.len()) =>
        {
            blamed.unviable.insert(*number);
        }
        (_, Some(whole)) => {
            let same = placed.iter().filter(|other| other.range == whole.range);
            blamed.left_out.extend(same.filter_map(|placed| number(placed.mark)));
        }
        _ => {
            let Some(function) = smallest(|mark| mark == Mark::Function) else { return };
            let inside =
                |placed: &&Placed| function.range.start <= placed.range.start && placed.range.end <= function.range.end;
            blamed.left_out.extend(placed.iter().filter(inside).filter_map(|placed| number(placed.mark)));
        }
    }
}

fn number(mark: Mark) -> Option<u32> {
    match mark {
        Mark::New(number) | Mark::Whole(number) => Some(number),
        Mark::Function => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn file() -> BTreeMap<String, Bent> {
        let placed = [
            (Mark::Function, 0..100),
            (Mark::Whole(1), 10..50),
            (Mark::Whole(2), 10..50),
            (Mark::New(1), 30..35),
            (Mark::New(2), 36..40),
            (Mark::Whole(3), 60..70),
        ];
        let placed = placed.into_iter().map(|(mark, range)| Placed { mark, range }).collect();
        let unconst = vec![("wide".to_owned(), vec![8, 9])];
        let bent = Bent { text: String::new(), placed, taken: BTreeSet::new(), hopeless: BTreeSet::new(), unconst };
        BTreeMap::from([("a.rs".to_owned(), bent)])
    }

    fn error(start: usize, end: usize) -> Blamed {
        let span = json!({ "file_name": "a.rs", "byte_start": start, "byte_end": end, "is_primary": true });
        let error = json!({ "message": { "level": "error", "message": "mismatched types", "spans": [span] } });
        blame(&error, &file()).expect("an error")
    }

    #[test]
    fn words_of_a_mutant_are_its_own_fault() {
        assert_eq!(error(37, 38).unviable, BTreeSet::from([2]));
        assert!(error(37, 38).left_out.is_empty());
    }

    #[test]
    fn what_was_put_around_is_the_fault_of_the_putting() {
        assert_eq!(error(11, 12).left_out, BTreeSet::from([1, 2]));
        assert!(error(11, 12).unviable.is_empty());
    }

    #[test]
    fn an_error_beside_them_takes_all_of_the_function() {
        assert_eq!(error(52, 53).left_out, BTreeSet::from([1, 2, 3]));
    }

    #[test]
    fn a_constant_that_needs_a_function_names_it() {
        let text = "cannot call non-const associated function `limbs::wide` in constants";
        let error =
            json!({ "message": { "level": "error", "message": text, "code": { "code": "E0015" }, "spans": [] } });
        assert_eq!(blame(&error, &file()).expect("an error").left_out, BTreeSet::from([8, 9]));
    }

    #[test]
    fn a_macro_is_asked_where_it_was_called() {
        let inner = json!({ "file_name": "a.rs", "byte_start": 31, "byte_end": 32, "is_primary": true });
        let span = json!({ "file_name": "/std/vec.rs", "byte_start": 1, "byte_end": 2, "is_primary": true,
            "expansion": { "span": inner } });
        let error = json!({ "message": { "level": "error", "message": "no Clone", "spans": [span] } });
        assert_eq!(blame(&error, &file()).expect("an error").unviable, BTreeSet::from([1]));
        let warning = json!({ "message": { "level": "warning", "message": "unused", "spans": [] } });
        assert!(blame(&warning, &file()).is_none());
    }
}

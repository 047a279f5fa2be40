//! Random requests: right and wrong in every way a shape allows, the same ones for the same seed.

#![allow(dead_code, clippy::indexing_slicing)]

use contract::{Kind, Shape, Value};
use kernel::Time;

/// Texts that satisfy some pattern of the contract, or nearly do.
const TEXTS: [&str; 28] = [
    "a",
    "Z9",
    "0",
    "ab",
    "123456",
    "123456789012",
    "has space",
    " lead",
    "trail ",
    "é",
    "日本",
    "\u{301}",
    "a\nb",
    "\t",
    "_",
    "-",
    "a-b_c",
    "eu-west-1_aB3dE5gH9",
    "eu-west-1:0a1b2c3d-0000-4000-8000-0123456789ab",
    "arn:aws:iam::123456789012:role/x",
    "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_aB3",
    "https://a.example/cb?x=1#y",
    "me@example.com",
    "Code: {####}",
    "{##Verify##}",
    "/path/",
    "v1.x",
    "a..b.",
];

/// A source of values.
pub struct Draw {
    state: u64,
    /// What is left to spend on nested things, so that no request grows without end.
    fuel: u32,
    /// Nothing required is left out, nothing stands outside its set of values: a typed structure can hold it.
    typed: bool,
}

impl Draw {
    /// The source for a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, fuel: 400, typed: false }
    }

    /// A source of requests that have a typed form, though their texts and numbers may break every rule.
    pub fn typed(seed: u64) -> Self {
        Self { typed: true, ..Self::new(seed) }
    }

    /// splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A length at or just beyond a bound, or a small one; never above `cap`.
    fn length(&mut self, min: Option<u64>, max: Option<u64>, cap: u64) -> usize {
        let mut candidates = vec![0, 1, 2, 3];
        candidates.extend(min.iter().flat_map(|min| [min.saturating_sub(1), *min, min + 1]));
        candidates.extend(max.iter().flat_map(|max| [max.saturating_sub(1), *max, max + 1]));
        candidates.retain(|length| *length <= cap);
        *self.one_of(&candidates) as usize
    }

    fn number(&mut self, min: Option<i64>, max: Option<i64>) -> i64 {
        let mut candidates = vec![-1, 0, 1, 5, 100];
        candidates.extend(min.iter().flat_map(|min| [min - 1, *min]));
        candidates.extend(max.iter().flat_map(|max| [*max, max + 1]));
        *self.one_of(&candidates)
    }

    fn text(&mut self, min: Option<u64>, max: Option<u64>, enums: &[&str]) -> String {
        if !enums.is_empty() && (self.typed || self.chance(85)) {
            return (*self.one_of(enums)).to_owned();
        }
        if self.chance(60) {
            return (*self.one_of(&TEXTS)).to_owned();
        }
        let length = self.length(min, max, 5000);
        self.one_of(&["a", "Z", "7", "é", " ", "\u{10348}"]).repeat(length)
    }

    /// A value of the shape's kind, within its constraints or not.
    pub fn value(&mut self, shape: &Shape) -> Value {
        self.fuel = self.fuel.saturating_sub(1);
        match &shape.kind {
            Kind::Text { min, max, enums, .. } => Value::Text(self.text(*min, *max, enums)),
            Kind::Blob { min, max } => Value::Blob(vec![7; self.length(*min, *max, 5000)]),
            Kind::Int { min, max, .. } => Value::Int(self.number(*min, *max)),
            Kind::Float => Value::Float(0.5),
            Kind::Bool => Value::Bool(self.chance(50)),
            Kind::Time { .. } => Value::Time(Time::from_secs(self.below(2_000_000_000) as i64)),
            Kind::Document => Value::Document(serde_json::json!({"k": [1, null, "x"]})),
            Kind::List { member, min, max, .. } => {
                let length = if self.fuel == 0 { self.below(2) } else { self.length(*min, *max, 60) };
                Value::List((0..length).map(|_| self.value(member)).collect())
            }
            Kind::Map { key, value, min, max } => {
                let length = if self.fuel == 0 { self.below(2) } else { self.length(*min, *max, 60) };
                let mut entries: Vec<(String, Value)> = Vec::new();
                for at in 0..length {
                    let Value::Text(mut name) = self.value(key) else { continue };
                    while entries.iter().any(|(known, _)| *known == name) {
                        name = format!("{name}.{at}");
                    }
                    entries.push((name, self.value(value)));
                }
                Value::Map(entries)
            }
            Kind::Struct { members } => {
                let mut places = Vec::new();
                for member in *members {
                    let present =
                        if member.required { self.typed || self.chance(90) } else { self.fuel > 0 && self.chance(45) };
                    places.push(present.then(|| self.value(member.shape)));
                }
                Value::Struct(places)
            }
        }
    }

    /// Puts something of another JSON type at a random place.
    pub fn spoil(&mut self, json: &mut serde_json::Value) {
        use serde_json::{Value as Json, json};
        let inside = match json {
            Json::Array(items) if !items.is_empty() => {
                let at = self.below(items.len());
                items.get_mut(at)
            }
            Json::Object(entries) if !entries.is_empty() => {
                let at = self.below(entries.len());
                entries.values_mut().nth(at)
            }
            _ => None,
        };
        match inside {
            Some(inside) => self.spoil(inside),
            None => *json = self.one_of(&[json!(12), json!("text"), json!(true), json!([]), json!({})]).clone(),
        }
    }
}

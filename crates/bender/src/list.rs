//! The mutants, as `cargo mutants --list --json` names them: it alone decides what is bent.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What is done to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    /// A function answers a fixed value.
    FnValue,
    /// `==` becomes `!=` and so on.
    BinaryOperator,
    /// `!` or `-` goes away.
    UnaryOperator,
    /// An arm of a match goes away.
    MatchArm,
    /// A guard of an arm becomes `true` or `false`.
    MatchArmGuard,
    /// A field of a struct expression with a base goes away.
    StructField,
}

/// Line and column, both from 1; columns are characters.
pub type Place = (usize, usize);

/// One thing that may be bent.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// From 1, in the order of the list: what the switch is asked for.
    pub number: u32,
    /// As it is told to people, and as `cargo mutants --re` finds it.
    pub name: String,
    /// Path from the root of the tree.
    pub file: String,
    /// The function around it, if there is one.
    pub function: String,
    /// What is done.
    pub genre: Genre,
    /// First character of what is replaced.
    pub start: Place,
    /// The character after it.
    pub end: Place,
    /// What comes instead.
    pub replacement: String,
}

/// Reads the list.
pub fn read(json: &str) -> Result<Vec<Mutant>> {
    let all: Vec<Value> = serde_json::from_str(json).context("the list of mutants")?;
    let numbered = (1u32..).zip(&all);
    numbered.map(|(number, value)| one(number, value).with_context(|| format!("mutant {value}"))).collect()
}

fn one(number: u32, value: &Value) -> Result<Mutant> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let place = |end: &str| {
        let part = |key: &str| usize::try_from(value.pointer(&format!("/span/{end}/{key}"))?.as_u64()?).ok();
        Some((part("line")?, part("column")?))
    };
    Ok(Mutant {
        number,
        name: text("name").context("no name")?,
        file: text("file").context("no file")?,
        function: value.pointer("/function/function_name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        genre: genre(&text("genre").context("no genre")?)?,
        start: place("start").context("no start")?,
        end: place("end").context("no end")?,
        replacement: text("replacement").unwrap_or_default(),
    })
}

fn genre(name: &str) -> Result<Genre> {
    Ok(match name {
        "FnValue" => Genre::FnValue,
        "BinaryOperator" => Genre::BinaryOperator,
        "UnaryOperator" => Genre::UnaryOperator,
        "MatchArm" => Genre::MatchArm,
        "MatchArmGuard" => Genre::MatchArmGuard,
        "StructField" => Genre::StructField,
        other => bail!("{other} is no genre known here"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_numbered_from_one() {
        let json = r#"[{"name":"a.rs:2:5: replace == with != in f","package":"a","file":"a.rs",
            "function":{"function_name":"f","return_type":"-> bool","span":{}},
            "span":{"start":{"line":2,"column":5},"end":{"line":2,"column":7}},"replacement":"!=","genre":"BinaryOperator"}]"#;
        let list = read(json).expect("a list");
        let [mutant] = list.as_slice() else { panic!("one mutant: {list:?}") };
        assert_eq!((mutant.number, mutant.start, mutant.end), (1, (2, 5), (2, 7)));
        assert_eq!((mutant.function.as_str(), mutant.genre), ("f", Genre::BinaryOperator));
        assert!(read(&json.replace("BinaryOperator", "Rename")).is_err());
    }
}

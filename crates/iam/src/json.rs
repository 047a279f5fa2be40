//! Documents as trees: what serde_json would swallow (a key given twice) is refused, and depth is bounded.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A document nests six deep: document, statements, statement, conditions, operator, values.
const DEPTH_MAX: u8 = 8;

/// A value of a document. Members keep their order; their names are unique.
#[derive(Debug)]
pub(crate) enum Json {
    /// Nothing.
    Null,
    /// A scalar, as text: policies write `true` and `"true"`, `5` and `"5"` alike.
    Scalar {
        /// The text.
        text: String,
        /// Whether it stood in quotes.
        quoted: bool,
    },
    /// Values in a row.
    List(Vec<Json>),
    /// Members by name.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The quoted text this is.
    pub(crate) fn quoted(&self) -> Option<&str> {
        match self {
            Json::Scalar { text, quoted: true } => Some(text),
            _ => None,
        }
    }

    /// A member of an object.
    pub(crate) fn member_mut(&mut self, wanted: &str) -> Option<&mut Json> {
        let Json::Object(members) = self else { return None };
        members.iter_mut().find_map(|(name, value)| (name == wanted).then_some(value))
    }

    /// [`Json::one_or_many`], to be changed.
    pub(crate) fn one_or_many_mut(&mut self) -> &mut [Json] {
        match self {
            Json::List(items) => items,
            one => std::slice::from_mut(one),
        }
    }

    /// The values of a list, or the one value that stands for a list of one.
    pub(crate) fn one_or_many(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }
}

/// As text that reads as the same tree.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Json::Null => f.write_str("null"),
            Json::Scalar { text, quoted: true } => f.write_str(&quoted(text)),
            Json::Scalar { text, quoted: false } => f.write_str(text),
            Json::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            Json::Object(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{}:{value}", if at == 0 { "" } else { "," }, quoted(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Reads one document; the error says what is wrong with it.
pub(crate) fn read(text: &str) -> Result<Json, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let tree = Deeper(DEPTH_MAX).deserialize(&mut reader)?;
    reader.end()?;
    Ok(tree)
}

/// How many levels may still follow.
struct Deeper(u8);

impl Deeper {
    fn below<E: Error>(&self) -> Result<u8, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))
    }
}

impl<'de> DeserializeSeed<'de> for Deeper {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

fn bare(text: impl ToString) -> Json {
    Json::Scalar { text: text.to_string(), quoted: false }
}

impl<'de> Visitor<'de> for Deeper {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy document")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(bare(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(bare(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(bare(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(bare(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Scalar { text: value.to_owned(), quoted: true })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Deeper(below))? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut object: Vec<(String, Json)> = Vec::new();
        // A set beside the list: 131,072 characters hold enough names to make a search of the list slow.
        let mut names = std::collections::HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format!("\"{name}\" is given twice")));
            }
            object.push((name, members.next_value_seed(Deeper(below))?));
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_given_twice_is_refused_at_any_depth_and_however_it_is_written() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"x":{"b":1,"c":2,"b":3}}]"#] {
            assert!(read(text).unwrap_err().to_string().contains("given twice"), "{text}");
        }
    }

    #[test]
    fn a_tree_is_written_as_text_that_reads_as_the_same() {
        let text = r#"{"a":[1,-2.5,true,null,"x\"\\\u0001ü"],"b\n":{},"c":[]}"#;
        let once = read(text).unwrap().to_string();
        assert_eq!(format!("{:?}", read(&once).unwrap()), format!("{:?}", read(text).unwrap()));
        assert_eq!(read(&once).unwrap().to_string(), once);
    }

    #[test]
    fn depth_is_bounded() {
        assert!(read(&format!("{}{}", "[".repeat(8), "]".repeat(8))).is_ok());
        assert!(read(&format!("{}{}", "[".repeat(9), "]".repeat(9))).is_err());
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn what_follows_the_document_is_refused() {
        assert!(read("{} {}").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn numbers_and_truths_are_text() {
        let Json::List(items) = read("[5, -1, 2.5, true, \"x\", null]").unwrap() else { unreachable!() };
        let text = |json: &Json| match json {
            Json::Scalar { text, quoted } => format!("{text} {quoted}"),
            other => format!("{other:?}"),
        };
        assert_eq!(
            items.iter().map(text).collect::<Vec<_>>(),
            ["5 false", "-1 false", "2.5 false", "true false", "x true", "Null"]
        );
    }
}

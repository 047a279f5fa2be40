//! Members of a request by name, for those who know an operation only as a table entry.

use crate::{Kind, Shape, Value};

/// A member of a structure, with its shape; `None` when there is no such member or the request leaves it out.
#[must_use]
pub fn member<'v>(shape: &'static Shape, value: &'v Value, name: &str) -> Option<(&'static Shape, &'v Value)> {
    let (Kind::Struct { members }, Value::Struct(places)) = (&shape.kind, value) else { return None };
    let at = members.iter().position(|member| member.name == name)?;
    Some((members.get(at)?.shape, places.get(at)?.as_ref()?))
}

/// A text member of a structure.
#[must_use]
pub fn text<'v>(shape: &'static Shape, value: &'v Value, name: &str) -> Option<&'v str> {
    match member(shape, value, name)? {
        (_, Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Every text at a path of members, `Roles.*` or `Rules.*.RoleARN`: `*` stands for every entry of a list or map.
#[must_use]
pub fn texts<'v>(shape: &'static Shape, value: &'v Value, path: &str) -> Vec<&'v str> {
    let Some((first, rest)) = path.split_once('.').map_or(Some((path, "")), Some) else { return Vec::new() };
    match (value, &shape.kind) {
        _ if path.is_empty() => match value {
            Value::Text(text) => vec![text],
            _ => Vec::new(),
        },
        (Value::List(items), Kind::List { member, .. }) if first == "*" => {
            items.iter().flat_map(|item| texts(member, item, rest)).collect()
        }
        (Value::Map(entries), Kind::Map { value: shape, .. }) if first == "*" => {
            entries.iter().flat_map(|(_, entry)| texts(shape, entry, rest)).collect()
        }
        _ => member(shape, value, first).map(|(shape, value)| texts(shape, value, rest)).unwrap_or_default(),
    }
}

/// The tags in a member: a map, or a list of structures with `Key` and `Value`.
#[must_use]
pub fn tags<'v>(shape: &'static Shape, value: &'v Value, name: &str) -> Vec<(&'v str, &'v str)> {
    match member(shape, value, name) {
        Some((_, Value::Map(entries))) => entries
            .iter()
            .filter_map(|(key, value)| match value {
                Value::Text(text) => Some((key.as_str(), text.as_str())),
                _ => None,
            })
            .collect(),
        Some((Shape { kind: Kind::List { member, .. }, .. }, Value::List(items))) => items
            .iter()
            .filter_map(|item| Some((text(member, item, "Key")?, text(member, item, "Value").unwrap_or_default())))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Location, Member};

    const fn shape(name: &'static str, kind: Kind) -> Shape {
        Shape { name, sensitive: false, kind }
    }
    const fn part(name: &'static str, shape: &'static Shape) -> Member {
        Member { name, wire_name: name, camel: name, location: Location::Body, shape, required: false }
    }
    static TEXT: Shape = shape("Text", Kind::Text { min: None, max: None, pattern: None, enums: &[] });
    static TAG: Shape = shape("Tag", Kind::Struct { members: &[part("Key", &TEXT), part("Value", &TEXT)] });
    static TAGS: Shape =
        shape("Tags", Kind::List { member: &TAG, min: None, max: None, item_name: "member", flattened: false });
    static MAP: Shape = shape("Map", Kind::Map { key: &TEXT, value: &TEXT, min: None, max: None });
    static ALL: Shape =
        shape("All", Kind::Struct { members: &[part("Name", &TEXT), part("Tags", &TAGS), part("Roles", &MAP)] });

    fn sample() -> Value {
        let said = |text: &str| Value::Text(text.to_owned());
        let tag = Value::Struct(vec![Some(said("team")), Some(said("blue"))]);
        let roles = vec![("a".to_owned(), said("r1")), ("b".to_owned(), said("r2"))];
        Value::Struct(vec![Some(said("n")), Some(Value::List(vec![tag])), Some(Value::Map(roles))])
    }

    #[test]
    fn members_are_reached_by_path() {
        let value = sample();
        assert_eq!(text(&ALL, &value, "Name"), Some("n"));
        assert_eq!(texts(&ALL, &value, "Name"), ["n"]);
        assert_eq!(texts(&ALL, &value, "Roles.*"), ["r1", "r2"]);
        assert_eq!(texts(&ALL, &value, "Tags.*.Value"), ["blue"]);
        for nothing in ["", "Nope", "Name.*", "Roles", "Roles.*.Deeper", "Tags.*"] {
            assert!(texts(&ALL, &value, nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn tags_are_read_from_lists_and_maps() {
        let value = sample();
        assert_eq!(tags(&ALL, &value, "Tags"), [("team", "blue")]);
        assert_eq!(tags(&ALL, &value, "Roles"), [("a", "r1"), ("b", "r2")]);
        assert!(tags(&ALL, &value, "Name").is_empty());
    }
}

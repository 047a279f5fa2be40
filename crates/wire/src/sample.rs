//! A shape with a member of every kind, for tests that need no operation by name.

use contract::{Kind, Location, Member, Shape, Value};

pub static TEXT: Shape = shape("Text", Kind::Text { min: None, max: None, pattern: None, enums: &[] });
static INT: Shape = shape("Int", Kind::Int { min: None, max: None, long: false });
static LONG: Shape = shape("Long", Kind::Int { min: None, max: None, long: true });
static BOOL: Shape = shape("Bool", Kind::Bool);
static BLOB: Shape = shape("Blob", Kind::Blob { min: None, max: None });
static TIME: Shape = shape("Time", Kind::Time { iso: false });
static FREE: Shape = shape("Document", Kind::Document);
static TAGS: Shape = shape("Tags", Kind::Map { key: &TEXT, value: &TEXT, min: None, max: None });
static ITEM: Shape =
    shape("Item", Kind::Struct { members: &[member("Key", "key", &TEXT), member("Value", "value", &TEXT)] });
static ITEMS: Shape =
    shape("Items", Kind::List { member: &ITEM, min: None, max: None, item_name: "member", flattened: false });
static FLAT: Shape =
    shape("Flat", Kind::List { member: &TEXT, min: None, max: None, item_name: "member", flattened: true });

/// A structure that holds itself, so that depth is bounded by us alone.
pub static SAMPLE: Shape = shape("Sample", Kind::Struct { members: MEMBERS });

pub static MEMBERS: &[Member] = &[
    member("Name", "name", &TEXT),
    member("Count", "count", &INT),
    member("Size", "size", &LONG),
    member("On", "on", &BOOL),
    member("Image", "image", &BLOB),
    member("At", "at", &TIME),
    member("Settings", "settings", &FREE),
    member("Tags", "tags", &TAGS),
    member("Items", "items", &ITEMS),
    member("Flat", "flat", &FLAT),
    member("Next", "next", &SAMPLE),
    Member { location: Location::Uri, ..member("Label", "label", &TEXT) },
    Member { location: Location::Query, wire_name: "maxResults", ..member("MaxResults", "maxResults", &INT) },
    Member { location: Location::Header, wire_name: "x-amz-Client-Context", ..member("Context", "context", &TEXT) },
    Member { location: Location::Status, ..member("Status", "status", &INT) },
];

const fn shape(name: &'static str, kind: Kind) -> Shape {
    Shape { name, sensitive: false, kind }
}

const fn member(name: &'static str, camel: &'static str, shape: &'static Shape) -> Member {
    Member { name, wire_name: name, camel, location: Location::Body, shape, required: false }
}

/// The sample with these members filled.
pub fn filled(members: &[(&str, Value)]) -> Value {
    let find = |member: &Member| members.iter().find(|(name, _)| *name == member.name).map(|(_, value)| value.clone());
    Value::Struct(MEMBERS.iter().map(find).collect())
}

/// One member of a sample.
pub fn place(value: Value, name: &str) -> Option<Value> {
    let Value::Struct(mut places) = value else { panic!("no structure") };
    places.swap_remove(MEMBERS.iter().position(|member| member.name == name).expect("a member of the sample"))
}

//! XML for Query answers. Names come from the contract; only text needs care.

use super::scalar;
use contract::{Kind, Member, Shape, Value};

/// XML being written.
#[derive(Default)]
pub struct Xml(String);

impl Xml {
    /// Opens the root in its namespace.
    pub fn open_in(&mut self, name: &str, namespace: &str) {
        for piece in ["<", name, " xmlns=\"", namespace, "\">"] {
            self.0.push_str(piece);
        }
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str) {
        for piece in ["<", name, ">"] {
            self.0.push_str(piece);
        }
    }

    /// Closes an element.
    pub fn close(&mut self, name: &str) {
        for piece in ["</", name, ">"] {
            self.0.push_str(piece);
        }
    }

    /// An element that holds text.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close(name);
    }

    /// The members of a structure that are present, in model order.
    pub fn members(&mut self, members: &[Member], places: &[Option<Value>]) {
        for (member, value) in members.iter().zip(places) {
            if let Some(value) = value {
                self.element(member.wire_name, member.shape, value);
            }
        }
    }

    /// The finished document.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }

    fn element(&mut self, name: &str, shape: &Shape, value: &Value) {
        match (value, &shape.kind) {
            (Value::List(items), Kind::List { member, flattened: true, .. }) => {
                items.iter().for_each(|item| self.element(name, member, item));
            }
            (Value::List(items), Kind::List { member, item_name, .. }) => {
                self.open(name);
                items.iter().for_each(|item| self.element(item_name, member, item));
                self.close(name);
            }
            (Value::Map(entries), Kind::Map { value, .. }) => {
                self.open(name);
                for (key, entry) in entries {
                    self.open("entry");
                    self.leaf("key", key);
                    self.element("value", value, entry);
                    self.close("entry");
                }
                self.close(name);
            }
            (Value::Struct(places), Kind::Struct { members }) => {
                self.open(name);
                self.members(members, places);
                self.close(name);
            }
            // Values come from generated types and fit their shapes; what has no text of its own stays empty.
            (value, _) => self.leaf(name, &scalar::write(value).unwrap_or_default()),
        }
    }

    fn text(&mut self, text: &str) {
        for char in text.chars() {
            match char {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // Readers turn a bare carriage return into a line feed (XML 1.0, 2.11).
                '\r' => self.0.push_str("&#13;"),
                // XML 1.0, 2.2 has no way to write these, escaped or not.
                '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    self.0.push('\u{fffd}')
                }
                other => self.0.push(other),
            }
        }
    }
}

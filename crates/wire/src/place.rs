//! Where in a request something stands, in the spelling of constraint messages (user-pools.md 1.1).

use std::fmt::Write as _;

/// One step down. Keys of maps are the caller's words and are not repeated.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// A member of a structure, in lower camel case.
    Member(&'static str),
    /// An item of a list, counted from 1.
    Item(usize),
    /// A value of a map.
    Entry,
}

/// Adds `at 'schema.1.member.name'` to a sentence; nothing when it is about the request as a whole.
pub fn located(mut sentence: String, steps: impl IntoIterator<Item = Step>) -> String {
    let mut path = String::new();
    for step in steps {
        if !path.is_empty() {
            path.push('.');
        }
        let _ = match step {
            Step::Member(name) => write!(path, "{name}"),
            Step::Item(nth) => write!(path, "{nth}.member"),
            Step::Entry => write!(path, "value"),
        };
    }
    if !path.is_empty() {
        let _ = write!(sentence, " at '{path}'");
    }
    sentence
}

//! JSON in and out along a shape: straight into values and straight out of them, with no tree in between.

mod document;
mod read;
mod trail;
mod write;

pub(crate) use read::read;
pub(crate) use write::{push_members, push_text, room};

#[cfg(test)]
mod read_test;
#[cfg(test)]
mod write_test;

//! What is done to one subject from its beginning, by chance to its end. A file for each kind.

pub mod client;
pub mod iam;
pub mod person;
pub mod pool;

//! What the operations on sessions share: lifetimes, tags, session policies, foreign sign-ins, and the credentials that
//! come out.

pub mod credentials;
pub mod lifetime;
pub mod narrowing;
pub mod role;
pub mod say;
pub mod session_tags;
pub mod users;
pub mod web;

//! Numbers that bound what a stranger may make us do.

/// Largest request body in bytes on routes that name no other limit (user-pools.md 1.7).
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting of a JSON document that is read (RL-13).
pub const JSON_DEPTH_MAX: usize = 64;
/// Longest password in characters that reaches a hash (ST-23).
pub const PASSWORD_CHARS_MAX: usize = 256;

//! `cognate config`: every key with its meaning, its default and its name in the environment.

use crate::config::explain;
use crate::console::say;

/// Explains the configuration.
pub fn run() {
    say(explain().trim_end());
}

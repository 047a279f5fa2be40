//! What commands say to the person who typed them. Logs go to the error output; this goes to the other one.

use std::io::Write;

/// Prints a text. A closed output is the reader's decision, not a failure.
pub fn say(text: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.as_ref());
    let _ = out.flush();
}

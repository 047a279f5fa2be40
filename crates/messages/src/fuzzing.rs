//! Body of the fuzz target: customers' templates and strangers' names in, never a panic, and no name becomes a template.

use crate::wording;

/// A template, and after the first NUL what is put into it.
pub fn wording(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (template, value) = text.split_once('\0').unwrap_or((text, "012345"));
    wording::fuzz(template, value);
}

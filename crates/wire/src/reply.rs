//! An answer as plain data, before the edge makes HTTP of it.

/// Status, headers and body of an answer. The edge adds what every answer carries (request id, date, CORS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// Headers of this dialect; the values are safe to send as they are.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Longest text that is repeated in a header; longer ones stand in the body only.
const HEADER_TEXT_MAX: usize = 1024;

/// Whether a text may travel as a header value: printable ASCII that no proxy trims or refuses.
pub(crate) fn header_safe(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= HEADER_TEXT_MAX
        && text.bytes().all(|b| (0x20..=0x7e).contains(&b))
        && text.trim_matches(' ').len() == text.len()
}

/// `x-amzn-ErrorType` with the trailing colon seen in the wild, and the sentence where it is header-safe (user-pools.md 1.5).
pub(crate) fn error_headers(code: &str, message: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![("x-amzn-ErrorType", format!("{code}:"))];
    if header_safe(message) {
        headers.push(("x-amzn-ErrorMessage", message.to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_could_split_or_bend_a_header_stays_out_of_it() {
        assert!(header_safe("Incorrect username or password."));
        for unsafe_text in ["", " led", "trailed ", "two\r\nlines", "tab\there", "naïve", "\u{7f}"] {
            assert!(!header_safe(unsafe_text), "{unsafe_text:?}");
        }
        assert!(!header_safe(&"x".repeat(HEADER_TEXT_MAX + 1)));
    }
}

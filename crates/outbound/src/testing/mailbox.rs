//! A mail as it came over the wire, and just enough MIME to read it the way a person's mail program would.

use data_encoding::BASE64;

/// One message an [`SmtpServer`](super::SmtpServer) took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Address of MAIL FROM.
    pub from: String,
    /// Addresses of RCPT TO.
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub data: String,
    /// Whether the line was encrypted.
    pub encrypted: bool,
    /// Who had signed in.
    pub user: Option<String>,
}

impl Received {
    /// The value of a header, unfolded and decoded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.data, name)
    }

    /// Every header's name, as spelled, in order.
    #[must_use]
    pub fn header_names(&self) -> Vec<String> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default();
        let starts = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        starts.filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned()).collect()
    }

    /// The plain text part.
    #[must_use]
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML part.
    #[must_use]
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> String {
        let content_type = self.header("Content-Type").unwrap_or_default();
        let boundary = content_type.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next());
        let Some(boundary) = boundary else { return String::new() };
        let opening = format!("--{boundary}\r\n");
        let mut parts = self.data.split(opening.as_str()).skip(1);
        let wanted = |part: &&str| header(part, "Content-Type").is_some_and(|value| value.starts_with(kind));
        let Some(part) = parts.find(wanted) else { return String::new() };
        let part = part.split(&format!("\r\n--{boundary}")).next().unwrap_or_default();
        let body = part.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let body = body.strip_suffix("\r\n").unwrap_or(body); // our encoder ends every part with a line of its own
        match header(part, "Content-Transfer-Encoding").as_deref() {
            Some("quoted-printable") => quoted_printable(body),
            Some("base64") => from_base64(body),
            _ => body.to_owned(),
        }
    }
}

fn header(data: &str, name: &str) -> Option<String> {
    let head = data.split("\r\n\r\n").next().unwrap_or_default();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let named = unfolded.split("\r\n").filter_map(|line| line.split_once(": "));
    named.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| encoded_words(value))
}

/// RFC 2047, the `b` form our encoder writes.
fn encoded_words(value: &str) -> String {
    let decoded = value.split(' ').map(|word| {
        let inner = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        inner.map_or_else(|| (word.to_owned(), false), |inner| (from_base64(inner), true))
    });
    let mut out = String::new();
    let mut after_encoded = true;
    for (word, encoded) in decoded {
        // White space between two encoded words is not part of the text (RFC 2047 6.2).
        if !(out.is_empty() || after_encoded && encoded) {
            out.push(' ');
        }
        out.push_str(&word);
        after_encoded = encoded;
    }
    out
}

fn from_base64(text: &str) -> String {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    String::from_utf8(BASE64.decode(packed.as_bytes()).expect("base64 as our encoder writes it")).expect("UTF-8")
}

fn quoted_printable(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut out = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'=', Some(byte)) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).expect("UTF-8")
}

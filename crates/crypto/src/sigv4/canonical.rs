//! One text for a request, whoever writes it down (step 4 of the specification).

use super::RequestParts;
use super::verify::Rules;
use std::borrow::Cow;
use std::fmt::Write;

/// The canonical request.
pub(super) fn request(
    parts: &RequestParts<'_>,
    rules: &Rules,
    signed_headers: &str,
    omit: Option<&str>,
    payload_hash: &str,
) -> String {
    let mut out = String::with_capacity(512);
    out.push_str(parts.method);
    out.push('\n');
    out.push_str(&if rules.verbatim_path { verbatim(parts.path) } else { normalised(parts.path) });
    out.push('\n');
    out.push_str(&query(parts.query, omit));
    out.push('\n');
    for name in signed_headers.split(';') {
        header(&mut out, name, parts);
    }
    out.push('\n');
    out.push_str(signed_headers);
    out.push('\n');
    out.push_str(payload_hash);
    out
}

/// Unreserved characters of RFC 3986 stay; all other bytes become `%XX`, upper case.
pub(super) fn encode(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// Everything but S3: empty and dot segments are resolved, then the encoded path is encoded once more,
/// so that `us-east-1%3Aab` reads `us-east-1%253Aab`.
fn normalised(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let mut out = String::with_capacity(path.len() + 8);
    for segment in &segments {
        out.push('/');
        encode(&mut out, segment.as_bytes());
    }
    if segments.is_empty() || path.ends_with('/') {
        out.push('/');
    }
    out
}

/// S3: the path as sent.
fn verbatim(path: &str) -> String {
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

/// Each name and value decoded and encoded again, sorted by name, then value; `omit` is left out.
fn query(query: &str, omit: Option<&str>) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = recode(name);
        if omit != Some(name.as_str()) {
            pairs.push((name, recode(value)));
        }
    }
    pairs.sort();
    let mut out = String::with_capacity(query.len() + 16);
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&name);
        out.push('=');
        out.push_str(&value);
    }
    out
}

fn recode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    encode(&mut out, &decode(text));
    out
}

/// Percent-decoded bytes. A plus sign is a plus sign: this is RFC 3986, not a form.
pub(super) fn decode(text: &str) -> Cow<'_, [u8]> {
    percent_encoding::percent_decode_str(text).into()
}

/// `name:value`, runs of spaces folded, values of repeated headers joined by commas.
fn header(out: &mut String, name: &str, parts: &RequestParts<'_>) {
    out.push_str(name);
    out.push(':');
    for (number, value) in parts.header(name).enumerate() {
        if number > 0 {
            out.push(',');
        }
        let words = value.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
        for (number, word) in words.enumerate() {
            if number > 0 {
                out.push(' ');
            }
            // Bytes beyond UTF-8 cannot be signed by any client we know: they give another text, so no signature fits.
            out.push_str(&String::from_utf8_lossy(word));
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_03_paths_are_resolved_and_encoded_once_more() {
        for (sent, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/a//b", "/a/b"),
            ("/a/./b/../c", "/a/c"),
            ("/../a", "/a"),
            ("/a/", "/a/"),
            ("/a/..", "/"),
            ("/identitypools/us-east-1%3Aab/x", "/identitypools/us-east-1%253Aab/x"),
            ("/a b", "/a%20b"),
            ("/ü~_-.", "/%C3%BC~_-."),
            ("/%2e%2e/a", "/%252e%252e/a"),
        ] {
            assert_eq!(normalised(sent), canonical, "{sent}");
        }
    }

    #[test]
    fn queries_are_recoded_and_sorted_by_name_then_value() {
        assert_eq!(query("b=2&a=1&a=0&c", None), "a=0&a=1&b=2&c=");
        assert_eq!(query("a=%7e%41+x&&k=v=w", None), "a=~A%2Bx&k=v%3Dw");
        assert_eq!(query("a=%zz&b=%", None), "a=%25zz&b=%25");
        assert_eq!(
            query("a=1&X-Amz-Signature=q&X-Amz-Signature2=r", Some("X-Amz-Signature")),
            "X-Amz-Signature2=r&a=1"
        );
        assert_eq!(query("", None), "");
    }

    #[test]
    fn headers_are_folded_and_joined() {
        let headers: &[(&str, &[u8])] = &[("My-Header", b"  a   b\tc "), ("other", b"x"), ("my-header", b"d")];
        let parts = RequestParts { method: "GET", path: "/", query: "", headers };
        let mut out = String::new();
        header(&mut out, "my-header", &parts);
        header(&mut out, "absent", &parts);
        assert_eq!(out, "my-header:a b c,d\nabsent:\n");
    }
}

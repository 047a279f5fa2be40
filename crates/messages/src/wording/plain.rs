//! Between HTML and plain text, as far as customers' mail templates need it.

/// Text as HTML shows it.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The words of an HTML body: tags gone, blocks on lines of their own, entities as characters.
pub(super) fn from_html(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (words, tag_on) = rest.split_at(at);
        out.push_str(&collapsed(words));
        let Some(end) = tag_on.find('>').filter(|_| starts_a_tag(tag_on)) else {
            out.push('<'); // "3 < 4" is no tag
            rest = tag_on.strip_prefix('<').unwrap_or_default();
            continue;
        };
        let (tag, after) = tag_on.split_at(end + 1);
        let name = name_of(tag);
        if breaks_line(&name) {
            out.push('\n');
        }
        rest = after;
        if !tag.starts_with("</") && matches!(name.as_str(), "style" | "script" | "title") {
            let close = format!("</{name}");
            rest = after.to_ascii_lowercase().find(&close).and_then(|at| after.get(at..)).unwrap_or_default();
        }
    }
    out.push_str(&collapsed(rest));
    tidy(&unescape(&out))
}

fn starts_a_tag(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
}

fn name_of(tag: &str) -> String {
    let inner = tag.trim_start_matches('<').trim_start_matches('/');
    inner.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn breaks_line(name: &str) -> bool {
    const BLOCKS: &[&str] = &[
        "br",
        "p",
        "div",
        "tr",
        "table",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "section",
        "blockquote",
    ];
    BLOCKS.contains(&name)
}

/// White space between words is one space in HTML; line breaks in the source of a template mean nothing.
fn collapsed(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            ' ' | '\t' | '\r' | '\n' if out.ends_with(' ') => {}
            ' ' | '\t' | '\r' | '\n' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

fn unescape(text: &str) -> String {
    const NAMED: &[(&str, &str)] =
        &[("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&nbsp;", "\u{a0}")];
    let text = NAMED.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain));
    text.replace("&amp;", "&") // last, so that "&amp;lt;" becomes "&lt;"
}

fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n').map(|line| line.trim_matches(' ')) {
        let blank_twice = line.is_empty() && (out.is_empty() || out.ends_with("\n\n"));
        if !blank_twice {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_reads_well_without_its_html() {
        let html = "<html><head><style>p { color: red }</style><title>x</title></head><body>\n<h1>Hello\n  Ana</h1>\
             <p>Your code is <b>012345</b>.</p><!-- note --><p>Bye,<br/>the shop</p></body></html>";
        assert_eq!(from_html(html), "Hello Ana\n\nYour code is 012345.\n\nBye,\nthe shop");
    }

    #[test]
    fn text_without_tags_stays_and_entities_become_characters() {
        assert_eq!(from_html("Your verification code is 012345. "), "Your verification code is 012345.");
        assert_eq!(from_html("3 < 4 &amp;lt; 5 &lt; 6"), "3 < 4 &lt; 5 < 6");
        assert_eq!(from_html("<p"), "<p");
        assert_eq!(from_html(""), "");
    }

    #[test]
    fn what_was_escaped_reads_as_before() {
        let evil = "<b>&\"' &amp; é</b>";
        assert_eq!(from_html(&escape(evil)), evil);
    }
}

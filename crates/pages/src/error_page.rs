//! The page that says what went wrong, for people in a browser.

use crate::page::{Page, STRICT, STYLE};
use askama::Template;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorView<'a> {
    style: &'static str,
    title: &'a str,
    text: &'a str,
    request_id: Option<&'a str>,
}

/// A plain page with a headline, a sentence and, where there is one, the number to quote to an operator.
#[must_use]
pub fn error_page(title: &str, text: &str, request_id: Option<&str>) -> Page {
    Page::render(&ErrorView { style: STYLE, title, text, request_id }, &STRICT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_20_text_from_outside_is_shown_and_not_run() {
        let page = error_page("Not <found>", "<script>alert(1)</script>", Some("\"><img src=x>"));
        assert!(!page.html.contains("<script") && !page.html.contains("<img"), "{}", page.html);
        assert!(page.html.contains("&#60;script&#62;"), "{}", page.html);
        assert!(page.policy.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(!page.policy.contains("unsafe"));
    }

    #[test]
    fn without_a_number_none_is_shown() {
        assert!(!error_page("a", "b", None).html.contains("Request"));
    }
}

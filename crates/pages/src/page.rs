//! A rendered page and the Content-Security-Policy it must be served with.

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use std::sync::LazyLock;

pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// HTML and the policy it needs. Whoever serves it sends both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The document.
    pub html: String,
    /// Value of the Content-Security-Policy header.
    pub policy: &'static str,
}

/// Our own style sheet by its hash and nothing else: no script, no other origin, no frame around us (ST-20).
pub(crate) static STRICT: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(digest(&SHA256, STYLE.as_bytes()).as_ref());
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// For pages that show a foreign mail in a frame. The frame inherits this policy, and mails are styled by attributes;
/// nothing else of theirs may load, so that reading a mail tells nobody that it was read.
pub(crate) const WITH_MAIL: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

impl Page {
    pub(crate) fn render(view: &impl Template, policy: &'static str) -> Self {
        // Rendering into a String fails only if a value's Display does; ours are texts and numbers.
        Self { html: view.render().unwrap_or_default(), policy }
    }
}

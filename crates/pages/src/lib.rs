//! Pages as typed views: the developer's inbox and the error page, rendered to HTML that runs nothing.
//!
//! Knows: how a thing looks, escaping, the policy each page needs. Never knows: HTTP, sessions, where its data came from.
//! To add a page: a template under `templates/` that extends `base.html`, a view beside `inbox.rs`, its tests.

mod clock_face;
mod error_page;
mod inbox;
mod page;

pub use error_page::error_page;
pub use inbox::{Body, InboxJson, Message, inbox_page, message_page};
pub use page::Page;

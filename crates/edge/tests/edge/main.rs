//! The edge over real sockets, before a made-up service of five operations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod aws;
mod bounds;
mod desk;
mod http2;
mod inbox;
mod logs;
mod published;
mod signatures;
mod support;
mod throttle;
mod tls;

//! Who is asked for the addresses behind a name. Its answers are not trusted: the connector checks each one.

use kernel::BoxFuture;
use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use tokio::net::lookup_host;

/// Turns a name into addresses.
pub trait Resolve: Send + Sync + Debug {
    /// Every address the name stands for now.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// The operating system's resolver: what operators configure.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(lookup_host((host, port)).await?.collect()) })
    }
}

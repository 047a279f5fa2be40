//! Opens the connection of a fetch: resolve, check every address, connect to one that was checked.
//!
//! The guard sits here and not before: a URL that is an address needs no resolver, and a name resolved twice may answer
//! differently the second time. So a name is asked for once per connection, and what was checked is what is dialled.

use super::FetchError;
use super::guard::permitted;
use super::resolve::Resolve;
use http::Uri;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::TcpStream;

/// The only way a fetch gets a socket.
#[derive(Debug, Clone)]
pub(super) struct Guarded {
    allowed: Arc<[IpNet]>,
    resolver: Arc<dyn Resolve>,
}

impl Guarded {
    pub(super) fn new(allowed: &[IpNet], resolver: Arc<dyn Resolve>) -> Self {
        Self { allowed: allowed.into(), resolver }
    }
}

impl tower::Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, FetchError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), FetchError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let guarded = self.clone();
        Box::pin(async move { connect(&uri, &guarded).await.map(TokioIo::new) })
    }
}

async fn connect(uri: &Uri, guarded: &Guarded) -> Result<TcpStream, FetchError> {
    let secure = uri.scheme_str() == Some("https");
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let unresolved = |why: &dyn std::fmt::Display| FetchError::Failed(format!("{host} cannot be resolved: {why}"));
    let addresses = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => guarded.resolver.resolve(host, port).await.map_err(|error| unresolved(&error))?,
    };
    check(&addresses, secure, &guarded.allowed)?;
    let mut last = unresolved(&"no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = FetchError::Failed(format!("{address}: {error}")),
        }
    }
    Err(last)
}

/// One bad address among good ones spoils all: who answers for the name also decides which is tried first.
fn check(addresses: &[SocketAddr], secure: bool, allowed: &[IpNet]) -> Result<(), FetchError> {
    for address in addresses.iter().map(SocketAddr::ip) {
        if !permitted(address, allowed) {
            return Err(FetchError::Forbidden(format!("{address} is not on the public Internet and is not allowed")));
        }
        if !secure && !address.to_canonical().is_loopback() {
            return Err(FetchError::Forbidden(format!("http to {address} would cross a network in clear")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(addresses: &[&str], secure: bool, allowed: &[&str]) -> Result<(), FetchError> {
        let addresses: Vec<SocketAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let allowed: Vec<IpNet> = allowed.iter().map(|network| network.parse().unwrap()).collect();
        check(&addresses, secure, &allowed)
    }

    #[test]
    fn one_address_inside_spoils_a_name() {
        assert!(checked(&["1.1.1.1:443", "[2606:4700::1111]:443"], true, &[]).is_ok());
        assert!(checked(&["1.1.1.1:443", "10.0.0.1:443"], true, &[]).is_err());
        assert!(checked(&["1.1.1.1:443", "10.0.0.1:443"], true, &["10.0.0.0/8"]).is_ok());
    }

    #[test]
    fn nothing_leaves_the_machine_in_clear_even_where_the_address_is_allowed() {
        assert!(checked(&["10.0.0.1:80"], false, &["10.0.0.0/8"]).is_err());
        assert!(checked(&["1.1.1.1:80"], false, &[]).is_err());
        assert!(checked(&["127.0.0.1:80", "[::1]:80"], false, &["127.0.0.0/8", "::1/128"]).is_ok());
    }
}

//! A guarded HTTPS request: no address inside the house unless allowed, no redirect, no proxy, no connection kept, a
//! bound on the answer and one on the whole.

mod connector;
mod guard;
mod resolve;

pub use resolve::{Resolve, SystemResolver};

use crate::trust;
use bytes::Bytes;
use connector::Guarded;
use http::header::{ACCEPT, USER_AGENT};
use http::uri::InvalidUri;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ipnet::IpNet;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower::Service;

/// What a fetch may do.
#[derive(Debug, Clone)]
pub struct FetchRules {
    /// Networks that may be connected to although they are not public.
    pub allowed: Vec<IpNet>,
    /// A certificate authority in PEM to trust beside the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// Bound on everything together: resolving, connecting, sending, reading.
    pub deadline: Duration,
    /// Bound on the answer's body in bytes.
    pub body_max: usize,
    /// Who is asked for the addresses behind names.
    pub resolver: Arc<dyn Resolve>,
}

impl FetchRules {
    /// Bounds for documents that others publish: five seconds and a megabyte (ST-19).
    #[must_use]
    pub fn documents() -> Self {
        Self { deadline: Duration::from_secs(5), body_max: 1024 * 1024, ..Self::default() }
    }
}

impl Default for FetchRules {
    fn default() -> Self {
        Self {
            allowed: Vec::new(),
            ca_pem: None,
            deadline: Duration::from_secs(10),
            body_max: 64 * 1024,
            resolver: Arc::new(SystemResolver),
        }
    }
}

/// Why there is no answer. The texts are for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is one nobody allowed.
    #[error("{0}")]
    Forbidden(String),
    /// Name, connection, TLS or the conversation failed.
    #[error("{0}")]
    Failed(String),
    /// The answer is longer than allowed.
    #[error("the answer is too long")]
    TooLong {
        /// Its status, which had come by then.
        status: StatusCode,
    },
    /// The time was over.
    #[error("no answer in time")]
    Late,
}

/// A URL or certificate authority that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchSettingsError {
    /// Not an absolute http or https URL.
    #[error("not an http or https URL")]
    Url,
    /// The certificate authority.
    #[error("the certificate authority: {0}")]
    Authority(String),
}

/// Makes guarded requests. Connections are not kept: the guard looks at each one, and a peer that closed an idle one can
/// not make a request fail.
#[derive(Clone)]
pub struct Fetcher {
    connector: HttpsConnector<Guarded>,
    client: Client<HttpsConnector<Guarded>, Full<Bytes>>,
    deadline: Duration,
    body_max: usize,
}

impl Fetcher {
    /// A fetcher under these rules.
    ///
    /// # Errors
    /// [`FetchSettingsError::Authority`].
    pub fn new(rules: &FetchRules) -> Result<Self, FetchSettingsError> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trust::client_config(rules.ca_pem.as_deref()).map_err(FetchSettingsError::Authority)?)
            .https_or_http() // plain http is for this machine; the connector sees to it
            .enable_http1()
            .wrap_connector(Guarded::new(&rules.allowed, rules.resolver.clone()));
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector.clone());
        Ok(Self { connector, client, deadline: rules.deadline, body_max: rules.body_max })
    }

    /// Sends a request and reads the whole answer. A redirect is an answer like any other.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        let exchange = async {
            let answer = self.client.request(request.map(Full::new)).await.map_err(|error| told(&error))?;
            let (head, body) = answer.into_parts();
            let status = head.status;
            let body = Limited::new(body, self.body_max).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() { FetchError::TooLong { status } } else { told(&*error) }
            })?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        timeout(self.deadline, exchange).await.unwrap_or(Err(FetchError::Late))
    }

    /// Gets a document that is there for everybody: status 200, or it is not there.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, url: &str) -> Result<Bytes, FetchError> {
        let uri = parse_url(url).map_err(|error| FetchError::Failed(format!("{}: {error}", one_line(url))))?;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("Cognate"));
        let answer = self.send(request).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            status if status.is_redirection() => {
                Err(FetchError::Failed(format!("status {}: redirects are not followed", status.as_u16())))
            }
            status => Err(FetchError::Failed(format!("status {}", status.as_u16()))),
        }
    }

    /// Connects, TLS included, and hangs up: what `cognate doctor` asks.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn reach(&self, uri: &Uri) -> Result<(), FetchError> {
        let mut connector = self.connector.clone();
        let connected = timeout(self.deadline, connector.call(uri.clone())).await.map_err(|_| FetchError::Late)?;
        connected.map(drop).map_err(|error| told(&*error))
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// Reads an absolute http or https URL. A name and password in it would end up in logs, so they are refused.
///
/// # Errors
/// [`FetchSettingsError::Url`].
pub fn parse_url(text: &str) -> Result<Uri, FetchSettingsError> {
    let uri: Uri = text.parse().map_err(|_: InvalidUri| FetchSettingsError::Url)?;
    let named = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let spoken = matches!(uri.scheme_str(), Some("http" | "https"));
    if named && spoken && uri.host().is_some_and(|host| !host.is_empty()) {
        Ok(uri)
    } else {
        Err(FetchSettingsError::Url)
    }
}

/// Our own word where the connector said one, else the innermost cause: the layers above it say only "client error".
fn told(error: &(dyn StdError + 'static)) -> FetchError {
    let mut cause = error;
    loop {
        if let Some(ours) = cause.downcast_ref::<FetchError>() {
            return ours.clone();
        }
        match cause.source() {
            Some(deeper) => cause = deeper,
            None => return FetchError::Failed(one_line(&cause.to_string())),
        }
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_web_addresses_without_a_password_are_urls() {
        for good in ["https://sms.example.com/v1/send", "http://127.0.0.1:8080/", "https://[::1]:9/x?y=z"] {
            assert!(parse_url(good).is_ok(), "{good}");
        }
        for bad in
            ["", "/send", "sms.example.com", "ftp://sms.example.com/", "https://", "https://user:pw@example.com/"]
        {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_authority_without_a_certificate_is_refused() {
        let rules = FetchRules { ca_pem: Some(b"nothing".to_vec()), ..FetchRules::default() };
        assert!(matches!(Fetcher::new(&rules), Err(FetchSettingsError::Authority(_))));
    }
}

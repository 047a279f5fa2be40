//! A call under construction: which operation, what body, signed by whom.

use crate::{Answer, App};
use bytes::Bytes;
use contract::{Auth, Service, ServiceMeta};
use crypto::sigv4::{self, Credentials, Payload, RequestParts, Signing};
use http_body_util::{BodyExt, Full};
use kernel::Time;
use serde_json::Value;
use std::fmt::Write;
use std::time::Duration;

/// The region signatures are for and pools are made in.
pub const REGION: &str = "eu-west-1";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// A call that has not been sent yet.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked until `send`"]
pub struct Asking {
    app: App,
    service: &'static ServiceMeta,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    signer: Option<Credentials>,
    signed_at: Option<Time>,
    region: &'static str,
    spoiled: Option<fn(&mut Spoil)>,
}

/// A signed request on its way out, for whoever wants to change something nobody signed.
#[derive(Debug)]
pub struct Spoil {
    /// The path with its query.
    pub path: String,
    /// Header lines.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asking {
    /// A call of an operation of a JSON service, signed by root where the contract wants it signed.
    pub(crate) fn operation(app: &App, service: Service, op: &str, body: Vec<u8>) -> Self {
        let service = service.meta();
        let target = format!("{}.{op}", service.target_prefix.unwrap_or_default());
        let headers = vec![("x-amz-target".to_owned(), target), ("content-type".to_owned(), CONTENT_TYPE.to_owned())];
        Self { method: "POST", headers, body: body.into(), ..Self::blank(app, service, op) }
    }

    /// An action of a Query service, signed by root where the contract wants it signed.
    pub(crate) fn action(app: &App, service: Service, op: &str, parameters: &[(&str, &str)]) -> Self {
        let service = service.meta();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", op).append_pair("Version", service.api_version);
        for (name, value) in parameters {
            form.append_pair(name, value);
        }
        let headers = vec![("content-type".to_owned(), FORM.to_owned())];
        Self { method: "POST", headers, body: form.finish().into(), ..Self::blank(app, service, op) }
    }

    pub(crate) fn get(app: &App, path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::blank(app, Service::CognitoIdp.meta(), "") }
    }

    fn blank(app: &App, service: &'static ServiceMeta, op: &str) -> Self {
        let signed = service.operation(op).is_some_and(|meta| meta.auth == Auth::Signed);
        Self {
            app: app.clone(),
            service,
            method: "GET",
            path: "/".to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            signer: signed.then(|| app.root().clone()),
            signed_at: None,
            region: REGION,
            spoiled: None,
        }
    }

    /// Another method.
    pub fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// The form of a Query service in the address instead of the body.
    pub fn by_get(mut self) -> Self {
        self.path = format!("/?{}", String::from_utf8_lossy(&self.body));
        (self.method, self.body) = ("GET", Bytes::new());
        self.without("content-type")
    }

    /// One more header line.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without the header of that name.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Without a signature.
    pub fn unsigned(mut self) -> Self {
        self.signer = None;
        self
    }

    /// Signed by somebody.
    pub fn signed_by(mut self, who: Credentials) -> Self {
        self.signer = Some(who);
        self
    }

    /// Signed by root.
    pub fn signed(self) -> Self {
        let root = self.app.root().clone();
        self.signed_by(root)
    }

    /// Signed by a clock that is off by that much, ahead or behind.
    pub fn signed_off(mut self, ahead: bool, by: Duration) -> Self {
        let now = self.app.now();
        self.signed_at = Some(if ahead { now + by } else { now - by });
        self
    }

    /// Signed for another region.
    pub fn in_region(mut self, region: &'static str) -> Self {
        self.region = region;
        self
    }

    /// Changed after it was signed.
    pub fn spoiled(mut self, how: fn(&mut Spoil)) -> Self {
        self.spoiled = Some(how);
        self
    }

    /// Sends it.
    ///
    /// # Panics
    /// When the server does not answer within ten seconds.
    pub async fn send(self) -> Answer {
        let asked = self.told();
        let app = self.app.clone();
        let request = self.request();
        let exchange = async {
            let response = app.http().request(request).await.unwrap_or_else(|e| panic!("no answer: {e:?}\n{asked}"));
            let (head, body) = response.into_parts();
            let body = body.collect().await.unwrap_or_else(|e| panic!("no body: {e}\n{asked}")).to_bytes();
            (head, body)
        };
        let (head, body) = tokio::time::timeout(Duration::from_secs(10), exchange)
            .await
            .unwrap_or_else(|_| panic!("no answer within ten seconds\n{asked}"));
        Answer { asked, status: head.status.as_u16(), headers: head.headers, body }
    }

    fn told(&self) -> String {
        let mut told = format!("{} {}", self.method, self.path);
        for (name, value) in &self.headers {
            let _ = write!(told, "\n    {name}: {value}");
        }
        let _ = write!(told, "\n    {}", String::from_utf8_lossy(&self.body));
        told
    }

    fn request(self) -> http::Request<Full<Bytes>> {
        let host = self.app.address().to_string();
        let mut headers = self.headers;
        let time = self.signed_at.unwrap_or_else(|| self.app.now());
        if let Some(who) = &self.signer {
            headers.push(("host".to_owned(), host));
            let rules = if self.service.protocol == "query" { sigv4::Rules::QUERY } else { sigv4::Rules::JSON };
            let signing = Signing { region: self.region, service: self.service.name, time, rules };
            sign(self.method, &self.path, &mut headers, &self.body, who, &signing);
            headers.retain(|(name, _)| name != "host");
        }
        let mut out = Spoil { path: self.path, headers, body: self.body.to_vec() };
        if let Some(spoil) = self.spoiled {
            spoil(&mut out);
        }
        let uri = format!("http://{}{}", self.app.address(), out.path);
        let mut request = http::Request::builder().method(self.method).uri(uri);
        for (name, value) in out.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(Bytes::from(out.body))).expect("a request that can be sent")
    }
}

fn sign(
    method: &str,
    path: &str,
    headers: &mut Vec<(String, String)>,
    body: &[u8],
    who: &Credentials,
    signing: &Signing<'_>,
) {
    headers.push(("x-amz-date".to_owned(), signing.timestamp()));
    if let Some(token) = &who.token {
        headers.push(("x-amz-security-token".to_owned(), token.expose()));
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let lines: Vec<(&str, &[u8])> = headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
    let parts = RequestParts { method, path, query, headers: &lines };
    let hash = crate::jwt::sha256(body);
    let authorization = sigv4::sign(&parts, who, signing, Payload::Sha256(&hash));
    headers.push(("authorization".to_owned(), authorization));
}

/// The body of a call.
pub(crate) fn bytes(body: &Value) -> Vec<u8> {
    serde_json::to_vec(body).expect("JSON is written")
}

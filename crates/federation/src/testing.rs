//! An issuer for tests: real documents over real HTTP on loopback, tokens signed with real keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // a test's props may fall over loudly

use crypto::jose::SigningKey;
use outbound::testing::WebServer;
use outbound::{FetchRules, Fetcher};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// The path of the discovery document of an issuer on loopback.
pub const DISCOVERY: &str = "/tenant/.well-known/openid-configuration";
/// The path of the key set of an issuer on loopback.
pub const KEYS: &str = "/tenant/keys";

/// An issuer as others run them. Stops when dropped.
pub struct TestIssuer {
    server: WebServer,
    issuer: String,
    key: Mutex<Arc<SigningKey>>,
}

impl TestIssuer {
    /// An issuer in clear: `http://localhost:PORT/tenant`.
    pub async fn start() -> Self {
        Self::below(WebServer::start().await, "/tenant")
    }

    /// The same by TLS; [`TestIssuer::rules`] trust its certificate.
    pub async fn start_tls() -> Self {
        Self::below(WebServer::start_tls().await, "/tenant")
    }

    /// An issuer in the place of one that everybody knows by its address: `https://HOST` or `https://HOST/PATH`. Only a
    /// fetcher of its [`TestIssuer::rules`] is led to it.
    pub async fn in_place_of(issuer: &str) -> Self {
        let bare = issuer.strip_prefix("https://").expect("an issuer that speaks TLS");
        let (host, path) = bare.split_at(bare.find('/').unwrap_or(bare.len()));
        Self::below(WebServer::start_in_place_of(host).await, path)
    }

    fn below(server: WebServer, path: &str) -> Self {
        let key = Arc::new(SigningKey::generate().expect("a key"));
        let issuer = Self { issuer: format!("{}{path}", server.origin()), server, key: Mutex::new(key) };
        issuer.publish_discovery(&issuer.issuer(), &format!("{}/keys", issuer.issuer));
        issuer.publish_keys(&[&issuer.key()]);
        issuer
    }

    /// Its name, as it stands in `iss`.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.issuer.clone()
    }

    /// The path of one of its documents.
    fn path(&self, document: &str) -> String {
        format!("{}{document}", self.issuer.trim_start_matches(&self.server.origin()))
    }

    /// What it answers with, to be made to misbehave.
    #[must_use]
    pub fn server(&self) -> &WebServer {
        &self.server
    }

    /// The key that signs now.
    #[must_use]
    pub fn key(&self) -> Arc<SigningKey> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A new key signs from now on, and is the only one that is published.
    pub fn rotate(&self) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(SigningKey::generate().expect("a key"));
        self.publish_keys(&[&self.key()]);
    }

    /// Publishes a discovery document with these two members.
    pub fn publish_discovery(&self, issuer: &str, jwks_uri: &str) {
        let path = self.path("/.well-known/openid-configuration");
        self.server.publish(&path, &json!({ "issuer": issuer, "jwks_uri": jwks_uri }).to_string());
    }

    /// Publishes these keys.
    pub fn publish_keys(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| serde_json::to_value(key.public_jwk()).expect("JSON")).collect();
        self.server.publish(&self.path("/keys"), &json!({ "keys": keys }).to_string());
    }

    /// A token that says this and, unless that says otherwise, names this issuer.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        let mut all = json!({ "iss": self.issuer() });
        for (name, value) in claims.as_object().expect("an object") {
            all[name] = value.clone();
        }
        self.key().sign(all.to_string().as_bytes()).expect("a signature")
    }

    /// Rules under which it can be reached.
    #[must_use]
    pub fn rules(&self) -> FetchRules {
        self.server.rules()
    }

    /// A fetcher that reaches it.
    #[must_use]
    pub fn fetcher(&self) -> Fetcher {
        Fetcher::new(&self.rules()).expect("rules that hold")
    }
}

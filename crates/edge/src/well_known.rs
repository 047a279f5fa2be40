//! `/{poolId}/.well-known/…`: what verifiers of tokens need, served from prepared bytes (oauth-oidc.md 9). Tokens of
//! identity pools are issued by the deployment itself: theirs stands at the root (identity-pools.md 7).

use crate::answer;
use crate::front::{Asking, Straight};
use crate::told::Told;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::routing::get;
use bytes::Bytes;
use contract::Fault;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use kernel::{BoxFuture, UserPoolId};
use percent_encoding::percent_decode_str;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hasher};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The published documents. `None` where there is no such pool.
pub trait Published: Send + Sync + Debug {
    /// The key set.
    fn jwks<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>>;
    /// The discovery document.
    fn discovery<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>>;
    /// The key set of tokens of identity pools.
    fn identity_jwks(&self) -> BoxFuture<'_, Result<Bytes, Fault>>;
    /// Their discovery document.
    fn identity_discovery(&self) -> Bytes;
}

/// The routes, but for that of a pool's key set, which [`KeySets`] answers.
pub fn router(published: Arc<dyn Published>) -> Router {
    Router::new()
        .route("/{pool}/.well-known/openid-configuration", get(discovery))
        // Amazon's path is spelled like the member of the document.
        .route("/.well-known/jwks_uri", get(identity_jwks))
        .route("/.well-known/openid-configuration", get(identity_discovery))
        .with_state(published)
}

/// `/{poolId}/.well-known/jwks.json`: every verifier of tokens asks for it, over and over.
#[derive(Debug)]
pub struct KeySets(pub Arc<dyn Published>);

impl Straight for KeySets {
    fn take<'a>(
        &'a self,
        request: Request<Body>,
        _: &'a Asking,
    ) -> ControlFlow<BoxFuture<'a, Response<Body>>, Request<Body>> {
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        let pool = request.uri().path().strip_prefix('/').and_then(|path| path.strip_suffix("/.well-known/jwks.json"));
        let pool = pool.filter(|pool| read && !pool.is_empty() && !pool.contains('/'));
        match pool.map(|pool| UserPoolId::parse(&percent_decode_str(pool).decode_utf8_lossy())) {
            None => ControlFlow::Continue(request),
            Some(Err(_)) => ControlFlow::Break(Box::pin(async { unknown(Told::op("jwks")) })),
            Some(Ok(pool)) => ControlFlow::Break(Box::pin(async move {
                let found = self.0.jwks(&pool).await;
                of_pool(found, pool, request.headers(), Told::op("jwks"))
            })),
        }
    }
}

async fn discovery(
    State(published): State<Arc<dyn Published>>,
    Path(pool): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let told = Told::op("discovery");
    match UserPoolId::parse(&pool) {
        Ok(pool) => of_pool(published.discovery(&pool).await, pool, &headers, told),
        Err(_) => unknown(told),
    }
}

async fn identity_jwks(State(published): State<Arc<dyn Published>>, headers: HeaderMap) -> Response<Body> {
    let told = Told::op("identity_jwks");
    match published.identity_jwks().await {
        Ok(bytes) => document(bytes, &headers, told),
        Err(fault) => answer::fault(&fault, told),
    }
}

async fn identity_discovery(State(published): State<Arc<dyn Published>>, headers: HeaderMap) -> Response<Body> {
    document(published.identity_discovery(), &headers, Told::op("identity_discovery"))
}

fn of_pool(found: Result<Option<Bytes>, Fault>, pool: UserPoolId, asked: &HeaderMap, mut told: Told) -> Response<Body> {
    told.pool = Some(pool);
    match found {
        Ok(Some(bytes)) => document(bytes, asked, told),
        Ok(None) => unknown(told),
        Err(fault) => answer::fault(&fault, told),
    }
}

fn document(bytes: Bytes, asked: &HeaderMap, told: Told) -> Response<Body> {
    let tag = entity_tag(&bytes);
    let fresh = asked.get_all(header::IF_NONE_MATCH).iter().any(|known| holds(known, &tag));
    let mut response = Response::new(if fresh { Body::empty() } else { Body::from(bytes) });
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ETAG, tag);
    response.extensions_mut().insert(told);
    response
}

fn unknown(told: Told) -> Response<Body> {
    let mut response = Response::new(Body::from(r#"{"error":"not_found","error_description":"No such user pool."}"#));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response.extensions_mut().insert(told.refused("not_found"));
    response
}

/// A tag that changes with the bytes. Nothing rests on it but a cache, so a quick hash will do.
fn entity_tag(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    HeaderValue::from_str(&format!("\"{:016x}\"", hasher.finish())).unwrap_or(HeaderValue::from_static("\"0\""))
}

fn holds(known: &HeaderValue, tag: &HeaderValue) -> bool {
    // RFC 9110 §13.1.2: a list of tags, compared weakly.
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return false };
    known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

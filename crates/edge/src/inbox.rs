//! `/_cognate/inbox`: what the development server would have sent, as people would see it and as JSON for scripts.
//!
//! It shows codes and passwords, so it is served only to callers on this machine, whatever else listens (DESIGN 5).

use crate::answer;
use crate::front::Asking;
use crate::loopback::{has_foreign_origin, is_loopback_host};
use crate::told::Told;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use axum::{Extension, Router};
use contract::{ErrorMeta, Fault};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use outbound::{Entry, InboxCourier, Item};
use pages::{InboxJson, Message, Page};
use std::sync::Arc;

static FORBIDDEN: ErrorMeta =
    ErrorMeta { name: "ForbiddenException", code: "ForbiddenException", status: 403, server: false };

/// The routes: the list (HTML, or JSON where `Accept` asks for it), the list as JSON, and single messages.
pub fn router(inbox: Arc<InboxCourier>) -> Router {
    Router::new()
        .route("/_cognate/inbox", get(list))
        .route("/_cognate/inbox.json", get(json))
        .route("/_cognate/inbox/{number}", get(one))
        .layer(from_fn(from_this_machine))
        .with_state(inbox)
}

async fn from_this_machine(Extension(asking): Extension<Asking>, request: Request, next: Next) -> Response<Body> {
    // The peer, not the forwarded source: a proxy on this machine would make everybody local.
    let local = asking.peer.address.ip().to_canonical().is_loopback() && asking.source.is_loopback();
    // A page whose name was rebound to 127.0.0.1 calls from this machine too, but under its own name. Signatures
    // guard the operations against it; nothing else guards the inbox, so this does not hang on who is trusted.
    let meant = asking.host.as_deref().is_some_and(is_loopback_host) && !has_foreign_origin(request.headers());
    if local && meant {
        return next.run(request).await;
    }
    let sentence = "The inbox is for callers on this machine that ask localhost, 127.0.0.1 or [::1] for it.";
    answer::fault(&Fault::new(&FORBIDDEN, sentence), Told::op("inbox"))
}

async fn list(state: State<Arc<InboxCourier>>, headers: HeaderMap) -> Response<Body> {
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json") && !accept.contains("text/html"));
    if wants_json {
        return json(state).await;
    }
    page(pages::inbox_page(&messages(&state.0)), StatusCode::OK)
}

async fn json(State(inbox): State<Arc<InboxCourier>>) -> Response<Body> {
    let mut response = Response::new(Body::from(InboxJson::list(&messages(&inbox))));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    private(response)
}

async fn one(State(inbox): State<Arc<InboxCourier>>, Path(number): Path<String>) -> Response<Body> {
    match number.parse().ok().and_then(|number| inbox.get(number)) {
        Some(entry) => page(pages::message_page(&message(entry)), StatusCode::OK),
        None => page(
            pages::error_page("No such message", "It may have been pushed out by newer ones.", None),
            StatusCode::NOT_FOUND,
        ),
    }
}

fn page(page: Page, status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(page.html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(page.policy));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    private(response)
}

/// Neither kept by a cache nor read by pages of other origins: no CORS headers here, and no guessing of types.
fn private(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response.extensions_mut().insert(Told::op("inbox"));
    response
}

fn messages(inbox: &InboxCourier) -> Vec<Message> {
    inbox.list().into_iter().map(message).collect()
}

fn message(entry: Entry) -> Message {
    let to = entry.item.to().to_owned();
    let body = match entry.item {
        Item::Mail(mail) => pages::Body::Mail {
            from: mail.from,
            reply_to: mail.reply_to,
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
        },
        Item::Sms(sms) => pages::Body::Sms { text: sms.text },
    };
    Message { number: entry.number, at: entry.at, to, body }
}

//! What operators ask beyond Amazon's operations, on their own listener: `POST /operations/NAME`, JSON in and out, signed
//! by root as for `cognito-identity`.

use super::{claimed, refuse};
use crate::answer;
use crate::body;
use crate::front::Asking;
use crate::told::Told;
use authority::{Authority, Claim, body_sha256};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Extension, Router};
use contract::fault::common;
use contract::{Fault, Service};
use crypto::sigv4::{Family, RequestParts, Rules};
use http::{Request, Response, StatusCode, header};
use kernel::{AccountId, BoxFuture};
use model::{Caller, Principal};
use serde_json::Value;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// Whoever answers operators.
pub trait Operations: Send + Sync + Debug {
    /// Answers a question; `None` when nobody knows it.
    fn ask<'a>(
        &'a self,
        caller: &'a Caller,
        question: &'a str,
        input: &'a Value,
    ) -> BoxFuture<'a, Option<Result<Value, Fault>>>;
}

/// Where operators ask.
#[derive(Debug)]
pub struct Desk {
    /// Who answers.
    pub operations: Arc<dyn Operations>,
    /// Who may call.
    pub authority: Arc<Authority>,
    /// The account the server answers for.
    pub account: AccountId,
    /// Time for a request's body.
    pub body_timeout: Duration,
}

/// The route.
pub fn router(desk: Arc<Desk>) -> Router {
    Router::new().route("/operations/{question}", post(ask)).with_state(desk)
}

async fn ask(
    State(desk): State<Arc<Desk>>,
    Extension(asking): Extension<Asking>,
    Path(question): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let mut told = Told::op("operations");
    match desk.answer(&asking, &question, request, &mut told).await {
        Ok(answered) => {
            let body = answered.to_string().into_bytes();
            let status = StatusCode::OK.as_u16();
            answer::reply(wire::Reply { status, content_type: "application/json", headers: Vec::new(), body }, told)
        }
        Err(fault) => answer::fault(&fault, told),
    }
}

impl Desk {
    async fn answer(
        &self,
        asking: &Asking,
        question: &str,
        request: Request<Body>,
        told: &mut Told,
    ) -> Result<Value, Fault> {
        let (parts, sent) = request.into_parts();
        let read = body::read(sent, kernel::limits::BODY_BYTES_MAX, self.body_timeout, &asking.memory);
        let bytes = read.await.map_err(refuse::no_body)?.whole();
        let headers = claimed::headers(asking, &parts);
        let claim = Claim {
            parts: RequestParts {
                method: parts.method.as_str(),
                path: parts.uri.path(),
                query: parts.uri.query().unwrap_or_default(),
                headers: &headers,
            },
            body_sha256: body_sha256(&bytes),
        };
        let service = Service::CognitoIdentity.meta().name;
        let proved = self.authority.authenticate(&claim, service, Rules::JSON).await;
        let proved = proved.map_err(|why| refuse::unproven(why, Family::Json))?;
        told.key = proved.principal.access_key_id().map(str::to_owned);
        // No policy speaks of these questions, so that nobody but root may ask them.
        if !matches!(proved.principal, Principal::Root { .. }) {
            return Err(Fault::new(&common::ACCESS_DENIED, "Only the account's root may ask this."));
        }
        let input = serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object);
        let input = input.ok_or_else(|| Fault::new(&common::SERIALIZATION, "The body is no JSON object."))?;
        let caller = Caller {
            request_id: asking.request_id,
            region: proved.region,
            secure: asking.secure,
            account: self.account.clone(),
            source_ip: Some(asking.source),
            user_agent: parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).map(str::to_owned),
            principal: proved.principal,
        };
        let unknown = || Fault::new(&common::UNKNOWN_OPERATION, "There is no such question.");
        self.operations.ask(&caller, question, &input).await.ok_or_else(unknown)?
    }
}

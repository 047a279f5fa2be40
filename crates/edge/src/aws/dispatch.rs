//! One call of an operation: read, prove, decode, check, permit, run, encode.

use super::door::AwsDoor;
use super::service::Entry;
use super::sight::Claimed;
use super::{AwsService, claimed, identity, long, refuse, sight};
use crate::answer::{self, Spoken};
use crate::body;
use crate::front::Asking;
use crate::throttle::{RetryAfter, Throttle, Whose};
use crate::told::Told;
use authority::{Claim, NotPermitted, Proved, body_sha256};
use axum::body::Body;
use bytes::Bytes;
use contract::check;
use contract::fault::common;
use contract::reach::text as member;
use contract::{Auth, Fault, OperationMeta, Service, Value};
use crypto::sigv4::{Family, RequestParts, Rules};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use kernel::{Region, UserPoolId};
use model::{Caller, Principal};
use wire::aws_query::Form;

/// Body limit of the operations that carry images and settings documents (user-pools.md 1.7).
const WIDE_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
const WIDE: [&str; 3] = ["SetUICustomization", "CreateManagedLoginBranding", "UpdateManagedLoginBranding"];

pub(super) struct Dispatch<'d> {
    pub(super) door: &'d AwsDoor,
    pub(super) service: &'d AwsService,
    pub(super) entry: &'d Entry,
    pub(super) asking: &'d Asking,
}

/// How far a request has been read.
pub(super) enum Arrival {
    /// Its head only.
    Open(Request<Body>),
    /// All of it: a form says in its body what it asks for.
    Form { parts: Parts, bytes: Bytes, form: Form },
}

/// A fault, and when to come again where that is known.
struct Refused {
    fault: Fault,
    retry_after: Option<u64>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, retry_after: None }
    }
}

impl From<RetryAfter> for Refused {
    fn from(RetryAfter(secs): RetryAfter) -> Self {
        Self { fault: refuse::too_many_requests(), retry_after: Some(secs) }
    }
}

impl Dispatch<'_> {
    pub(super) async fn answer(self, arrival: Arrival) -> Response<Body> {
        let mut told = Told::op(self.entry.meta.name);
        let called = match self.admit() {
            Ok(()) => self.call(arrival, &mut told).await,
            Err(refused) => Err(refused),
        };
        match called {
            Ok(output) => answer::reply(self.success(&output), told),
            Err(Refused { fault, retry_after }) => {
                let spoken = self.spoken();
                let fault = if let Spoken::Query { .. } = spoken { refuse::as_query(fault) } else { fault };
                let mut refused = answer::fault_in(&spoken, &fault, told);
                if let Some(secs) = retry_after {
                    refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
                }
                refused
            }
        }
    }

    fn spoken(&self) -> Spoken {
        match self.service.family() {
            Family::Query => Spoken::Query { service: self.service.meta().service, request_id: self.asking.request_id },
            Family::Json | Family::RestJson => Spoken::Json,
        }
    }

    fn success(&self, output: &Value) -> wire::Reply {
        let meta = self.entry.meta;
        let (content_type, body) = match self.spoken() {
            Spoken::Json => (wire::aws_json::CONTENT_TYPE, wire::aws_json::encode(meta, output)),
            Spoken::Query { request_id, .. } => {
                let body = wire::aws_query::encode(meta, output, &request_id.to_string());
                (wire::aws_query::CONTENT_TYPE, body)
            }
        };
        wire::Reply { status: StatusCode::OK.as_u16(), content_type, headers: Vec::new(), body }
    }

    /// Whether the operation is answered here, and where rates are kept the count of one that anybody may call: before
    /// anything about the request is read, so that refusing costs nothing. A signed one counts once it is proved, else
    /// strangers could use up what administrators need to stop them.
    fn admit(&self) -> Result<(), Refused> {
        let meta = self.entry.meta;
        if meta.auth == Auth::Signed && !self.door.administration {
            return Err(refuse::administration_elsewhere(meta.name).into());
        }
        if let Some(sources) = self.door.sources.as_deref().filter(|_| meta.auth != Auth::Signed) {
            sources.take(self.asking.source)?;
        }
        let Some(throttle) = self.throttle().filter(|_| meta.auth != Auth::Signed) else { return Ok(()) };
        // Not the region of the Host header: whoever may choose the row is bounded by none.
        Ok(throttle.take(meta.name, &self.door.account, &self.door.home_region)?)
    }

    fn throttle(&self) -> Option<&Throttle> {
        let counted = self.entry.meta.service == Service::CognitoIdp && self.entry.is_served();
        self.door.throttle.as_deref().filter(|_| counted)
    }

    /// Counts what the request says about itself: the challenge it answers, and for proved callers pool and person.
    /// A token is not verified yet, so the rates of whoever it names are only looked at.
    fn ration(&self, caller: &Caller, input: &Value, claimed: Option<&Claimed>) -> Result<(), RetryAfter> {
        let meta = self.entry.meta;
        if let Some(guests) = self.door.guests.as_deref().filter(|_| identity::leaves_an_identity(meta, input)) {
            guests.take(self.asking.source)?;
        }
        let Some(throttle) = self.throttle() else { return Ok(()) };
        let challenge = member(meta.input, input, "ChallengeName");
        throttle.take_answer(meta.name, challenge, &caller.account, &caller.region)?;
        let pool = member(meta.input, input, "UserPoolId").and_then(|text| UserPoolId::parse(text).ok());
        match (pool, claimed.and_then(Claimed::whose)) {
            // Anybody may write anybody's name into a public request: those are bounded by codes and locks instead.
            (Some(pool), _) if caller.principal != Principal::Anonymous => {
                let person = member(meta.input, input, "Username");
                throttle.take_of(meta.name, Whose { pool: &pool, person })
            }
            (_, Some(whose)) => throttle.look_of(meta.name, whose),
            _ => Ok(()),
        }
    }

    async fn call(&self, arrival: Arrival, told: &mut Told) -> Result<Value, Refused> {
        let meta = self.entry.meta;
        if !self.entry.is_served() {
            return Err(refuse::not_implemented(meta.name).into());
        }
        let (parts, bytes, form) = self.whole(arrival).await?;
        // Signed operations prove who asks before a byte of the body is interpreted.
        let proved = self.prove(&parts, &bytes).await?;
        if let (Some(throttle), Some(proved)) = (self.throttle().filter(|_| meta.auth == Auth::Signed), &proved) {
            throttle.take(meta.name, &self.door.account, &proved.region)?;
        }
        told.key = proved.as_ref().and_then(|proved| proved.principal.access_key_id()).map(str::to_owned);
        // Two pieces: whoever waits for the core behind what is long waits for one of them.
        let input = long::read(self.door, &bytes, move |bytes| decode(meta, bytes, form.as_ref())).await??;
        let Understood { seen, input } = long::read(self.door, &bytes, move |_| hold(meta, input)).await?;
        *told = Told { key: told.key.take(), ..seen };
        let input = input?;
        let caller = self.caller(&parts, proved, &input);
        self.permit(&caller, &input).await?;
        let claimed = member(meta.input, &input, "AccessToken").map(sight::claimed);
        self.ration(&caller, &input, claimed.as_ref())?;
        let running = self.entry.run(&caller, input).ok_or_else(|| refuse::not_implemented(meta.name))?;
        let output = running.await?;
        sight::of_answer(told, meta, &output);
        if let Some(proved) = claimed {
            if let (Some(throttle), Some(whose)) = (self.throttle(), proved.whose()) {
                throttle.spend_of(meta.name, whose);
            }
            sight::of_proved_token(told, proved);
        }
        Ok(output)
    }

    /// Head, body, and the form where it was read as one.
    async fn whole(&self, arrival: Arrival) -> Result<(Parts, Bytes, Option<Form>), Fault> {
        let request = match arrival {
            Arrival::Form { parts, bytes, form } => return Ok((parts, bytes, Some(form))),
            Arrival::Open(request) => request,
        };
        let (parts, body) = request.into_parts();
        let wide = WIDE.contains(&self.entry.meta.name);
        let limit = if wide { WIDE_BODY_BYTES_MAX } else { kernel::limits::BODY_BYTES_MAX };
        let memory = &self.asking.memory;
        let pieces = body::read(body, limit, self.door.body_timeout, memory).await.map_err(refuse::no_body)?;
        Ok((parts, long::whole(self.door, pieces).await?, None))
    }

    /// Checks the signature where the operation asks for one. One that stands on a public or token call is ignored (1.10).
    async fn prove(&self, parts: &Parts, body: &Bytes) -> Result<Option<Proved>, Fault> {
        let must = match self.entry.meta.auth {
            Auth::Signed => true,
            Auth::SignedOrPublic => false,
            Auth::Token | Auth::TokenOrSession | Auth::Public => return Ok(None),
        };
        let headers = claimed::headers(self.asking, parts);
        let parts = RequestParts {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &headers,
        };
        if !must && !authority::is_signed(&parts) {
            return Ok(None);
        }
        let claim = Claim { parts, body_sha256: long::read(self.door, body, |body| body_sha256(body)).await? };
        let family = self.service.family();
        let rules = if family == Family::Query { Rules::QUERY } else { Rules::JSON };
        let proved = self.door.authority.authenticate(&claim, self.service.signing_name(), rules).await;
        proved.map(Some).map_err(|why| refuse::unproven(why, family))
    }

    fn caller(&self, parts: &Parts, proved: Option<Proved>, input: &Value) -> Caller {
        let (principal, signed_region) = match proved {
            Some(Proved { principal, region }) => (principal, Some(region)),
            None => (Principal::Anonymous, None),
        };
        // additions-2026.md 10.1: the signature's scope, else the host's name, else the primary region of the pool.
        // Of an identity pool it is part of every id, and whoever sends a Host header does not choose it.
        let region = signed_region
            .or_else(|| identity::region(self.entry.meta, input))
            .or_else(|| host_region(self.asking.host.as_deref()?, self.service.signing_name()))
            .or_else(|| {
                let pool = member(self.entry.meta.input, input, "UserPoolId")?;
                Region::parse(UserPoolId::parse(pool).ok()?.region()).ok()
            })
            .unwrap_or_else(|| self.door.home_region.clone());
        Caller {
            request_id: self.asking.request_id,
            region,
            secure: self.asking.secure,
            account: self.door.account.clone(),
            source_ip: Some(self.asking.source),
            user_agent: parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).map(str::to_owned),
            principal,
        }
    }

    /// The policy check of signed operations.
    async fn permit(&self, caller: &Caller, input: &Value) -> Result<(), Fault> {
        if caller.principal == Principal::Anonymous {
            return Ok(());
        }
        match self.door.authority.authorise(caller, self.entry.meta, input).await {
            Ok(()) => Ok(()),
            Err(NotPermitted::Denied(denial)) => {
                Err(Fault::new(&common::ACCESS_DENIED, denial.sentence).with_reasons(denial.encoded))
            }
            Err(NotPermitted::Unknown(why)) => Err(refuse::unproven(why, self.service.family())),
        }
    }
}

/// What a body says.
struct Understood {
    /// What of it may be told.
    seen: Told,
    /// All of it, where its contract allows it.
    input: Result<Value, Fault>,
}

/// What a body says, whether or not it may.
fn decode(meta: &'static OperationMeta, bytes: &Bytes, form: Option<&Form>) -> Result<Value, Fault> {
    match form {
        Some(form) => Ok(wire::aws_query::decode(meta.input, form)?),
        None => Ok(wire::aws_json::decode(meta.input, bytes)?),
    }
}

/// Holds it against its contract.
fn hold(meta: &'static OperationMeta, input: Value) -> Understood {
    let seen = sight::of_request(meta, &input);
    let refused = check::message(&check::check(meta.input, &input));
    let input = refused.map_or(Ok(input), |sentence| Err(refuse::invalid(meta.service, sentence)));
    Understood { seen, input }
}

/// The region in `cognito-idp.{region}.…`, the form of AWS's own hosts.
fn host_region(host: &str, signing_name: &str) -> Option<Region> {
    let rest = host.strip_prefix(signing_name)?.strip_prefix('.')?;
    let (label, _) = rest.split_once('.')?;
    Region::parse(label).ok().filter(|region| region.as_str().bytes().filter(|b| *b == b'-').count() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_in_the_form_of_aws_names_a_region() {
        let region = |host| host_region(host, "cognito-idp").map(|r| r.to_string());
        assert_eq!(region("cognito-idp.eu-west-1.cognate.example").as_deref(), Some("eu-west-1"));
        assert_eq!(region("cognito-idp.example.org"), None);
        assert_eq!(region("cognito-idp.localhost:9229"), None);
        assert_eq!(region("localhost:9229"), None);
    }
}

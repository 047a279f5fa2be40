//! One call of a JSON 1.1 operation: read, prove, decode, check, permit, run, encode.

use super::door::AwsDoor;
use super::service::Entry;
use super::sight::Claimed;
use super::{JsonService, refuse, sight};
use crate::answer;
use crate::body;
use crate::front::Asking;
use crate::throttle::{RetryAfter, Throttle, Whose};
use crate::told::Told;
use authority::{Claim, Proved};
use axum::body::Body;
use bytes::Bytes;
use contract::check;
use contract::fault::common;
use contract::{Auth, Fault, OperationMeta, Service, Value};
use crypto::sigv4::{RequestParts, Rules};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use kernel::{Region, UserPoolId};
use model::{Caller, Principal};

/// Body limit of the operations that carry images and settings documents (user-pools.md 1.7).
const WIDE_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
const WIDE: [&str; 3] = ["SetUICustomization", "CreateManagedLoginBranding", "UpdateManagedLoginBranding"];

pub(super) struct Dispatch<'d> {
    pub(super) door: &'d AwsDoor,
    pub(super) service: &'d JsonService,
    pub(super) entry: &'d Entry,
    pub(super) asking: &'d Asking,
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
    pub(super) async fn answer(self, request: Request<Body>) -> Response<Body> {
        let mut told = Told::op(self.entry.meta.name);
        let called = match self.admit() {
            Ok(()) => self.call(request, &mut told).await,
            Err(refused) => Err(refused),
        };
        match called {
            Ok(body) => answer::reply(
                wire::Reply {
                    status: StatusCode::OK.as_u16(),
                    content_type: wire::aws_json::CONTENT_TYPE,
                    headers: Vec::new(),
                    body,
                },
                told,
            ),
            Err(Refused { fault, retry_after }) => {
                let mut refused = answer::fault(&fault, told);
                if let Some(secs) = retry_after {
                    refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
                }
                refused
            }
        }
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
        let Some(throttle) = self.throttle() else { return Ok(()) };
        let challenge = sight::member(meta.input, input, "ChallengeName");
        throttle.take_answer(meta.name, challenge, &caller.account, &caller.region)?;
        let pool = sight::member(meta.input, input, "UserPoolId").and_then(|text| UserPoolId::parse(text).ok());
        match (pool, claimed.and_then(Claimed::whose)) {
            // Anybody may write anybody's name into a public request: those are bounded by codes and locks instead.
            (Some(pool), _) if caller.principal != Principal::Anonymous => {
                let person = sight::member(meta.input, input, "Username");
                throttle.take_of(meta.name, Whose { pool: &pool, person })
            }
            (_, Some(whose)) => throttle.look_of(meta.name, whose),
            _ => Ok(()),
        }
    }

    async fn call(&self, request: Request<Body>, told: &mut Told) -> Result<Vec<u8>, Refused> {
        let meta = self.entry.meta;
        if !self.entry.is_served() {
            return Err(refuse::not_implemented(meta.name).into());
        }
        let (parts, body) = request.into_parts();
        let limit = if WIDE.contains(&meta.name) { WIDE_BODY_BYTES_MAX } else { kernel::limits::BODY_BYTES_MAX };
        let bytes =
            body::read(body, limit, self.door.body_timeout, &self.asking.memory).await.map_err(refuse::no_body)?;
        // Signed operations prove who asks before a byte of the body is interpreted.
        let proved = self.prove(&parts, &bytes).await?;
        if let (Some(throttle), Some(proved)) = (self.throttle().filter(|_| meta.auth == Auth::Signed), &proved) {
            throttle.take(meta.name, &self.door.account, &proved.region)?;
        }
        if let Some(Proved { principal: Principal::Root { access_key_id }, .. }) = &proved {
            told.key = Some(access_key_id.clone());
        }
        let input = wire::aws_json::decode(meta.input, &bytes).map_err(Fault::from)?;
        sight::of_request(told, meta, &input);
        let caller = self.caller(&parts, proved, &input);
        if let Some(sentence) = check::message(&check::check(meta.input, &input)) {
            return Err(refuse::invalid(sentence).into());
        }
        self.permit(&caller, &input)?;
        let claimed = sight::member(meta.input, &input, "AccessToken").map(sight::claimed);
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
        Ok(wire::aws_json::encode(meta, &output))
    }

    /// Checks the signature where the operation asks for one. One that stands on a public or token call is ignored (1.10).
    async fn prove(&self, parts: &Parts, body: &Bytes) -> Result<Option<Proved>, Fault> {
        // The host is the one the caller asked for: HTTP/2 has it elsewhere, and a trusted proxy forwards it.
        let host = self.asking.host.as_deref().map(|host| ("host", host.as_bytes()));
        let sent = parts.headers.iter().filter(|(name, _)| *name != header::HOST);
        let headers: Vec<_> =
            host.into_iter().chain(sent.map(|(name, value)| (name.as_str(), value.as_bytes()))).collect();
        let claim = Claim {
            parts: RequestParts {
                method: parts.method.as_str(),
                path: parts.uri.path(),
                query: parts.uri.query().unwrap_or_default(),
                headers: &headers,
            },
            body,
        };
        let wanted = match self.entry.meta.auth {
            Auth::Signed => true,
            Auth::SignedOrPublic => claim.is_signed(),
            Auth::Token | Auth::TokenOrSession | Auth::Public => false,
        };
        if !wanted {
            return Ok(None);
        }
        let proved = self.door.authority.authenticate(&claim, self.service.signing_name(), Rules::JSON).await;
        proved.map(Some).map_err(refuse::unproven)
    }

    fn caller(&self, parts: &Parts, proved: Option<Proved>, input: &Value) -> Caller {
        let (principal, signed_region) = match proved {
            Some(Proved { principal, region }) => (principal, Some(region)),
            None => (Principal::Anonymous, None),
        };
        // additions-2026.md 10.1: the signature's scope, else the host's name, else the primary region of the pool.
        let region = signed_region
            .or_else(|| host_region(self.asking.host.as_deref()?, self.service.signing_name()))
            .or_else(|| {
                let pool = sight::member(self.entry.meta.input, input, "UserPoolId")?;
                Region::parse(UserPoolId::parse(pool).ok()?.region()).ok()
            })
            .unwrap_or_else(|| self.door.home_region.clone());
        Caller {
            request_id: self.asking.request_id,
            region,
            account: self.door.account.clone(),
            source_ip: Some(self.asking.source),
            user_agent: parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).map(str::to_owned),
            principal,
        }
    }

    /// The policy check of signed operations, on the pool the request names.
    fn permit(&self, caller: &Caller, input: &Value) -> Result<(), Fault> {
        if caller.principal == Principal::Anonymous {
            return Ok(());
        }
        let meta: &OperationMeta = self.entry.meta;
        let pool = sight::member(meta.input, input, "UserPoolId").and_then(|text| UserPoolId::parse(text).ok());
        let resource = pool.map_or_else(|| "*".to_owned(), |pool| pool.arn(&caller.account));
        let action = format!("{}:{}", self.service.signing_name(), meta.name);
        self.door
            .authority
            .authorise(caller, &action, &resource)
            .map_err(|denied| Fault::new(&common::ACCESS_DENIED, denied.to_string()))
    }
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

//! What the one log line of a request says, gathered on the way.

use crate::metrics::{Asked, Metrics};
use http::StatusCode;
use kernel::{ClientId, IdentityPoolId, UserPoolId};
use std::borrow::Cow;
use std::time::Duration;

/// Facts about a request that may be logged: names from the contract, ids of a safe alphabet, people by `sub`.
/// Travels as an extension of the response. There is no place in it for what a caller wrote freely.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Operation or route.
    pub op: &'static str,
    /// The pool asked about.
    pub pool: Option<UserPoolId>,
    /// The identity pool asked about.
    pub identity_pool: Option<IdentityPoolId>,
    /// The client asked through.
    pub client: Option<ClientId>,
    /// The person, once proved.
    pub sub: Option<String>,
    /// The access key that signed, once proved.
    pub key: Option<String>,
    /// The challenge that was answered with.
    pub challenge: Option<String>,
    /// Error code.
    pub code: Option<&'static str>,
    /// What broke below; only for failures of ours, and made from our own errors. Of a refusal, what operators may know
    /// and the caller may not.
    pub cause: Option<String>,
    /// Asked every few seconds by machines: told only to those who want every detail, unless it fails.
    pub routine: bool,
}

/// Refusals that come only after the identity pool was found: of any other, nobody knows whether the id is a pool's.
const AFTER_IT_IS_FOUND: [&str; 5] = [
    "ConcurrentModificationException",
    "DeveloperUserAlreadyRegisteredException",
    "ExternalServiceException",
    "NotAuthorizedException",
    "ResourceConflictException",
];

impl Told {
    /// Nothing known but the operation or route.
    #[must_use]
    pub fn op(op: &'static str) -> Self {
        Self { op, ..Self::default() }
    }

    /// Names the error.
    #[must_use]
    pub fn refused(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        // What is no pool's id may be a guest's, sent in the wrong place; and that is a secret.
        if !AFTER_IT_IS_FOUND.contains(&code) {
            self.identity_pool = None;
        }
        self
    }

    fn outcome(&self, status: StatusCode) -> &'static str {
        match status.as_u16() {
            // What nobody has built yet is refused; nothing broke.
            501 | 400..=499 => "refused",
            500.. => "failed",
            _ if self.challenge.is_some() => "challenge",
            _ => "ok",
        }
    }

    /// Writes the line and counts the request.
    pub(crate) fn report(&self, id: uuid::Uuid, status: StatusCode, took: Duration, metrics: &Metrics) {
        let op = if self.op.is_empty() { "unknown" } else { self.op };
        let outcome = self.outcome(status);
        metrics.count(Asked { op, outcome, code: self.code.unwrap_or_default() }, took);
        let duration_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
        let pool = self.pool.as_ref().map(UserPoolId::as_str);
        let identity_pool = self.identity_pool.as_ref().map(IdentityPoolId::as_str);
        let client = self.client.as_ref().map(ClientId::as_str);
        let challenge = self.challenge.as_deref().map(one_line);
        let sub = self.sub.as_deref().map(one_line);
        let cause = self.cause.as_deref().map(one_line);
        // A failure is somebody's work to do; everything else is information.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    target: "cognate::request",
                    op,
                    outcome,
                    status = status.as_u16(),
                    pool.id = pool,
                    identity_pool.id = identity_pool,
                    client.id = client,
                    sub = sub.as_deref(),
                    key.id = self.key.as_deref(),
                    challenge = challenge.as_deref(),
                    code = self.code,
                    cause = cause.as_deref(),
                    duration_ms,
                    request.id = %id,
                )
            };
        }
        match outcome {
            "failed" => line!(error),
            "ok" if self.routine => line!(debug),
            _ => line!(info),
        }
    }
}

/// Control characters escaped, so that one request stays one line (ST-34).
fn one_line(text: &str) -> Cow<'_, str> {
    const CHARS_MAX: usize = 400;
    // What nearly all of them are: short and clean already.
    if text.len() <= CHARS_MAX && !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len().min(4 * CHARS_MAX));
    for c in text.chars().take(CHARS_MAX) {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_34_a_line_break_in_a_value_does_not_make_a_second_line() {
        assert_eq!(one_line("a\r\nop=\"SignUp\""), "a\\r\\nop=\"SignUp\"");
        assert_eq!(one_line(&"x".repeat(1000)).len(), 400);
    }

    #[test]
    fn st_34_what_may_be_a_guests_id_and_no_pools_is_not_named() {
        let told = || Told { identity_pool: IdentityPoolId::parse("eu-west-1:0a").ok(), ..Told::op("GetId") };
        assert!(told().refused("NotAuthorizedException").identity_pool.is_some());
        for code in [
            "AccessDeniedException",
            "InternalErrorException",
            "InvalidParameterException",
            "ResourceNotFoundException",
            "TooManyRequestsException",
            "ValidationException",
        ] {
            assert!(told().refused(code).identity_pool.is_none(), "{code}");
        }
    }

    #[test]
    fn the_outcome_follows_from_status_and_challenge() {
        let told = Told { challenge: Some("PASSWORD_VERIFIER".into()), ..Told::op("InitiateAuth") };
        assert_eq!(told.outcome(StatusCode::OK), "challenge");
        assert_eq!(told.outcome(StatusCode::BAD_REQUEST), "refused");
        assert_eq!(Told::default().outcome(StatusCode::OK), "ok");
        assert_eq!(Told::default().outcome(StatusCode::NOT_IMPLEMENTED), "refused", "nothing broke");
        assert_eq!(Told::default().outcome(StatusCode::INTERNAL_SERVER_ERROR), "failed");
        assert_eq!(Told::default().outcome(StatusCode::SERVICE_UNAVAILABLE), "failed");
    }
}

//! Checks a presented signature against the request, the clock and the access key's secret.

use super::key::{KeyCache, signature, string_to_sign};
use super::{Presented, RequestParts, SigError, UNSIGNED_PAYLOAD, canonical, moment};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::HEXLOWER;
use kernel::{Secret, Time};
use std::time::Duration;

/// What differs between services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How far the signer's clock may be off.
    pub skew: Duration,
    /// The path is signed as sent; otherwise it is resolved and encoded once more.
    pub verbatim_path: bool,
    /// The body may be left out of the signature.
    pub unsigned_payload: bool,
    /// Every `x-amz-*` header must be signed; otherwise only the one that names the operation.
    pub all_amz_headers: bool,
}

impl Rules {
    /// JSON and REST-JSON services: user pools, identity pools, sync.
    pub const JSON: Self =
        Self { skew: Duration::from_secs(300), verbatim_path: false, unsigned_payload: false, all_amz_headers: false };
    /// Query services: STS and IAM.
    pub const QUERY: Self = Self { skew: Duration::from_secs(900), ..Self::JSON };
    /// S3, for the gateway.
    pub const S3: Self =
        Self { skew: Duration::from_secs(900), verbatim_path: true, unsigned_payload: true, all_amz_headers: true };
}

/// What a signature is checked against beside the request.
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// SHA-256 of the body as received.
    pub body_sha256: &'a [u8; 32],
    /// The service's rules.
    pub rules: Rules,
    /// The present moment.
    pub now: Time,
}

impl Presented {
    /// Whether the holder of `secret` signed this very request, now.
    ///
    /// # Errors
    /// [`SigError::OutOfScope`] for the wrong time, [`SigError::Incomplete`] when something that must be signed is not,
    /// [`SigError::BadSignature`] for everything else, without saying what.
    pub fn verify(
        &self,
        secret: &Secret<String>,
        parts: &RequestParts<'_>,
        check: &Check<'_>,
        keys: &KeyCache,
    ) -> Result<(), SigError> {
        self.check_time(check)?;
        self.check_coverage(parts, &check.rules)?;
        let payload_hash = payload_hash(parts, check, self.is_presigned())?;
        let omit = self.is_presigned().then_some("X-Amz-Signature");
        let canonical = canonical::request(parts, &check.rules, &self.signed_headers, omit, &payload_hash);
        let text = string_to_sign(&self.timestamp, &self.scope, &canonical);
        let expected = signature(&keys.key(secret, &self.scope), &text);
        verify_slices_are_equal(expected.as_ref(), &self.signature).map_err(|_| SigError::BadSignature)
    }

    fn check_time(&self, check: &Check<'_>) -> Result<(), SigError> {
        let (signed, now, skew) = (self.time, check.now, check.rules.skew);
        let patience = self.expires_secs.map_or(skew, |secs| Duration::from_secs(u64::from(secs)));
        let (earliest, latest) = (now - patience, now + skew);
        if signed < earliest {
            return Err(SigError::OutOfScope(format!(
                "Signature expired: {} is now earlier than {} ({} - {} min.)",
                self.timestamp,
                moment::text(earliest),
                moment::text(now),
                patience.as_secs() / 60
            )));
        }
        if signed > latest {
            return Err(SigError::OutOfScope(format!(
                "Signature not yet current: {} is still later than {} ({} + {} min.)",
                self.timestamp,
                moment::text(latest),
                moment::text(now),
                skew.as_secs() / 60
            )));
        }
        Ok(())
    }

    /// What chooses the receiver and the operation must be covered, or a signature could be carried to another one.
    fn check_coverage(&self, parts: &RequestParts<'_>, rules: &Rules) -> Result<(), SigError> {
        let signed = |name: &str| self.signed_headers().any(|signed| signed == name);
        if !signed("host") {
            return Err(SigError::Incomplete(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned(),
            ));
        }
        for (name, _) in parts.headers {
            let name = name.to_ascii_lowercase();
            let must = name == "x-amz-target" || (rules.all_amz_headers && name.starts_with("x-amz-"));
            if must && !signed(&name) {
                return Err(SigError::Incomplete(format!(
                    "'{name}' must be a 'SignedHeader' in the AWS Authorization."
                )));
            }
        }
        Ok(())
    }
}

/// The last line of the canonical request: what the header says if the body agrees with it, else the body's hash.
fn payload_hash(parts: &RequestParts<'_>, check: &Check<'_>, presigned: bool) -> Result<String, SigError> {
    let real = HEXLOWER.encode(check.body_sha256);
    let mut sent = parts.header("x-amz-content-sha256");
    let sent = match (sent.next(), sent.next()) {
        (Some(sent), None) => sent,
        (Some(_), Some(_)) => return Err(SigError::BadSignature),
        (None, _) if presigned && check.rules.unsigned_payload => return Ok(UNSIGNED_PAYLOAD.to_owned()),
        (None, _) => return Ok(real),
    };
    if check.rules.unsigned_payload && (sent == UNSIGNED_PAYLOAD.as_bytes() || sent.starts_with(b"STREAMING-")) {
        return Ok(String::from_utf8_lossy(sent).into_owned());
    }
    verify_slices_are_equal(sent, real.as_bytes()).map_err(|_| SigError::BadSignature)?;
    Ok(real)
}

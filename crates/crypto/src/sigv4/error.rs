//! What is wrong with a signature, and how each protocol family says it (credentials-and-iam.md 5).

/// The three ways in which our services word an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// STS and IAM.
    Query,
    /// User pools and identity pools.
    Json,
    /// Sync.
    RestJson,
}

/// Why a request is not authenticated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigError {
    /// Nothing was presented where a signature is needed.
    #[error("Missing Authentication Token")]
    Missing,
    /// What was presented cannot be read.
    #[error("{0}")]
    Incomplete(String),
    /// No such access key, or a session token that is missing, foreign or not ours.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// The session has ended.
    #[error("The security token included in the request is expired")]
    SessionExpired,
    /// Not the signature of this request: other key, other request, other body.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    BadSignature,
    /// Signed for another time, region or service; the text says which.
    #[error("{0}")]
    OutOfScope(String),
}

impl SigError {
    /// The error code.
    #[must_use]
    pub const fn code(&self, family: Family) -> &'static str {
        match (self, family) {
            (Self::Missing, Family::Query) => "MissingAuthenticationToken",
            (Self::Missing, _) => "MissingAuthenticationTokenException",
            (Self::Incomplete(_), Family::Query) => "IncompleteSignature",
            (Self::Incomplete(_), _) => "IncompleteSignatureException",
            (Self::UnknownKey, Family::Query) => "InvalidClientTokenId",
            (Self::UnknownKey, _) => "UnrecognizedClientException",
            (Self::SessionExpired, Family::Query) => "ExpiredToken",
            (Self::SessionExpired, _) => "ExpiredTokenException",
            (Self::BadSignature | Self::OutOfScope(_), Family::Query) => "SignatureDoesNotMatch",
            (Self::BadSignature | Self::OutOfScope(_), _) => "InvalidSignatureException",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self, family: Family) -> u16 {
        match (self, family) {
            (Self::Incomplete(_), Family::Query) | (_, Family::Json) => 400,
            (_, Family::Query | Family::RestJson) => 403,
        }
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self, family: Family) -> String {
        match (self, family) {
            (Self::Missing, Family::Query) => "Request is missing Authentication Token".to_owned(),
            _ => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_04_each_family_has_its_codes_and_statuses() {
        let of = |error: &SigError, family| (error.code(family), error.status(family));
        let bad = SigError::BadSignature;
        assert_eq!(of(&bad, Family::Query), ("SignatureDoesNotMatch", 403));
        assert_eq!(of(&bad, Family::Json), ("InvalidSignatureException", 400));
        assert_eq!(of(&bad, Family::RestJson), ("InvalidSignatureException", 403));
        assert_eq!(of(&SigError::Missing, Family::Query), ("MissingAuthenticationToken", 403));
        assert_eq!(of(&SigError::Missing, Family::Json), ("MissingAuthenticationTokenException", 400));
        assert_eq!(of(&SigError::UnknownKey, Family::Query), ("InvalidClientTokenId", 403));
        assert_eq!(of(&SigError::UnknownKey, Family::Json), ("UnrecognizedClientException", 400));
        assert_eq!(of(&SigError::Incomplete(String::new()), Family::Query), ("IncompleteSignature", 400));
        assert_eq!(SigError::Missing.message(Family::Query), "Request is missing Authentication Token");
        assert_eq!(SigError::Missing.message(Family::Json), "Missing Authentication Token");
    }
}

//! Policy documents on their way in and out.

use crate::{Access, say};
use contract::Fault;
use contract::iam::fault;
use iam::Kind;
use model::Quota;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986 §2.3: all but the unreserved characters are escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A document as answers carry it. Decoded it is what was written, byte for byte (CR-12): botocore decodes and parses
/// it, and Terraform compares it with its own.
#[must_use]
pub fn encoded(document: &str) -> String {
    utf8_percent_encode(document, RESERVED).to_string()
}

impl Access {
    /// Whether a document is a policy of this kind.
    pub(crate) fn check_document(&self, document: &str, kind: Kind) -> Result<(), Fault> {
        let checked = self.policies.get(document, kind);
        checked.map(|_| ()).map_err(|malformed| fault::malformed_policy_document(malformed.to_string()))
    }

    /// A managed policy's document: a policy, and not too large.
    pub(crate) fn check_managed(&self, document: &str) -> Result<(), Fault> {
        self.check_document(document, Kind::Identity)?;
        within(Quota::PolicySize, document)
    }

    /// A role's trust policy: one, and not too large. Answers whom it names by ARN or unique id.
    pub(crate) fn check_trust(&self, document: &str) -> Result<Vec<String>, Fault> {
        let policy = self.policies.get(document, Kind::Trust);
        let policy = policy.map_err(|malformed| fault::malformed_policy_document(malformed.to_string()))?;
        within(Quota::TrustSize, document)?;
        Ok(policy.principals().into_iter().map(str::to_owned).collect())
    }
}

fn within(quota: Quota, document: &str) -> Result<(), Fault> {
    if quota.exceeded_by_documents([document]) { Err(say::quota_exceeded(quota)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_12_only_unreserved_characters_travel_as_they_are() {
        assert_eq!(encoded("aZ09-._~"), "aZ09-._~");
        assert_eq!(encoded("{\"a\": [1]}\n+*/ü"), "%7B%22a%22%3A%20%5B1%5D%7D%0A%2B%2A%2F%C3%BC");
    }
}

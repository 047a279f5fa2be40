//! Why a document is no policy.

/// A document was refused.
///
/// Displayed, it is the sentence clients are told with `MalformedPolicyDocument`; [`Malformed::detail`] says what was
/// found where, for those who may know more than the service tells.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Malformed {
    sentence: String,
    detail: String,
}

impl Malformed {
    /// Told in `sentence`, found because of `detail`.
    pub(crate) fn new(sentence: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), detail: detail.into() }
    }

    /// What was found, and where.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same refusal, with the place where it was found in front of the detail.
    pub(crate) fn at(self, place: &str) -> Self {
        Self { detail: format!("{place}: {}", self.detail), ..self }
    }
}

//! Sizes of policy documents.

use super::Quota;

/// What counts of a document: all but white space.
fn size(document: &str) -> usize {
    document.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).count()
}

impl Quota {
    /// Whether documents are too large together.
    #[must_use]
    pub fn exceeded_by_documents<'d>(self, documents: impl IntoIterator<Item = &'d str>) -> bool {
        self.exceeded_by(documents.into_iter().map(size).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_free() {
        let most = "x".repeat(2_048);
        assert!(!Quota::TrustSize.exceeded_by_documents([most.as_str(), " \t\r\n"]));
        assert!(Quota::TrustSize.exceeded_by_documents([most.as_str(), " x"]));
    }
}

//! Everything the decision about a principal needs.

/// A principal with its policies, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// Unique id.
    pub id: String,
    /// ARN, with the path.
    pub arn: String,
    /// Name.
    pub name: String,
    /// Key and value.
    pub tags: Vec<(String, String)>,
    /// What sessions quote.
    pub generation: i64,
    /// Its own policies and those of its groups: an ARN or `inline:NAME`, and the document.
    pub identity: Vec<(String, String)>,
    /// The policy that bounds it: ARN and document. A document that is not there is empty, which allows nothing.
    pub boundary: Option<(String, String)>,
}

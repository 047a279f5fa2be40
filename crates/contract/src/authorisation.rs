//! What a policy is asked about a signed operation: the action, the resource, and what the request says about both.
//!
//! The tables are generated from `contract/authorisation.json`; the seat of the decision is `authority`.

/// How an operation is put to the policies.
#[derive(Debug, PartialEq, Eq)]
pub struct Authorisation {
    /// `cognito-idp:AdminGetUser`.
    pub action: &'static str,
    /// What it is done to.
    pub resource: Resource,
    /// The member that holds tags to be set: `aws:RequestTag/…` and `aws:TagKeys`.
    pub request_tags: Option<&'static str>,
    /// The member that holds keys of tags to be removed: `aws:TagKeys`.
    pub tag_keys: Option<&'static str>,
    /// Condition keys that are members of the request.
    pub keys: &'static [(&'static str, &'static str)],
    /// Where the request hands roles on: `iam:PassRole` is asked for each. Dots lead inwards, `*` stands for every entry.
    pub passes: &'static [&'static str],
}

/// The resource of an operation, by the members of its request that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// No policy is asked: the service allows it to everyone who proved who they are, even under an explicit Deny.
    Unasked,
    /// `*`.
    Any,
    /// The member is the ARN.
    Arn(&'static str),
    /// The member is the ARN of a role whose trust policy has a say: the operation asks, who knows the role.
    Trusting(&'static str),
    /// A user pool by its id.
    UserPool(&'static str),
    /// The user pool of a client.
    UserPoolOfClient(&'static str),
    /// An identity pool by its id.
    IdentityPool(&'static str),
    /// An identity: its pool and its id.
    Identity(&'static str, &'static str),
    /// A dataset: pool, identity and name.
    Dataset(&'static str, &'static str, &'static str),
    /// An IAM user by name; the caller where it is left out.
    User(&'static str),
    /// An IAM group by name.
    Group(&'static str),
    /// An IAM role by name.
    Role(&'static str),
    /// Something of IAM that is about to be made: its kind in ARNs, its name, its path where it has one.
    New(&'static str, &'static str, Option<&'static str>),
    /// A federated user's session, by name.
    FederatedUser(&'static str),
}

//! What is known about shapes and operations: tables that codecs, checks and the edge read. The generated code fills them.

use crate::authorisation::Authorisation;
use crate::fault::ErrorMeta;

/// A service Cognate answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// `cognito-idp`, user pools.
    CognitoIdp,
    /// `cognito-identity`, identity pools.
    CognitoIdentity,
    /// `cognito-sync`.
    CognitoSync,
    /// `sts`.
    Sts,
    /// `iam`.
    Iam,
}

impl Service {
    /// Every service, in the order of the enum.
    pub const ALL: [Self; 5] = [Self::CognitoIdp, Self::CognitoIdentity, Self::CognitoSync, Self::Sts, Self::Iam];

    /// What is known about the service.
    #[must_use]
    pub fn meta(self) -> &'static ServiceMeta {
        match self {
            Self::CognitoIdp => &crate::cognito_idp::operations::SERVICE,
            Self::CognitoIdentity => &crate::cognito_identity::operations::SERVICE,
            Self::CognitoSync => &crate::cognito_sync::operations::SERVICE,
            Self::Sts => &crate::sts::operations::SERVICE,
            Self::Iam => &crate::iam::operations::SERVICE,
        }
    }
}

/// A service as a whole.
#[derive(Debug)]
pub struct ServiceMeta {
    /// Which one.
    pub service: Service,
    /// Its name, which is also its name in signatures and policies, `cognito-idp`.
    pub name: &'static str,
    /// `json`, `rest-json` or `query`.
    pub protocol: &'static str,
    /// `2016-04-18`.
    pub api_version: &'static str,
    /// JSON 1.1: what stands before the dot in `X-Amz-Target`.
    pub target_prefix: Option<&'static str>,
    /// Query: the namespace of answers.
    pub xml_namespace: Option<&'static str>,
    /// Its operations, sorted by name.
    pub operations: &'static [&'static OperationMeta],
    /// What policies are asked about the signed ones, sorted by name.
    pub authorisation: &'static [(&'static str, Authorisation)],
}

impl ServiceMeta {
    /// The operation of that name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static OperationMeta> {
        let at = self.operations.binary_search_by(|meta| meta.name.cmp(name)).ok()?;
        self.operations.get(at).copied()
    }

    /// What policies are asked about the operation of that name; `None` when it is not signed.
    #[must_use]
    pub fn authorisation(&self, name: &str) -> Option<&'static Authorisation> {
        let at = self.authorisation.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
        self.authorisation.get(at).map(|(_, entry)| entry)
    }
}

/// How an operation is authorised (user-pools.md 1.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Auth {
    /// SigV4 and policy.
    Signed,
    /// An `AccessToken` member.
    Token,
    /// An `AccessToken` or a challenge `Session`.
    TokenOrSession,
    /// Public: client id (and secret hash).
    Public,
    /// Both signed and unsigned callers are accepted.
    SignedOrPublic,
}

/// What a successful answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputKind {
    /// No output shape: an empty body.
    Empty,
    /// An output structure without members: `{}`.
    EmptyObject,
    /// An output structure.
    Object,
}

/// An operation of a service.
#[derive(Debug)]
pub struct OperationMeta {
    /// The service.
    pub service: Service,
    /// The name, `AdminDisableUser`.
    pub name: &'static str,
    /// How it is authorised.
    pub auth: Auth,
    /// HTTP method (always POST for JSON 1.1 and Query).
    pub method: &'static str,
    /// Request URI template (`/` but for REST-JSON).
    pub uri: &'static str,
    /// The input structure; a structure without members where the model names none.
    pub input: &'static Shape,
    /// The output structure, if the model names one.
    pub output: Option<&'static Shape>,
    /// Query protocol: the element that wraps the result, `AssumeRoleResult`.
    pub result_wrapper: Option<&'static str>,
    /// What a successful answer looks like.
    pub output_kind: OutputKind,
    /// The errors it declares.
    pub errors: &'static [&'static ErrorMeta],
}

/// A shape: its name (for humans), its kind, and whether its values must never be shown.
#[derive(Debug)]
pub struct Shape {
    /// Name in the model.
    pub name: &'static str,
    /// Marked sensitive in the model.
    pub sensitive: bool,
    /// What it is.
    pub kind: Kind,
}

/// Types that know their shape.
pub trait Shaped {
    /// The shape.
    const SHAPE: &'static Shape;
}

/// A structure without members, for operations whose model names none.
pub static NOTHING: Shape = Shape { name: "Nothing", sensitive: false, kind: Kind::Struct { members: &[] } };

/// The kinds of shapes with their constraints.
#[derive(Debug)]
pub enum Kind {
    /// String or enum.
    Text {
        /// Fewest characters.
        min: Option<u64>,
        /// Most characters.
        max: Option<u64>,
        /// Pattern as the model spells it; the whole value must match.
        pattern: Option<&'static crate::pattern::Pattern>,
        /// Allowed values, empty when free.
        enums: &'static [&'static str],
    },
    /// Bytes.
    Blob {
        /// Fewest bytes.
        min: Option<u64>,
        /// Most bytes.
        max: Option<u64>,
    },
    /// Integer (32 bit) or long (64 bit).
    Int {
        /// Smallest value.
        min: Option<i64>,
        /// Largest value.
        max: Option<i64>,
        /// 64 bits wide.
        long: bool,
    },
    /// Float or double.
    Float,
    /// Boolean.
    Bool,
    /// A moment; `iso` marks shapes written as ISO-8601 text.
    Time {
        /// Written as ISO-8601 text rather than epoch seconds.
        iso: bool,
    },
    /// Free-form JSON.
    Document,
    /// A list.
    List {
        /// What it holds.
        member: &'static Shape,
        /// Fewest items.
        min: Option<u64>,
        /// Most items.
        max: Option<u64>,
        /// Query protocol: name of an item, `member` by default.
        item_name: &'static str,
        /// Query protocol: items stand without a wrapper.
        flattened: bool,
    },
    /// A map with text keys.
    Map {
        /// Its keys.
        key: &'static Shape,
        /// Its values.
        value: &'static Shape,
        /// Fewest entries.
        min: Option<u64>,
        /// Most entries.
        max: Option<u64>,
    },
    /// A structure.
    Struct {
        /// Its members, in model order; a [`crate::Value::Struct`] has one place for each.
        members: &'static [Member],
    },
}

/// Where a member travels (REST-JSON; everything is body elsewhere).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// In the body.
    Body,
    /// In the path.
    Uri,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// The HTTP status.
    Status,
    /// The body itself.
    Payload,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Name in the model, `UserPoolId`.
    pub name: &'static str,
    /// Name on the wire (`locationName`, else the model's name).
    pub wire_name: &'static str,
    /// Name in constraint messages, `userPoolId`.
    pub camel: &'static str,
    /// Where it travels.
    pub location: Location,
    /// Its shape.
    pub shape: &'static Shape,
    /// Must be present.
    pub required: bool,
}

/// A member that may be absent.
#[must_use]
pub const fn may(name: &'static str, camel: &'static str, shape: &'static Shape) -> Member {
    Member { name, wire_name: name, camel, location: Location::Body, shape, required: false }
}

/// A member that must be present.
#[must_use]
pub const fn need(name: &'static str, camel: &'static str, shape: &'static Shape) -> Member {
    Member { required: true, ..may(name, camel, shape) }
}

impl Member {
    /// The same member in another place.
    #[must_use]
    pub const fn at(self, location: Location, wire_name: &'static str) -> Self {
        Self { location, wire_name, ..self }
    }
}

//! What happened when a person, or somebody who claims to be one, was turned away. The sentences are in `say.rs`.

use std::error::Error;

/// Why the stairs turned a call away. Services and pages word it each in their own way.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client id names nothing.
    #[error("no such client")]
    NoSuchClient(String),
    /// The pool id names nothing.
    #[error("no such pool")]
    NoSuchPool(String),
    /// Nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// Nobody of that name, said by operations that speak of the pair of name and client.
    #[error("no such user for this client")]
    NoSuchUserForClient,
    /// No group of that name.
    #[error("no such group")]
    NoSuchGroup,
    /// The group's name is taken.
    #[error("group name taken")]
    GroupTaken,
    /// The pool has as many groups as a pool can have.
    #[error("too many groups")]
    TooManyGroups,
    /// The person is in as many groups as a person can be.
    #[error("in too many groups")]
    InTooManyGroups,
    /// Wrong password, wrong proof, or an unknown name under masking.
    #[error("wrong name or password")]
    WrongPassword,
    /// Locked after too many failures.
    #[error("locked")]
    Locked,
    /// Switched off.
    #[error("disabled")]
    Disabled,
    /// Right password, not yet confirmed.
    #[error("not confirmed")]
    NotConfirmed,
    /// Right password, must reset.
    #[error("password reset required")]
    ResetRequired,
    /// The temporary password is too old.
    #[error("temporary password expired")]
    TemporaryPasswordExpired,
    /// The client has a secret and no hash came.
    #[error("secret hash missing")]
    SecretHashMissing(String),
    /// The hash does not fit.
    #[error("secret hash wrong")]
    SecretHashWrong(String),
    /// The client secret is missing or does not fit, where the secret itself is sent.
    #[error("client secret wrong")]
    SecretWrong(String),
    /// The flow is switched off for this client.
    #[error("flow not enabled")]
    FlowNotEnabled(&'static str),
    /// The flow does not belong to this operation.
    #[error("flow not of this operation")]
    FlowNotSupported,
    /// A parameter of the flow is missing.
    #[error("parameter missing")]
    ParameterMissing(&'static str),
    /// A session that is none, or of another client, pool or person.
    #[error("session invalid")]
    SessionInvalid,
    /// A session that is too old.
    #[error("session expired")]
    SessionExpired,
    /// A session that was answered before.
    #[error("session reused")]
    SessionReused,
    /// Wrong code.
    #[error("code wrong")]
    CodeWrong,
    /// Expired, used or never asked for.
    #[error("code expired")]
    CodeExpired,
    /// Too many tries or messages within the hour.
    #[error("limit exceeded")]
    LimitExceeded,
    /// The sign-up is confirmed already.
    #[error("already confirmed")]
    AlreadyConfirmed(&'static str),
    /// Nothing to resend.
    #[error("already confirmed, nothing to resend")]
    NothingToResend,
    /// The pool verifies nothing that the person has.
    #[error("no auto verification")]
    NoAutoVerification,
    /// Only administrators may make users here.
    #[error("sign-up closed")]
    SignUpClosed,
    /// The username is taken.
    #[error("username taken")]
    UsernameTaken,
    /// The username is taken, said to an administrator.
    #[error("username taken")]
    UsernameTakenByAccount,
    /// The e-mail address or phone number is taken, at creation.
    #[error("attribute taken at creation")]
    AttributeTaken(&'static str),
    /// The alias belongs to somebody else.
    #[error("alias taken")]
    AliasTaken(&'static str),
    /// The e-mail address or phone number is somebody else's name, at a change.
    #[error("name taken at a change")]
    ContactTaken(&'static str),
    /// An attribute that may be written at creation only.
    #[error("attribute immutable")]
    AttributeImmutable(String),
    /// An attribute the schema does not have.
    #[error("attribute unknown")]
    AttributeUnknown(String),
    /// A required attribute is missing or taken away.
    #[error("attributes required")]
    AttributesRequired(Vec<String>),
    /// A preferred username that is an alias, before the confirmation.
    #[error("preferred username too early")]
    PreferredTooEarly,
    /// Asked to verify what can not be verified, or what the person does not have.
    #[error("attribute not verifiable")]
    AttributeNotVerifiable(String),
    /// The new password breaks the policy; the rule that it breaks first.
    #[error("password policy")]
    PasswordPolicy(&'static str),
    /// The same, worded as AdminCreateUser does.
    #[error("password policy")]
    TemporaryPasswordPolicy(&'static str),
    /// The new password is the present one or one of those that are remembered.
    #[error("password used before")]
    PasswordUsedBefore,
    /// Invited and never signed in, or without a password of this pool: there is nothing to reset.
    #[error("password cannot be reset in this state")]
    NotResettable,
    /// No verified address or number a reset code could go to.
    #[error("no verified contact")]
    NoVerifiedContact,
    /// Only administrators may reset passwords here.
    #[error("only administrators reset passwords")]
    AdministratorResets,
    /// A client wrote an attribute it may not write.
    #[error("attribute not writable")]
    AttributeNotWritable,
    /// An answer to NEW_PASSWORD_REQUIRED changes a required attribute that has a value.
    #[error("attribute already given")]
    AttributeFixed(String),
    /// The contract has it, Cognate does not serve it yet.
    #[error("not built yet: {0}")]
    NotBuilt(&'static str),
    /// Something about the request that the sentence itself tells.
    #[error("invalid parameter: {0}")]
    Invalid(String),
    /// Resending an invitation to somebody who does not wait for one.
    #[error("not waiting for an invitation")]
    NotInvited(String),
    /// The mail server refused the message.
    #[error("delivery refused")]
    DeliveryRefused,
    /// Access token unreadable, of another pool, or not an access token.
    #[error("access token invalid")]
    AccessTokenInvalid,
    /// Access token too old.
    #[error("access token expired")]
    AccessTokenExpired,
    /// Access token ended by a sign-out.
    #[error("access token revoked")]
    AccessTokenRevoked,
    /// Access token without the scope that the API asks for.
    #[error("access token lacks scope")]
    AccessTokenScope,
    /// Refresh token unreadable or of another client.
    #[error("refresh token invalid")]
    RefreshTokenInvalid,
    /// Refresh token too old.
    #[error("refresh token expired")]
    RefreshTokenExpired,
    /// Refresh token ended.
    #[error("refresh token revoked")]
    RefreshTokenRevoked,
    /// Refresh token used again after it was rotated and its grace was over; the sign-in has ended with it.
    #[error("refresh token reused")]
    RefreshTokenReused,
    /// RevokeToken: the token belongs to another client, or the client did not prove itself.
    #[error("revocation not authorised")]
    RevokeUnauthorized,
    /// RevokeToken: revocation is switched off for the client.
    #[error("revocation switched off")]
    RevokeUnsupported,
    /// RevokeToken: not a refresh token.
    #[error("not a refresh token")]
    RevokeWrongType,
    /// The crypto threads or the database are busy beyond the deadline.
    #[error("busy")]
    Busy,
    /// Something broke on our side.
    #[error("internal: {0}")]
    Internal(Box<dyn Error + Send + Sync>),
}

impl Refusal {
    /// Something broke on our side; the cause goes to the log line only.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

//! An app client: its settings in the contract's own shape, and its secrets.

use contract::cognito_idp::types::{
    ExplicitAuthFlowsType, FeatureType, PreventUserExistenceErrorTypes, TimeUnitsType, UserPoolClientType,
};
use kernel::{ClientId, Time, UserPoolId};
use std::time::Duration;

/// A client secret, sealed: it must be recoverable, for SECRET_HASH is an HMAC with it.
#[derive(Debug, Clone)]
pub struct ClientSecret {
    /// Its id, `{client}--{epoch}`; opaque to everybody.
    pub id: String,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created: Time,
}

/// An app client.
#[derive(Debug, Clone)]
pub struct Client {
    /// The pool.
    pub pool: UserPoolId,
    /// The id.
    pub id: ClientId,
    /// Its name; need not be unique.
    pub name: String,
    /// Its settings in the shape in which they are described, without secrets.
    pub settings: UserPoolClientType,
    /// Whether it has secrets (which are read per request, never from a cache).
    pub confidential: bool,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// A way to sign in that a client can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// USER_SRP_AUTH.
    UserSrp,
    /// USER_PASSWORD_AUTH.
    UserPassword,
    /// ADMIN_USER_PASSWORD_AUTH, once ADMIN_NO_SRP_AUTH.
    AdminUserPassword,
    /// CUSTOM_AUTH.
    Custom,
    /// USER_AUTH, choice-based.
    UserAuth,
    /// REFRESH_TOKEN_AUTH, REFRESH_TOKEN.
    Refresh,
}

impl Client {
    /// Secrets a client can have at once, so that one can replace the other without a gap.
    pub const SECRETS_MAX: usize = 2;

    /// The id of the secret the client was made with.
    #[must_use]
    pub fn original_secret_id(&self) -> String {
        self.secret_id(self.created)
    }

    /// An id for a secret made now, different from those of the others and from the first one's.
    #[must_use]
    pub fn next_secret_id(&self, others: &[ClientSecret], now: Time) -> String {
        let latest = others.iter().map(|other| other.created).fold(self.created, Time::max);
        let second = Duration::from_secs(1);
        let mut at = now.max(latest + second);
        while others.iter().any(|other| other.id == self.secret_id(at)) {
            at = at + second;
        }
        self.secret_id(at)
    }

    fn secret_id(&self, at: Time) -> String {
        format!("{}--{}", self.id, at.secs())
    }

    /// Whether the client may use a flow (user-pools.md 8.1: legacy flags imply SRP and refresh).
    #[must_use]
    pub fn allows(&self, flow: Flow) -> bool {
        use ExplicitAuthFlowsType as F;
        // Also where the flow is implied: its answer has no room for the next token (tokens.md 6.1).
        if flow == Flow::Refresh && self.rotation_grace().is_some() {
            return false;
        }
        let listed = self.settings.explicit_auth_flows.as_deref().unwrap_or_default();
        if listed.is_empty() {
            return matches!(flow, Flow::UserSrp | Flow::Custom | Flow::Refresh);
        }
        let has = |flag: F| listed.contains(&flag);
        let legacy = has(F::AdminNoSrpAuth) || has(F::CustomAuthFlowOnly) || has(F::UserPasswordAuth);
        match flow {
            Flow::UserSrp => has(F::AllowUserSrpAuth) || legacy && !has(F::CustomAuthFlowOnly),
            Flow::UserPassword => has(F::AllowUserPasswordAuth) || has(F::UserPasswordAuth),
            Flow::AdminUserPassword => has(F::AllowAdminUserPasswordAuth) || has(F::AdminNoSrpAuth),
            Flow::Custom => has(F::AllowCustomAuth) || legacy,
            Flow::UserAuth => has(F::AllowUserAuth),
            Flow::Refresh => has(F::AllowRefreshTokenAuth) || legacy,
        }
    }

    /// Whether unknown names must look like known ones (authentication.md 12).
    #[must_use]
    pub fn masks_existence(&self) -> bool {
        self.settings.prevent_user_existence_errors == Some(PreventUserExistenceErrorTypes::Enabled)
    }

    /// Whether tokens carry `origin_jti` and can be revoked.
    #[must_use]
    pub fn revocable(&self) -> bool {
        self.settings.enable_token_revocation.unwrap_or(true)
    }

    /// Where refresh tokens are rotated: how long one that was replaced may be used again.
    #[must_use]
    pub fn rotation_grace(&self) -> Option<Duration> {
        let rotation = self.settings.refresh_token_rotation.as_ref().filter(|r| r.feature == FeatureType::Enabled)?;
        // Left out is zero: a longer life of a used token is for who asks for it.
        Some(Duration::from_secs(u64::try_from(rotation.retry_grace_period_seconds.unwrap_or(0)).unwrap_or(0)))
    }

    /// How long a challenge session is good.
    #[must_use]
    pub fn session_lifetime(&self) -> Duration {
        Duration::from_secs(60 * u64::try_from(self.settings.auth_session_validity.unwrap_or(3)).unwrap_or(3))
    }

    /// How long an access token is good.
    #[must_use]
    pub fn access_lifetime(&self) -> Duration {
        let unit = self.settings.token_validity_units.as_ref().and_then(|u| u.access_token);
        lifetime(self.settings.access_token_validity, unit, TimeUnitsType::Hours, Duration::from_secs(3600))
    }

    /// How long an ID token is good.
    #[must_use]
    pub fn id_lifetime(&self) -> Duration {
        let unit = self.settings.token_validity_units.as_ref().and_then(|u| u.id_token);
        lifetime(self.settings.id_token_validity, unit, TimeUnitsType::Hours, Duration::from_secs(3600))
    }

    /// How long a refresh token is good; 0 stands for the default of 30 days.
    #[must_use]
    pub fn refresh_lifetime(&self) -> Duration {
        let unit = self.settings.token_validity_units.as_ref().and_then(|u| u.refresh_token);
        let stored = self.settings.refresh_token_validity.filter(|n| *n != 0);
        lifetime(stored, unit, TimeUnitsType::Days, Duration::from_secs(30 * 24 * 3600))
    }

    /// Whether an attribute shows in this client's ID tokens and profile answers. An unset list means all but `dev:`.
    #[must_use]
    pub fn may_read(&self, attribute: &str) -> bool {
        match &self.settings.read_attributes {
            _ if attribute.starts_with("dev:") => false,
            _ if attribute == "sub" => true,
            // The flags follow their lists like every other attribute; lists made by tools name them.
            Some(list) if !list.is_empty() => list.iter().any(|name| name == attribute),
            _ => true,
        }
    }

    /// Whether this client may write an attribute. Flags and ids never; an unset list means all others but `dev:`.
    #[must_use]
    pub fn may_write(&self, attribute: &str, required: bool) -> bool {
        let never = matches!(attribute, "sub" | "identities" | "email_verified" | "phone_number_verified");
        match &self.settings.write_attributes {
            _ if never || attribute.starts_with("dev:") => false,
            Some(list) if !list.is_empty() => required || list.iter().any(|name| name == attribute),
            _ => true,
        }
    }
}

/// A validity in its unit.
#[must_use]
pub fn lifetime(
    amount: Option<i64>,
    unit: Option<TimeUnitsType>,
    default_unit: TimeUnitsType,
    unset: Duration,
) -> Duration {
    let Some(amount) = amount.and_then(|n| u64::try_from(n).ok()) else { return unset };
    let unit_secs = match unit.unwrap_or(default_unit) {
        TimeUnitsType::Seconds => 1,
        TimeUnitsType::Minutes => 60,
        TimeUnitsType::Hours => 3600,
        TimeUnitsType::Days => 86_400,
    };
    Duration::from_secs(amount.saturating_mul(unit_secs))
}

//! An identity: what a guest or a person is called by the credentials they get.

use kernel::{AccountId, IdentityId, IdentityPoolId, Time};

/// Whether an identity may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityState {
    /// It may.
    Enabled,
    /// It may not: mostly since it was merged into another.
    Disabled,
}

/// An identity. Its logins stand beside it ([`super::Known`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `{region}:{uuid}`.
    pub id: IdentityId,
    /// Its pool.
    pub pool: IdentityPoolId,
    /// The pool's account.
    pub account: AccountId,
    /// When it was made.
    pub created: Time,
    /// When it or its logins last changed.
    pub updated: Time,
    /// Whether it may be used.
    pub state: IdentityState,
    /// Into which it was merged, when it was.
    pub merged_into: Option<IdentityId>,
    /// Sessions quote it; those of another generation are over. It moves when something is taken away: a login, the
    /// identity's being enabled.
    pub generation: i64,
    /// Never linked to a login and never disabled: whoever holds the id may use it. An identity that lost its last login
    /// is no guest again, nobody comes to it any more (UnlinkIdentity's documentation).
    pub guest: bool,
    /// When it was last used, to within [`super::USE_STEP`]. Kept up for guests only, who expire.
    pub used: Time,
}

impl Identity {
    /// A new identity; a guest's when no login comes with it.
    #[must_use]
    pub fn new(id: IdentityId, pool: IdentityPoolId, account: AccountId, guest: bool, now: Time) -> Self {
        Self {
            id,
            pool,
            account,
            created: now,
            updated: now,
            state: IdentityState::Enabled,
            merged_into: None,
            generation: 0,
            guest,
            used: now,
        }
    }

    /// Whether it may be used.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.state == IdentityState::Enabled
    }

    /// Whether the moment of its last use should be written down anew.
    #[must_use]
    pub fn use_is_stale(&self, now: Time) -> bool {
        self.guest && now.since(self.used) >= super::USE_STEP
    }
}

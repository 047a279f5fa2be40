//! A token family: everything that came out of one sign-in. Its id is `origin_jti` in the tokens.

use kernel::{ClientId, Sub, Time, UserPoolId};

/// One sign-in and the refresh token that prolongs it (tokens.md 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The pool.
    pub pool: UserPoolId,
    /// `origin_jti`.
    pub id: uuid::Uuid,
    /// Who signed in.
    pub sub: Sub,
    /// Through which client.
    pub client: ClientId,
    /// The person's generation at the sign-in; once the person's has moved on, the family is dead.
    pub user_generation: i64,
    /// Ended by RevokeToken.
    pub revoked: bool,
    /// When the person proved who they are.
    pub auth_time: Time,
    /// The sign-in's event.
    pub event_id: uuid::Uuid,
    /// SHA-256 of the refresh token's handle.
    pub token_hash: Vec<u8>,
    /// How often the refresh token was rotated.
    pub sequence: i64,
    /// The refresh token ends here.
    pub expires: Time,
}

impl Family {
    /// Whether tokens of this family are honoured while the person stands at `user_generation`.
    #[must_use]
    pub fn lives(&self, user_generation: i64) -> bool {
        !self.revoked && self.user_generation == user_generation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tk_19_a_family_dies_with_its_revocation_or_with_the_persons_generation() {
        let family = Family {
            pool: UserPoolId::parse("r_p").unwrap(),
            id: uuid::Uuid::nil(),
            sub: Sub::parse("s").unwrap(),
            client: ClientId::parse("c").unwrap(),
            user_generation: 3,
            revoked: false,
            auth_time: Time::default(),
            event_id: uuid::Uuid::nil(),
            token_hash: vec![],
            sequence: 0,
            expires: Time::default(),
        };
        assert!(family.lives(3));
        assert!(!family.lives(4));
        assert!(!Family { revoked: true, ..family }.lives(3));
    }
}

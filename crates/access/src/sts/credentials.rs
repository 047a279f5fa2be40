//! Credentials as answers show them.

use super::say;
use crate::Access;
use contract::Fault;
use contract::sts::types::Credentials;
use kernel::AccountId;
use model::AwsSession;
use tokens::aws_session::{self, TOKEN_CHARS_MAX};

/// Fresh credentials and what is told about their size.
pub struct Issued {
    /// What the caller signs with.
    pub credentials: Credentials,
    /// `PackedPolicySize`, per cent.
    pub packed: Option<i64>,
    /// `SessionTokenSize`, characters.
    pub size: Option<i64>,
    /// `SessionTokenUtilization`, per cent of the longest token there can be.
    pub utilization: Option<i64>,
}

impl Access {
    /// Hands out the credentials of a session.
    pub(crate) fn issued(
        &self,
        account: &AccountId,
        session: &AwsSession,
        size_min: Option<i64>,
    ) -> Result<Issued, Fault> {
        let size_min = size_min.and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
        let made = aws_session::issue(&self.keyring, account, session, size_min, &*self.entropy)
            .map_err(|too_large| say::packed_too_large(too_large.percent))?;
        let utilization = (made.token.len() * 100).div_ceil(TOKEN_CHARS_MAX);
        Ok(Issued {
            packed: made.packed_percent,
            size: i64::try_from(made.token.len()).ok(),
            utilization: i64::try_from(utilization).ok(),
            credentials: Credentials {
                access_key_id: made.access_key_id,
                secret_access_key: made.secret,
                session_token: made.token,
                expiration: made.expires,
            },
        })
    }
}

//! Who is the caller: the signature of a request against the access keys.

use crate::rights::{Rights, RightsReader};
use crate::uses::{Use, Uses};
use crate::{AccessKeys, Claim, Regions, is_signed};
use crypto::sigv4::{self, Check, KeyCache, Rules, SigError};
use crypto::{Keyring, TokenError};
use kernel::{AccountId, Clock, Entropy, Region, Secret};
use model::access_key::ROOT;
use model::aws_session::ACCESS_KEY_PREFIX;
use model::{AwsSession, Principal, SessionIdentity};
use std::error::Error;
use std::sync::Arc;
use store::{Store, StoreError};
use tokens::aws_session;

/// Derived signing keys that are kept: one per access key, day, region and service.
const DERIVED_KEYS_MAX: usize = 1024;
/// Longest access key id that is looked up; ours have twenty characters.
const KEY_ID_CHARS_MAX: usize = 128;

/// A caller whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Who it is.
    pub principal: Principal,
    /// The region the signature is for.
    pub region: Region,
}

/// Why a caller is not believed.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// The request's fault; each dialect has its own words for it.
    #[error("{0}")]
    Refused(#[from] SigError),
    /// Ours: the database has no room for one more now, and asking again is sound.
    #[error("access keys cannot be read now: the database is busy")]
    Busy,
    /// Ours: the keys could not be read.
    #[error("access keys cannot be read: {0}")]
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl Unproven {
    pub(crate) fn unavailable(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        match error.downcast_ref::<StoreError>() {
            Some(StoreError::Busy | StoreError::Conflict) => Self::Busy,
            _ => Self::Unavailable(error),
        }
    }
}

/// What users, roles and sessions are judged by: rows and seals of the account.
#[derive(Debug)]
pub struct Estate {
    pub(crate) store: Store,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) account: AccountId,
    pub(crate) rights: RightsReader,
    pub(crate) entropy: Arc<dyn Entropy>,
    uses: Uses,
}

impl Estate {
    /// The estate of an account. `policies` keeps what is compiled.
    #[must_use]
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        account: AccountId,
        policies: Arc<iam::Cache>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let (rights, uses) = (RightsReader::new(store.clone(), policies), Uses::new(store.clone()));
        Self { store, keyring, account, rights, entropy, uses }
    }

    /// Whether an identity still is where it stood when it was given a session, as of at most a second ago.
    async fn honoured_by(&self, stood: &SessionIdentity) -> Result<bool, Unproven> {
        let stands = self.store.identity_generation(&stood.id).await.map_err(Unproven::unavailable)?;
        // A later one is honoured: another node has seen more than this one.
        Ok(stands.is_some_and(|generation| *generation <= stood.generation))
    }
}

/// Decides who calls. One per server.
#[derive(Debug)]
pub struct Authority {
    keys: Option<Arc<dyn AccessKeys>>,
    pub(crate) estate: Option<Estate>,
    derived: KeyCache,
    regions: Regions,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Authority {
    /// Verifies signatures against access keys.
    #[must_use]
    pub fn enforcing(keys: Arc<dyn AccessKeys>, regions: Regions, clock: Arc<dyn Clock>) -> Self {
        Self { keys: Some(keys), estate: None, derived: KeyCache::new(DERIVED_KEYS_MAX), regions, clock }
    }

    /// Knows the account's users, roles and sessions beside root.
    #[must_use]
    pub fn over(mut self, estate: Estate) -> Self {
        self.estate = Some(estate);
        self
    }

    /// Takes any credentials for root's but those of its own sessions: `cognate dev`, behind its guard against web pages.
    #[must_use]
    pub fn trusting_anyone(regions: Regions, clock: Arc<dyn Clock>) -> Self {
        Self { keys: None, estate: None, derived: KeyCache::new(0), regions, clock }
    }

    /// Whether any credentials are root's here.
    #[must_use]
    pub fn trusts_anyone(&self) -> bool {
        self.keys.is_none()
    }

    /// Who signed this request for `service`, by that service's rules.
    ///
    /// # Errors
    /// [`Unproven`].
    pub async fn authenticate(&self, claim: &Claim<'_>, service: &str, rules: Rules) -> Result<Proved, Unproven> {
        match &self.keys {
            None => {
                let proved = self.take_at_its_word(claim)?;
                self.still_there(&proved.principal).await?;
                Ok(proved)
            }
            Some(keys) => self.verify(claim, service, rules, keys.as_ref()).await,
        }
    }

    async fn verify(
        &self,
        claim: &Claim<'_>,
        service: &str,
        rules: Rules,
        keys: &dyn AccessKeys,
    ) -> Result<Proved, Unproven> {
        let presented = sigv4::parse(&claim.parts)?.ok_or(SigError::Missing)?;
        if presented.service() != service {
            return Err(
                SigError::OutOfScope(format!("Credential should be scoped to correct service: '{service}'.")).into()
            );
        }
        let region = self.region(presented.region())?;
        let id = presented.access_key_id();
        if id.len() > KEY_ID_CHARS_MAX {
            return Err(SigError::UnknownKey.into());
        }
        let token = presented.security_token();
        let (secret, principal) = if id.starts_with(ACCESS_KEY_PREFIX) {
            // Without its token a temporary key is nobody's.
            self.opened(id, token.ok_or(SigError::UnknownKey)?.reveal())?
        } else if token.is_some() {
            return Err(SigError::UnknownKey.into());
        } else {
            let key = keys.find(id).await.map_err(Unproven::unavailable)?.ok_or(SigError::UnknownKey)?;
            let access_key_id = id.to_owned();
            let principal = if key.principal == ROOT {
                Principal::Root { access_key_id }
            } else {
                Principal::User { access_key_id, id: key.principal }
            };
            (key.secret, principal)
        };
        let check = Check { body_sha256: &claim.body_sha256, rules, now: self.clock.now() };
        presented.verify(&secret, &claim.parts, &check, &self.derived)?;
        self.still_there(&principal).await?;
        if let Some(Estate { account, uses, .. }) = &self.estate {
            uses.note(Use { account, principal: &principal, service, region: &region, at: self.clock.now() });
        }
        Ok(Proved { principal, region })
    }

    /// Temporary credentials, as far as their token goes.
    fn opened(&self, id: &str, token: &str) -> Result<(Secret<String>, Principal), SigError> {
        let estate = self.estate.as_ref().ok_or(SigError::UnknownKey)?;
        let opened = aws_session::open(&estate.keyring, &estate.account, id, token, self.clock.now());
        let opened = opened.map_err(|error| match error {
            TokenError::Expired => SigError::SessionExpired,
            TokenError::Garbage => SigError::UnknownKey,
        })?;
        Ok((opened.secret, Principal::Session(Arc::new(opened.session))))
    }

    /// Whether the user or role behind the signature still is, and still honours the session; and so the identity, where
    /// one stands behind it.
    async fn still_there(&self, principal: &Principal) -> Result<(), Unproven> {
        let (id, session) = match principal {
            Principal::Root { .. } | Principal::Anonymous => return Ok(()),
            Principal::User { id, .. } => (Some(id.as_str()), None),
            Principal::Session(session) => (session.of.principal_id(), Some(session)),
        };
        let Some(estate) = &self.estate else { return Ok(()) };
        let Some(id) = id else {
            let generation = estate.store.root_generation().await.map_err(Unproven::unavailable)?;
            let over = session.is_some_and(|session| session.generation < generation);
            return if over { Err(SigError::SessionExpired.into()) } else { Ok(()) };
        };
        let rights = estate.rights.of(&estate.account, id).await?.ok_or(SigError::UnknownKey)?;
        if session.is_some_and(|session| !honours(&rights, session)) {
            return Err(SigError::SessionExpired.into());
        }
        let Some(identity) = session.and_then(|session| session.identity.as_ref()) else { return Ok(()) };
        if estate.honoured_by(identity).await? { Ok(()) } else { Err(SigError::SessionExpired.into()) }
    }

    fn take_at_its_word(&self, claim: &Claim<'_>) -> Result<Proved, SigError> {
        if !is_signed(&claim.parts) {
            return Err(SigError::Missing);
        }
        let no_credential = || SigError::Incomplete("Authorization header requires 'Credential' parameter.".to_owned());
        let scope = claim.scope().ok_or_else(no_credential)?;
        let mut parts = scope.split('/');
        // The id goes into the log line, so it may only be what an id looks like.
        let id = parts.next().unwrap_or_default();
        let plain = (1..=KEY_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
        let access_key_id = if plain { id } else { "other" }.to_owned();
        let region = self.region(parts.nth(1).unwrap_or_default())?;
        let session = self.own_session(claim)?;
        Ok(Proved { principal: session.unwrap_or(Principal::Root { access_key_id }), region })
    }

    /// A session of this server's own making is what it is even where anybody is root: a developer wants to see what
    /// their people may do.
    fn own_session(&self, claim: &Claim<'_>) -> Result<Option<Principal>, SigError> {
        let Ok(Some(presented)) = sigv4::parse(&claim.parts) else { return Ok(None) };
        let id = presented.access_key_id();
        let Some(token) = presented.security_token().filter(|_| id.starts_with(ACCESS_KEY_PREFIX)) else {
            return Ok(None);
        };
        match self.opened(id, token.reveal()) {
            Ok((_, principal)) => Ok(Some(principal)),
            Err(SigError::SessionExpired) => Err(SigError::SessionExpired),
            // Anybody's credentials are root's, whatever they bring along.
            Err(_) => Ok(None),
        }
    }

    fn region(&self, named: &str) -> Result<Region, SigError> {
        Region::parse(named)
            .ok()
            .filter(|region| self.regions.accept(region))
            .ok_or_else(|| SigError::OutOfScope("Credential should be scoped to a valid region.".to_owned()))
    }
}

/// Sessions of an earlier generation are over. Those of a later one come from a node that knows more.
fn honours(rights: &Rights, session: &AwsSession) -> bool {
    rights.grants.as_ref().is_none_or(|grants| grants.generation <= session.generation)
}

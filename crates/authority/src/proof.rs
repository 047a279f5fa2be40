//! Who is the caller: the signature of a request against the access keys.

use crate::{AccessKeys, Claim, Regions};
use aws_lc_rs::digest::{SHA256, digest};
use crypto::sigv4::{self, Check, KeyCache, Rules, SigError};
use kernel::{Clock, Region};
use model::Principal;
use std::error::Error;
use std::sync::Arc;

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
    /// Ours: the keys could not be read.
    #[error("access keys cannot be read: {0}")]
    Unavailable(Box<dyn Error + Send + Sync>),
}

/// Decides who calls. One per server.
#[derive(Debug)]
pub struct Authority {
    keys: Option<Arc<dyn AccessKeys>>,
    derived: KeyCache,
    regions: Regions,
    clock: Arc<dyn Clock>,
}

impl Authority {
    /// Verifies signatures against access keys.
    #[must_use]
    pub fn enforcing(keys: Arc<dyn AccessKeys>, regions: Regions, clock: Arc<dyn Clock>) -> Self {
        Self { keys: Some(keys), derived: KeyCache::new(DERIVED_KEYS_MAX), regions, clock }
    }

    /// Takes any credentials for root's: `cognate dev`, behind its guard against web pages.
    #[must_use]
    pub fn trusting_anyone(regions: Regions, clock: Arc<dyn Clock>) -> Self {
        Self { keys: None, derived: KeyCache::new(0), regions, clock }
    }

    /// Who signed this request for `service`, by that service's rules.
    ///
    /// # Errors
    /// [`Unproven`].
    pub async fn authenticate(&self, claim: &Claim<'_>, service: &str, rules: Rules) -> Result<Proved, Unproven> {
        match &self.keys {
            None => Ok(self.take_at_its_word(claim)?),
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
        // A session token belongs to temporary keys, of which there are none yet: with a lasting key it is a mistake.
        if presented.security_token().is_some() || id.len() > KEY_ID_CHARS_MAX {
            return Err(SigError::UnknownKey.into());
        }
        let key = keys.find(id).await.map_err(Unproven::Unavailable)?.ok_or(SigError::UnknownKey)?;
        let body_sha256 = sha256(claim.body);
        let check = Check { body_sha256: &body_sha256, rules, now: self.clock.now() };
        presented.verify(&key.secret, &claim.parts, &check, &self.derived)?;
        Ok(Proved { principal: Principal::Root { access_key_id: id.to_owned() }, region })
    }

    fn take_at_its_word(&self, claim: &Claim<'_>) -> Result<Proved, SigError> {
        if !claim.is_signed() {
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
        Ok(Proved { principal: Principal::Root { access_key_id }, region })
    }

    fn region(&self, named: &str) -> Result<Region, SigError> {
        Region::parse(named)
            .ok()
            .filter(|region| self.regions.accept(region))
            .ok_or_else(|| SigError::OutOfScope("Credential should be scoped to a valid region.".to_owned()))
    }
}

fn sha256(body: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, body).as_ref());
    out
}

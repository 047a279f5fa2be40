//! What issuers published, remembered: how long it is believed, when they are asked again, and how rarely a stranger's
//! token or an issuer in trouble makes us ask (federation.md 4, identity-pools.md 4.2).

use crate::ForeignTokenError;
use crate::document::{read_discovery, read_keys};
use arc_swap::ArcSwapOption;
use crypto::jose::VerifyingKey;
use kernel::Time;
use outbound::Fetcher;
use quick_cache::sync::Cache;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long discovery document and keys are believed.
const FRESH: Duration = Duration::from_secs(3600);
/// How long known keys go on counting while the issuer does not answer.
const STALE_MAX: Duration = Duration::from_secs(24 * 3600);
/// Between two requests for keys on behalf of tokens that name an unknown one: whoever makes such tokens up asks no oftener.
const UNKNOWN_KEY_PAUSE: Duration = Duration::from_secs(30);
/// After a failure, and doubled with each further one.
const BACKOFF_FIRST: Duration = Duration::from_secs(5);
const BACKOFF_MAX: Duration = Duration::from_secs(300);
/// Issuers that are remembered; others are asked anew.
const ISSUERS_MAX: usize = 1000;

/// The keys of an issuer, as they were published.
pub(crate) struct Published {
    jwks_uri: String,
    discovered: Time,
    keys: Vec<VerifyingKey>,
    fetched: Time,
}

impl Published {
    /// The key of this name.
    pub(crate) fn key(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.iter().find(|key| key.kid() == kid)
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("jwks_uri", &self.jwks_uri).field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// How asking went so far.
#[derive(Debug, Default)]
struct Asking {
    last: Option<Time>,
    failures: u32,
    not_before: Option<Time>,
    told: Option<Trouble>,
}

/// Why there are no keys; remembered and told again until the issuer is asked again.
#[derive(Debug, Clone)]
enum Trouble {
    Unreachable(String),
    Unusable(String),
}

impl From<Trouble> for ForeignTokenError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreachable(text) => Self::Unreachable(text),
            Trouble::Unusable(text) => Self::Unusable(text),
        }
    }
}

/// What to do about a token that names a key.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// What is known decides, even if it is that the key is unknown.
    Decide,
    /// The issuer is to be asked.
    Ask,
    /// It is too early to ask again.
    Wait,
}

fn next(known: Option<&Published>, kid: &str, asking: &Asking, now: Time) -> Next {
    let waiting = asking.not_before.is_some_and(|from| now < from);
    let Some(known) = known else { return if waiting { Next::Wait } else { Next::Ask } };
    let fresh = now < known.fetched + FRESH;
    let asked_lately = asking.last.is_some_and(|last| now < last + UNKNOWN_KEY_PAUSE);
    match known.key(kid) {
        Some(_) if fresh => Next::Decide,
        Some(_) if waiting && now < known.fetched + STALE_MAX => Next::Decide,
        None if fresh && (waiting || asked_lately) => Next::Decide,
        _ if waiting => Next::Wait,
        _ => Next::Ask,
    }
}

/// One issuer.
#[derive(Default)]
struct Issuer {
    known: ArcSwapOption<Published>,
    asking: Mutex<Asking>,
}

/// All issuers that were asked for lately.
pub(crate) struct Issuers {
    fetcher: Fetcher,
    issuers: Cache<String, Arc<Issuer>>,
}

impl Issuers {
    pub(crate) fn new(fetcher: Fetcher) -> Self {
        Self { fetcher, issuers: Cache::new(ISSUERS_MAX) }
    }

    /// What this issuer published, asked for again where the key is not among it or it is too old. One request at a time
    /// asks; the others wait for it, or go on with what is known where that is enough.
    pub(crate) async fn published(
        &self,
        issuer: &str,
        kid: &str,
        now: Time,
    ) -> Result<Arc<Published>, ForeignTokenError> {
        let entry = self.entry(issuer);
        let known = entry.known.load_full();
        if let Some(fresh) = known.as_ref().filter(|p| p.key(kid).is_some() && now < p.fetched + FRESH) {
            return Ok(fresh.clone());
        }
        let mut asking = match known.filter(|p| p.key(kid).is_some() && now < p.fetched + STALE_MAX) {
            // The key is known and only a little old: whoever asks already asks for us too.
            Some(stale) => match entry.asking.try_lock() {
                Ok(asking) => asking,
                Err(_) => return Ok(stale),
            },
            None => entry.asking.lock().await,
        };
        let known = entry.known.load_full();
        match (next(known.as_deref(), kid, &asking, now), known) {
            (Next::Decide, Some(known)) => Ok(known),
            (Next::Ask, known) => self.ask(issuer, kid, &entry, &mut asking, known, now).await,
            _ => Err(asking.told.clone().unwrap_or_else(asked_a_moment_ago).into()),
        }
    }

    fn entry(&self, issuer: &str) -> Arc<Issuer> {
        match self.issuers.get_or_insert_with(issuer, || Ok::<_, std::convert::Infallible>(Arc::default())) {
            Ok(entry) => entry,
            Err(never) => match never {},
        }
    }

    async fn ask(
        &self,
        issuer: &str,
        kid: &str,
        entry: &Issuer,
        asking: &mut Asking,
        known: Option<Arc<Published>>,
        now: Time,
    ) -> Result<Arc<Published>, ForeignTokenError> {
        // Noted before the answer is there: a caller who hangs up meanwhile must not make the next one ask at once.
        asking.last = Some(now);
        asking.failures = asking.failures.saturating_add(1);
        asking.not_before = Some(now + backoff(asking.failures));
        match self.fetch(issuer, known.as_deref(), now).await {
            Ok(published) => {
                let published = Arc::new(published);
                entry.known.store(Some(published.clone()));
                *asking = Asking { last: Some(now), ..Asking::default() };
                Ok(published)
            }
            Err(trouble) => {
                tracing::warn!(issuer, error = %ForeignTokenError::from(trouble.clone()), "an issuer's keys are not to be had");
                asking.told = Some(trouble.clone());
                let enough =
                    |p: &Arc<Published>| now < p.fetched + if p.key(kid).is_some() { STALE_MAX } else { FRESH };
                known.filter(enough).ok_or_else(|| trouble.into())
            }
        }
    }

    async fn fetch(&self, issuer: &str, known: Option<&Published>, now: Time) -> Result<Published, Trouble> {
        let (jwks_uri, discovered) = match known.filter(|known| now < known.discovered + FRESH) {
            Some(known) => (known.jwks_uri.clone(), known.discovered),
            None => (self.discover(issuer).await?, now),
        };
        let bytes = self.fetcher.get(&jwks_uri).await.map_err(|error| unreachable(&jwks_uri, &error))?;
        let keys = read_keys(&bytes).map_err(|why| Trouble::Unusable(format!("{jwks_uri}: {why}")))?;
        Ok(Published { jwks_uri, discovered, keys, fetched: now })
    }

    async fn discover(&self, issuer: &str) -> Result<String, Trouble> {
        // Discovery 4.1: a slash at the end of the issuer goes before the path is added.
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let bytes = self.fetcher.get(&url).await.map_err(|error| unreachable(&url, &error))?;
        read_discovery(&bytes, issuer).map_err(|why| Trouble::Unusable(format!("{url}: {why}")))
    }
}

fn unreachable(url: &str, error: &dyn fmt::Display) -> Trouble {
    Trouble::Unreachable(format!("{url}: {error}"))
}

fn asked_a_moment_ago() -> Trouble {
    Trouble::Unreachable("the issuer was asked a moment ago and has not answered".to_owned())
}

fn backoff(failures: u32) -> Duration {
    let doubled = 1u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    BACKOFF_FIRST.saturating_mul(doubled).min(BACKOFF_MAX)
}

impl fmt::Debug for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuers({})", self.issuers.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_secs(1_000_000);

    fn published(age: Duration) -> Published {
        let n = data_encoding::BASE64URL_NOPAD.encode(&[0xc1; 256]);
        let key = VerifyingKey::rs256("known", &n, "AQAB").unwrap();
        Published { jwks_uri: String::new(), discovered: NOW - age, keys: vec![key], fetched: NOW - age }
    }

    fn asked(last_secs_ago: Option<u64>, wait: bool) -> Asking {
        let last = last_secs_ago.map(|secs| NOW - Duration::from_secs(secs));
        Asking { last, not_before: wait.then(|| NOW + Duration::from_secs(1)), ..Asking::default() }
    }

    #[test]
    fn st_19_an_issuer_is_asked_when_there_is_a_reason_and_not_too_soon() {
        let fresh = published(Duration::from_secs(3599));
        let stale = published(Duration::from_secs(3600));
        let dead = published(STALE_MAX);
        let cases = [
            (None, "known", asked(None, false), Next::Ask),
            (None, "known", asked(Some(1), true), Next::Wait),
            (Some(&fresh), "known", asked(Some(1), true), Next::Decide),
            (Some(&fresh), "other", asked(Some(30), false), Next::Ask),
            (Some(&fresh), "other", asked(Some(29), false), Next::Decide),
            (Some(&fresh), "other", asked(Some(90), true), Next::Decide),
            (Some(&stale), "known", asked(Some(1), false), Next::Ask),
            (Some(&stale), "known", asked(Some(1), true), Next::Decide),
            (Some(&stale), "other", asked(Some(1), true), Next::Wait),
            (Some(&dead), "known", asked(Some(1), true), Next::Wait),
            (Some(&dead), "known", asked(None, false), Next::Ask),
        ];
        for (nth, (known, kid, asking, expected)) in cases.into_iter().enumerate() {
            assert_eq!(next(known, kid, &asking, NOW), expected, "case {nth}");
        }
    }

    #[test]
    fn each_failure_doubles_the_wait_up_to_five_minutes() {
        let waits: Vec<u64> = (1..=9).map(|failures| backoff(failures).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(backoff(u32::MAX), BACKOFF_MAX);
    }
}

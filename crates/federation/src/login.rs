//! Logins of identity pools (identity-pools.md 4): which provider of the pool vouches for a token, and whether what it says
//! is so. Words for refusals are in `login_error.rs`.

use crate::claims;
use crate::{Federation, LoginError};
use crypto::jose::Unverified;
use kernel::{Secret, UserPoolId};
use model::{Claims, Configured, IdentityPool, Login, Refusal, UserPoolProvider};
use store::work;
use tokens::IdentityClaims;

/// The key in `Logins` of tokens that identity pools here have issued.
pub const OWN_KEY: &str = model::OWN_PROVIDER;

/// Providers with ID tokens that need no record of an OIDC provider, and their issuers.
const SOCIAL: [(&str, &str); 2] =
    [("accounts.google.com", "https://accounts.google.com"), ("appleid.apple.com", "https://appleid.apple.com")];
/// Whose tokens may name their issuer without the scheme (identity-pools.md 4).
const WITHOUT_SCHEME: &str = "accounts.google.com";
/// Longest subject (OpenID Connect Core 2).
const SUBJECT_CHARS_MAX: usize = 255;

/// A login that is believed.
#[derive(Debug, Clone)]
pub struct VerifiedLogin {
    /// Canonical provider and subject, as identities keep it.
    pub login: Login,
    /// Everything the token says.
    pub claims: Claims,
    /// The client it was made for.
    pub audience: String,
    /// What it adds to `amr`, behind `authenticated`: the provider, and the provider with its detail.
    pub amr: Vec<String>,
    /// Keys of `RoleMappings` that it answers to.
    pub mapping_keys: Vec<String>,
    /// Whether its claims may name roles ([`model::ProvenLogin`]): those of user pools of ours.
    pub names_roles: bool,
}

/// What a token must say before anybody looks at its signature.
pub(crate) struct Expected<'e> {
    /// The issuer with its scheme, or several spellings of it.
    pub(crate) issuers: Vec<String>,
    /// Clients whose tokens are taken.
    pub(crate) clients: Vec<&'e str>,
}

/// A token that says the right things, of whom nobody knows yet whether they are true.
struct Promising<'t> {
    token: Unverified<'t>,
    claims: Claims,
    audience: String,
}

impl Federation {
    /// Believes every login of a call, in the order they came: one that fails fails all (identity-pools.md 4).
    ///
    /// # Errors
    /// The first [`LoginError`].
    pub async fn verify_logins(
        &self,
        pool: &IdentityPool,
        logins: &[(&str, &Secret<String>)],
    ) -> Result<Vec<VerifiedLogin>, LoginError> {
        let fits = |key: &str| pool.provider(key, &self.aliases).is_some_and(|configured| is_public(&configured));
        // One login under a strange key is told that its provider is not supported; several, that none of them fits.
        if no_providers(pool) || logins.len() > 1 && !logins.iter().any(|(key, _)| fits(key)) {
            return Err(LoginError::LoginsDontMatch);
        }
        let mut verified = Vec::with_capacity(logins.len());
        for (key, token) in logins {
            verified.push(self.verify_login(pool, key, token).await?);
        }
        Ok(verified)
    }

    /// Believes one login under its key, or says why not. The order is that of identity-pools.md 4.1, and issuer before
    /// audience: a token of another pool is told so whether or not that pool is configured too (ID-10).
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn verify_login(
        &self,
        pool: &IdentityPool,
        key: &str,
        token: &Secret<String>,
    ) -> Result<VerifiedLogin, LoginError> {
        match pool.provider(key, &self.aliases) {
            Some(Configured::UserPool { pool: id, provider, clients }) => {
                self.user_pool_login(pool, key, &id, provider, &clients, token).await
            }
            Some(Configured::Social { provider, app_id }) => self.social_login(provider, app_id, token).await,
            Some(Configured::Oidc { provider, arn }) => self.oidc_login(pool, provider, arn, token).await,
            Some(Configured::Saml { arn }) => Err(LoginError::NotServed(arn.to_owned())),
            // Developers' users are vouched for by the developer's signature, and our own tokens speak of identities.
            Some(Configured::Developer | Configured::Own) => Err(unsupported("no provider of logins")),
            None => Err(unsupported("the key names no provider of the pool")),
        }
    }

    /// Believes a token that an identity pool here has issued, under the key [`OWN_KEY`], for this very pool. Whether its
    /// identity is the one that was asked for, and still there, is for the caller to see.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn verify_identity_token(
        &self,
        pool: &IdentityPool,
        token: &Secret<String>,
    ) -> Result<IdentityClaims, LoginError> {
        let claims = self.identity_tokens.open(token).await?;
        if claims.pool == pool.id { Ok(claims) } else { Err(unsupported("a token of another identity pool")) }
    }

    async fn user_pool_login(
        &self,
        pool: &IdentityPool,
        key: &str,
        id: &UserPoolId,
        provider: String,
        clients: &[&UserPoolProvider],
        token: &Secret<String>,
    ) -> Result<VerifiedLogin, LoginError> {
        let own = match self.store.pool(id).await.map_err(Refusal::from)? {
            Some(found) if found.account == pool.account => true,
            Some(_) => return Err(unsupported("a user pool of another account")),
            // Under an alias of ours the pool can only be ours, and it is gone.
            None if key != provider => return Err(unsupported("no such user pool")),
            None => false,
        };
        let mut issuers = vec![format!("https://{provider}")];
        if own {
            // Either of the pool's issuers is good, whichever the deployment uses today (additions-2026.md).
            issuers.push(self.tokens.issuer().public(id));
        }
        let expected = Expected { issuers, clients: clients.iter().map(|client| client.client_id.as_str()).collect() };
        let Promising { token, claims, audience } = promising(token, &expected)?;
        if own {
            self.tokens.signed_by_pool(id, token).await?;
        } else {
            self.signed_elsewhere(&format!("https://{provider}"), token).await?;
        }
        claims::check_times(&claims, self.clock.now())?;
        if claims.get("token_use").and_then(|value| value.as_str()) != Some("id") {
            return Err(LoginError::NotAToken("its token_use is not id".to_owned()));
        }
        let subject = subject(&claims)?;
        if clients.iter().any(|client| client.client_id == audience && client.server_side_check) {
            self.honoured(own, id, &claims).await?;
        }
        Ok(VerifiedLogin {
            amr: vec![provider.clone(), format!("{provider}:CognitoSignIn:{subject}")],
            mapping_keys: vec![format!("{provider}:{audience}")],
            names_roles: own,
            login: Login { provider, subject, developer: false },
            claims,
            audience,
        })
    }

    /// ServerSideTokenCheck. Off, an unexpired token is believed whatever became of the person; Amazon's default, and ours,
    /// for whoever switches it off has said so (identity-pools.md 4.1, step 8).
    async fn honoured(&self, own: bool, pool: &UserPoolId, claims: &Claims) -> Result<(), LoginError> {
        if !own {
            // Nobody elsewhere can be asked what became of an ID token; to pass over the check would be to believe it.
            let why = "whether a user pool of another service still honours a token cannot be asked";
            return Err(LoginError::Unreachable(why.to_owned()));
        }
        if self.tokens.still_honoured(pool, claims).await? { Ok(()) } else { Err(LoginError::Ended) }
    }

    async fn social_login(
        &self,
        provider: &str,
        app_id: &str,
        token: &Secret<String>,
    ) -> Result<VerifiedLogin, LoginError> {
        let Some((_, issuer)) = SOCIAL.into_iter().find(|(key, _)| *key == provider) else {
            // Facebook, Login with Amazon and Twitter hand out opaque tokens; Digits is gone.
            return Err(LoginError::NotServed(provider.to_owned()));
        };
        let (claims, audience) = self.openid_token(issuer, vec![app_id], token).await?;
        let subject = subject(&claims)?;
        Ok(VerifiedLogin {
            amr: vec![provider.to_owned(), format!("{provider}:{app_id}:{subject}")],
            mapping_keys: vec![provider.to_owned()],
            names_roles: false,
            login: Login { provider: provider.to_owned(), subject, developer: false },
            claims,
            audience,
        })
    }

    async fn oidc_login(
        &self,
        pool: &IdentityPool,
        provider: &str,
        arn: &str,
        token: &Secret<String>,
    ) -> Result<VerifiedLogin, LoginError> {
        let (account, url) = (pool.account.clone(), provider.to_owned());
        let record = self
            .store
            .read(work!(|tx, account, url| -> Refusal { Ok(tx.iam_providers().get_oidc(account, url).await?) }));
        let record = record.await?.filter(|record| record.arn() == arn);
        let record = record.ok_or_else(|| unsupported("the OIDC provider is not there any more"))?;
        // Google may be configured in both ways: as an app, and as a provider with several client ids.
        let app = pool.providers.social.get(provider);
        let clients = record.client_ids.iter().chain(app).map(String::as_str).collect();
        let (claims, audience) = self.openid_token(&format!("https://{provider}"), clients, token).await?;
        let subject = subject(&claims)?;
        // Each of the two records answers for its own clients.
        let of_record = record.client_ids.contains(&audience);
        let by_app = app.filter(|app| **app == audience).map(|_| provider);
        let mapping_keys = [Some(arn).filter(|_| of_record), by_app].into_iter().flatten().map(str::to_owned).collect();
        Ok(VerifiedLogin {
            amr: vec![provider.to_owned(), format!("{arn}:OIDC:{subject}")],
            mapping_keys,
            names_roles: false,
            login: Login { provider: provider.to_owned(), subject, developer: false },
            claims,
            audience,
        })
    }

    /// An ID token of somebody else's issuer.
    async fn openid_token(
        &self,
        issuer: &str,
        clients: Vec<&str>,
        token: &Secret<String>,
    ) -> Result<(Claims, String), LoginError> {
        let bare = issuer.trim_start_matches("https://");
        let issuers = [Some(issuer), Some(bare).filter(|bare| *bare == WITHOUT_SCHEME)];
        let issuers = issuers.into_iter().flatten().map(str::to_owned).collect();
        let Promising { token, claims, audience } = promising(token, &Expected { issuers, clients })?;
        self.signed_elsewhere(issuer, token).await?;
        claims::check_times(&claims, self.clock.now())?;
        Ok((claims, audience))
    }

    /// Whether a key that the issuer publishes signed the token.
    async fn signed_elsewhere(&self, issuer: &str, token: Unverified<'_>) -> Result<(), LoginError> {
        // Boxed: asking somebody over the network is large, and most logins are of our own pools.
        Ok(Box::pin(self.signed(issuer, token)).await.map(drop)?)
    }
}

/// The checks for which nobody needs to be asked: they come first, so that a stranger's token makes us ask nobody.
fn promising<'t>(token: &'t Secret<String>, expected: &Expected<'_>) -> Result<Promising<'t>, LoginError> {
    let token = Unverified::parse(token.reveal()).map_err(|why| LoginError::NotAToken(why.to_string()))?;
    let (claims, audience) = meant(token.unverified_payload(), expected)?;
    Ok(Promising { token, claims, audience })
}

/// What a payload says, if it says it of one of these issuers and for one of these clients.
pub(crate) fn meant(payload: &[u8], expected: &Expected<'_>) -> Result<(Claims, String), LoginError> {
    let claims = claims::read(payload)?;
    if claims.get("aud").is_none() {
        return Err(LoginError::MissingClaim("aud"));
    }
    let issuer = claims::text(&claims, "iss")?;
    if !expected.issuers.iter().any(|known| known == issuer) {
        return Err(LoginError::WrongIssuer(format!("not issued by {}", expected.issuers.join(" or "))));
    }
    let audience = claims::audience(&claims, &expected.clients)?;
    Ok((claims, audience))
}

/// Who the token speaks of, within what an identity can keep.
pub(crate) fn subject(claims: &Claims) -> Result<String, LoginError> {
    let subject = claims::text(claims, "sub")?;
    if subject.chars().count() > SUBJECT_CHARS_MAX || subject.contains('\0') {
        return Err(LoginError::NotAToken("its sub has no sensible form".to_owned()));
    }
    Ok(subject.to_owned())
}

/// Whether logins under the key are proved by a token of their own.
const fn is_public(configured: &Configured<'_>) -> bool {
    !matches!(configured, Configured::Developer | Configured::Own)
}

fn no_providers(pool: &IdentityPool) -> bool {
    let providers = &pool.providers;
    providers.user_pools.is_empty()
        && providers.social.is_empty()
        && providers.oidc.is_empty()
        && providers.saml.is_empty()
}

fn unsupported(why: &str) -> LoginError {
    LoginError::NotSupported(why.to_owned())
}

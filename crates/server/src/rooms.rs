//! The rooms of a server, each put together from what it leans on.

use crate::app::{Ground, Plan, Trust};
use crate::config::{Issuer, RegionList};
use access::Access;
use accounts::Accounts;
use authority::{Authority, Estate, Regions, StoredKeys};
use directory::Directory;
use federation::Federation;
use identity::Identity;
use messages::Messages;
use model::Aliases;
use signin::Signin;
use std::sync::Arc;
use tokens::{IdentityTokens, IssuerStyle, Tokens};

/// Memory for compiled policies: a few thousand of usual size.
const POLICY_CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// All of them.
#[derive(Debug)]
pub(crate) struct Rooms {
    /// Codes, wording, the outbox.
    pub(crate) messages: Messages,
    /// The token engine of user pools.
    pub(crate) tokens: Tokens,
    /// The token engine of identity pools.
    pub(crate) identity_tokens: IdentityTokens,
    /// User pools.
    pub(crate) directory: Arc<Directory>,
    /// IAM and STS.
    pub(crate) access: Arc<Access>,
    /// Identity pools.
    pub(crate) identity: Arc<Identity>,
}

impl Rooms {
    /// Puts them together.
    pub(crate) fn of(ground: &Ground, plan: &Plan) -> Self {
        let tokens = tokens(ground, plan);
        let identity_tokens = plan.identity.tokens(tokens.clone(), plan.account.clone(), &plan.public_url);
        let messages = Messages::new(messages::Parts {
            store: ground.store.clone(),
            courier: ground.courier.clone(),
            keyring: ground.keyring.clone(),
            clock: ground.clock.clone(),
            entropy: ground.entropy.clone(),
            default_from: plan.mail_from.clone(),
        });
        let federation = Federation::new(federation::Parts {
            fetcher: plan.federation.clone(),
            store: ground.store.clone(),
            tokens: tokens.clone(),
            identity_tokens: identity_tokens.clone(),
            clock: ground.clock.clone(),
        });
        let policies = Arc::new(iam::Cache::new(POLICY_CACHE_BYTES));
        let authority = Arc::new(authority(ground, plan, policies.clone()));
        let access = Arc::new(Access {
            store: ground.store.clone(),
            keyring: ground.keyring.clone(),
            authority: authority.clone(),
            federation: federation.clone(),
            policies: policies.clone(),
            clock: ground.clock.clone(),
            entropy: ground.entropy.clone(),
        });
        let identity = Arc::new(Identity {
            store: ground.store.clone(),
            keyring: ground.keyring.clone(),
            policies,
            authority,
            federation,
            issuer: iam::PrincipalIds::federated(identity_tokens.policy_names().principals.iter().cloned()),
            tokens: identity_tokens.clone(),
            aliases: Aliases { public_issuer: without_scheme(&plan.public_url).to_owned() },
            clock: ground.clock.clone(),
            entropy: ground.entropy.clone(),
        });
        let directory = Arc::new(directory(ground, plan, &messages, &tokens));
        Self { messages, tokens, identity_tokens, directory, access, identity }
    }
}

fn tokens(ground: &Ground, plan: &Plan) -> Tokens {
    Tokens::new(tokens::Parts {
        store: ground.store.clone(),
        keyring: ground.keyring.clone(),
        crypto: ground.crypto.clone(),
        issuer: tokens::Issuer::new(issuer_style(plan.issuer), &plan.public_url),
        clock: ground.clock.clone(),
        entropy: ground.entropy.clone(),
    })
}

fn directory(ground: &Ground, plan: &Plan, messages: &Messages, tokens: &Tokens) -> Directory {
    let accounts = Accounts {
        store: ground.store.clone(),
        keyring: ground.keyring.clone(),
        crypto: ground.crypto.clone(),
        messages: messages.clone(),
        password_storage: plan.password_storage,
        password_kinds: ground.password_kinds.clone(),
        password_change_ends_sessions: plan.password_change_ends_sessions,
        clock: ground.clock.clone(),
        entropy: ground.entropy.clone(),
    };
    Directory {
        store: ground.store.clone(),
        signin: Signin::new(accounts.clone(), tokens.clone()),
        accounts,
        tokens: tokens.clone(),
        tiers: plan.tiers,
        clock: ground.clock.clone(),
        entropy: ground.entropy.clone(),
    }
}

fn authority(ground: &Ground, plan: &Plan, policies: Arc<iam::Cache>) -> Authority {
    let regions = match &plan.regions {
        RegionList::Any => Regions::Any,
        RegionList::Only(list) => Regions::Only(list.clone()),
    };
    let (store, keyring, clock) = (ground.store.clone(), ground.keyring.clone(), ground.clock.clone());
    let estate = Estate::new(store.clone(), keyring.clone(), plan.account.clone(), policies, ground.entropy.clone());
    let authority = match plan.trust {
        Trust::AnyoneOnLoopback => Authority::trusting_anyone(regions, clock),
        Trust::Keys => Authority::enforcing(Arc::new(StoredKeys::new(store, keyring)), regions, clock),
    };
    authority.over(estate)
}

/// How issuers are spelled.
pub(crate) fn issuer_style(issuer: Issuer) -> IssuerStyle {
    match issuer {
        Issuer::Public => IssuerStyle::Public,
        Issuer::Aws => IssuerStyle::Aws,
    }
}

/// An address as keys of logins name it: Amplify takes the scheme from a token's issuer (identity-pools.md 4).
fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_logins_is_the_address_without_scheme_and_last_slash() {
        assert_eq!(without_scheme("https://id.example.com/"), "id.example.com");
        assert_eq!(without_scheme("http://127.0.0.1:9229"), "127.0.0.1:9229");
        assert_eq!(without_scheme("https://id.example.com/auth"), "id.example.com/auth");
    }
}

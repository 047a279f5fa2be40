//! All rooms joined: from a database, a keyring and a world outside to something that answers requests.

use crate::config::{Issuer, RegionList};
use crate::figures::Figures;
use crate::identity_plan::IdentityPlan;
use crate::jobs::Chores;
use crate::published::PublishedTokens;
use crate::questions::Questions;
use crate::readiness::StoreReadiness;
use crate::rooms::Rooms;
use access::Access;
use accounts::{PasswordKinds, PasswordStorage};
use contract::Service;
use crypto::Keyring;
use crypto::offload::CryptoPool;
use directory::Directory;
use edge::aws::desk::Desk;
use edge::aws::{AwsDoor, AwsService};
use edge::well_known::{KeySets, Published};
use edge::{Budget, Front, Kept, Limits, Listener, Metrics, SourceRate, Sources, Straight, Throttle, TrustedProxies};
use identity::Identity;
use kernel::{AccountId, Clock, Entropy, Region};
use outbound::{Courier, Fetcher, InboxCourier};
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;

/// What a server stands on. Tests bring their own clock, randomness and way out.
#[derive(Clone)]
pub struct Ground {
    /// The database, its schema current.
    pub store: Store,
    /// The keyring that sealed it.
    pub keyring: Arc<Keyring>,
    /// Threads for what takes long.
    pub crypto: Arc<CryptoPool>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The way out for mail and SMS.
    pub courier: Arc<dyn Courier>,
    /// The inbox to show, where messages stay in the house.
    pub inbox: Option<Arc<InboxCourier>>,
    /// How the passwords in the database are kept.
    pub password_kinds: PasswordKinds,
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ground").field("store", &self.store.engine_name()).finish_non_exhaustive()
    }
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Signatures are verified against access keys.
    Keys,
    /// Any credentials are root's, and only loopback is answered (DESIGN 5).
    AnyoneOnLoopback,
}

/// What a server is to be.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The account it answers for.
    pub account: AccountId,
    /// The regions it answers in.
    pub regions: RegionList,
    /// The region of requests that name none.
    pub home_region: Region,
    /// The address clients know it by.
    pub public_url: String,
    /// How issuers are spelled.
    pub issuer: Issuer,
    /// How new passwords are kept.
    pub password_storage: PasswordStorage,
    /// At what age a pool's signing keys are replaced; None: only by hand.
    pub signing_age: Option<Duration>,
    /// Whether a changed password ends the tokens handed out before.
    pub password_change_ends_sessions: bool,
    /// What pool tiers mean.
    pub tiers: directory::Tiers,
    /// Who may call.
    pub trust: Trust,
    /// What strangers may take.
    pub limits: Limits,
    /// Which request rates are kept.
    pub throttling: Kept,
    /// What one source address may ask for without a signature; None: any number.
    pub source_rate: Option<SourceRate>,
    /// Whether signed operations are answered on the public listener; on the operator's otherwise.
    pub public_admin_api: bool,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// Sender of mail whose pool names none.
    pub mail_from: String,
    /// What brings the documents of identity providers.
    pub federation: Fetcher,
    /// What identity pools are to be.
    pub identity: IdentityPlan,
}

/// A server that is put together and not yet listening.
#[derive(Debug)]
pub struct App {
    chores: Chores,
    front: Arc<Front>,
    operator: Arc<Front>,
    administration: Arc<Front>,
    metrics: Arc<Metrics>,
    /// What the operations of user pools run on.
    pub directory: Arc<Directory>,
    /// What the operations of identity pools run on.
    pub identity: Arc<Identity>,
}

impl App {
    /// Joins the rooms.
    #[must_use]
    pub fn build(ground: Ground, plan: Plan) -> Self {
        let Rooms { messages, tokens, identity_tokens, directory, access, identity } = Rooms::of(&ground, &plan);
        let Ground { store, crypto, clock, entropy, inbox, .. } = ground.clone();
        let mut registry = Registry::default();
        let metrics = Arc::new(Metrics::register(&mut registry));
        let figures =
            Figures::register(&mut registry, Figures::of(crypto.clone(), store.clone(), messages.clone(), clock));
        let registry = Arc::new(registry);
        let Doors { public, operator: operators } = Doors::of(&plan, &directory, &access, &identity, &crypto);
        let published: Arc<dyn Published> =
            Arc::new(PublishedTokens { tokens: tokens.clone(), identity: identity_tokens.clone() });
        let mut router = edge::aws::router(public.clone()).merge(edge::well_known::router(published.clone()));
        if let Some(inbox) = inbox {
            router = router.merge(edge::inbox::router(inbox));
        }
        let straight: [Arc<dyn Straight>; 2] = [public, Arc::new(KeySets(published))];
        let mut front = Front::new(router, entropy.clone(), metrics.clone(), plan.trusted_proxies.clone(), plan.limits)
            .straight_to(straight);
        let mut router = edge::operator::router(Arc::new(StoreReadiness(store)), figures, registry);
        router = router.merge(edge::aws::desk::router(Arc::new(Desk {
            operations: Arc::new(Questions(identity.clone())),
            authority: access.authority.clone(),
            account: plan.account.clone(),
            body_timeout: plan.limits.body_timeout,
        })));
        let mut straight: Option<Arc<dyn Straight>> = None;
        if let Some(door) = operators {
            router = router.merge(edge::aws::router(door.clone()));
            straight = Some(door);
        }
        let mut operator =
            Front::new(router, entropy, metrics.clone(), TrustedProxies::default(), plan.limits).straight_to(straight);
        let budget = Budget::new(plan.limits.body_bytes_total);
        (front, operator) = (front.sharing(budget.clone()), operator.sharing(budget));
        if plan.trust == Trust::AnyoneOnLoopback {
            (front, operator) = (front.loopback_only(), operator.loopback_only());
        }
        let (front, operator) = (Arc::new(front), Arc::new(operator));
        let administration = if plan.public_admin_api { front.clone() } else { operator.clone() };
        let chores = Chores {
            ground,
            tokens,
            identity_tokens,
            messages,
            identity: identity.clone(),
            signing_age: plan.signing_age,
            guest_age: plan.identity.guest_age,
        };
        Self { chores, front, operator, administration, metrics, directory, identity }
    }

    /// What answers signed operations, for callers inside the process.
    #[must_use]
    pub fn administration(&self) -> Arc<Front> {
        self.administration.clone()
    }

    /// What answers requests, for callers inside the process.
    #[must_use]
    pub fn front(&self) -> Arc<Front> {
        self.front.clone()
    }

    /// What it counts.
    #[must_use]
    pub fn metrics(&self) -> Arc<Metrics> {
        self.metrics.clone()
    }

    /// Listens and works until `stop`, then lets requests under way finish, and after them the jobs.
    pub async fn serve(&self, public: Listener, operator: Option<Listener>, stop: CancellationToken) {
        let jobs_stop = CancellationToken::new();
        let jobs = self.chores.start(&jobs_stop);
        let operating = async {
            if let Some(operator) = operator {
                operator.serve(self.operator.clone(), self.metrics.clone(), stop.clone()).await;
            }
        };
        tokio::join!(public.serve(self.front.clone(), self.metrics.clone(), stop.clone()), operating);
        jobs_stop.cancel();
        jobs.close();
        jobs.wait().await;
    }
}

/// The front doors of the AWS services: the public one, and the operator's where administration is moved there.
struct Doors {
    public: Arc<AwsDoor>,
    operator: Option<Arc<AwsDoor>>,
}

impl Doors {
    fn of(
        plan: &Plan,
        directory: &Arc<Directory>,
        access: &Arc<Access>,
        identity: &Arc<Identity>,
        offload: &Arc<CryptoPool>,
    ) -> Self {
        // The rates are the server's, whichever listener a request comes in by.
        let clock = || directory.clock.clone();
        let throttle = plan.throttling.any().then(|| Arc::new(Throttle::new(clock(), plan.throttling)));
        let bounded = |rate: Option<SourceRate>| rate.map(|rate| Arc::new(Sources::new(clock(), rate)));
        let (sources, guests) = (bounded(plan.source_rate), bounded(plan.identity.guest_rate));
        let door = |administration| {
            Arc::new(AwsDoor {
                services: vec![
                    AwsService::of(Service::CognitoIdp.meta()).serving(directory, directory::SERVED),
                    AwsService::of(Service::CognitoIdentity.meta()).serving(identity, identity::SERVED),
                    AwsService::of(Service::Sts.meta()).serving(access, access::SERVED_STS),
                    AwsService::of(Service::Iam.meta()).serving(access, access::SERVED_IAM),
                ],
                authority: access.authority.clone(),
                offload: offload.clone(),
                account: plan.account.clone(),
                home_region: plan.home_region.clone(),
                body_timeout: plan.limits.body_timeout,
                throttle: throttle.clone(),
                sources: sources.clone(),
                guests: guests.clone(),
                administration,
            })
        };
        Self { public: door(plan.public_admin_api), operator: (!plan.public_admin_api).then(|| door(true)) }
    }
}

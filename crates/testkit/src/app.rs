//! A server of its own for one test, and what the test may do to its world.

use crate::{Held, MockClock, SeededEntropy, keys};
use accounts::{PasswordKinds, PasswordStorage};
use authority::StoredKeys;
use bytes::Bytes;
use crypto::Keyring;
use crypto::offload::{CryptoPool, PoolSettings};
use crypto::sigv4::Credentials;
use edge::{Kept, Limits, Listener, Metrics, TrustedProxies};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kernel::{AccountId, Clock, Region, Time, UserPoolId};
use model::{Refusal, User};
use outbound::testing::{RecordingCourier, loopback_rules};
use outbound::{Fetcher, Mail, Sms};
use server::app::{Ground, Plan, Trust};
use server::config::{Issuer, RegionList, TokenAlgorithm};
use server::identity_plan::IdentityPlan;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::testing::{TestDatabase, fresh_database};
use store::{PostgresConfig, Store, work};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A running server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Running>);

#[derive(Debug)]
struct Running {
    address: SocketAddr,
    public: String,
    http: Client<HttpConnector, Full<Bytes>>,
    clock: Arc<MockClock>,
    root: Credentials,
    post: Arc<RecordingCourier>,
    database: Arc<TestDatabase>,
    store: Store,
    directory: Arc<directory::Directory>,
    identity: Arc<identity::Identity>,
    stop: CancellationToken,
    serving: Mutex<Option<JoinHandle<()>>>,
    metrics: Arc<Metrics>,
    nodes: AtomicUsize,
}

/// What nodes of one deployment share.
struct World {
    database: Arc<TestDatabase>,
    store: Store,
    clock: Arc<MockClock>,
    root: Credentials,
    post: Arc<RecordingCourier>,
    lanes: PoolSettings,
    keyring: Arc<Keyring>,
}

impl App {
    /// Starts a server on a fresh database. Signatures are verified; mail stays with the test.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(name: &str) -> Self {
        Self::start_as(name, |_| {}).await
    }

    /// The same with something about it changed.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_as(name: &str, change: fn(&mut Plan)) -> Self {
        Self::start_on(name, PoolSettings::for_this_machine(), change).await
    }

    /// The same with other threads for arithmetic than suit this machine.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_on(name: &str, lanes: PoolSettings, change: fn(&mut Plan)) -> Self {
        Self::start_over(name, Arc::new(fresh_database().await), lanes, change).await
    }

    /// The same over a database that somebody else keeps.
    pub(crate) async fn start_over(
        name: &str,
        database: Arc<TestDatabase>,
        lanes: PoolSettings,
        change: fn(&mut Plan),
    ) -> Self {
        let store = database.store();
        keys::stock(&store).await;
        let (clock, entropy) = (Arc::new(MockClock::default()), Arc::new(SeededEntropy::of(name)));
        let made = StoredKeys::new(store.clone(), keys::keyring()).create_first(clock.now(), &*entropy).await;
        let made = made.expect("a root key is kept").expect("the first start makes a root key");
        let root = Credentials { access_key_id: made.id, secret: made.secret, token: None };
        let post = Arc::new(RecordingCourier::new());
        let world = World { database, store, clock, root, post, lanes, keyring: keys::keyring() };
        Self::serve(world, entropy, None, change).await
    }

    /// A second node on the same database, at the same moment and under the same public address, with caches of its own
    /// and (on Postgres) connections of its own. Stop it like the first.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn node(&self) -> Self {
        self.node_as(|_| {}).await
    }

    /// The same with something about it changed, as while a deployment is being restarted with another configuration.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn node_as(&self, change: impl FnOnce(&mut Plan) + Send) -> Self {
        self.node_with(keys::keyring(), change).await
    }

    /// The same under another keyring, as while the master key is being changed.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn node_under(&self, keyring: &Keyring) -> Self {
        self.node_with(Arc::new(keyring.clone()), |_| {}).await
    }

    async fn node_with(&self, keyring: Arc<Keyring>, change: impl FnOnce(&mut Plan) + Send) -> Self {
        let running = &self.0;
        let store = match running.database.postgres_url() {
            Some(url) => Store::open_postgres(PostgresConfig::new(url)).await.expect("a second node connects"),
            // One process cannot open the embedded database twice; two nodes never share it either.
            None => running.store.clone(),
        };
        self.node_over(store, keyring, change).await
    }

    /// A second node with a single connection to the database, for which nobody waits long. None where the database is
    /// embedded and has no connections.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn node_of_one_connection(&self) -> Option<Self> {
        let one = PostgresConfig {
            connections_max: 1,
            connection_wait: Duration::from_millis(200),
            ..PostgresConfig::new(self.0.database.postgres_url()?)
        };
        let store = Store::open_postgres(one).await.expect("a second node connects");
        Some(self.node_over(store, keys::keyring(), |_| {}).await)
    }

    async fn node_over(&self, store: Store, keyring: Arc<Keyring>, change: impl FnOnce(&mut Plan) + Send) -> Self {
        let running = &self.0;
        let world = World {
            database: running.database.clone(),
            store,
            clock: running.clock.clone(),
            root: running.root.clone(),
            post: running.post.clone(),
            lanes: PoolSettings::for_this_machine(),
            keyring,
        };
        // Each draws names of its own: two nodes that drew alike would make the same pool.
        let nth = running.nodes.fetch_add(1, Ordering::Relaxed);
        let entropy = Arc::new(SeededEntropy::of(&format!("{} {nth}", running.address)));
        Self::serve(world, entropy, Some(running.public.clone()), change).await
    }

    async fn serve(
        world: World,
        entropy: Arc<SeededEntropy>,
        public: Option<String>,
        change: impl FnOnce(&mut Plan) + Send,
    ) -> Self {
        let World { database, store, clock, root, post, lanes, keyring } = world;
        let limits = Limits::default();
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0)), None, limits).await.expect("a free port");
        let address = listener.address().expect("a bound port");
        let public = public.unwrap_or_else(|| format!("http://{address}"));
        let mut plan = plan(&public, limits);
        change(&mut plan);
        let password_kinds = PasswordKinds::of(&store, plan.password_storage).await.expect("a way is noted");
        let ground = Ground {
            password_kinds,
            store: store.clone(),
            keyring,
            crypto: Arc::new(CryptoPool::start(lanes).expect("threads for arithmetic")),
            clock: clock.clone(),
            entropy,
            courier: post.clone(),
            inbox: None,
        };
        let server = server::app::App::build(ground, plan);
        let (directory, identity) = (server.directory.clone(), server.identity.clone());
        let (stop, metrics) = (CancellationToken::new(), server.metrics());
        let serving = tokio::spawn({
            let stop = stop.clone();
            async move { server.serve(listener, None, stop).await }
        });
        let http = Client::builder(TokioExecutor::new()).build_http();
        let serving = Mutex::new(Some(serving));
        Self(Arc::new(Running {
            address,
            public,
            http,
            clock,
            root,
            post,
            database,
            store,
            directory,
            identity,
            stop,
            serving,
            metrics,
            nodes: AtomicUsize::new(0),
        }))
    }

    /// Stops it.
    ///
    /// # Panics
    /// When it fell over, and when a request made it panic: whatever a test sends, that is a bug (ST-33).
    pub async fn stop(self) {
        self.0.stop.cancel();
        let serving = self.0.serving.lock().expect("nobody else stops it").take();
        if let Some(serving) = serving {
            // Connections the test keeps open are no reason to wait: nothing is under way any more.
            if let Ok(ended) = tokio::time::timeout(Duration::from_millis(500), serving).await {
                ended.expect("the server ends without falling over");
            }
        }
        assert_eq!(self.0.metrics.panics.get(), 0, "a request made the server panic");
    }

    /// The database as such.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.0.database
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub(crate) fn http(&self) -> &Client<HttpConnector, Full<Bytes>> {
        &self.0.http
    }

    /// The root access key.
    #[must_use]
    pub fn root(&self) -> &Credentials {
        &self.0.root
    }

    /// The present, as the server sees it.
    #[must_use]
    pub fn now(&self) -> Time {
        self.0.clock.peek()
    }

    /// Stops the server when it looks at the clock for the `nth` time from now on.
    pub fn hold(&self, nth: usize) -> Held {
        self.0.clock.hold(nth)
    }

    /// Lets time pass at once.
    pub fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
    }

    /// The keyring of the first node.
    #[must_use]
    pub fn keyring(&self) -> Arc<Keyring> {
        keys::keyring()
    }

    /// Seals everything anew under the active key of this keyring, as the operator's command does.
    ///
    /// # Panics
    /// When something does not open.
    pub async fn reseal(&self, keyring: &Keyring) {
        let walked = server::reseal::walk(self.store(), keyring, &SeededEntropy::of("reseal"), true).await;
        walked.expect("everything is sealed anew");
    }

    /// The issuer of a pool's tokens.
    #[must_use]
    pub fn issuer(&self, pool: &str) -> String {
        format!("{}/{pool}", self.0.public)
    }

    /// The world outside: what was sent, and what happens to what will be.
    #[must_use]
    pub fn post(&self) -> &RecordingCourier {
        &self.0.post
    }

    /// Mails to an address, oldest first.
    #[must_use]
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        self.0.post.mails().into_iter().filter(|mail| mail.to == address).collect()
    }

    /// Text messages to a number, oldest first.
    #[must_use]
    pub fn texts_to(&self, number: &str) -> Vec<Sms> {
        self.0.post.texts().into_iter().filter(|sms| sms.to == number).collect()
    }

    /// The code in the newest mail to an address, or in the newest text message to a number.
    ///
    /// # Panics
    /// When there is no message or no code in it.
    #[must_use]
    #[track_caller]
    pub fn code_for(&self, address: &str) -> String {
        let newest = match address.strip_prefix('+') {
            Some(_) => self.texts_to(address).pop().map(|sms| sms.text),
            None => self.mails_to(address).pop().map(|mail| mail.text),
        };
        let text = newest.unwrap_or_else(|| panic!("no message for {address}"));
        let codes: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 6).collect();
        assert_eq!(codes.len(), 1, "one code of six digits in {text:?}");
        codes[0].to_owned()
    }

    /// How many rows the outbox has, those of letters that nobody gets among them.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn outbox_rows(&self) -> i64 {
        store::testing::outbox_rows(&self.0.store).await
    }

    /// The same once nothing in it is under way any more.
    ///
    /// # Panics
    /// When something still is after five seconds.
    pub async fn settled_outbox(&self) -> i64 {
        let settled = async {
            while store::testing::outbox_under_way(&self.0.store).await > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), settled).await.expect("letters are settled in time");
        self.outbox_rows().await
    }

    /// The database, for what no served operation can do yet.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The token engine, for what no operation but the operator's commands and jobs do.
    #[must_use]
    pub fn tokens(&self) -> &tokens::Tokens {
        &self.0.directory.tokens
    }

    /// What the operations run on, for what happens between two of their steps.
    #[must_use]
    pub fn directory(&self) -> &directory::Directory {
        &self.0.directory
    }

    /// What the operations of identity pools run on, for what no operation but the server's jobs do.
    #[must_use]
    pub fn identity_room(&self) -> &identity::Identity {
        &self.0.identity
    }

    /// An access token with these claims, signed by a key of the pool itself: right in everything but what it says.
    ///
    /// # Panics
    /// When the pool has no key.
    pub async fn signed_by_pool(&self, pool: &str, claims: &serde_json::Value) -> String {
        let id = UserPoolId::parse(pool).expect("a pool id");
        let rows = self.0.store.read(work!(|tx, id| -> Refusal { Ok(tx.signing_keys().list(id).await?) })).await;
        let row = rows.expect("keys are read").into_iter().find(|row| row.key_use == model::KeyUse::Access);
        let row = row.expect("the pool has a key for access tokens");
        let key = [row.pool.as_str(), row.kid.as_str()];
        let der = keys::keyring().open(&tokens::key_context(&key), &row.sealed).expect("the key is unsealed");
        let signer = crypto::jose::SigningKey::from_pkcs8(der.reveal()).expect("a signing key");
        signer.sign(claims.to_string().as_bytes()).expect("a signature")
    }

    /// Changes a person behind the server's back, as an operation that is not served yet would.
    ///
    /// # Panics
    /// When there is no such person.
    pub async fn change_person(&self, pool: &str, sub: &str, change: fn(User, Time) -> User) {
        let pool = UserPoolId::parse(pool).expect("a pool id");
        let (sub, now) = (kernel::Sub::parse(sub).expect("a sub"), self.now());
        self.0
            .store
            .write(work!(|tx, pool, sub, change, now| -> Refusal {
                let user = tx.users().get_for_update(pool, sub).await?.ok_or(Refusal::NoSuchUser)?;
                tx.users().save(&change(user, *now)).await?;
                Ok(())
            }))
            .await
            .expect("the person is changed");
    }
}

fn plan(public: &str, limits: Limits) -> Plan {
    Plan {
        account: AccountId::parse("123456789012").expect("an account"),
        regions: RegionList::Any,
        home_region: Region::parse(crate::asking::REGION).expect("a region"),
        public_url: public.to_owned(),
        issuer: Issuer::Public,
        password_storage: PasswordStorage::Srp,
        signing_age: None,
        password_change_ends_sessions: false,
        tiers: directory::Tiers::Open,
        trust: Trust::Keys,
        limits,
        // A clock that stands still fills no bucket: whoever tests rates asks for them.
        throttling: Kept { service: false, person_rps: 0 },
        source_rate: None,
        public_admin_api: true,
        trusted_proxies: TrustedProxies::default(),
        mail_from: "no-reply@id.example".to_owned(),
        federation: Fetcher::new(&loopback_rules()).expect("rules that hold"),
        identity: IdentityPlan {
            issuer: Issuer::Public,
            algorithm: TokenAlgorithm::Rs512,
            guest_rate: None,
            guest_age: None,
        },
    }
}

//! The keys: each line is a field, its name, its default and its explanation at once, so that none can be without the others.

use super::setting::{
    Address, Format, HeaderLines, Issuer, KeyringAt, MailSecurity, RegionList, Storage, Tiers, TokenAlgorithm,
};
use super::{ConfigError, Key, Layers, Setting};
use ipnet::IpNet;
use kernel::{AccountId, Region, Secret};
use std::path::PathBuf;
use std::time::Duration;

macro_rules! keys {
    ($($(#[doc = $doc:literal])+ $field:ident : $type:ty = $name:literal, $default:literal;)*) => {
        /// Every key there is, in the order it is explained in.
        pub static KEYS: &[Key] = &[$(Key {
            name: $name,
            default: $default,
            says: concat!($($doc),+).trim_ascii(),
            form: <$type as Setting>::FORM,
        }),*];

        /// The configuration, settled.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $field: $type,)*
        }

        impl Layers {
            /// Reads every key from the topmost layer that has it.
            ///
            /// # Errors
            /// [`ConfigError`], naming the key and where its value stands.
            pub fn settle(&self) -> Result<Settings, ConfigError> {
                let settings = Settings { $($field: self.value::<$type>($name, $default)?,)* };
                settings.agree()?;
                Ok(settings)
            }
        }
    };
}

keys! {
    /// The account the server answers for.
    account_id: AccountId = "account_id", "123456789012";
    /// The regions the server answers in. Regions are names here: any list will do, and "any" takes what requests say.
    regions: RegionList = "regions", "any";
    /// The region of requests that name none; by default the first of regions, or us-east-1.
    home_region: Option<Region> = "home_region", "";
    /// The address under which clients reach this deployment, `https://id.example.com`. Issuers and links are made from it, never from the Host header.
    public_url: Option<String> = "public_url", "";
    /// Issuer of tokens: public = {public_url}/{poolId}; aws = the form of AWS, for libraries that insist on it.
    issuer: Issuer = "issuer", "public";
    /// Feature tiers of pools: open gives every feature in every tier, enforced refuses as Cognito does.
    tiers: Tiers = "tiers", "open";
    /// How new passwords are kept: srp serves SRP and plain sign-in; argon2id refuses SRP.
    password_storage: Storage = "password_storage", "srp";
    /// Whether a changed or reset password ends the tokens handed out before; Cognito lets them live.
    password_change_ends_sessions: bool = "password_change_ends_sessions", "false";
    /// Whether requests beyond Cognito's default request rates are refused, per region and category of operations and per user pool, counted by each node for itself.
    throttling: bool = "throttling", "false";
    /// Whether the public listener answers signed (administrative) operations. If false, only the operator's listener does.
    public_admin_api: bool = "public_admin_api", "true";
    /// The public listener.
    listen_public: Address = "listen.public", "127.0.0.1:9229";
    /// The operator's listener: health, readiness, metrics. Keep it private.
    listen_operator: Address = "listen.operator", "127.0.0.1:9230";
    /// Connections open at once on a listener; fewer where the process may not have as many files open.
    connections_max: usize = "listen.connections_max", "16384";
    /// A connection without a request, or a header that does not end, is closed after this long.
    idle_timeout: Duration = "listen.idle_timeout_secs", "25";
    /// Time for a request's body.
    body_timeout: Duration = "listen.body_timeout_secs", "20";
    /// Time that requests under way get when the server stops.
    drain_timeout: Duration = "listen.drain_timeout_secs", "25";
    /// Networks of the proxies whose X-Forwarded-For and X-Forwarded-Host are believed.
    trusted_proxies: Vec<IpNet> = "listen.trusted_proxies", "";
    /// Bytes of request bodies held in memory at once, of all requests on all listeners together. The last quarter is for bodies of 64 KiB and less.
    body_bytes_total: usize = "limits.body_bytes_total", "268435456";
    /// Unsigned requests a second from one source address (64 bits of IPv6 are one); 0: any number. A proxy that is not named in listen.trusted_proxies is one source with everybody behind it. Counted by each node for itself.
    source_rps: u32 = "limits.source_rps", "100";
    /// How many of them may come at once.
    source_burst: u32 = "limits.source_burst", "200";
    /// Reads a second of one person, and as many writes, by their own token or by administrators; 0: any number. Counted by each node for itself.
    person_rps: u32 = "limits.person_rps", "10";
    /// Certificate chain of the public listener, PEM. Taken up again when it changes.
    tls_certificate: Option<PathBuf> = "tls.certificate", "";
    /// Key of that certificate, PEM.
    tls_key: Option<PathBuf> = "tls.key", "";
    /// How often the certificate files are looked at.
    tls_look_every: Duration = "tls.look_every_secs", "10";
    /// The database: sqlite:PATH for the embedded one, postgres://user:password@host/name for a server.
    database_url: Secret<String> = "database.url", "sqlite:cognate.db";
    /// Protection of the line to Postgres: verify, encrypt (without looking at the certificate) or off.
    database_tls: String = "database.tls", "verify";
    /// Certificate authority of the Postgres server, PEM; the system's are used otherwise.
    database_ca: Option<PathBuf> = "database.ca_file", "";
    /// Connections to Postgres at most.
    database_connections: usize = "database.connections_max", "16";
    /// A transaction pooler (PgBouncer) stands between: no named statements.
    database_pooled: bool = "database.pooled", "false";
    /// How long to wait for Postgres at the start.
    database_wait: Duration = "database.startup_wait_secs", "30";
    /// Where the keyring is. It seals every secret in the database and must be kept apart from it.
    keyring: KeyringAt = "keyring.source", "file:cognate.keyring";
    /// Age in days at which a pool's signing keys are replaced by new ones, which are published a day before they sign. 0: only `cognate keys rotate-signing` replaces them, for a verifier that pins a key must be told first.
    signing_max_age_days: u16 = "signing.max_age_days", "0";
    /// Host of the mail relay; without it no mail leaves.
    smtp_host: Option<String> = "smtp.host", "";
    /// Its port.
    smtp_port: u16 = "smtp.port", "587";
    /// Protection of the line to it.
    smtp_security: MailSecurity = "smtp.security", "starttls";
    /// User name at the relay.
    smtp_username: Option<String> = "smtp.username", "";
    /// Password at the relay. Better given in the environment than in a file.
    smtp_password: Option<Secret<String>> = "smtp.password", "";
    /// The name the server gives itself at the relay.
    smtp_hello: String = "smtp.hello_name", "localhost";
    /// Certificate authority of the relay beside the system's, PEM.
    smtp_ca: Option<PathBuf> = "smtp.ca_file", "";
    /// Sender of mail whose pool names none.
    mail_from: String = "smtp.from", "no-reply@localhost";
    /// The gateway that text messages are posted to, `https://sms.example.com/v1/send`; without it no SMS leaves. Plain http is for a gateway on this machine.
    sms_url: Option<String> = "sms.url", "";
    /// Headers of each request, the gateway's key among them: `Authorization: Bearer ...`. In the environment one a line.
    sms_headers: HeaderLines = "sms.headers", "";
    /// The request's body: JSON with {to}, {text} and, where wanted, {id} inside its strings. The id is the same each time a message is tried again.
    sms_body: String = "sms.body", "{\"to\": \"{to}\", \"text\": \"{text}\", \"id\": \"{id}\"}";
    /// Time for one message to be taken by the gateway.
    sms_timeout: Duration = "sms.timeout_secs", "10";
    /// Certificate authority of the gateway beside the system's, PEM.
    sms_ca: Option<PathBuf> = "sms.ca_file", "";
    /// Networks the gateway may stand in although they are not public: 127.0.0.0/8 for one on this machine, 10.1.2.3 for one in the house.
    sms_allowed_networks: Vec<IpNet> = "sms.allowed_networks", "";
    /// Certificate authority of identity providers beside the system's, PEM.
    federation_ca: Option<PathBuf> = "federation.ca_file", "";
    /// Networks identity providers may stand in although they are not public; what they publish is fetched from nowhere else.
    federation_allowed_networks: Vec<IpNet> = "federation.allowed_networks", "";
    /// Issuer of the tokens that identity pools hand out: public = {public_url}; aws = `cognito-identity.amazonaws.com` with https, for those who compare it with that.
    identity_issuer: Issuer = "identity.issuer", "public";
    /// How those tokens are signed. RS512 is what Cognito does; RS256 is for those who verify nothing else.
    identity_algorithm: TokenAlgorithm = "identity.algorithm", "RS512";
    /// New guests, and logins taken away by their owners, a second from one source address in identity pools (64 bits of IPv6 are one); 0: any number. Counted by each node for itself.
    identity_guest_rps: u32 = "identity.guest_rps", "2";
    /// How many of them may come at once.
    identity_guest_burst: u32 = "identity.guest_burst", "100";
    /// Days after which a guest who did not come back is forgotten, and an identity that lost its last login. 0: they stay.
    identity_guest_days: u16 = "identity.guest_days", "0";
    /// Form of the log lines.
    log_format: Format = "log.format", "text";
    /// What is logged: error, warn, info, debug, or a filter such as cognate=debug,info.
    log_level: String = "log.level", "info";
    /// Worker threads; 0 means one per core.
    workers: usize = "runtime.workers", "0";
}

impl Settings {
    /// The region of requests that name none.
    ///
    /// # Errors
    /// [`ConfigError::Together`] when there is no region at all.
    pub fn home(&self) -> Result<Region, ConfigError> {
        let first = match &self.regions {
            RegionList::Only(list) => list.first().cloned(),
            RegionList::Any => Region::parse("us-east-1").ok(),
        };
        let none = || ConfigError::Together("regions is empty: name one, or any".to_owned());
        self.home_region.clone().or(first).ok_or_else(none)
    }

    /// Keys that need each other.
    fn agree(&self) -> Result<(), ConfigError> {
        let pairs = [
            ("tls.certificate", self.tls_certificate.is_some(), "tls.key", self.tls_key.is_some()),
            ("smtp.username", self.smtp_username.is_some(), "smtp.password", self.smtp_password.is_some()),
        ];
        for (one, has_one, other, has_other) in pairs {
            if has_one != has_other {
                let (given, missing) = if has_one { (one, other) } else { (other, one) };
                return Err(ConfigError::Together(format!("{given} is set, so {missing} must be set too")));
            }
        }
        let url = self.database_url.reveal();
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(ConfigError::Together("database.url must start with sqlite: or postgres://".to_owned()));
        }
        if !["verify", "encrypt", "off"].contains(&self.database_tls.as_str()) {
            return Err(ConfigError::Together("database.tls must be verify, encrypt or off".to_owned()));
        }
        if !self.public_admin_api && self.listen_operator == Address::Off {
            let text =
                "public_admin_api is false, so listen.operator must not be off: nobody could administer anything";
            return Err(ConfigError::Together(text.to_owned()));
        }
        let beyond = matches!(self.listen_operator, Address::At(at) if !at.ip().is_loopback());
        if !self.public_admin_api && beyond && self.tls_certificate.is_none() {
            let text = "public_admin_api is false and listen.operator is beyond loopback, so tls.certificate must be set: \
                        administrators send passwords there";
            return Err(ConfigError::Together(text.to_owned()));
        }
        if let RegionList::Only(list) = &self.regions
            && self.home_region.as_ref().is_some_and(|home| !list.contains(home))
        {
            return Err(ConfigError::Together("home_region must be one of regions".to_owned()));
        }
        Ok(())
    }
}

//! From settings to things: the database, the keyring, the ways out for mail and SMS.

use crate::app::{Plan, Trust};
use crate::config::{KeyringAt, MailSecurity, Settings, Storage, Tiers};
use crate::identity_plan::IdentityPlan;
use accounts::PasswordStorage;
use anyhow::{Context, bail};
use crypto::keyring::Source;
use crypto::{Keyring, KeyringError};
use edge::{CertificateFiles, Kept, Limits, SourceRate, TrustedProxies};
use kernel::{Clock, Entropy, Secret};
use outbound::{
    Courier, Couriers, FetchRules, Fetcher, HttpSmsCourier, Security, SmsSettings, SmtpCourier, SmtpSettings,
    Unconfigured,
};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{DatabaseTls, Place, PostgresConfig, SchemaState, SqliteOptions, Store};

/// Opens the database that the settings name.
///
/// # Errors
/// When it cannot be reached or opened, with what to do.
pub async fn store(settings: &Settings) -> anyhow::Result<Store> {
    let url = settings.database_url.reveal();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let place = Place::File(path.trim_start_matches("//").into());
        return Store::open_sqlite(place, SqliteOptions::default()).with_context(|| {
            format!("cannot open the database {path}: is the directory there, and may I write to it?")
        });
    }
    let mut config = PostgresConfig::new(url.clone());
    config.tls = match settings.database_tls.as_str() {
        "off" => DatabaseTls::Off,
        "encrypt" => DatabaseTls::Encrypt,
        _ => DatabaseTls::Verify { ca: settings.database_ca.clone() },
    };
    config.connections_max = settings.database_connections;
    config.pooled = settings.database_pooled;
    config.startup_wait = settings.database_wait;
    Store::open_postgres(config).await.context("cannot reach the database: check database.url and database.tls")
}

/// Makes an empty database ready; one with an older schema waits for `cognate migrate`.
///
/// # Errors
/// When the schema does not fit this binary, with what to do.
pub async fn schema(store: &Store, clock: &dyn Clock) -> anyhow::Result<()> {
    if store.schema_state().await? == SchemaState::Empty {
        store.migrate(clock.now()).await.context("cannot lay out the database")?;
    }
    store.require_schema().await?;
    Ok(())
}

/// Where the keyring is, as its reader wants it.
///
/// # Errors
/// When the environment variable it should be in is not set.
pub fn keyring_source(at: &KeyringAt) -> anyhow::Result<Source> {
    Ok(match at {
        KeyringAt::File(path) => Source::File(path.clone()),
        KeyringAt::Variable(name) => {
            let found = crate::config::environment().into_iter().find(|(known, _)| known == name);
            let (_, text) =
                found.with_context(|| format!("keyring.source names the variable {name}, which is not set"))?;
            Source::Text(Secret::new(text))
        }
        KeyringAt::Command(words) => {
            let mut words = words.iter();
            let program = words.next().context("keyring.source = command: names no program")?;
            Source::Command { program: program.into(), args: words.cloned().collect() }
        }
    })
}

/// Reads the keyring. A missing file is made, but only beside a database that holds nothing yet: for any other, a new
/// keyring would lock everybody out.
///
/// # Errors
/// When it is missing, exposed, malformed, or not the one that sealed the database.
pub async fn keyring(settings: &Settings, store: &Store, entropy: &dyn Entropy) -> anyhow::Result<Keyring> {
    let source = keyring_source(&settings.keyring)?;
    let keyring = match (source.load(), &source) {
        (Ok(keyring), _) => keyring,
        (Err(KeyringError::Io { error, .. }), Source::File(path)) if error.kind() == ErrorKind::NotFound => {
            if store.schema_state().await? != SchemaState::Empty {
                bail!("the keyring {} is missing: put back the one this database was sealed with", path.display());
            }
            let keyring = Keyring::draw(entropy);
            keyring.create_file(path, entropy).context("cannot write the new keyring")?;
            tracing::info!(file = %path.display(), "made a keyring; keep a copy of it, apart from the database");
            keyring
        }
        (Err(error), _) => return Err(error).context("cannot read the keyring"),
    };
    Ok(keyring)
}

/// The ways out for mail and SMS. What has none goes to `otherwise`, or nowhere.
///
/// # Errors
/// When the settings of relay or gateway cannot work.
pub fn couriers(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    otherwise: Option<Arc<dyn Courier>>,
) -> anyhow::Result<Arc<dyn Courier>> {
    let otherwise = otherwise.unwrap_or_else(|| Arc::new(Unconfigured));
    let mail: Arc<dyn Courier> = match smtp(settings)? {
        Some(relay) => Arc::new(SmtpCourier::new(relay, clock.clone())?),
        None => otherwise.clone(),
    };
    let sms: Arc<dyn Courier> = match sms(settings)? {
        Some(gateway) => Arc::new(HttpSmsCourier::new(&gateway)?),
        None => otherwise,
    };
    Ok(Arc::new(Couriers { mail, sms }))
}

/// What people will not get with these settings, and the key that would change it; one line each.
#[must_use]
pub fn ways_missing(settings: &Settings) -> Vec<&'static str> {
    const NO_MAIL: &str = "no mail relay is configured: codes and invitations by mail are refused; set smtp.host";
    const NO_SMS: &str = "no SMS gateway is configured: codes and invitations by SMS are refused; set sms.url";
    let missing = [(settings.smtp_host.is_none(), NO_MAIL), (settings.sms_url.is_none(), NO_SMS)];
    missing.into_iter().filter_map(|(is_missing, words)| is_missing.then_some(words)).collect()
}

fn authority_pem(path: Option<&Path>, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(path) = path else { return Ok(None) };
    Ok(Some(std::fs::read(path).with_context(|| format!("cannot read {key} {}", path.display()))?))
}

/// What brings the documents of identity providers.
fn federation(settings: &Settings) -> anyhow::Result<Fetcher> {
    let ca_pem = authority_pem(settings.federation_ca.as_deref(), "federation.ca_file")?;
    let allowed = settings.federation_allowed_networks.clone();
    Ok(Fetcher::new(&FetchRules { allowed, ca_pem, ..FetchRules::documents() })?)
}

/// The gateway's settings, where one is named.
///
/// # Errors
/// When the certificate authority cannot be read.
pub fn sms(settings: &Settings) -> anyhow::Result<Option<SmsSettings>> {
    let Some(url) = &settings.sms_url else { return Ok(None) };
    let ca_pem = authority_pem(settings.sms_ca.as_deref(), "sms.ca_file")?;
    let (allowed, deadline) = (settings.sms_allowed_networks.clone(), settings.sms_timeout);
    let rules = FetchRules { allowed, ca_pem, deadline, ..FetchRules::default() };
    Ok(Some(SmsSettings {
        url: url.clone(),
        headers: settings.sms_headers.0.clone(),
        body: settings.sms_body.clone(),
        rules,
    }))
}

/// The relay's settings, where one is named.
///
/// # Errors
/// When the certificate authority cannot be read.
pub fn smtp(settings: &Settings) -> anyhow::Result<Option<SmtpSettings>> {
    let Some(host) = &settings.smtp_host else { return Ok(None) };
    let security = match settings.smtp_security {
        MailSecurity::None => Security::None,
        MailSecurity::StartTls => Security::StartTls,
        MailSecurity::Implicit => Security::Implicit,
    };
    let mut relay = SmtpSettings::new(host, settings.smtp_port, security);
    relay.credentials = settings.smtp_username.clone().zip(settings.smtp_password.clone());
    relay.hello_name.clone_from(&settings.smtp_hello);
    if let Some(path) = &settings.smtp_ca {
        let pem = std::fs::read(path).with_context(|| format!("cannot read smtp.ca_file {}", path.display()))?;
        relay.ca_pem = Some(pem);
    }
    Ok(Some(relay))
}

/// The bounds of the listeners.
#[must_use]
pub fn limits(settings: &Settings) -> Limits {
    Limits {
        connections_max: settings.connections_max,
        idle_timeout: settings.idle_timeout,
        body_timeout: settings.body_timeout,
        body_bytes_total: settings.body_bytes_total,
        drain_timeout: settings.drain_timeout,
        ..Limits::default()
    }
}

/// The certificate files, where there are any.
#[must_use]
pub fn certificate(settings: &Settings) -> Option<CertificateFiles> {
    let (certificate, key) = settings.tls_certificate.clone().zip(settings.tls_key.clone())?;
    Some(CertificateFiles { certificate, key })
}

/// So many a second from one source address, and so many at once; nothing where any number is let pass.
#[must_use]
pub fn source_rate(rps: u32, burst: u32) -> Option<SourceRate> {
    (rps > 0).then_some(SourceRate { rps, burst: burst.max(1), spares_loopback: false })
}

/// How new passwords are kept.
#[must_use]
pub fn password_storage(settings: &Settings) -> PasswordStorage {
    match settings.password_storage {
        Storage::Srp => PasswordStorage::Srp,
        Storage::Argon2id => PasswordStorage::Argon2id,
    }
}

/// What the server is to be. `public_url` is where it really listens, used when the settings name no other.
///
/// # Errors
/// When there is no region.
pub fn plan(settings: &Settings, trust: Trust, public_url: &str) -> anyhow::Result<Plan> {
    Ok(Plan {
        account: settings.account_id.clone(),
        regions: settings.regions.clone(),
        home_region: settings.home()?,
        public_url: settings.public_url.clone().unwrap_or_else(|| public_url.to_owned()),
        issuer: settings.issuer,
        tiers: match settings.tiers {
            Tiers::Open => directory::Tiers::Open,
            Tiers::Enforced => directory::Tiers::Enforced,
        },
        password_storage: password_storage(settings),
        signing_age: (settings.signing_max_age_days > 0)
            .then(|| Duration::from_secs(u64::from(settings.signing_max_age_days) * 24 * 3600)),
        password_change_ends_sessions: settings.password_change_ends_sessions,
        trust,
        limits: limits(settings),
        throttling: Kept { service: settings.throttling, person_rps: settings.person_rps },
        source_rate: source_rate(settings.source_rps, settings.source_burst),
        public_admin_api: settings.public_admin_api,
        trusted_proxies: TrustedProxies::new(settings.trusted_proxies.clone()),
        mail_from: settings.mail_from.clone(),
        federation: federation(settings)?,
        identity: IdentityPlan::of(settings),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layers;

    fn planned(text: &str) -> Plan {
        let settings = Layers::default().with_text("cognate.toml", text).unwrap().settle().unwrap();
        plan(&settings, Trust::Keys, "http://127.0.0.1:9229").unwrap()
    }

    #[test]
    fn an_authority_for_identity_providers_that_cannot_be_read_stops_the_start() {
        let text = "federation.ca_file = \"/nowhere\"";
        let settings = Layers::default().with_text("cognate.toml", text).unwrap().settle().unwrap();
        let told = plan(&settings, Trust::Keys, "http://127.0.0.1:9229").unwrap_err().to_string();
        assert!(told.contains("federation.ca_file /nowhere"), "{told}");
    }

    #[test]
    fn what_has_no_way_out_is_named_with_the_key_that_opens_one() {
        let missing = |text: &str| {
            ways_missing(&Layers::default().with_text("cognate.toml", text).unwrap().settle().unwrap()).join("; ")
        };
        assert!(missing("").contains("smtp.host") && missing("").contains("sms.url"));
        assert!(!missing("sms.url = \"https://sms.example.com/\"").contains("sms.url"));
        assert_eq!(missing("smtp.host = \"a\"\nsms.url = \"https://sms.example.com/\""), "");
    }

    #[test]
    fn a_gateway_that_cannot_work_is_told_at_the_start() {
        let clock: Arc<dyn Clock> = Arc::new(kernel::SystemClock);
        let open = |text: &str| {
            let settings = Layers::default().with_text("cognate.toml", text).unwrap().settle().unwrap();
            couriers(&settings, &clock, None).map(|_| ()).map_err(|error| format!("{error:#}"))
        };
        assert_eq!(open("sms.url = \"https://sms.example.com/\""), Ok(()));
        assert!(open("sms.url = \"sms.example.com\"").unwrap_err().contains("not an http or https URL"));
        let no_text = "sms.url = \"https://sms.example.com/\"\nsms.body = '{\"to\": \"{to}\"}'";
        assert!(open(no_text).unwrap_err().contains("no place for {text}"));
        assert!(open("sms.url = \"https://a/\"\nsms.ca_file = \"/nowhere\"").unwrap_err().contains("sms.ca_file"));
    }

    #[test]
    fn up_46_throttling_is_off_unless_configured() {
        let kept = |text| planned(text).throttling;
        assert_eq!(kept(""), Kept { service: false, person_rps: 10 });
        assert_eq!(kept("throttling = true"), Kept { service: true, person_rps: 10 });
        assert!(!kept("throttling = false\nlimits.person_rps = 0").any());
    }

    #[test]
    fn au_31_a_source_address_is_bounded_unless_configured() {
        let rate = |text| planned(text).source_rate;
        assert_eq!(rate(""), Some(SourceRate { rps: 100, burst: 200, spares_loopback: false }));
        assert_eq!(rate("limits.source_rps = 0"), None);
        let few = Some(SourceRate { rps: 2, burst: 1, spares_loopback: false });
        assert_eq!(rate("limits.source_rps = 2\nlimits.source_burst = 0"), few, "one at least passes");
    }
}

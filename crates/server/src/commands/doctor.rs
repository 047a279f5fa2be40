//! `cognate doctor`: looks for what is wrong with a deployment. Every finding says what to do about it.

use crate::config::{Address, KeyringAt, Settings};
use crate::console::say;
use crate::{commands, descriptors, open, weak_roles};
use anyhow::bail;
use edge::Tls;
use kernel::{Clock, Stopwatch, SystemClock};
use outbound::{HttpSmsCourier, SmtpCourier};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{SchemaState, Store};

/// A commit waits for a flush: below this many a second, sign-ins of a busy hour queue up.
const FLUSHES_PER_SECOND_MIN: f64 = 100.0;
/// How long the disk is watched.
const FLUSH_TRIAL: Duration = Duration::from_millis(500);
/// Certificates are told about this long before they end.
const CERTIFICATE_DAYS_MIN: i64 = 21;
/// 2026-01-01: no clock of a machine that runs this binary can be earlier.
const BUILT_AFTER_SECS: i64 = 1_767_225_600;

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// All is well.
    Good(String),
    /// It works, but.
    Doubt {
        /// What is.
        is: String,
        /// What to do.
        remedy: String,
    },
    /// It does not work.
    Bad {
        /// What is.
        is: String,
        /// What to do.
        remedy: String,
    },
}

impl Finding {
    fn doubt(is: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Doubt { is: is.into(), remedy: remedy.into() }
    }

    fn bad(is: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Bad { is: is.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good(is) => write!(f, "ok     {is}"),
            Self::Doubt { is, remedy } => write!(f, "check  {is}\n       -> {remedy}"),
            Self::Bad { is, remedy } => write!(f, "BAD    {is}\n       -> {remedy}"),
        }
    }
}

/// Examines the deployment.
///
/// # Errors
/// When something is bad: the exit code is for scripts.
pub fn run(file: Option<&Path>) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    commands::on_runtime(1, async {
        let mut bad = 0;
        for finding in examine(&settings).await {
            bad += usize::from(matches!(finding, Finding::Bad { .. }));
            say(finding.to_string());
        }
        if bad > 0 {
            bail!("{bad} finding(s) keep this deployment from working");
        }
        Ok(())
    })
}

/// Everything that is looked at.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let store = match open::store(settings).await {
        Ok(store) => Some(store),
        Err(error) => {
            let remedy = "check that the database runs, and database.url, database.tls and its password";
            findings.push(Finding::bad(format!("database: {error:#}"), remedy));
            None
        }
    };
    if let Some(store) = &store {
        findings.push(schema(store).await);
        findings.extend(roles(store, settings).await);
    }
    findings.push(keyring(settings, store.as_ref()).await);
    findings.push(clock());
    findings.extend(disk(settings));
    descriptors::raise(); // as `serve` does
    findings.push(connections(settings.connections_max, descriptors::limit()));
    findings.push(mail(settings).await);
    findings.push(sms(settings).await);
    findings.push(public_url(settings));
    findings.push(certificate(settings));
    findings
}

async fn schema(store: &Store) -> Finding {
    match store.schema_state().await {
        Ok(SchemaState::Current) => Finding::Good(format!("database: {}, reachable and current", store.engine_name())),
        Ok(SchemaState::Ahead { at }) => Finding::doubt(
            format!("database: schema {at} is newer than this binary"),
            "finish the upgrade of this node",
        ),
        Ok(SchemaState::Empty) => {
            Finding::doubt("database: reachable and empty", "nothing to do: the first `cognate serve` lays it out")
        }
        Ok(SchemaState::Behind { at }) => {
            Finding::bad(format!("database: schema {at} is older than this binary"), "run `cognate migrate`")
        }
        Ok(SchemaState::TooNew { at, .. }) => {
            Finding::bad(format!("database: schema {at} is too new for this binary"), "install a newer release")
        }
        Err(error) => Finding::bad(format!("database: {error}"), "check that it runs and may be read"),
    }
}

/// Roles that identities of any identity pool may have, those of strangers included.
async fn roles(store: &Store, settings: &Settings) -> Option<Finding> {
    let public_url = settings.public_url.as_deref().unwrap_or_default();
    match weak_roles::trusting_any_pool(store, &settings.account_id, public_url).await {
        Ok(weak) if weak.is_empty() => None,
        Ok(weak) => Some(Finding::doubt(
            format!("roles: identities of any identity pool can have {}", weak.join(", ")),
            "add a condition on cognito-identity.amazonaws.com:aud (and :amr) to their trust policies",
        )),
        // A database that is not laid out has no roles, and what else is wrong with it is told above.
        Err(_) => None,
    }
}

async fn keyring(settings: &Settings, store: Option<&Store>) -> Finding {
    let loaded = open::keyring_source(&settings.keyring).and_then(|source| Ok(source.load()?));
    let keyring = match (loaded, &settings.keyring) {
        (Ok(keyring), _) => keyring,
        (Err(_), KeyringAt::File(path)) if !path.exists() => {
            let remedy = "for a new deployment nothing: `cognate serve` makes it; else put back the one the database was sealed with";
            return Finding::doubt(format!("keyring: {} is not there", path.display()), remedy);
        }
        (Err(error), _) => {
            return Finding::bad(
                format!("keyring: {error:#}"),
                "check keyring.source, and that only this user may read it",
            );
        }
    };
    let fits = match store {
        // Only asked of a database that is laid out: the question notes the fingerprint where none is noted.
        Some(store) if matches!(store.schema_state().await, Ok(SchemaState::Current)) => {
            store.check_keyring(&keyring.fingerprint()).await
        }
        _ => Ok(()),
    };
    match fits {
        Ok(()) => Finding::Good(format!("keyring: readable, fingerprint {}", keyring.fingerprint())),
        Err(error) => Finding::bad(format!("keyring: {error}"), "use the keyring this database was sealed with"),
    }
}

fn clock() -> Finding {
    if SystemClock.now().secs() < BUILT_AFTER_SECS {
        let remedy = "set the clock (timedatectl set-ntp true): signatures more than five minutes off are refused";
        return Finding::bad("clock: it shows a time before this program was written", remedy);
    }
    Finding::Good("clock: plausible".to_owned())
}

/// The embedded database answers after a flush, so its disk decides how many writes there are in a second.
fn disk(settings: &Settings) -> Option<Finding> {
    let path = settings.database_url.reveal().strip_prefix("sqlite:")?;
    let directory = Path::new(path).parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(match flushes_per_second(directory) {
        Ok(rate) if rate >= FLUSHES_PER_SECOND_MIN => Finding::Good(format!("disk: {rate:.0} flushes a second")),
        Ok(rate) => Finding::doubt(
            format!("disk: only {rate:.0} flushes a second in {}", directory.display()),
            "put the database on a faster disk, or use Postgres; every write waits for a flush",
        ),
        Err(error) => {
            Finding::bad(format!("disk: cannot write in {}: {error}", directory.display()), "let this user write there")
        }
    })
}

fn flushes_per_second(directory: &Path) -> std::io::Result<f64> {
    let path = directory.join(format!(".cognate-doctor-{}", std::process::id()));
    let mut file = std::fs::File::create(&path)?;
    let watch = Stopwatch::start();
    let mut flushes = 0.0;
    let written = loop {
        if let Err(error) = file.write_all(&[0; 4096]).and_then(|()| file.sync_data()) {
            break Err(error);
        }
        flushes += 1.0;
        if watch.elapsed() > FLUSH_TRIAL {
            break Ok(());
        }
    };
    let rate = flushes / watch.elapsed().as_secs_f64();
    let _ = std::fs::remove_file(&path);
    written.map(|()| rate)
}

/// The limit of this process: whoever starts the server may give it another one.
fn connections(wished: usize, limit: Option<usize>) -> Finding {
    match (descriptors::room(wished, limit), limit) {
        (room, Some(limit)) if room < wished => Finding::doubt(
            format!("connections: {limit} open files have room for {room}, not for listen.connections_max = {wished}"),
            descriptors::REMEDY,
        ),
        _ => Finding::Good(format!("connections: room for {wished} at once")),
    }
}

async fn mail(settings: &Settings) -> Finding {
    let relay = match open::smtp(settings) {
        Ok(Some(relay)) => relay,
        Ok(None) => {
            return Finding::doubt(
                "mail: no relay is configured",
                "set smtp.host, or codes and invitations never arrive",
            );
        }
        Err(error) => return Finding::bad(format!("mail: {error:#}"), "check smtp.ca_file"),
    };
    let place = format!("{}:{}", relay.host, relay.port);
    let courier = match SmtpCourier::new(relay, Arc::new(SystemClock)) {
        Ok(courier) => courier,
        Err(error) => return Finding::bad(format!("mail: {error}"), "check the smtp section"),
    };
    match courier.probe().await {
        Ok(()) => Finding::Good(format!("mail: {place} answers")),
        Err(error) => Finding::bad(
            format!("mail: {place}: {error}"),
            "check smtp.host, smtp.port, smtp.security, user name and password, and that the relay may be reached from here",
        ),
    }
}

async fn sms(settings: &Settings) -> Finding {
    let gateway = match open::sms(settings) {
        Ok(Some(gateway)) => gateway,
        Ok(None) => {
            let remedy = "set sms.url, or codes to telephones never arrive; fine where no pool verifies phone numbers";
            return Finding::doubt("sms: no gateway is configured", remedy);
        }
        Err(error) => return Finding::bad(format!("sms: {error:#}"), "check sms.ca_file"),
    };
    let courier = match HttpSmsCourier::new(&gateway) {
        Ok(courier) => courier,
        Err(error) => return Finding::bad(format!("sms: {error}"), "check the sms section"),
    };
    match courier.probe().await {
        Ok(()) => Finding::Good("sms: the gateway may be reached".to_owned()),
        Err(error) => Finding::bad(
            format!("sms: {error}"),
            "check sms.url and sms.ca_file; a gateway on this machine or in the house wants its network in sms.allowed_networks",
        ),
    }
}

fn public_url(settings: &Settings) -> Finding {
    let listens_here_only = matches!(settings.listen_public, Address::At(address) if address.ip().is_loopback());
    match &settings.public_url {
        None if listens_here_only => {
            Finding::Good("public URL: not set; tokens name the listener's own address".to_owned())
        }
        None => Finding::bad(
            "public URL: not set",
            "set public_url to the address clients use: it is the issuer in every token and cannot be guessed",
        ),
        Some(url) => match url::Url::parse(url) {
            Ok(parsed) if parsed.scheme() == "https" => Finding::Good(format!("public URL: {url}")),
            Ok(parsed) if parsed.host_str().is_some() => Finding::doubt(
                format!("public URL: {url} is not https"),
                "most clients insist on https beyond localhost",
            ),
            _ => Finding::bad("public URL: not a URL", "set public_url to something like https://id.example.com"),
        },
    }
}

fn certificate(settings: &Settings) -> Finding {
    let Some(files) = open::certificate(settings) else {
        return Finding::doubt(
            "certificate: none",
            "fine behind a proxy that ends TLS; else set tls.certificate and tls.key",
        );
    };
    if let Err(error) = Tls::load(files.clone()) {
        return Finding::bad(
            format!("certificate: {error}"),
            "check tls.certificate and tls.key: PEM files that belong together",
        );
    }
    let chain = CertificateDer::pem_file_iter(&files.certificate).ok().and_then(|mut chain| chain.next()?.ok());
    let ends = chain.and_then(|der| {
        let (_, parsed) = x509_parser::parse_x509_certificate(der.as_ref()).ok()?;
        Some(parsed.validity().not_after.timestamp())
    });
    let days = ends.map(|ends| (ends - SystemClock.now().secs()).div_euclid(86_400));
    match days {
        Some(days) if days < 0 => Finding::bad(format!("certificate: ended {} days ago", -days), "renew it"),
        Some(days) if days < CERTIFICATE_DAYS_MIN => Finding::doubt(
            format!("certificate: ends in {days} days"),
            "renew it; the new files are taken up by themselves",
        ),
        Some(days) => Finding::Good(format!("certificate: good for {days} days")),
        None => Finding::doubt("certificate: its end cannot be read", "look at it with a certificate tool"),
    }
}

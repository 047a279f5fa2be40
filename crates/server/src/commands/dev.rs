//! `cognate dev`: a server to try things on. Any credentials are root's, mail and SMS land in an inbox, and web pages of other
//! hosts can do nothing with either (DESIGN 5).

use super::serve::{Listeners, listen};
use crate::app::{App, Ground, Trust};
use crate::config::{Layers, Settings, environment};
use crate::console::say;
use crate::dev_certificate::{self, DevCertificate};
use crate::samples::{Administrator, PASSWORD, Samples, USERNAME};
use crate::{commands, logs, open};
use accounts::PasswordKinds;
use anyhow::{Context, bail};
use authority::StoredKeys;
use crypto::Keyring;
use crypto::offload::{CryptoPool, PoolSettings};
use crypto::sigv4::Credentials;
use edge::SourceRate;
use kernel::{Clock, EntropyExt, Secret, SystemClock, SystemEntropy};
use outbound::{Courier, InboxCourier};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Place, SqliteOptions, Store};

/// Messages the inbox keeps.
const INBOX_MAX: usize = 500;

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where to keep things; nowhere when absent.
    pub data: Option<PathBuf>,
    /// Serve https.
    pub tls: bool,
    /// Verify signatures.
    pub enforce: bool,
}

/// Serves until told to stop.
///
/// # Errors
/// When an address or the data directory cannot be used.
pub fn run(wishes: &Wishes) -> anyhow::Result<()> {
    if !wishes.listen.ip().is_loopback() && !wishes.enforce {
        bail!(
            "cognate dev takes any credentials for root's, so it listens on this machine only; \
             to listen on {} add --enforce, which verifies signatures against generated keys",
            wishes.listen
        );
    }
    let home = Home::of(wishes)?;
    let settings = home.settings(wishes)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    commands::on_runtime(settings.workers, develop(wishes, home, settings))
}

/// Where a development server keeps its things.
struct Home {
    directory: PathBuf,
    keeps: bool,
    certificate: Option<DevCertificate>,
}

impl Home {
    fn of(wishes: &Wishes) -> anyhow::Result<Self> {
        let passing =
            || std::env::temp_dir().join(format!("cognate-dev-{:016x}", u64::from_ne_bytes(SystemEntropy.bytes())));
        let directory = wishes.data.clone().unwrap_or_else(passing);
        let mut home = Self { directory, keeps: wishes.data.is_some(), certificate: None };
        if home.keeps || wishes.tls {
            std::fs::create_dir_all(&home.directory)
                .with_context(|| format!("cannot make the directory {}", home.directory.display()))?;
        }
        if wishes.tls {
            let made = dev_certificate::in_directory(&home.directory, wishes.listen.ip(), SystemClock.now())?;
            home.certificate = Some(made);
        }
        Ok(home)
    }

    fn settings(&self, wishes: &Wishes) -> anyhow::Result<Settings> {
        let file = |name: &str| self.directory.join(name).display().to_string();
        let mut layers = Layers::default()
            .with_environment(environment())?
            .with_flag("listen.public", wishes.listen.to_string())
            .with_default("listen.operator", "127.0.0.1:0")
            .with_default("database.url", format!("sqlite:{}", file("cognate.db")))
            .with_default("keyring.source", format!("file:{}", file("cognate.keyring")));
        if let Some(made) = &self.certificate {
            layers = layers
                .with_flag("tls.certificate", made.files.certificate.display().to_string())
                .with_flag("tls.key", made.files.key.display().to_string());
        }
        Ok(layers.settle()?)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if !self.keeps {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

async fn develop(wishes: &Wishes, home: Home, settings: Settings) -> anyhow::Result<()> {
    let stop = commands::stop_on_signal()?;
    let ground = ground(&home, &settings).await?;
    let trust = if wishes.enforce { Trust::Keys } else { Trust::AnyoneOnLoopback };
    let listeners = listen(&settings, wishes.listen, &stop).await?;
    let url = reachable(&listeners, wishes)?;
    let mut plan = open::plan(&settings, trust, &url)?;
    // A developer's tests come from this machine, all at once.
    let spared = |rate: SourceRate| SourceRate { spares_loopback: true, ..rate };
    plan.source_rate = plan.source_rate.map(spared);
    plan.identity.guest_rate = plan.identity.guest_rate.map(spared);
    let app = App::build(ground.clone(), plan);
    let greeting = async {
        let greeted = greet(wishes, &home, &settings, &ground, &app, &url).await;
        if greeted.is_err() {
            stop.cancel();
        }
        greeted
    };
    let Listeners { public, operator, .. } = listeners;
    let ((), greeted) = tokio::join!(app.serve(public, operator, stop.clone()), greeting);
    greeted
}

/// The address to tell people: with a certificate the name it is made for.
fn reachable(listeners: &Listeners, wishes: &Wishes) -> anyhow::Result<String> {
    let port = listeners.public.address()?.port();
    if wishes.tls && wishes.listen.ip().is_loopback() {
        return Ok(format!("https://localhost:{port}"));
    }
    Ok(listeners.url())
}

async fn ground(home: &Home, settings: &Settings) -> anyhow::Result<Ground> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (store, keyring) = if home.keeps {
        let store = open::store(settings).await?;
        let keyring = open::keyring(settings, &store, &SystemEntropy).await?;
        (store, keyring)
    } else {
        (Store::open_sqlite(Place::Temporary, SqliteOptions::default())?, Keyring::draw(&SystemEntropy))
    };
    store.migrate(clock.now()).await?;
    store.check_keyring(&keyring.fingerprint()).await?;
    // Whatever has no way out of the house lands in the inbox.
    let stays = !open::ways_missing(settings).is_empty();
    let inbox = stays.then(|| Arc::new(InboxCourier::new(clock.clone(), INBOX_MAX)));
    let kept = inbox.clone().map(|inbox| inbox as Arc<dyn Courier>);
    Ok(Ground {
        password_kinds: PasswordKinds::of(&store, open::password_storage(settings)).await?,
        store,
        keyring: Arc::new(keyring),
        crypto: Arc::new(CryptoPool::start(PoolSettings::for_this_machine())?),
        courier: open::couriers(settings, &clock, kept)?,
        inbox,
        clock,
        entropy: Arc::new(SystemEntropy),
    })
}

/// Makes the samples and says what can be done with them.
async fn greet(
    wishes: &Wishes,
    home: &Home,
    settings: &Settings,
    ground: &Ground,
    app: &App,
    url: &str,
) -> anyhow::Result<()> {
    let credentials = credentials(wishes, ground).await?;
    let administrator = Administrator {
        front: app.administration(),
        credentials: credentials.clone(),
        region: settings.home()?,
        host: url.split_once("://").map_or(url, |(_, host)| host).to_owned(),
        clock: ground.clock.clone(),
    };
    let samples = administrator.samples().await.context("the samples could not be made")?;
    let greeting = Greeting {
        url,
        region: administrator.region.as_str(),
        key: &credentials.access_key_id,
        secret: credentials.secret.reveal(),
        samples: &samples,
        authority: home.certificate.as_ref().map(|made| made.authority.as_path()),
        inbox: ground.inbox.is_some(),
        anyone: !wishes.enforce,
    };
    say(greeting.text());
    Ok(())
}

/// Any will do, unless signatures are verified.
async fn credentials(wishes: &Wishes, ground: &Ground) -> anyhow::Result<Credentials> {
    if !wishes.enforce {
        return Ok(Credentials { access_key_id: "dev".to_owned(), secret: Secret::from("dev"), token: None });
    }
    // A key of an earlier run cannot be shown again, and a printed one should not outlive its run: each has its own.
    let keys = StoredKeys::new(ground.store.clone(), ground.keyring.clone());
    let key = keys.create("cognate dev --enforce", ground.clock.now(), &*ground.entropy).await?;
    Ok(Credentials { access_key_id: key.id, secret: key.secret, token: None })
}

/// The first words to a newcomer: what there is, and the exact next commands.
struct Greeting<'g> {
    url: &'g str,
    region: &'g str,
    key: &'g str,
    secret: &'g str,
    samples: &'g Samples,
    authority: Option<&'g Path>,
    inbox: bool,
    anyone: bool,
}

impl Greeting<'_> {
    fn text(&self) -> String {
        let Self { url, region, key, secret, samples, .. } = self;
        let Samples { pool, client, identity_pool } = samples;
        let who = if self.anyone { "any credentials are root's" } else { "signatures are verified" };
        let inbox = if self.inbox { format!("\n  inbox   {url}/_cognate/inbox") } else { String::new() };
        let bundle = self.authority.map(|path| absolute(path).display().to_string());
        let export_bundle = bundle.as_ref().map(|path| format!("\n  export AWS_CA_BUNDLE={path}")).unwrap_or_default();
        let verify = bundle.map(|path| format!(", verify=\"{path}\"")).unwrap_or_default();
        format!(
            "\nCognate is serving on {url} ({who}).\n\n  \
             pool    {pool}\n  client  {client}\n  user    {USERNAME} / {PASSWORD}\n  \
             guests  {identity_pool} (identity pool, for the people of the pool too){inbox}\n\n\
             AWS CLI:\n  \
             export AWS_ENDPOINT_URL={url} AWS_REGION={region} AWS_DEFAULT_REGION={region}\n  \
             export AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={secret}{export_bundle}\n  \
             aws() {{ command aws --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"; }}  # a CLI before 2.13 does not read the variable\n  \
             aws cognito-idp list-users --user-pool-id {pool}\n  \
             aws cognito-idp initiate-auth --client-id {client} --auth-flow USER_PASSWORD_AUTH \\\n    \
             --auth-parameters USERNAME={USERNAME},PASSWORD={PASSWORD}\n  \
             aws cognito-idp sign-up --client-id {client} --username bob --password Another-pass-2 \\\n    \
             --user-attributes Name=email,Value=bob@example.com\n  \
             aws cognito-identity get-credentials-for-identity --identity-id \\\n    \
             \"$(aws cognito-identity get-id --identity-pool-id {identity_pool} --query IdentityId --output text)\"\n\n\
             boto3:\n  \
             import boto3\n  \
             idp = boto3.client(\"cognito-idp\", endpoint_url=\"{url}\", region_name=\"{region}\",\n                     \
             aws_access_key_id=\"{key}\", aws_secret_access_key=\"{secret}\"{verify})\n  \
             tokens = idp.initiate_auth(ClientId=\"{client}\", AuthFlow=\"USER_PASSWORD_AUTH\",\n                             \
             AuthParameters={{\"USERNAME\": \"{USERNAME}\", \"PASSWORD\": \"{PASSWORD}\"}})[\"AuthenticationResult\"]\n  \
             print(idp.get_user(AccessToken=tokens[\"AccessToken\"])[\"UserAttributes\"])\n  \
             ids = boto3.client(\"cognito-identity\", endpoint_url=\"{url}\", region_name=\"{region}\"{verify})\n  \
             login = {{\"cognito-idp.{region}.amazonaws.com/{pool}\": tokens[\"IdToken\"]}}\n  \
             me = ids.get_id(IdentityPoolId=\"{identity_pool}\", Logins=login)[\"IdentityId\"]\n  \
             key = ids.get_credentials_for_identity(IdentityId=me, Logins=login)[\"Credentials\"]\n  \
             sts = boto3.client(\"sts\", endpoint_url=\"{url}\", region_name=\"{region}\"{verify},\n                   \
             aws_access_key_id=key[\"AccessKeyId\"], aws_secret_access_key=key[\"SecretKey\"],\n                   \
             aws_session_token=key[\"SessionToken\"])\n  \
             print(sts.get_caller_identity()[\"Arn\"])\n"
        )
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

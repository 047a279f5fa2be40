//! The server a check meets: how to reach it, how to get a pool, a client, a person, and their mail.

use crate::checks::taken;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Region};
use aws_sdk_cognitoidentityprovider::types::{AttributeType, AuthFlowType, ExplicitAuthFlowsType, MessageActionType};
use aws_sdk_cognitoidentityprovider::types::{AuthenticationResultType, VerifiedAttributeType};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_types::SdkConfig;
use std::time::{Duration, Instant};

/// Everybody's password.
pub const PASSWORD: &str = "Corr3ct-Horse!";

fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run this by e2e/run.py"))
}

/// What every client shares: the address, the authority of its certificate, one attempt per call; and whose keys it signs
/// with, where there are any.
fn towards_the_server(credentials: Option<Credentials>) -> SdkConfig {
    let authority = std::fs::read(told("E2E_AUTHORITY")).expect("the authority's file");
    let trust = TrustStore::empty().with_pem_certificate(authority);
    let tls = TlsContext::builder().with_trust_store(trust).build().expect("an authority in PEM");
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(told("E2E_ENDPOINT"))
        .region(Region::new(region()))
        .http_client(http)
        .retry_config(RetryConfig::disabled());
    config.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
    config.build()
}

/// The region of this run.
pub fn region() -> String {
    told("AWS_REGION")
}

/// Whoever has these keys: lasting ones, or temporary ones with their token.
pub fn keys(key: &str, secret: &str, token: Option<&str>) -> SdkConfig {
    towards_the_server(Some(Credentials::new(key, secret, token.map(str::to_owned), None, "e2e")))
}

/// The operator, for any service.
pub fn operator() -> SdkConfig {
    keys(&told("AWS_ACCESS_KEY_ID"), &told("AWS_SECRET_ACCESS_KEY"), None)
}

/// Whoever has no keys, for any service.
pub fn nobody() -> SdkConfig {
    towards_the_server(None)
}

/// An administrator of user pools with these keys.
pub fn signing_with(key: &str, secret: &str) -> Client {
    Client::new(&keys(key, secret, None))
}

/// The administrator.
pub fn administrator() -> Client {
    Client::new(&operator())
}

/// An app, which has no credentials.
pub fn app() -> Client {
    Client::new(&nobody())
}

/// A name nobody else uses in this run.
pub fn name(stem: &str) -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{stem}-{:08x}", RandomState::new().hash_one(stem) as u32)
}

/// A fresh pool's id; addresses are verified by mail.
pub async fn pool(admin: &Client) -> Result<String, String> {
    let made = admin.create_user_pool().pool_name(name("pool")).auto_verified_attributes(VerifiedAttributeType::Email);
    Ok(taken(made.send().await)?.user_pool.and_then(|pool| pool.id).ok_or("a pool without an id")?)
}

/// A fresh app client's id.
pub async fn app_client(admin: &Client, pool: &str) -> Result<String, String> {
    let made = admin
        .create_user_pool_client()
        .user_pool_id(pool)
        .client_name("web")
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth);
    let client = taken(made.send().await)?.user_pool_client;
    Ok(client.and_then(|client| client.client_id).ok_or("a client without an id")?)
}

/// An attribute as the SDK wants it.
pub fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder().name(name).value(value).build().expect("a name")
}

/// Somebody with a permanent password; no mail is sent.
pub async fn person(admin: &Client, pool: &str, stem: &str) -> Result<String, String> {
    let username = name(stem);
    let made = admin.admin_create_user().user_pool_id(pool).username(&username);
    taken(made.message_action(MessageActionType::Suppress).send().await)?;
    let password = admin.admin_set_user_password().user_pool_id(pool).username(&username).password(PASSWORD);
    taken(password.permanent(true).send().await)?;
    Ok(username)
}

/// The tokens of a sign-in by password.
pub async fn signed_in(app: &Client, client: &str, username: &str) -> Result<AuthenticationResultType, String> {
    let ask = app.initiate_auth().client_id(client).auth_flow(AuthFlowType::UserPasswordAuth);
    let ask = ask.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", PASSWORD);
    Ok(taken(ask.send().await)?.authentication_result.ok_or("no tokens")?)
}

/// The six digits in the newest mail to an address, awaited: mail leaves the server after the answer does.
pub async fn code_for(address: &str) -> Result<String, String> {
    let (folder, began) = (told("E2E_MAIL"), Instant::now());
    loop {
        let mut files: Vec<_> =
            std::fs::read_dir(&folder).expect("the mail folder").flatten().map(|f| f.path()).collect();
        files.sort();
        let mails = files.iter().rev().filter_map(|file| std::fs::read_to_string(file).ok());
        let ours = mails.filter_map(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        let newest = ours.into_iter().find(|mail| mail["to"].to_string().contains(address));
        if let Some(mail) = newest {
            let words = mail["plain"].as_str().unwrap_or_default();
            let mut digits = words.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
            return digits.next().map(str::to_owned).ok_or(format!("no code in {words:?}"));
        }
        if began.elapsed() > Duration::from_secs(15) {
            return Err(format!("no mail to {address}"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

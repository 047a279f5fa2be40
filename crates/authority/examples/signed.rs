//! Prints what it costs to believe a signed request and to decide it, as an IAM user with ten statements and as a session
//! of a role (CR-31): `cargo run --release -p authority --example signed`.
//!
//! Processor time of the whole process, the smallest of five rounds, and the longest that ninety-nine of a hundred waited in
//! that round. What HTTP costs is not in it.
#![allow(clippy::print_stdout, clippy::expect_used)]

use authority::{Authority, Claim, Estate, NotPermitted, Proved, Regions, StoredKeys, body_sha256, key_context};
use contract::Value;
use contract::cognito_idp::list_user_pools::META;
use crypto::Keyring;
use crypto::sigv4::{Credentials, Payload, RequestParts, Rules, Signing, sign};
use kernel::{AccountId, Clock, Region, Stopwatch, SystemClock, SystemEntropy, Time};
use model::access::{MAX_SESSION_DEFAULT_SECS, unique_id};
use model::{AccessKey, AccessKeyStatus, AwsSession, Caller, IamRole, IamUser, Owner, SessionOf};
use std::sync::Arc;
use std::time::Duration;
use store::{Place, SqliteOptions, Store, StoreError, work};

/// Ten statements as administrators are given them; the ninth allows what is asked.
const TEN: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["cognito-idp:AdminCreateUser", "cognito-idp:AdminGetUser"],
     "Resource": "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_abcdefghi"},
    {"Effect": "Allow", "Action": "cognito-idp:List*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*",
     "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}},
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::public/*", "arn:aws:s3:::*/shared/*"]},
    {"Effect": "Allow", "Action": "iam:Get*", "Resource": "arn:aws:iam::123456789012:user/${aws:username}"},
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:role/apps/*"},
    {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*",
     "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}},
    {"Effect": "Allow", "Action": "cognito-identity:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*",
     "Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}},
    {"Effect": "Allow", "Action": "cognito-idp:ListUserPools", "Resource": "*"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#;
const BODY: &[u8] = br#"{"MaxResults": 10}"#;
const ROUNDS: u32 = 5;

/// A node without its HTTP.
struct Node {
    authority: Authority,
    account: AccountId,
    now: Time,
}

/// The headers of a request as they arrive.
type Arrived = Vec<(&'static str, Vec<u8>)>;

fn borrowed(headers: &Arrived) -> Vec<(&str, &[u8])> {
    headers.iter().map(|(name, value)| (*name, value.as_slice())).collect()
}

fn parts<'r>(headers: &'r [(&'r str, &'r [u8])]) -> RequestParts<'r> {
    RequestParts { method: "POST", path: "/", query: "", headers }
}

fn signed(who: &Credentials, now: Time) -> Arrived {
    let signing = Signing { region: "eu-west-1", service: "cognito-idp", time: now, rules: Rules::JSON };
    let mut headers: Arrived = vec![
        ("host", b"cognito-idp.eu-west-1.id.example".to_vec()),
        ("content-type", b"application/x-amz-json-1.1".to_vec()),
        ("x-amz-target", b"AWSCognitoIdentityProviderService.ListUserPools".to_vec()),
        ("x-amz-date", signing.timestamp().into_bytes()),
    ];
    headers.extend(who.token.as_ref().map(|token| ("x-amz-security-token", token.reveal().clone().into_bytes())));
    let authorization = sign(&parts(&borrowed(&headers)), who, &signing, Payload::Sha256(&body_sha256(BODY)));
    headers.push(("authorization", authorization.into_bytes()));
    headers.push(("user-agent", b"aws-sdk-rust/1.3.0 os/linux lang/rust/1.90.0".to_vec()));
    headers
}

impl Node {
    async fn ask(&self, arrived: &Arrived) -> Result<(), NotPermitted> {
        let headers = borrowed(arrived);
        let claim = Claim { parts: parts(&headers), body_sha256: body_sha256(BODY) };
        let Proved { principal, region } = self.authority.authenticate(&claim, "cognito-idp", Rules::JSON).await?;
        let caller = Caller {
            request_id: uuid::Uuid::nil(),
            region,
            secure: true,
            account: self.account.clone(),
            source_ip: Some([198, 51, 100, 7].into()),
            user_agent: Some("aws-sdk-rust/1.3.0".to_owned()),
            principal,
        };
        self.authority.authorise(&caller, &META, &Value::Struct(Vec::new())).await
    }

    /// Asks for two seconds in each round and prints the least processor time of one request, and how long they took.
    async fn measure(&self, name: &str, who: &Credentials) {
        let arrived = signed(who, self.now);
        let (mut best, mut late) = (f64::INFINITY, Duration::ZERO);
        for _ in 0..ROUNDS {
            let (watch, before, mut waited) = (Stopwatch::start(), spent(), Vec::with_capacity(1 << 18));
            while watch.elapsed() < Duration::from_secs(2) {
                let one = Stopwatch::start();
                std::hint::black_box(self.ask(&arrived).await).expect("the request is believed and allowed");
                waited.push(one.elapsed());
            }
            let each =
                (spent() - before).as_secs_f64() * 1e6 / f64::from(u32::try_from(waited.len()).expect("a count"));
            waited.sort_unstable();
            if each < best {
                (best, late) = (each, *waited.get(waited.len() * 99 / 100).expect("somebody asked"));
            }
        }
        let late = late.as_secs_f64() * 1e6;
        println!("{best:>8.2} µs, {:>8.0} a second and core, p99 {late:.1} µs  {name}", 1e6 / best);
    }
}

/// Processor time of all threads of this process.
fn spent() -> Duration {
    let mut nanos = 0u64;
    for task in std::fs::read_dir("/proc/self/task").expect("threads").flatten() {
        // A thread that has just ended has no file any more.
        let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        nanos += text.split(' ').next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    }
    Duration::from_nanos(nanos)
}

fn people(account: &AccountId, created: Time) -> (IamUser, IamRole) {
    let user = IamUser {
        id: unique_id(IamUser::PREFIX, &SystemEntropy),
        account: account.clone(),
        name: "ana".to_owned(),
        path: "/".to_owned(),
        created,
        boundary: None,
        tags: vec![("team".to_owned(), "blue".to_owned())],
        generation: 0,
    };
    let role = IamRole {
        id: unique_id(IamRole::PREFIX, &SystemEntropy),
        account: account.clone(),
        name: "shop".to_owned(),
        path: "/".to_owned(),
        description: None,
        trust: "{}".to_owned(),
        trust_ids: Vec::new(),
        max_session_secs: MAX_SESSION_DEFAULT_SECS,
        created,
        boundary: None,
        tags: Vec::new(),
        generation: 0,
        last_used: None,
    };
    (user, role)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let now = SystemClock.now();
    let account = AccountId::parse("123456789012").expect("an account");
    let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).expect("a database");
    store.migrate(now).await.expect("a schema");
    let keyring = Arc::new(Keyring::draw(&SystemEntropy));
    let (user, role) = people(&account, now);
    let (id, secret) = AccessKey::draw(&SystemEntropy);
    let key = AccessKey {
        id: id.clone(),
        principal: user.id.clone(),
        label: String::new(),
        sealed_secret: keyring.seal(&key_context(&[&id]), secret.reveal().as_bytes(), &SystemEntropy),
        status: AccessKeyStatus::Active,
        created: now,
    };
    let of = SessionOf::Role { id: role.id.clone(), name: role.name.clone(), session_name: "web".to_owned() };
    let session = AwsSession {
        tags: (0..10).map(|n| (format!("department{n}"), format!("engineering-europe{n}"))).collect(),
        ..AwsSession::begin(of, 0, now, Duration::from_secs(3600), &SystemEntropy)
    };
    let issued = tokens::aws_session::issue(&keyring, &account, &session, 0, &SystemEntropy).expect("a session");
    let (owner, owned, at) = (Owner::User(user.id.clone()), Owner::Role(role.id.clone()), account.clone());
    store
        .write(work!(|tx, at, user, role, key, owner, owned| -> StoreError {
            tx.iam_users().insert(user).await?;
            tx.iam_roles().insert(role).await?;
            tx.access_keys().insert(key).await?;
            tx.iam_inline().put(at, owner, "ten", TEN).await?;
            tx.iam_inline().put(at, owned, "ten", TEN).await?;
            Ok(())
        }))
        .await
        .expect("rows");
    let keys = Arc::new(StoredKeys::new(store.clone(), keyring.clone()));
    let regions = Regions::Only(vec![Region::parse("eu-west-1").expect("a region")]);
    let policies = Arc::new(iam::Cache::default());
    let estate = Estate::new(store, keyring, account.clone(), policies, Arc::new(SystemEntropy));
    let node =
        Node { authority: Authority::enforcing(keys, regions, Arc::new(SystemClock)).over(estate), account, now };
    println!("bar: 20000 a second and core, p99 below 1000 µs");
    node.measure("an IAM user with ten statements", &Credentials { access_key_id: id, secret, token: None }).await;
    let token = Some(issued.token.into());
    let session = Credentials { access_key_id: issued.access_key_id, secret: issued.secret, token };
    node.measure("a session of a role with ten statements and ten tags", &session).await;
}

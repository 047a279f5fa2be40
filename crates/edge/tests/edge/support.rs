//! A running edge, a made-up service behind it, and a client that can misbehave.

use authority::{Authority, Regions};
use bytes::Bytes;
use contract::{Auth, Fault, Kind, Location, Member, OperationMeta, OutputKind, Service, ServiceMeta, Shape, Value};
use crypto::offload::{CryptoPool, PoolSettings};
use edge::aws::{AwsDoor, AwsService};
use edge::well_known::{KeySets, Published};
use edge::{Front, Limits, Listener, Metrics, Sources, Straight, Throttle, Tls, TrustedProxies, Workers};
use kernel::{AccountId, BoxFuture, Clock, Region, SystemClock, SystemEntropy, UserPoolId};
use model::{Caller, Served};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

static TEXT: Shape = text("TextType", false);
static PASSWORD: Shape = text("PasswordType", true);
const fn text(name: &'static str, sensitive: bool) -> Shape {
    Shape { name, sensitive, kind: Kind::Text { min: Some(1), max: Some(64), pattern: None, enums: &[] } }
}
static TOKEN_TEXT: Shape = Shape {
    name: "TokenType",
    sensitive: true,
    kind: Kind::Text { min: Some(1), max: None, pattern: None, enums: &[] },
};
const fn member(name: &'static str, camel: &'static str, shape: &'static Shape) -> Member {
    Member { name, wire_name: name, camel, location: Location::Body, shape, required: false }
}
static MEMBERS: [Member; 7] = [
    member("UserPoolId", "userPoolId", &TEXT),
    member("ClientId", "clientId", &TEXT),
    member("Password", "password", &PASSWORD),
    member("Session", "session", &PASSWORD),
    member("AccessToken", "accessToken", &TOKEN_TEXT),
    member("ChallengeName", "challengeName", &TEXT),
    member("Username", "username", &TEXT),
];
static BODY: Shape = Shape { name: "Body", sensitive: false, kind: Kind::Struct { members: &MEMBERS } };
static EMPTY: Shape = Shape { name: "Empty", sensitive: false, kind: Kind::Struct { members: &[] } };

const fn operation(name: &'static str, auth: Auth, output_kind: OutputKind) -> OperationMeta {
    let output = match output_kind {
        OutputKind::Empty => None,
        OutputKind::EmptyObject => Some(&EMPTY),
        OutputKind::Object => Some(&BODY),
    };
    OperationMeta {
        service: Service::CognitoIdp,
        name,
        auth,
        method: "POST",
        uri: "/",
        input: &BODY,
        output,
        result_wrapper: None,
        output_kind,
        errors: &[],
    }
}
static ECHO: OperationMeta = operation("Echo", Auth::Public, OutputKind::Object);
static QUIET: OperationMeta = operation("Quiet", Auth::Public, OutputKind::Empty);
static NOTHING: OperationMeta = operation("Nothing", Auth::Public, OutputKind::EmptyObject);
static SIGNED: OperationMeta = operation("AdminEcho", Auth::Signed, OutputKind::Object);
static TOKEN: OperationMeta = operation("GetUser", Auth::Token, OutputKind::Object);
static REFUSES: OperationMeta = operation("Refuses", Auth::Public, OutputKind::Object);
static FAILS: OperationMeta = operation("Fails", Auth::Public, OutputKind::Object);
static PANICS: OperationMeta = operation("Panics", Auth::Public, OutputKind::Object);
static SLEEPS: OperationMeta = operation("Sleeps", Auth::Public, OutputKind::Object);
static POOL_READ: OperationMeta = operation("DescribeUserPool", Auth::Signed, OutputKind::Object);
static POOL_LIST: OperationMeta = operation("ListUserPools", Auth::Signed, OutputKind::Object);
static CLIENT_READ: OperationMeta = operation("DescribeUserPoolClient", Auth::Signed, OutputKind::Object);
static PERSON_READ: OperationMeta = operation("AdminGetUser", Auth::Signed, OutputKind::Object);
static ANSWER: OperationMeta = operation("RespondToAuthChallenge", Auth::Public, OutputKind::Object);
static OWN_WRITE: OperationMeta = operation("UpdateUserAttributes", Auth::Token, OutputKind::Object);
static WHERE: OperationMeta = operation("Where", Auth::Public, OutputKind::Object);
static OWN_REFUSED: OperationMeta = operation("DeleteUserAttributes", Auth::Token, OutputKind::Object);
static UNBUILT: OperationMeta = operation("AdminUnbuilt", Auth::Signed, OutputKind::Object);
static NOT_AUTHORIZED: contract::ErrorMeta =
    contract::ErrorMeta { name: "NotAuthorizedException", code: "NotAuthorizedException", status: 400, server: false };
static INTERNAL: contract::ErrorMeta =
    contract::ErrorMeta { name: "InternalErrorException", code: "InternalErrorException", status: 500, server: true };

type Answering<'a> = BoxFuture<'a, Result<Value, Fault>>;

fn echo<'a>(_: &'a (), _: &'a Caller, input: Value) -> Answering<'a> {
    Box::pin(async move { Ok(input) })
}
/// Echoes the region it was called in as the pool's name.
fn region<'a>(_: &'a (), caller: &'a Caller, _: Value) -> Answering<'a> {
    Box::pin(async move {
        Ok(Value::Struct(vec![Some(Value::Text(caller.region.to_string())), None, None, None, None, None, None]))
    })
}
/// Echoes the name of the thread it runs on as the pool's name.
fn whereabouts<'a>(_: &'a (), _: &'a Caller, _: Value) -> Answering<'a> {
    Box::pin(async {
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        Ok(Value::Struct(vec![Some(Value::Text(thread)), None, None, None, None, None, None]))
    })
}
fn nothing<'a>(_: &'a (), _: &'a Caller, _: Value) -> Answering<'a> {
    Box::pin(async { Ok(Value::Struct(vec![])) })
}
fn refuses<'a>(_: &'a (), _: &'a Caller, _: Value) -> Answering<'a> {
    Box::pin(async { Err(Fault::new(&NOT_AUTHORIZED, "Incorrect username or password.")) })
}
fn fails<'a>(_: &'a (), _: &'a Caller, _: Value) -> Answering<'a> {
    Box::pin(async { Err(Fault::new(&INTERNAL, "Internal server error").because("disk on\nfire")) })
}
fn panics<'a>(_: &'a (), _: &'a Caller, input: Value) -> Answering<'a> {
    Box::pin(async move { panic!("boom {input:?}") })
}
fn sleeps<'a>(_: &'a (), _: &'a Caller, input: Value) -> Answering<'a> {
    Box::pin(async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        Ok(input)
    })
}

static SERVICE: ServiceMeta = ServiceMeta {
    service: Service::CognitoIdp,
    name: "cognito-idp",
    protocol: "json",
    api_version: "2016-04-18",
    target_prefix: Some("AWSCognitoIdentityProviderService"),
    xml_namespace: None,
    authorisation: &[],
    operations: &[&UNBUILT],
};

static TABLE: [Served<()>; 17] = [
    Served { meta: &ECHO, run: echo },
    Served { meta: &QUIET, run: nothing },
    Served { meta: &NOTHING, run: nothing },
    Served { meta: &SIGNED, run: region },
    Served { meta: &TOKEN, run: echo },
    Served { meta: &POOL_READ, run: region },
    Served { meta: &POOL_LIST, run: region },
    Served { meta: &CLIENT_READ, run: region },
    Served { meta: &PERSON_READ, run: region },
    Served { meta: &ANSWER, run: echo },
    Served { meta: &OWN_WRITE, run: echo },
    Served { meta: &OWN_REFUSED, run: refuses },
    Served { meta: &WHERE, run: whereabouts },
    Served { meta: &REFUSES, run: refuses },
    Served { meta: &FAILS, run: fails },
    Served { meta: &PANICS, run: panics },
    Served { meta: &SLEEPS, run: sleeps },
];

#[derive(Debug)]
struct OnePool;
impl Published for OnePool {
    fn jwks<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>> {
        Box::pin(async move { Ok((pool.as_str() == POOL).then(|| Bytes::from_static(b"{\"keys\":[]}"))) })
    }
    fn discovery<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>> {
        Box::pin(async move { Ok((pool.as_str() == POOL).then(|| Bytes::from_static(b"{\"issuer\":\"x\"}"))) })
    }
    fn identity_jwks(&self) -> BoxFuture<'_, Result<Bytes, Fault>> {
        Box::pin(async { Ok(Bytes::from_static(b"{\"keys\":[1]}")) })
    }
    fn identity_discovery(&self) -> Bytes {
        Bytes::from_static(b"{\"issuer\":\"root\"}")
    }
}

/// The pool there is.
pub const POOL: &str = "eu-west-1_Abc123xyz";

/// How an edge is started.
pub struct Options {
    pub limits: Limits,
    pub tls: Option<Arc<Tls>>,
    pub authority: Authority,
    pub loopback_only: bool,
    pub proxies: TrustedProxies,
    pub inbox: Option<Arc<outbound::InboxCourier>>,
    pub throttle: Option<Throttle>,
    pub sources: Option<Sources>,
    pub administration: bool,
    /// Connections have threads of their own, as in a deployment; else the test's thread does everything.
    pub workers: bool,
    pub lanes: PoolSettings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits {
                body_timeout: Duration::from_millis(300),
                drain_timeout: Duration::from_secs(2),
                ..Limits::default()
            },
            tls: None,
            authority: Authority::trusting_anyone(Regions::Any, clock()),
            loopback_only: false,
            proxies: TrustedProxies::default(),
            inbox: None,
            throttle: None,
            sources: None,
            administration: true,
            workers: true,
            lanes: PoolSettings::for_cores(1),
        }
    }
}

pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// A running edge; stops when dropped.
pub struct Edge {
    pub address: SocketAddr,
    pub metrics: Arc<Metrics>,
    pub stop: CancellationToken,
    pub offload: Arc<CryptoPool>,
    pub front: Arc<Front>,
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn start(options: Options) -> Edge {
    let offload = Arc::new(CryptoPool::start(options.lanes).unwrap());
    let door = AwsDoor {
        services: vec![
            AwsService::of(&SERVICE).serving(&Arc::new(()), &TABLE),
            AwsService::of(contract::Service::Sts.meta()),
        ],
        authority: Arc::new(options.authority),
        offload: offload.clone(),
        account: AccountId::parse("123456789012").unwrap(),
        home_region: Region::parse("us-east-1").unwrap(),
        body_timeout: options.limits.body_timeout,
        throttle: options.throttle.map(Arc::new),
        sources: options.sources.map(Arc::new),
        guests: None,
        administration: options.administration,
    };
    let door = Arc::new(door);
    let mut router = edge::aws::router(door.clone()).merge(edge::well_known::router(Arc::new(OnePool)));
    if let Some(inbox) = options.inbox {
        router = router.merge(edge::inbox::router(inbox));
    }
    let metrics = Arc::new(Metrics::register(&mut prometheus_client::registry::Registry::default()));
    let straight: [Arc<dyn Straight>; 2] = [door, Arc::new(KeySets(Arc::new(OnePool)))];
    let mut front = Front::new(router, Arc::new(SystemEntropy), metrics.clone(), options.proxies, options.limits)
        .straight_to(straight);
    if options.loopback_only {
        front = front.loopback_only();
    }
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), options.tls, options.limits).await.unwrap();
    let listener =
        if options.workers { listener.served_by(Arc::new(Workers::start(2, || {}).unwrap())) } else { listener };
    let address = listener.address().unwrap();
    let stop = CancellationToken::new();
    let front = Arc::new(front);
    tokio::spawn(listener.serve(front.clone(), metrics.clone(), stop.clone()));
    Edge { address, metrics, stop, offload, front }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn kind(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["__type"].as_str().unwrap_or_default().to_owned()
    }

    fn parse(raw: &[u8]) -> Self {
        let text = String::from_utf8_lossy(raw);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|s| s.parse().ok()).unwrap_or(0);
        let headers =
            lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
        Self { status, headers, body: body.to_owned() }
    }
}

impl Edge {
    /// Sends bytes as they are and reads until the server closes.
    pub async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // The server may refuse before everything is sent: that is an answer, not a failure of the test.
        let _ = socket.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut answer))
            .await
            .expect("an answer in time");
        Answer::parse(&answer)
    }

    pub async fn post(&self, target: &str, body: &str) -> Answer {
        self.post_with(target, &[], body.as_bytes()).await
    }

    pub async fn post_with(&self, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: AWSCognitoIdentityProviderService.{target}\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut bytes = (request + "\r\n").into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes).await
    }

    pub async fn form(&self, body: &str) -> Answer {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                    Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
        self.raw(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await
    }

    pub async fn get(&self, path: &str, headers: &str) -> Answer {
        self.raw(
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", self.address).as_bytes(),
        )
        .await
    }
}

/// An Authorization header that only an authority which trusts anyone believes.
pub fn any_credentials(region: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/{region}/cognito-idp/aws4_request, SignedHeaders=host, Signature=00"
    )
}

//! ST-19: a fetch against resolvers that lie and servers that lead astray. Who answers for a name, and who answers at an
//! address, may be the same hostile party.
#![allow(clippy::unwrap_used, clippy::panic)]

use kernel::BoxFuture;
use outbound::testing::WebServer;
use outbound::{FetchError, FetchRules, Fetcher, Resolve};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers each question as was prepared for it, the last answer for ever after; nothing at all when there is none.
#[derive(Debug)]
struct Hostile {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Hostile {
    fn answering(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Self { answers: Mutex::new(answers.iter().map(parse).collect()), asked: AtomicUsize::new(0) })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Resolve for Hostile {
    fn resolve<'a>(&'a self, _: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let nth = self.asked.fetch_add(1, Ordering::Relaxed);
        let answers = self.answers.lock().unwrap();
        let answer = answers.get(nth).or(answers.last()).cloned();
        Box::pin(async move {
            match answer {
                Some(addresses) => Ok(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect()),
                None => std::future::pending().await,
            }
        })
    }
}

fn fetcher(resolver: &Arc<Hostile>, allowed: &[&str]) -> Fetcher {
    let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
    let rules = FetchRules { allowed, resolver: resolver.clone(), ..FetchRules::documents() };
    Fetcher::new(&rules).unwrap()
}

fn here() -> Fetcher {
    let allowed = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    Fetcher::new(&FetchRules { allowed, ..FetchRules::documents() }).unwrap()
}

fn forbidden(result: Result<bytes::Bytes, FetchError>) -> bool {
    matches!(result, Err(FetchError::Forbidden(_)))
}

#[tokio::test]
async fn st_19_the_address_that_was_checked_is_the_one_that_is_dialled() {
    let outside = WebServer::start().await;
    let inside = WebServer::start_at(&format!("127.0.0.2:{}", outside.port())).await;
    outside.publish("/", "{}");
    inside.publish("/", "\"the secret of the house\"");
    // 127.0.0.1 plays the public Internet here, 127.0.0.2 what nobody allowed.
    let resolver = Hostile::answering(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let fetcher = fetcher(&resolver, &["127.0.0.1/32"]);
    let url = format!("http://rebind.example:{}/", outside.port());
    assert_eq!(fetcher.get(&url).await.unwrap(), "{}");
    assert_eq!(resolver.asked(), 1, "a second question would have had the other answer");
    assert!(forbidden(fetcher.get(&url).await), "each connection is checked anew");
    assert_eq!((outside.connections(), inside.connections()), (1, 0));
}

#[tokio::test]
async fn st_19_one_private_address_among_public_ones_spoils_the_name() {
    let inside = WebServer::start().await;
    let url = format!("https://several.example:{}/", inside.port());
    for answer in [
        ["93.184.215.14", "127.0.0.1"],
        ["127.0.0.1", "93.184.215.14"],
        ["2606:4700::1111", "::ffff:127.0.0.1"],
        ["1.1.1.1", "169.254.169.254"],
    ] {
        let resolver = Hostile::answering(&[&answer]);
        assert!(forbidden(fetcher(&resolver, &[]).get(&url).await), "{answer:?}");
    }
    assert_eq!(inside.connections(), 0);
}

const INSIDE: &[&str] = &[
    "127.0.0.1",
    "0.0.0.0",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
    "fe80::1",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
];

#[tokio::test]
async fn st_19_loopback_private_and_metadata_addresses_are_refused_by_name_and_as_literals() {
    for address in INSIDE {
        let resolver = Hostile::answering(&[&[address]]);
        let fetcher = fetcher(&resolver, &["203.0.113.0/24"]);
        let literal = if address.contains(':') { format!("[{address}]") } else { (*address).to_owned() };
        for scheme in ["http", "https"] {
            assert!(forbidden(fetcher.get(&format!("{scheme}://named.example/")).await), "{address}");
            assert!(forbidden(fetcher.get(&format!("{scheme}://{literal}/")).await), "{literal}");
        }
        assert_eq!(resolver.asked(), 2, "a literal asks nobody and is checked all the same");
    }
}

#[tokio::test]
async fn st_19_an_address_in_another_spelling_is_the_same_address() {
    let inside = WebServer::start().await;
    let fetcher = Fetcher::new(&FetchRules::documents()).unwrap();
    for host in ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "localhost.", "127.0.0.1."] {
        let url = format!("http://{host}:{}/", inside.port());
        assert!(fetcher.get(&url).await.is_err(), "{host}");
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn st_19_nothing_goes_over_a_network_in_clear() {
    let resolver = Hostile::answering(&[&["93.184.215.14"]]);
    assert!(forbidden(fetcher(&resolver, &["0.0.0.0/0"]).get("http://public.example/").await));
}

#[tokio::test]
async fn st_19_a_redirect_is_no_document_wherever_it_leads() {
    let (server, inside) = (WebServer::start().await, WebServer::start().await);
    inside.publish("/", "\"the secret of the house\"");
    server.redirect("/", &format!("{}/", inside.origin()));
    let told = here().get(&format!("{}/", server.origin())).await.unwrap_err();
    assert_eq!(told, FetchError::Failed("status 302: redirects are not followed".into()));
    assert_eq!((server.connections(), inside.connections()), (1, 0));
}

#[tokio::test]
async fn st_19_a_document_has_five_seconds_and_a_megabyte() {
    let rules = FetchRules::documents();
    assert_eq!((rules.deadline, rules.body_max), (Duration::from_secs(5), 1 << 20));
    let server = WebServer::start().await;
    let url = format!("{}/", server.origin());
    server.publish("/", &"x".repeat(1 << 20));
    assert_eq!(here().get(&url).await.unwrap().len(), 1 << 20);
    server.publish("/", &"x".repeat((1 << 20) + 1));
    assert!(matches!(here().get(&url).await, Err(FetchError::TooLong { .. })));
    // One that does not say how long it will be is cut off just the same.
    server.answer_bytes("/", &format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(1 << 21)));
    assert!(matches!(here().get(&url).await, Err(FetchError::TooLong { .. })));
}

#[tokio::test]
async fn st_19_silence_of_the_server_or_of_the_resolver_ends_with_the_deadline() {
    let server = WebServer::start().await;
    let url = format!("{}/", server.origin());
    let quick =
        |rules: FetchRules| Fetcher::new(&FetchRules { deadline: Duration::from_millis(200), ..rules }).unwrap();
    let allowed = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    let patient = quick(FetchRules { allowed, ..FetchRules::documents() });
    server.answer_bytes("/", "");
    assert_eq!(patient.get(&url).await.unwrap_err(), FetchError::Late);
    let resolver = Hostile::answering(&[]);
    let asked = quick(FetchRules { resolver: resolver.clone(), ..FetchRules::documents() });
    assert_eq!(asked.get("https://slow.example/").await.unwrap_err(), FetchError::Late);
    assert_eq!(resolver.asked(), 1);
}

#[tokio::test]
async fn only_status_200_is_a_document() {
    let server = WebServer::start().await;
    let url = format!("{}/", server.origin());
    for status in [201, 204, 304, 400, 404, 500] {
        server.answer_bytes("/", &format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\n\r\n"));
        assert!(matches!(here().get(&url).await, Err(FetchError::Failed(_))), "{status}");
    }
    for bad in ["", "/keys", "ftp://x.example/", "https://user:pw@x.example/"] {
        assert!(matches!(here().get(bad).await, Err(FetchError::Failed(_))), "{bad}");
    }
}

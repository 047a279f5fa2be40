//! HTTP/2 from a peer that means no good: frames written by hand (RFC 9113).

use crate::support::{Edge, Options, POOL, start};
use axum::body::Body;
use edge::Limits;
use http::Request;
use http_body_util::BodyExt;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend_from_slice(&[kind, flags]);
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// `POST / http` for authority `x`, without END_STREAM: indexed fields and one literal of RFC 7541.
fn headers(stream: u32) -> Vec<u8> {
    frame(HEADERS, 0x4, stream, &[0x83, 0x84, 0x86, 0x41, 0x01, b'x'])
}

async fn open(edge: &Edge) -> TcpStream {
    let mut socket = TcpStream::connect(edge.address).await.unwrap();
    socket.write_all(PREFACE).await.unwrap();
    socket.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    socket
}

/// Reads until the server ends the connection; answers whether it said GOAWAY.
async fn ended(mut socket: TcpStream) -> bool {
    let mut all = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut all)).await;
    assert!(read.is_ok(), "the connection is still open");
    let mut rest = all.as_slice();
    while let [a, b, c, kind, _, _, _, _, _, tail @ ..] = rest {
        if *kind == GOAWAY {
            return true;
        }
        let length = usize::try_from(u32::from_be_bytes([0, *a, *b, *c])).unwrap();
        rest = tail.get(length..).unwrap_or_default();
    }
    false
}

#[tokio::test]
async fn rl_12_streams_opened_and_reset_at_once_end_the_connection() {
    let edge = start(Options::default()).await;
    let mut socket = open(&edge).await;
    let mut flood = Vec::new();
    for n in 0..5000u32 {
        flood.extend(headers(n * 2 + 1));
        flood.extend(frame(RST_STREAM, 0, n * 2 + 1, &8u32.to_be_bytes()));
    }
    let _ = socket.write_all(&flood).await;
    ended(socket).await;
    assert_eq!(edge.post("Echo", "{}").await.status, 200, "others are served on");
}

#[tokio::test]
async fn rl_12_a_header_that_goes_on_and_on_ends_the_connection() {
    let edge = start(Options::default()).await;
    let mut socket = open(&edge).await;
    let mut flood = frame(HEADERS, 0, 1, &[0x83, 0x84, 0x86]);
    let literal = [&[0x00, 0x01, b'a', 0x7f, 0x81, 0x3e][..], &[b'v'; 8000]].concat();
    for _ in 0..2000 {
        flood.extend(frame(CONTINUATION, 0, 1, &literal));
    }
    let _ = socket.write_all(&flood).await;
    ended(socket).await;
    assert_eq!(edge.post("Echo", "{}").await.status, 200);
}

#[tokio::test]
async fn rl_12_an_http_2_connection_that_asks_nothing_is_closed_with_a_goodbye() {
    let limits = Limits { idle_timeout: Duration::from_millis(200), ..Limits::default() };
    let edge = start(Options { limits, ..Options::default() }).await;
    let socket = open(&edge).await;
    assert!(ended(socket).await, "GOAWAY");
}

#[tokio::test]
async fn rl_13_broken_frames_are_no_failure_of_ours() {
    let edge = start(Options::default()).await;
    let broken: [Vec<u8>; 5] = [
        frame(HEADERS, 0x4, 1, &[0xff; 100]),
        frame(HEADERS, 0x4, 0, &[0x83]),
        frame(SETTINGS, 0, 0, &[1, 2, 3]),
        frame(0xfe, 0xff, 0x7fff_ffff, &[0; 20_000]),
        vec![0xff; 5000],
    ];
    for bytes in broken {
        let mut socket = open(&edge).await;
        let _ = socket.write_all(&bytes).await;
        let _ = socket.shutdown().await;
        ended(socket).await;
    }
    assert_eq!(edge.metrics.panics.get(), 0);
    assert_eq!(edge.post("Echo", "{}").await.status, 200);
}

#[tokio::test]
async fn rl_12_an_answer_that_is_never_read_does_not_hold_the_connection() {
    let limits = Limits { idle_timeout: Duration::from_millis(300), ..Limits::default() };
    let edge = start(Options { limits, ..Options::default() }).await;
    let mut socket = TcpStream::connect(edge.address).await.unwrap();
    let request = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSCognitoIdentityProviderService.Echo\r\nContent-Length: 2\r\n\r\n{}";
    // Requests without end and never a read: the server's answers fill both buffers and it stops taking requests.
    let _ = tokio::time::timeout(Duration::from_millis(700), async {
        while socket.write_all(&request.repeat(100)).await.is_ok() {}
    })
    .await;
    // The limit is a third of a second; a busy machine may take its time to notice.
    for _ in 0..300 {
        if edge.metrics.connections.get() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the server holds the connection");
}

/// Decision 0013.
#[tokio::test]
async fn http_1_is_answered_by_the_connections_thread_and_http_2_by_the_shared_runtime() {
    let edge = start(Options::default()).await;
    let one = edge.post("Where", "{}").await;
    assert!(one.body.contains("connections-"), "{one:?}");

    let mut sender = client(&edge).await;
    let request = Request::post(format!("http://{}/", edge.address))
        .header("x-amz-target", "AWSCognitoIdentityProviderService.Where")
        .body(Body::from("{}"))
        .unwrap();
    let body = sender.send_request(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.contains("UserPoolId") && !body.contains("connections-"), "{body}");
}

async fn client(edge: &Edge) -> SendRequest<Body> {
    let socket = TokioIo::new(TcpStream::connect(edge.address).await.unwrap());
    let (sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), socket).await.unwrap();
    tokio::spawn(connection);
    sender
}

#[tokio::test]
async fn head_has_a_length_and_no_body_wherever_it_is_asked() {
    let edge = start(Options::default()).await;
    for (path, status, length) in [
        (format!("/{POOL}/.well-known/jwks.json"), 200, Some("11")),
        ("/eu-west-1_Nobody123/.well-known/jwks.json".to_owned(), 404, None),
        (format!("/{POOL}/.well-known/openid-configuration"), 200, Some("14")),
        ("/nowhere".to_owned(), 404, None),
    ] {
        let mut sender = client(&edge).await;
        let request = Request::head(format!("http://{}{path}", edge.address)).body(Body::empty()).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let told = answer.headers().get("content-length").unwrap().to_str().unwrap().to_owned();
        assert_eq!((answer.status().as_u16(), told.as_str()), (status, length.unwrap_or(&told)), "{path}");
        assert_ne!(told, "0", "{path}");
        assert!(answer.into_body().collect().await.unwrap().to_bytes().is_empty(), "{path}");
    }
}

//! What a stranger may take: sizes, time, connections; and an end that loses nobody (RL-12, RL-13).

use crate::support::{Options, start};
use bytes::Bytes;
use crypto::offload::PoolSettings;
use edge::Limits;
use http::Request;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn rl_13_a_body_over_a_mebibyte_is_refused_whether_declared_or_not() {
    let edge = start(Options::default()).await;
    let large = vec![b' '; 1024 * 1024 + 1];
    let declared = edge.post_with("Echo", &[], &large).await;
    assert_eq!(declared.status, 413);
    let mut chunked =
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: AWSCognitoIdentityProviderService.Echo\r\n\
                        Transfer-Encoding: chunked\r\n\r\n"
            .to_vec();
    for _ in 0..17 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend_from_slice(&[b' '; 0x10000]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(edge.raw(&chunked).await.status, 413);
    let mut fits = vec![b' '; 1024 * 1024 - 2];
    fits.extend_from_slice(b"{}");
    assert_eq!(edge.post_with("Echo", &[], &fits).await.status, 200);
}

#[tokio::test]
async fn rl_13_bodies_of_all_requests_together_are_bounded_and_what_has_no_room_is_refused_at_once() {
    let limits = Limits { body_bytes_total: 100_000, body_timeout: Duration::from_secs(20), ..Limits::default() };
    let edge = start(Options { limits, ..Options::default() }).await;
    // Two strangers each hold 40,000 bytes of a body that they do not finish.
    let mut strangers = Vec::new();
    for _ in 0..2 {
        let mut socket = TcpStream::connect(edge.address).await.unwrap();
        let head = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSCognitoIdentityProviderService.Echo\r\n\
                    Content-Length: 60000\r\n\r\n";
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&[b' '; 40_000]).await.unwrap();
        strangers.push(socket);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut body = vec![b' '; 30_000];
    body.extend_from_slice(b"{}");
    let refused = tokio::time::timeout(Duration::from_secs(2), edge.post_with("Echo", &[], &body)).await;
    let refused = refused.expect("nothing waits for room");
    assert_eq!((refused.status, refused.kind().as_str()), (400, "TooManyRequestsException"));
    assert_eq!(edge.post("Echo", "{}").await.status, 200, "what fits is served");
    drop(strangers);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(edge.post_with("Echo", &[], &body).await.status, 200, "their room is free again");
}

#[tokio::test]
async fn st_24_headers_are_bounded_in_number_and_size() {
    let edge = start(Options::default()).await;
    let many: Vec<String> = (0..90).map(|n| format!("x-many-{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "v")).collect();
    assert_eq!(edge.post_with("Echo", &many, b"{}").await.status, 431);
    let wide = "v".repeat(40_000);
    let answer = edge.post_with("Echo", &[("x-wide", &wide)], b"{}").await;
    assert_eq!(answer.status, 431);
    assert_eq!(answer.kind(), "RequestHeaderFieldsTooLargeException");
    let endless = "v".repeat(10_000_000);
    assert!([400, 431].contains(&edge.post_with("Echo", &[("x-endless", &endless)], b"{}").await.status));
}

/// While the lane for long requests stands still, those who send short ones are served by the same threads, and one
/// that finds the lane full is told so at once.
#[tokio::test]
async fn st_24_what_is_long_is_read_where_it_holds_up_nobody() {
    let mut lanes = PoolSettings::for_cores(1);
    (lanes.reading.queue_max, lanes.reading.deadline) = (1, Duration::from_secs(60));
    let edge = Arc::new(start(Options { lanes, ..Options::default() }).await);
    let offload = edge.offload.clone();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (begin, begun) = tokio::sync::oneshot::channel();
    let hold = move || {
        begin.send(()).unwrap();
        held.recv()
    };
    let holding = tokio::spawn(async move { offload.read(hold).await });
    begun.await.unwrap();
    let mut long = vec![b' '; 17_000];
    long.extend_from_slice(br#"{"Username":"ana"}"#);
    let sender = (edge.clone(), long.clone());
    let sent = tokio::spawn(async move { sender.0.post_with("Echo", &[], &sender.1).await });
    let mut waited = 0;
    while edge.offload.stats().reading.queued == 0 {
        waited += 1;
        assert!(waited < 2_000 && !sent.is_finished(), "the long one waits for its lane");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..4 {
        assert_eq!(edge.post("Echo", "{}").await.status, 200, "others are served");
    }
    let form = "Action=GetCallerIdentity&Version=2011-06-15&x=".to_owned() + &"y".repeat(17_000);
    let refused = edge.post_with("Echo", &[], &long).await;
    assert_eq!((refused.status, refused.kind().as_str()), (400, "TooManyRequestsException"), "there is one place");
    let refused = edge.form(&form).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("<Code>Throttling</Code>"), "a form is read there as well: {}", refused.body);
    release.send(()).unwrap();
    let answer = sent.await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"Username":"ana"}"#));
    holding.await.unwrap().unwrap().unwrap();
    assert!(edge.form(&form).await.body.contains("GetCallerIdentity"), "and when there is room");
}

#[tokio::test]
async fn st_24_to_read_what_is_long_is_two_pieces_of_work() {
    let edge = start(Options::default()).await;
    let echoed = async |blanks: usize| {
        let mut body = vec![b' '; blanks];
        body.extend_from_slice(br#"{"Username":"ana"}"#);
        let call = Request::post("/").header("x-amz-target", "AWSCognitoIdentityProviderService.Echo");
        // In one piece, which nobody has to put together.
        edge.front.ask(call.body(Bytes::from(body)).unwrap()).await.0
    };
    assert_eq!(echoed(0).await, 200);
    assert_eq!(edge.offload.stats().reading.done, 0, "what is short is read where it came in");
    assert_eq!(echoed(17_000).await, 200);
    // The answer may be here before the thread has noted that it is done.
    let mut waited = 0;
    while edge.offload.stats().reading.running > 0 {
        waited += 1;
        assert!(waited < 2_000);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(edge.offload.stats().reading.done, 2, "taken apart, and held against its contract");
}

#[tokio::test]
async fn rl_13_whatever_is_sent_is_never_our_failure() {
    let edge = start(Options::default()).await;
    let deep = "[".repeat(100_000);
    let bodies: Vec<Vec<u8>> = vec![
        b"\xff\xfe\xfd".to_vec(),
        b"{\"Password\":\"\xc3\x28\"}".to_vec(),
        b"{\"Password\":\"\\ud800\"}".to_vec(),
        format!("{{\"x\":{deep}").into_bytes(),
        format!("{{\"Password\":{deep}").into_bytes(),
        format!("{{\"Password\":1e{}}}", "9".repeat(5000)).into_bytes(),
        format!("{{\"Password\":\"{}\"}}", "p".repeat(65_000)).into_bytes(),
        b"{\"Password\":null,\"Password\":null}".to_vec(),
        b"null".to_vec(),
        vec![0; 1000],
    ];
    for body in bodies {
        for operation in ["Echo", "Quiet", "GetUser", "AdminEcho"] {
            let answer = edge.post_with(operation, &[], &body).await;
            assert!((200..500).contains(&answer.status), "{operation}: {answer:?}");
            assert!(answer.status < 300 || !answer.kind().is_empty(), "{answer:?}");
        }
    }
    let heads: [&[u8]; 8] = [
        b"GARBAGE\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nZZ\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: \xff\xfe\r\nConnection: close\r\n\r\n",
        b"POST /%00%ff/../..//x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage garbage garbage garbage",
    ];
    for head in heads {
        let answer = edge.raw(head).await;
        assert!(answer.status < 500, "{}: {answer:?}", String::from_utf8_lossy(head));
    }
    assert_eq!(edge.metrics.panics.get(), 0);
    assert_eq!(edge.post("Echo", "{}").await.status, 200, "and it still serves");
}

#[tokio::test]
async fn st_33_a_panic_is_answered_counted_and_survived() {
    let edge = start(Options::default()).await;
    let answer = edge.post("Panics", r#"{"Password":"x"}"#).await;
    assert_eq!((answer.status, answer.kind().as_str()), (500, "InternalErrorException"));
    assert_eq!(edge.metrics.panics.get(), 1);
    assert_eq!(edge.post("Echo", "{}").await.status, 200);
}

#[tokio::test]
async fn rl_12_a_body_that_trickles_is_given_up() {
    let edge = start(Options::default()).await;
    let answer = edge
        .raw(b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSCognitoIdentityProviderService.Echo\r\nContent-Length: 20\r\n\r\n{")
        .await;
    assert_eq!((answer.status, answer.kind().as_str()), (408, "RequestTimeoutException"));
}

#[tokio::test]
async fn rl_12_silent_and_half_started_connections_are_closed() {
    let limits = Limits {
        idle_timeout: Duration::from_millis(200),
        handshake_timeout: Duration::from_millis(200),
        ..Limits::default()
    };
    let edge = start(Options { limits, ..Options::default() }).await;
    let starts: [&[u8]; 4] =
        [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: x\r\nX-A", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"];
    for start in starts {
        let mut socket = TcpStream::connect(edge.address).await.unwrap();
        socket.write_all(start).await.unwrap();
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(4), socket.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "still open after {:?}", String::from_utf8_lossy(start));
    }
}

#[tokio::test]
async fn a_kept_connection_serves_one_request_after_another() {
    let edge = start(Options::default()).await;
    let mut socket = TcpStream::connect(edge.address).await.unwrap();
    let request = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSCognitoIdentityProviderService.Echo\r\nContent-Length: 2\r\n\r\n{}";
    for _ in 0..3 {
        socket.write_all(request).await.unwrap();
        let mut buffer = vec![0; 4096];
        let n = socket.read(&mut buffer).await.unwrap();
        assert!(buffer[..n].starts_with(b"HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn beyond_the_cap_newcomers_wait_until_a_place_is_free() {
    let limits = Limits { connections_max: 1, ..Limits::default() };
    let edge = start(Options { limits, ..Options::default() }).await;
    let holder = TcpStream::connect(edge.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let waiting = edge.post("Echo", "{}");
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_millis(200), &mut waiting).await.is_err(), "served beyond the cap");
    drop(holder);
    assert_eq!(waiting.await.status, 200);
}

#[tokio::test]
async fn stopping_finishes_what_is_under_way_and_takes_nothing_new() {
    let edge = start(Options::default()).await;
    let mut idle = TcpStream::connect(edge.address).await.unwrap();
    let (address, stop) = (edge.address, edge.stop.clone());
    let under_way = edge.post("Sleeps", r#"{"ClientId":"abc"}"#);
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(TcpStream::connect(address).await.is_err(), "the socket is closed at once");
    };
    let (answer, ()) = tokio::join!(under_way, stopping);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"ClientId":"abc"}"#));
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(1), idle.read_to_end(&mut rest))
        .await
        .expect("idle connections end")
        .unwrap();
}

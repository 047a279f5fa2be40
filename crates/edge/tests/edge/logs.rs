//! The one line per request: enough to find a request by, and never a secret.

use crate::support::{Options, POOL, any_credentials, start};
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}
impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The current-thread runtime of `#[tokio::test]` runs the server's tasks on this thread, so a thread's subscriber hears all.
fn listen(lines: &Lines) -> tracing::subscriber::DefaultGuard {
    let subscriber =
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    tracing::subscriber::set_default(subscriber)
}

fn heard() -> Options {
    Options { workers: false, ..Options::default() }
}

fn requests(lines: &Lines) -> Vec<serde_json::Value> {
    let all = lines.text();
    let all =
        all.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("every line is one JSON object"));
    all.filter(|line| line["target"] == "cognate::request").collect()
}

#[tokio::test]
async fn one_line_says_operation_pool_client_outcome_code_and_id() {
    let lines = Lines::default();
    let _guard = listen(&lines);
    let edge = start(heard()).await;
    let body = format!(r#"{{"UserPoolId":"{POOL}","ClientId":"abc123","ChallengeName":"PASSWORD_VERIFIER"}}"#);
    let answer = edge.post("Echo", &body).await;
    edge.post("Refuses", "{}").await;
    edge.post("Fails", "{}").await;
    let lines = requests(&lines);
    assert_eq!(lines.len(), 3);
    let fields = &lines[0]["fields"];
    assert_eq!(fields["op"], "Echo");
    assert_eq!(fields["outcome"], "challenge");
    assert_eq!(fields["challenge"], "PASSWORD_VERIFIER");
    assert_eq!(fields["pool.id"], POOL);
    assert_eq!(fields["client.id"], "abc123");
    assert_eq!(fields["request.id"], answer.header("x-amzn-requestid").unwrap());
    assert!(fields["duration_ms"].is_number());
    assert_eq!(
        (&lines[1]["fields"]["outcome"], &lines[1]["fields"]["code"]),
        (&"refused".into(), &"NotAuthorizedException".into())
    );
    assert_eq!((&lines[2]["level"], &lines[2]["fields"]["cause"]), (&"ERROR".into(), &"disk on\\nfire".into()));
}

#[tokio::test]
async fn st_34_no_secret_of_any_input_reaches_the_logs() {
    const CANARY: &str = "C4naryS3cret";
    let lines = Lines::default();
    let _guard = listen(&lines);
    let edge = start(heard()).await;
    let hostile = format!("{CANARY}\\r\\nop=\\\"Forged\\\"");
    let bodies = [
        format!(r#"{{"Password":"{hostile}","Session":"{hostile}","AccessToken":"{hostile}"}}"#),
        format!(r#"{{"UserPoolId":"{hostile}","ClientId":"{hostile}"}}"#),
        format!(r#"{{"Password":["{hostile}"]}}"#),
        format!(r#"{{"{CANARY}":1,"Password":{CANARY}"#),
        format!("{CANARY}{{"),
    ];
    let forged = format!("{} {CANARY}", any_credentials("eu-west-1"));
    let headers = [
        ("Authorization", forged.as_str()),
        ("X-Amz-Security-Token", CANARY),
        ("Cookie", CANARY),
        ("User-Agent", CANARY),
    ];
    for body in &bodies {
        for operation in ["Echo", "Refuses", "Fails", "GetUser", "AdminEcho", CANARY] {
            edge.post_with(operation, &headers, body.as_bytes()).await;
        }
    }
    edge.get(&format!("/{CANARY}?code={CANARY}"), "").await;
    edge.get(&format!("/{CANARY}/.well-known/jwks.json"), "").await;
    assert_eq!(requests(&lines).len(), bodies.len() * 6 + 2);
    let all = lines.text();
    let hits: Vec<&str> = all.lines().filter(|line| line.contains(CANARY)).collect();
    assert!(hits.is_empty(), "{hits:#?}");
}

use crypto::sigv4::Credentials;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::prelude::*;
use testkit::{Principal, Role, SeededEntropy};
use tokio::task::JoinHandle;

/// Callers who use their sessions all the time, on every node that is up.
struct Traffic {
    stop: Arc<AtomicBool>,
    callers: Vec<JoinHandle<usize>>,
}

impl Traffic {
    fn of(nodes: &[&App], sessions: &[Credentials]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let caller = |session: &Credentials| {
            let nodes: Vec<App> = nodes.iter().map(|node| (*node).clone()).collect();
            let (session, stop) = (session.clone(), stop.clone());
            tokio::spawn(async move {
                let mut asked = 0;
                while !stop.load(Ordering::Relaxed) || asked == 0 {
                    for node in &nodes {
                        let answer = node.who_is(&session).await;
                        assert!(answer.is_ok(), "{answer:?}");
                        asked += 1;
                    }
                }
                asked
            })
        };
        let callers = sessions.iter().map(caller).collect();
        Self { stop, callers }
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            assert!(caller.await.expect("no request failed") > 0);
        }
    }
}

/// A new session of each node by a lasting key, and by the latest session that there is.
async fn taken(nodes: &[&App], bob: &Principal, role: &Role, sessions: &mut Vec<Credentials>) {
    for node in nodes {
        let asked = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "test")];
        let by_key = node.query_by(&bob.credentials, Service::Sts, "AssumeRole", &asked).await;
        sessions.push(by_key.credentials());
    }
    for node in nodes {
        for session in sessions.iter() {
            assert!(node.who_is(session).await.is_ok());
        }
    }
}

#[cognate_test]
async fn cr_30_a_master_key_is_changed_under_live_sessions_without_a_failed_request(app: App) {
    let bob = app.iam_user("bob").await;
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": bob.arn }, "Action": "sts:AssumeRole" }]);
    let role = app.iam_role("shop", "/", trust).await;
    let before = app.keyring();
    let (distributed, id) = before.add(&SeededEntropy::of("the new master key"));
    let active = distributed.activate(id).unwrap();
    let mut sessions = Vec::new();
    taken(&[&app], &bob, &role, &mut sessions).await;
    let old = sessions[0].clone();

    // Nodes are restarted one after the other: at each step two keyrings are about.
    let second = app.node_under(&distributed).await;
    let traffic = Traffic::of(&[&app, &second], &sessions);
    taken(&[&app, &second], &bob, &role, &mut sessions).await;
    traffic.end().await;
    let third = app.node_under(&active).await;
    let traffic = Traffic::of(&[&second, &third], &sessions);
    taken(&[&second, &third], &bob, &role, &mut sessions).await;
    traffic.end().await;
    let traffic = Traffic::of(&[&second, &third], &sessions);
    app.reseal(&active).await;
    taken(&[&second, &third], &bob, &role, &mut sessions).await;
    traffic.end().await;

    let retired = active.retire(before.active_id()).unwrap();
    let fourth = app.node_under(&retired).await;
    let mut newer = Vec::new();
    taken(&[&third, &fourth], &bob, &role, &mut newer).await;
    assert_eq!(fourth.who_is(&old).await.error(), "InvalidClientTokenId", "what the forgotten key sealed is over");
    for node in [second, third, fourth] {
        node.stop().await;
    }
}

//! What `#[cognate_test]` turns a test into.

use crate::App;
use store::testing::race_rounds;
use tokio::runtime::{Builder, Runtime};

/// A server is used for so many rounds of a race: each makes a pool or two, and the stock of keys is for 28.
const ROUNDS_PER_SERVER: usize = 10;

/// Runs a test against a server of its own.
///
/// # Panics
/// When the test does.
pub fn run<F>(name: &'static str, test: impl FnOnce(App) -> F)
where
    F: Future<Output = ()>,
{
    crate::logs::listen();
    runtime().block_on(async {
        let app = App::start(name).await;
        test(app.clone()).await;
        app.stop().await;
    });
}

/// Runs a test of a race as often as `COGNATE_RACE_ROUNDS` says.
///
/// # Panics
/// When the test does.
pub fn run_race<F>(name: &'static str, test: impl Fn(App) -> F)
where
    F: Future<Output = ()>,
{
    let rounds = race_rounds();
    if rounds <= ROUNDS_PER_SERVER {
        crate::logs::listen(); // of a thousand rounds nobody keeps the logs
    }
    runtime().block_on(async {
        for first in (0..rounds).step_by(ROUNDS_PER_SERVER) {
            let app = App::start(&format!("{name} {first}")).await;
            for _ in first..rounds.min(first + ROUNDS_PER_SERVER) {
                test(app.clone()).await;
            }
            app.stop().await;
        }
    });
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads for a test")
}

//! What `#[cognate_test]` turns a test into.

use crate::App;
use accounts::PasswordStorage;
use server::app::Plan;
use store::testing::race_rounds;
use tokio::runtime::{Builder, Runtime};

/// More rounds than this are a stage of their own, and nobody reads the logs of those.
const LOGGED_ROUNDS: usize = 10;

/// Runs a test against a server of its own.
///
/// # Panics
/// When the test does.
pub fn run<F>(name: &'static str, test: impl FnOnce(App) -> F)
where
    F: Future<Output = ()>,
{
    run_as(name, |_| {}, test);
}

/// The same against a server that keeps new passwords as Argon2id.
///
/// # Panics
/// When the test does.
pub fn run_with_argon2id<F>(name: &'static str, test: impl FnOnce(App) -> F)
where
    F: Future<Output = ()>,
{
    run_as(name, |plan| plan.password_storage = PasswordStorage::Argon2id, test);
}

fn run_as<F>(name: &'static str, change: fn(&mut Plan), test: impl FnOnce(App) -> F)
where
    F: Future<Output = ()>,
{
    crate::logs::listen();
    runtime().block_on(async {
        let app = App::start_as(name, change).await;
        test(app.clone()).await;
        app.stop().await;
    });
}

/// Runs a test of a race as often as `COGNATE_RACE_ROUNDS` says, each time against a server of its own.
///
/// # Panics
/// When the test does.
pub fn run_race<F>(name: &'static str, test: impl Fn(App) -> F)
where
    F: Future<Output = ()>,
{
    let rounds = race_rounds();
    if rounds <= LOGGED_ROUNDS {
        crate::logs::listen();
    }
    runtime().block_on(async {
        for round in 0..rounds {
            let app = App::start(&format!("{name} {round}")).await;
            test(app.clone()).await;
            app.stop().await;
        }
    });
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads for a test")
}

//! What `#[cognate_test]` turns a test into.

use crate::App;
use accounts::PasswordStorage;
use crypto::offload::PoolSettings;
use server::app::Plan;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use store::testing::{fresh_database, race_rounds};
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
    or_stop(name, async {
        let app = App::start_as(name, change).await;
        test(app.clone()).await;
        app.stop().await;
    });
}

/// Runs a test of a race as often as `COGNATE_RACE_ROUNDS` says, each time against a server of its own, on an empty
/// database.
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
    or_stop(name, async {
        let mut database = Arc::new(fresh_database().await);
        for round in 0..rounds {
            if round > 0 && !database.renew().await {
                database = Arc::new(fresh_database().await);
            }
            let (name, lanes) = (format!("{name} {round}"), PoolSettings::for_this_machine());
            let app = App::start_over(&name, database.clone(), lanes, |_| {}).await;
            test(app.clone()).await;
            app.stop().await;
        }
    });
}

/// With `COGNATE_TEST_STOP=first` the first test that fails ends the whole process: whoever bends a line wants to know
/// whether any test notices, not how many.
fn or_stop(name: &str, test: impl Future<Output = ()>) {
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime().block_on(test)));
    let Err(panic) = outcome else { return };
    if stops_at_first() {
        // Not by `eprintln!`, which the test runner keeps for a report that never comes.
        let _ = writeln!(std::io::stderr(), "the first to fail: {name}");
        std::process::exit(101);
    }
    resume_unwind(panic);
}

#[allow(clippy::disallowed_methods)] // the test runner's switch
fn stops_at_first() -> bool {
    std::env::var("COGNATE_TEST_STOP").is_ok_and(|when| when == "first")
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads for a test")
}

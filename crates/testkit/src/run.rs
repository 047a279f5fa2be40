//! What `#[cognate_test]` turns a test into.

use crate::App;

/// Runs a test against a server of its own.
///
/// # Panics
/// When the test does.
pub fn run<F>(name: &'static str, test: impl FnOnce(App) -> F)
where
    F: Future<Output = ()>,
{
    crate::logs::listen();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads for a test");
    runtime.block_on(async {
        let app = App::start(name).await;
        test(app.clone()).await;
        app.stop().await;
    });
}

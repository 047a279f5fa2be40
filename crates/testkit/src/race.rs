//! Many askers at the same moment.

use std::sync::Arc;
use tokio::sync::Barrier;

/// Runs `count` copies of a thing that begin together, and gathers what each got.
///
/// # Panics
/// When one of them does.
pub async fn race<T, F>(count: usize, runner: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let line = Arc::new(Barrier::new(count));
    let started: Vec<_> = (0..count)
        .map(|number| {
            let (line, run) = (line.clone(), runner(number));
            tokio::spawn(async move {
                line.wait().await;
                run.await
            })
        })
        .collect();
    let mut got = Vec::with_capacity(count);
    for runner in started {
        got.push(runner.await.expect("a runner arrives"));
    }
    got
}

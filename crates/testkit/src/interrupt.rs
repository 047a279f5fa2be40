//! One request, stopped in its middle, and what happens meanwhile.

use crate::{Answer, App};
use std::time::Duration;

/// What became of a try to stop a request.
#[derive(Debug)]
pub enum Stop {
    /// It was stopped, the rest of the world acted, and this is what it ended with.
    Here(Answer),
    /// Something else in the server looked at the clock and was stopped in its place: nothing was learned.
    Elsewhere,
    /// It does not look at the clock that often.
    Never,
}

impl App {
    /// Stops a request at the server's `nth` look at the clock and acts there.
    ///
    /// # Panics
    /// When the request does.
    pub async fn interrupted<F>(
        &self,
        nth: usize,
        request: impl Future<Output = Answer> + Send + 'static,
        act: impl FnOnce() -> F,
    ) -> Stop
    where
        F: Future<Output = ()>,
    {
        let mut held = self.hold(nth);
        let (done, gone_by) = tokio::sync::oneshot::channel::<()>();
        let mut gone_by = Box::pin(async { drop(gone_by.await) });
        let asking = tokio::spawn(async move {
            let answer = request.await;
            drop(done);
            answer
        });
        let stopped = held.reached(&mut gone_by).await;
        // A request that stands still does not come to its end, however long it is given.
        let elsewhere = stopped && {
            let looked = tokio::time::timeout(Duration::from_millis(100), &mut gone_by).await;
            act().await;
            looked.is_ok()
        };
        held.release();
        let answer = asking.await.expect("a request ends");
        match (stopped, elsewhere) {
            (false, _) => Stop::Never,
            (true, true) => Stop::Elsewhere,
            (true, false) => Stop::Here(answer),
        }
    }
}

//! A clock that stands still until it is moved.

use kernel::{Clock, Time};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

/// Where every test begins: a Tuesday in September 2026, 08:05:09.250 UTC.
const BEGINNING_MILLIS: i64 = 1_788_249_909_250;

/// Time as the test says.
#[derive(Debug)]
pub struct MockClock {
    millis: AtomicI64,
    hold: Mutex<Option<Hold>>,
}

#[derive(Debug)]
struct Hold {
    looks: usize,
    reached: oneshot::Sender<()>,
    go: mpsc::Receiver<()>,
}

/// A server that stops in the middle of what it does, when it looks at the clock.
#[derive(Debug)]
pub struct Held {
    reached: oneshot::Receiver<()>,
    go: mpsc::Sender<()>,
}

impl Held {
    /// Waits until the server stands still; false when it went by without looking that often.
    pub async fn reached(&mut self, gone_by: impl Future<Output = ()>) -> bool {
        tokio::select! {
            biased;
            stopped = &mut self.reached => stopped.is_ok(),
            () = gone_by => false,
        }
    }

    /// Lets it go on.
    pub fn release(self) {
        // Nobody stands still where the server went by.
        let _ = self.go.send(());
    }
}

impl Default for MockClock {
    fn default() -> Self {
        Self { millis: AtomicI64::new(BEGINNING_MILLIS), hold: Mutex::default() }
    }
}

impl MockClock {
    /// Lets time pass at once.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).expect("a step that fits");
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }

    /// The present, for the test itself: looking does not count.
    #[must_use]
    pub fn peek(&self) -> Time {
        Time::from_millis(self.millis.load(Ordering::SeqCst))
    }

    /// Stops whoever looks at the clock as the `nth` from now on, counted from one.
    pub fn hold(&self, nth: usize) -> Held {
        let ((said, reached), (go, may_go)) = (oneshot::channel(), mpsc::channel());
        *self.held() = Some(Hold { looks: nth, reached: said, go: may_go });
        Held { reached, go }
    }

    fn held(&self) -> MutexGuard<'_, Option<Hold>> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stand_still(&self) {
        let due = {
            let mut hold = self.held();
            if let Some(waiting) = hold.as_mut() {
                waiting.looks = waiting.looks.saturating_sub(1);
            }
            hold.take_if(|waiting| waiting.looks == 0)
        };
        if let Some(due) = due {
            let _ = due.reached.send(());
            // On a thread of its own as far as the runtime is concerned: tasks queued behind this one (a database connection,
            // say) must go on, or whoever is to act meanwhile would wait for us.
            tokio::task::block_in_place(|| {
                let _ = due.go.recv_timeout(Duration::from_secs(5));
            });
        }
    }
}

impl Clock for MockClock {
    fn now(&self) -> Time {
        self.stand_still();
        self.peek()
    }
}

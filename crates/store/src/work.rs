//! Transaction blocks: what they see travels with them, so that they can run again.

use crate::{StoreError, Tx};
use kernel::BoxFuture;
use std::task::{Context, Poll, Waker};

/// A block of questions and changes that may run more than once, with the values it looks at. Made by `work!`.
#[derive(Debug)]
pub struct Work<D, F> {
    data: D,
    body: F,
}

impl<D, F> Work<D, F> {
    /// Packs a block. `work!` writes this for you.
    pub fn new<T, E>(data: D, body: F) -> Self
    where
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
    {
        Self { data, body }
    }

    pub(crate) fn start<'a, T, E>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<T, E>>
    where
        F: for<'b> Fn(&'b D, &'b mut Tx) -> BoxFuture<'b, Result<T, E>>,
    {
        (self.body)(&self.data, tx)
    }
}

/// Polls a block the one time SQLite needs: every question answers at once there, so waiting is a bug.
pub(crate) fn poll_once<T, E: From<StoreError>>(mut block: BoxFuture<'_, Result<T, E>>) -> Result<T, E> {
    match block.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(StoreError::Suspended.into()),
    }
}

/// A transaction block: `work!(|tx, pool, now| { … })`.
///
/// The names after `tx` are values moved into the block; inside they are references. The block is async, sees rows
/// and these values and nothing else, and may run again. Where the compiler cannot tell the error type from the last
/// line, name it: `work!(|tx, pool| -> Fault { … })`.
#[macro_export]
macro_rules! work {
    (|$tx:ident $(, $capture:ident)* $(,)?| -> $error:ty { $($body:tt)* }) => {
        $crate::Work::new::<_, $error>(($($capture,)*), |captured, $tx| Box::pin(async move {
            let ($($capture,)*) = captured;
            $($body)*
        }))
    };
    (|$tx:ident $(, $capture:ident)* $(,)?| $body:expr) => {
        $crate::Work::new(($($capture,)*), |captured, $tx| Box::pin(async move {
            let ($($capture,)*) = captured;
            $body
        }))
    };
}

//! Reading a request's body: bounded in size, in time, and in what all of them together may hold.

use crate::memory::Share;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use std::time::Duration;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBody {
    /// It is larger than the route allows.
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
    /// Other requests hold all the memory there is for bodies.
    NoRoom,
    /// The connection or its framing broke.
    Broken,
}

/// How much of a body that is too large is still taken off the line and dropped. SDKs write the whole body before they
/// read: to them a line that closes under it is a broken network, and they try again instead of seeing the refusal.
const DROPPED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The longest pause of a sender that is still sending.
const STILL_SENDING: Duration = Duration::from_millis(500);

/// Reads the whole body, at most `limit` bytes, within `time`. Its bytes are counted in `memory` until the request ends.
///
/// # Errors
/// [`NoBody`].
pub async fn read(mut body: Body, limit: usize, time: Duration, memory: &Share) -> Result<Bytes, NoBody> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    // A declared length is believed when it is too large, and never allocated for when it is not.
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let gathered = if declared > limit {
        Err(NoBody::TooLarge)
    } else {
        tokio::time::timeout(time, gather(&mut body, limit, memory)).await.unwrap_or(Err(NoBody::TooSlow))
    };
    if gathered.is_err() {
        memory.give_back();
    }
    if matches!(gathered, Err(NoBody::TooLarge | NoBody::NoRoom)) && declared <= DROPPED_BYTES_MAX {
        // However this ends, the answer is the same.
        let _ = tokio::time::timeout(time, drop_rest(&mut body)).await;
    }
    gathered
}

async fn drop_rest(body: &mut Body) {
    let mut dropped = 0;
    // A sender that has stopped is waiting for the answer, or gone.
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(STILL_SENDING, body.frame()).await {
        dropped += frame.data_ref().map_or(0, Bytes::len);
        if dropped > DROPPED_BYTES_MAX {
            return;
        }
    }
}

async fn gather(body: &mut Body, limit: usize, memory: &Share) -> Result<Bytes, NoBody> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
        if first.len() + rest.len() + data.len() > limit {
            return Err(NoBody::TooLarge);
        }
        if !memory.take(data.len()) {
            return Err(NoBody::NoRoom);
        }
        // Nearly every body arrives as one frame, and that frame is handed on without a copy.
        if first.is_empty() {
            first = data;
        } else {
            rest.extend_from_slice(&data);
        }
    }
    if rest.is_empty() {
        return Ok(first);
    }
    let mut whole = BytesMut::with_capacity(first.len() + rest.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&rest);
    Ok(whole.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Budget;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const SOON: Duration = Duration::from_millis(50);

    async fn alone(body: Body, limit: usize, time: Duration) -> Result<Bytes, NoBody> {
        read(body, limit, time, &Budget::new(64 * 1024 * 1024).share()).await
    }

    #[tokio::test]
    async fn rl_13_where_others_hold_the_memory_nothing_is_gathered_and_nothing_is_kept() {
        let budget = Budget::new(12);
        let (first, second) = (budget.share(), budget.share());
        assert_eq!(read(Body::from("12345678"), 20, SOON, &first).await.unwrap(), "12345678");
        assert_eq!(read(Body::from("12345"), 20, SOON, &second).await, Err(NoBody::NoRoom));
        let pieces = ["123", "4567"].map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes())));
        let in_pieces = Body::from_stream(futures_util::stream::iter(pieces));
        assert_eq!(read(in_pieces, 20, SOON, &second).await, Err(NoBody::NoRoom));
        assert_eq!(budget.held(), 8, "what was gathered of the refused ones has been given back");
        drop(first);
        assert_eq!(read(Body::from("12345"), 20, SOON, &second).await.unwrap(), "12345");
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not() {
        assert_eq!(alone(Body::from("12345"), 5, SOON).await.unwrap(), "12345");
        assert_eq!(alone(Body::from("123456"), 5, SOON).await, Err(NoBody::TooLarge));
    }

    #[tokio::test]
    async fn frames_are_joined_and_counted_together() {
        let frames = |n: usize| {
            Body::from_stream(futures_util::stream::iter(
                (0..n).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(b"ab"))),
            ))
        };
        assert_eq!(alone(frames(3), 6, SOON).await.unwrap(), "ababab");
        assert_eq!(alone(frames(4), 6, SOON).await, Err(NoBody::TooLarge));
    }

    #[tokio::test]
    async fn what_is_too_large_is_taken_off_the_line_so_that_its_sender_reads_the_refusal() {
        let taken = Arc::new(AtomicUsize::new(0));
        let sent = |frames: usize| {
            let taken = taken.clone();
            let frame = move |_| {
                taken.fetch_add(1, Ordering::Relaxed);
                Ok::<_, std::io::Error>(Bytes::from(vec![0; 1024 * 1024]))
            };
            Body::from_stream(futures_util::stream::iter((0..frames).map(frame)))
        };
        let enough = Duration::from_secs(10);
        assert_eq!(alone(sent(8), 1024 * 1024, enough).await, Err(NoBody::TooLarge));
        assert_eq!(taken.swap(0, Ordering::Relaxed), 8);
        // Not without end: a sender who never stops is cut off.
        assert_eq!(alone(sent(1000), 1024 * 1024, enough).await, Err(NoBody::TooLarge));
        assert!(taken.load(Ordering::Relaxed) < 20);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(alone(never, 5, SOON).await, Err(NoBody::TooSlow));
    }
}

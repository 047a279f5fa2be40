//! Reading a request's body: bounded in size and in time.

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
    /// The connection or its framing broke.
    Broken,
}

/// How much of a body that is too large is still taken off the line and dropped. SDKs write the whole body before they
/// read: to them a line that closes under it is a broken network, and they try again instead of seeing the refusal.
const DROPPED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The longest pause of a sender that is still sending.
const STILL_SENDING: Duration = Duration::from_millis(500);

/// Reads the whole body, at most `limit` bytes, within `time`.
///
/// # Errors
/// [`NoBody`].
pub async fn read(mut body: Body, limit: usize, time: Duration) -> Result<Bytes, NoBody> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    // A declared length is believed when it is too large, and never allocated for when it is not.
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let gathered = if declared > limit {
        Err(NoBody::TooLarge)
    } else {
        tokio::time::timeout(time, gather(&mut body, limit)).await.unwrap_or(Err(NoBody::TooSlow))
    };
    if gathered == Err(NoBody::TooLarge) && declared <= DROPPED_BYTES_MAX {
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

async fn gather(body: &mut Body, limit: usize) -> Result<Bytes, NoBody> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
        if first.len() + rest.len() + data.len() > limit {
            return Err(NoBody::TooLarge);
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not() {
        assert_eq!(read(Body::from("12345"), 5, SOON).await.unwrap(), "12345");
        assert_eq!(read(Body::from("123456"), 5, SOON).await, Err(NoBody::TooLarge));
    }

    #[tokio::test]
    async fn frames_are_joined_and_counted_together() {
        let frames = |n: usize| {
            Body::from_stream(futures_util::stream::iter(
                (0..n).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(b"ab"))),
            ))
        };
        assert_eq!(read(frames(3), 6, SOON).await.unwrap(), "ababab");
        assert_eq!(read(frames(4), 6, SOON).await, Err(NoBody::TooLarge));
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
        assert_eq!(read(sent(8), 1024 * 1024, enough).await, Err(NoBody::TooLarge));
        assert_eq!(taken.swap(0, Ordering::Relaxed), 8);
        // Not without end: a sender who never stops is cut off.
        assert_eq!(read(sent(1000), 1024 * 1024, enough).await, Err(NoBody::TooLarge));
        assert!(taken.load(Ordering::Relaxed) < 20);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(never, 5, SOON).await, Err(NoBody::TooSlow));
    }
}

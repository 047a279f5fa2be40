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

/// Taken off one line before the other lines of the same thread get their turn: a sender that is faster than we are would
/// hold them up for as long as it likes (ST-24).
const TURN_BYTES: usize = 32 * 1024;

/// A frame that is smaller is copied to those before it: kept by itself, its handle would weigh more than what it says.
const FRAME_BYTES_MIN: usize = 4 * 1024;

/// The longest pause of a sender that is still sending.
const STILL_SENDING: Duration = Duration::from_millis(500);

/// A body as it came off the line.
#[derive(Debug, Default)]
pub struct Pieces {
    kept: Vec<Bytes>,
    /// Small frames that came after those.
    small: BytesMut,
    len: usize,
}

impl Pieces {
    /// Bytes of all of them.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether they are copied to become one.
    pub fn are_many(&self) -> bool {
        self.kept.len() + usize::from(!self.small.is_empty()) > 1
    }

    fn push(&mut self, frame: Bytes) {
        // HTTP/2 has frames that say nothing, as many as somebody likes to send.
        if frame.is_empty() {
            return;
        }
        self.len += frame.len();
        // Nearly every body arrives as one frame, and that frame is handed on without a copy.
        if frame.len() < FRAME_BYTES_MIN && self.len > frame.len() {
            self.small.extend_from_slice(&frame);
            return;
        }
        self.end_small();
        self.kept.push(frame);
    }

    fn end_small(&mut self) {
        if !self.small.is_empty() {
            self.kept.push(self.small.split().freeze());
        }
    }

    /// All of them in one.
    pub fn whole(mut self) -> Bytes {
        self.end_small();
        match self.kept.as_mut_slice() {
            [] => Bytes::new(),
            [one] => std::mem::take(one),
            many => {
                let mut whole = BytesMut::with_capacity(self.len);
                many.iter().for_each(|piece| whole.extend_from_slice(piece));
                whole.freeze()
            }
        }
    }
}

/// What taking a frame costs, however little it brings, in bytes.
const FRAME_COST_BYTES: usize = 1024;

/// Gives other lines their turn once enough was taken off this one.
#[derive(Debug, Default)]
struct Turns {
    taken: usize,
}

impl Turns {
    async fn after(&mut self, bytes: usize) {
        self.taken += bytes.max(FRAME_COST_BYTES);
        if self.taken >= TURN_BYTES {
            self.taken = 0;
            tokio::task::yield_now().await;
        }
    }
}

/// Reads the whole body, at most `limit` bytes, within `time`. Its bytes are counted in `memory` until the request ends.
///
/// # Errors
/// [`NoBody`].
pub async fn read(mut body: Body, limit: usize, time: Duration, memory: &Share) -> Result<Pieces, NoBody> {
    if body.is_end_stream() {
        return Ok(Pieces::default());
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
    let (mut dropped, mut turns) = (0, Turns::default());
    // A sender that has stopped is waiting for the answer, or gone.
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(STILL_SENDING, body.frame()).await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        dropped += bytes;
        if dropped > DROPPED_BYTES_MAX {
            return;
        }
        turns.after(bytes).await;
    }
}

async fn gather(body: &mut Body, limit: usize, memory: &Share) -> Result<Pieces, NoBody> {
    let (mut pieces, mut turns) = (Pieces::default(), Turns::default());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
        let bytes = data.len();
        if pieces.len() + bytes > limit {
            return Err(NoBody::TooLarge);
        }
        if !memory.take(bytes) {
            return Err(NoBody::NoRoom);
        }
        pieces.push(data);
        turns.after(bytes).await;
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Budget;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const SOON: Duration = Duration::from_millis(50);

    async fn alone(body: Body, limit: usize, time: Duration) -> Result<Bytes, NoBody> {
        read_all(body, limit, time, &Budget::new(64 * 1024 * 1024).share()).await
    }

    async fn read_all(body: Body, limit: usize, time: Duration, memory: &Share) -> Result<Bytes, NoBody> {
        read(body, limit, time, memory).await.map(Pieces::whole)
    }

    /// As many frames of this many bytes, which are all there at once.
    fn frames(count: usize, bytes: usize) -> Body {
        let frame = move |n| Ok::<_, std::io::Error>(Bytes::from(vec![b'a' + (n % 26) as u8; bytes]));
        Body::from_stream(futures_util::stream::iter((0..count).map(frame)))
    }

    /// How often somebody else gets a turn while something is done.
    async fn turns_beside<T>(work: impl Future<Output = T>) -> (T, usize) {
        let mut turns = 0;
        let others = async {
            loop {
                tokio::task::yield_now().await;
                turns += 1;
            }
        };
        tokio::select! {
            biased;
            done = work => (done, turns),
            () = others => unreachable!("they never end"),
        }
    }

    #[tokio::test]
    async fn st_24_whoever_sends_without_a_pause_lets_others_have_their_turn() {
        let (read, turns) = turns_beside(alone(frames(64, 16 * 1024), 1024 * 1024, SOON)).await;
        assert_eq!(read.unwrap().len(), 1024 * 1024);
        assert!((30..=34).contains(&turns), "a turn for each 32 KiB, and here were {turns}");
        let (read, turns) = turns_beside(alone(frames(64, 16 * 1024), 1024, SOON)).await;
        assert_eq!(read, Err(NoBody::TooLarge));
        assert!((30..=34).contains(&turns), "what is dropped is taken in turns too, and here were {turns}");
        let (read, turns) = turns_beside(alone(frames(640, 1), 1024, SOON)).await;
        assert_eq!(read.unwrap().len(), 640);
        assert!((18..=22).contains(&turns), "a frame is work, however little it brings, and here were {turns}");
        let (read, turns) = turns_beside(alone(frames(2, 8 * 1024), 1024 * 1024, SOON)).await;
        assert_eq!((read.unwrap().len(), turns), (16 * 1024, 0), "a short one is read at once");
    }

    #[tokio::test]
    async fn small_frames_are_kept_together_and_large_ones_as_they_came() {
        let memory = Budget::new(64 * 1024 * 1024).share();
        let kept = async |body: Body| {
            let pieces = read(body, 1024 * 1024, SOON, &memory).await.unwrap();
            (pieces.kept.len(), pieces.small.len(), pieces.are_many(), pieces.len())
        };
        assert_eq!(kept(frames(1, 10)).await, (1, 0, false, 10));
        assert_eq!(kept(frames(5_000, 1)).await, (1, 4_999, true, 5_000));
        assert_eq!(kept(frames(5_000, 0)).await, (0, 0, false, 0), "frames that say nothing are not kept");
        assert_eq!(kept(frames(3, 4_096)).await, (3, 0, true, 12_288));
        let mixed = [5_000, 7, 8, 5_000, 9].map(|bytes| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; bytes])));
        let mixed = Body::from_stream(futures_util::stream::iter(mixed));
        assert_eq!(kept(mixed).await, (3, 9, true, 10_024));
        let whole = alone(frames(30, 3_000), 1024 * 1024, SOON).await.unwrap();
        let expected: Vec<u8> = (0..30).flat_map(|n| vec![b'a' + n % 26; 3_000]).collect();
        assert!(whole == expected, "in their order");
    }

    #[tokio::test]
    async fn rl_13_where_others_hold_the_memory_nothing_is_gathered_and_nothing_is_kept() {
        let budget = Budget::new(12);
        let (first, second) = (budget.share(), budget.share());
        assert_eq!(read_all(Body::from("12345678"), 20, SOON, &first).await.unwrap(), "12345678");
        assert_eq!(read_all(Body::from("12345"), 20, SOON, &second).await, Err(NoBody::NoRoom));
        let pieces = ["123", "4567"].map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes())));
        let in_pieces = Body::from_stream(futures_util::stream::iter(pieces));
        assert_eq!(read_all(in_pieces, 20, SOON, &second).await, Err(NoBody::NoRoom));
        assert_eq!(budget.held(), 8, "what was gathered of the refused ones has been given back");
        drop(first);
        assert_eq!(read_all(Body::from("12345"), 20, SOON, &second).await.unwrap(), "12345");
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

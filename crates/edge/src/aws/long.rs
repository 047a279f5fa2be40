//! What is so long that reading it would hold up everybody whose connection has the same thread (ST-24).

use super::{AwsDoor, refuse};
use crate::body::Pieces;
use bytes::Bytes;
use contract::Fault;

/// Reading costs a few nanoseconds for each byte: up to here as much as anything else about a request.
const LONG_BYTES: usize = 16 * 1024;

/// Does what a body asks for: here when it is short, on the lane for long ones when it is not.
pub(super) async fn read<T: Send + 'static>(
    door: &AwsDoor,
    bytes: &Bytes,
    work: impl FnOnce(&Bytes) -> T + Send + 'static,
) -> Result<T, Fault> {
    if bytes.len() <= LONG_BYTES {
        return Ok(work(bytes));
    }
    let bytes = bytes.clone();
    door.offload.read(move || work(&bytes)).await.map_err(refuse::unread)
}

/// A body in one piece: what came in many is copied where it holds up nobody.
pub(super) async fn whole(door: &AwsDoor, pieces: Pieces) -> Result<Bytes, Fault> {
    if pieces.len() <= LONG_BYTES || !pieces.are_many() {
        return Ok(pieces.whole());
    }
    door.offload.read(move || pieces.whole()).await.map_err(refuse::unread)
}

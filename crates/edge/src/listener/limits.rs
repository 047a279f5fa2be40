//! What one stranger may take of the server.

use std::time::Duration;

/// Bounds of a listener. The defaults hold RL-12: whoever sends nothing is gone within thirty seconds.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections open at once.
    pub connections_max: usize,
    /// A connection without a request under way, a header that does not end: closed after this long.
    pub idle_timeout: Duration,
    /// Time for the TLS handshake, and for the answer to an HTTP/2 ping.
    pub handshake_timeout: Duration,
    /// Time for a request's body.
    pub body_timeout: Duration,
    /// Bytes of request bodies held in memory at once, of all requests together.
    pub body_bytes_total: usize,
    /// Time requests under way get when the server stops.
    pub drain_timeout: Duration,
    /// Bytes of a request's header lines.
    pub header_bytes_max: usize,
    /// Header lines of a request.
    pub header_count_max: usize,
    /// HTTP/2 requests at once on one connection.
    pub streams_max: u32,
    /// HTTP/2 streams reset before they were taken up.
    pub reset_streams_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 16_384,
            idle_timeout: Duration::from_secs(25),
            handshake_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(20),
            body_bytes_total: 256 * 1024 * 1024,
            drain_timeout: Duration::from_secs(25),
            header_bytes_max: 32 * 1024,
            header_count_max: 80,
            streams_max: 128,
            reset_streams_max: 64,
        }
    }
}

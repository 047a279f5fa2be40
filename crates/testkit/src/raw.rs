//! Bytes as they are, for requests no HTTP library would send.

use crate::App;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back before the server closed.
#[derive(Debug)]
pub struct RawAnswer {
    /// HTTP status; 0 when nothing like an answer came.
    pub status: u16,
    /// Head and body.
    pub text: String,
}

impl App {
    /// Sends bytes and reads until the server closes.
    ///
    /// # Panics
    /// When it does not close within ten seconds.
    pub async fn raw(&self, bytes: &[u8]) -> RawAnswer {
        let mut socket = TcpStream::connect(self.address()).await.expect("the server listens");
        // The server may refuse before everything is sent: that is an answer, not a failure of the test.
        let _ = socket.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer))
            .await
            .expect("an answer in time");
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        RawAnswer { status, text }
    }
}

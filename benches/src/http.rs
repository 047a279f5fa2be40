//! One keep-alive HTTP/1.1 connection over loopback, blocking: a thread per connection costs the driver less than a
//! runtime would, and the driver shares the machine with what it measures.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// An open connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    port: u16,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status line's number.
    pub status: u16,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects to a port of this machine.
    pub fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).context("connecting")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream: BufReader::new(stream), port })
    }

    /// The Host header this connection sends.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `GET path`.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host());
        self.exchange(head.as_bytes())
    }

    /// `POST /` with headers of the caller's.
    pub fn post(&mut self, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
        self.exchange(&self.posting(headers, body))
    }

    /// The bytes of `POST /` with headers of the caller's.
    #[must_use]
    pub fn posting(&self, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut request = format!("POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", self.host(), body.len());
        for (name, value) in headers {
            request.push_str(name);
            request.push_str(": ");
            request.push_str(value);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }

    /// Sends the bytes of a request and reads its answer.
    pub fn exchange(&mut self, request: &[u8]) -> Result<Reply> {
        self.stream.get_mut().write_all(request).context("sending")?;
        let status = self.line()?;
        let status: u16 = status.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status line")?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else { bail!("not a header: {line}") };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().context("content-length")?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                bail!("a chunked answer, and this client reads none");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).context("reading the body")?;
        Ok(Reply { status, body })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).context("reading the head")? == 0 {
            bail!("the connection was closed");
        }
        Ok(line.trim_end().to_owned())
    }
}

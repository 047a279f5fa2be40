//! A mail server that accepts everything and remembers the last code sent to each address.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use kernel::Stopwatch;

/// A listening sink.
#[derive(Clone)]
pub struct Sink {
    /// Where it listens.
    pub port: u16,
    codes: Arc<Mutex<HashMap<String, String>>>,
}

impl Sink {
    /// Listens on a free port, for as long as the process lives.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let sink = Self { port: listener.local_addr()?.port(), codes: Arc::default() };
        let heard = sink.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = heard.clone();
                thread::spawn(move || heard.serve(&stream));
            }
        });
        Ok(sink)
    }

    /// The last code sent to an address, waiting a while for it.
    #[must_use]
    pub fn code_for(&self, address: &str, patience: Duration) -> Option<String> {
        let watch = Stopwatch::start();
        loop {
            let code = self.codes.lock().unwrap_or_else(PoisonError::into_inner).get(address).cloned();
            if code.is_some() || watch.elapsed() > patience {
                return code;
            }
            thread::sleep(Duration::from_millis(3));
        }
    }

    /// Forgets what was sent to an address, so that the next code is the one that is waited for.
    pub fn forget(&self, address: &str) {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
    }

    fn serve(&self, stream: &TcpStream) -> Option<()> {
        let mut writer = stream.try_clone().ok()?;
        let mut lines = BufReader::new(stream).lines();
        writer.write_all(b"220 sink\r\n").ok()?;
        let mut to = String::new();
        while let Some(Ok(line)) = lines.next() {
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "QUIT" => return writer.write_all(b"221 bye\r\n").ok(),
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    writer.write_all(b"250 ok\r\n").ok()?;
                }
                "DATA" => {
                    writer.write_all(b"354 go\r\n").ok()?;
                    let mut body = String::new();
                    for line in lines.by_ref().map_while(Result::ok).take_while(|line| line != ".") {
                        body.push_str(&line);
                        body.push('\n');
                    }
                    if let Some(code) = code_in(&body) {
                        self.codes.lock().unwrap_or_else(PoisonError::into_inner).insert(to.clone(), code);
                    }
                    writer.write_all(b"250 ok\r\n").ok()?;
                }
                _ => writer.write_all(b"250 ok\r\n").ok()?,
            }
        }
        Some(())
    }
}

/// Six digits standing alone, after the mail's header.
fn code_in(mail: &str) -> Option<String> {
    let body = mail.split_once("\n\n").map_or(mail, |(_, body)| body);
    body.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_behind_the_header() {
        assert_eq!(code_in("Date: 123456\n\nYour code is 654321.\n").as_deref(), Some("654321"));
        assert_eq!(code_in("Subject: x\n\nNo code 1234567 here"), None);
    }
}

//! One conversation of the test server.

use super::mailbox::Received;
use super::smtp_server::{House, Manners};
use crate::Security;
use data_encoding::BASE64;
use std::io;
use std::sync::{Arc, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

pub(super) struct Session {
    house: Arc<House>,
    acceptor: Option<TlsAcceptor>,
    encrypted: bool,
    user: Option<String>,
    from: String,
    to: Vec<String>,
}

enum Next {
    Reply(String),
    StartTls,
    Data,
    Login,
    Bye,
}

impl Session {
    pub(super) fn new(house: Arc<House>, acceptor: Option<TlsAcceptor>) -> Self {
        Self { house, acceptor, encrypted: false, user: None, from: String::new(), to: Vec::new() }
    }

    pub(super) async fn run(mut self, stream: TcpStream) -> io::Result<()> {
        let acceptor = self.acceptor.clone();
        match (self.house.security, acceptor) {
            (Security::Implicit, Some(acceptor)) => {
                self.encrypted = true;
                let stream = acceptor.accept(stream).await?;
                self.greet_and_talk(Box::new(stream)).await
            }
            (Security::StartTls, Some(acceptor)) => {
                let Some(stream) = self.greet_until_tls(stream).await? else { return Ok(()) };
                self.encrypted = true;
                let stream = acceptor.accept(stream).await?;
                self.talk(&mut BufReader::new(stream)).await.map(drop)
            }
            _ => self.greet_and_talk(Box::new(stream)).await,
        }
    }

    fn manners(&self) -> Manners {
        self.house.manners.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn greet_and_talk(&mut self, stream: Box<dyn Line>) -> io::Result<()> {
        let mut line = BufReader::new(stream);
        self.greet(&mut line).await?;
        self.talk(&mut line).await.map(drop)
    }

    async fn greet_until_tls(&mut self, stream: TcpStream) -> io::Result<Option<TcpStream>> {
        let mut line = BufReader::new(stream);
        self.greet(&mut line).await?;
        Ok(self.talk(&mut line).await?.then(|| line.into_inner()))
    }

    async fn greet<S: Line>(&mut self, line: &mut BufReader<S>) -> io::Result<()> {
        let manners = self.manners();
        if manners.silent {
            return std::future::pending().await;
        }
        say(line, &manners.greeting.unwrap_or_else(|| "220 localhost test server".to_owned())).await
    }

    /// Talks until the guest leaves; true when he asked for TLS.
    async fn talk<S: Line>(&mut self, line: &mut BufReader<S>) -> io::Result<bool> {
        while let Some(command) = hear(line).await? {
            match self.answer(&command) {
                Next::Reply(reply) => say(line, &reply).await?,
                Next::StartTls => {
                    say(line, "220 go ahead").await?;
                    return Ok(true);
                }
                Next::Login => {
                    say(line, "334 VXNlcm5hbWU6").await?;
                    let user = hear(line).await?.unwrap_or_default();
                    say(line, "334 UGFzc3dvcmQ6").await?;
                    let password = hear(line).await?.unwrap_or_default();
                    let reply = self.sign_in(&unbase64(&user), &unbase64(&password));
                    say(line, &reply).await?;
                }
                Next::Data => self.take_message(line).await?,
                Next::Bye => {
                    say(line, "221 bye").await?;
                    return Ok(false);
                }
            }
        }
        Ok(false)
    }

    fn answer(&mut self, command: &str) -> Next {
        let upper = command.to_ascii_uppercase();
        let (verb, rest) = upper.split_once([' ', ':']).unwrap_or((&upper, ""));
        let locked = self.house.credentials.is_some() && self.user.is_none();
        let reply = |text: &str| Next::Reply(text.to_owned());
        match verb {
            "EHLO" => Next::Reply(self.extensions()),
            "STARTTLS" if self.house.security == Security::StartTls && !self.encrypted => Next::StartTls,
            "AUTH" if rest == "LOGIN" => Next::Login,
            "AUTH" => Next::Reply(self.plain_sign_in(command)),
            "MAIL" if locked => reply("530 5.7.0 authentication required"),
            "MAIL" => {
                self.from = address_in(command);
                self.to.clear();
                reply("250 ok")
            }
            "RCPT" => match self.manners().recipient {
                Some(refusal) => Next::Reply(refusal),
                None => {
                    self.to.push(address_in(command));
                    reply("250 ok")
                }
            },
            "DATA" if !self.to.is_empty() => Next::Data,
            "NOOP" | "RSET" => reply("250 ok"),
            "QUIT" => Next::Bye,
            _ => reply("503 5.5.1 not now"),
        }
    }

    fn extensions(&self) -> String {
        let mut lines = vec!["localhost", "8BITMIME", "SMTPUTF8"];
        if self.house.security == Security::StartTls && !self.encrypted {
            lines.push("STARTTLS");
        }
        if self.house.credentials.is_some() {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.len() - 1;
        let mark = |(n, line)| format!("250{}{line}", if n == last { ' ' } else { '-' });
        lines.into_iter().enumerate().map(mark).collect::<Vec<_>>().join("\r\n")
    }

    fn plain_sign_in(&mut self, command: &str) -> String {
        let sent = unbase64(command.rsplit(' ').next().unwrap_or_default());
        let mut fields = sent.split('\0').skip(1);
        let (user, password) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        self.sign_in(user, password)
    }

    fn sign_in(&mut self, user: &str, password: &str) -> String {
        let given = (user.to_owned(), password.to_owned());
        if self.house.credentials.as_ref() == Some(&given) {
            self.user = Some(given.0);
            "235 2.7.0 welcome".to_owned()
        } else {
            "535 5.7.8 wrong user or password".to_owned()
        }
    }

    async fn take_message<S: Line>(&mut self, line: &mut BufReader<S>) -> io::Result<()> {
        say(line, "354 go on").await?;
        let mut data = String::new();
        while let Some(text) = hear(line).await? {
            if text == "." {
                break;
            }
            data.push_str(text.strip_prefix('.').unwrap_or(&text)); // RFC 5321 4.5.2
            data.push_str("\r\n");
        }
        let manners = self.manners();
        if let Some(refusal) = manners.message {
            return say(line, &refusal).await;
        }
        let (from, to) = (std::mem::take(&mut self.from), std::mem::take(&mut self.to));
        let received = Received { from, to, data, encrypted: self.encrypted, user: self.user.clone() };
        self.house.received.send_modify(|all| all.push(received));
        if manners.mute_after_message {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        say(line, "250 2.0.0 taken").await
    }
}

async fn say<S: Line>(line: &mut BufReader<S>, reply: &str) -> io::Result<()> {
    let stream = line.get_mut();
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn hear<S: Line>(line: &mut BufReader<S>) -> io::Result<Option<String>> {
    let mut text = String::new();
    let read = line.read_line(&mut text).await?;
    Ok((read > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn address_in(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

fn unbase64(text: &str) -> String {
    BASE64.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

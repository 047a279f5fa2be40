//! The barest HTTP server there is on hyper: what an exchange costs when nothing is done with it, or only as much as a
//! path says: `/3` verifies a signature three times before it answers.
//!
//! The second kind is there because a server that works between two answers finds its callers asleep, and waking them is
//! part of an answer's price; one that only echoes never lets them rest.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use bytes::Bytes;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Makes this program be that server instead, with as many threads as the next word says.
pub const FLAG: &str = "--bare-http";

/// A message with its signature, and the key that made it.
pub struct Signed {
    pair: KeyPair,
    public: ParsedPublicKey,
    signature: Vec<u8>,
}

const MESSAGE: [u8; 700] = [7; 700];

impl Signed {
    /// With a new key.
    pub fn make() -> Result<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).context("an RSA key")?;
        let public =
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref()).context("a public key")?;
        let mut made = Self { signature: vec![0; pair.public_modulus_len()], pair, public };
        made.sign()?;
        Ok(made)
    }

    /// Signs it again.
    pub fn sign(&mut self) -> Result<()> {
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut self.signature).context("signing")
    }

    /// Verifies it.
    pub fn verify(&self) -> Result<()> {
        self.public.verify_sig(&MESSAGE, &self.signature).context("verifying")
    }
}

/// Serves until it is killed; prints its port first. Connections are dealt to the threads in turn and stay with them, as
/// they do in the server (docs/decisions/0013): what an exchange costs more on two cores is then the kernel's doing.
pub fn serve(threads: usize) -> Result<()> {
    let signed = Arc::new(Signed::make()?);
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    let deal = || {
        let (hand, dealt) = unbounded_channel();
        let signed = signed.clone();
        thread::spawn(move || serve_dealt(&signed, dealt));
        hand
    };
    let hands: Vec<UnboundedSender<TcpStream>> = (0..threads).map(|_| deal()).collect();
    for hand in hands.iter().cycle() {
        hand.send(listener.accept()?.0).context("a thread has ended")?;
    }
    Ok(())
}

/// One thread with its connections.
fn serve_dealt(signed: &Arc<Signed>, mut dealt: UnboundedReceiver<TcpStream>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        while let Some(stream) = dealt.recv().await {
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let (stream, signed) = (tokio::net::TcpStream::from_std(stream)?, signed.clone());
            tokio::spawn(async move {
                let service = service_fn(|request| std::future::ready(answer(&signed, &request)));
                // A client that goes away is the normal end.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
        Ok(())
    })
}

fn answer(signed: &Signed, request: &Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let times = request.uri().path().trim_start_matches('/').parse().unwrap_or(0);
    for _ in 0..times {
        signed.verify()?;
    }
    Ok(Response::new(Full::new(Bytes::from_static(b"{}"))))
}

//! `cognate serve` as a child process: started on a directory, watched through `/proc`, ended or killed.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use kernel::Stopwatch;

use crate::http::Connection;
use crate::sigv4::AccessKey;

/// Where and how a server is to run. Outlives restarts of it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The program.
    pub binary: PathBuf,
    /// Its directory: configuration, database, keyring, log.
    pub dir: PathBuf,
    /// Port of the public listener.
    pub port: u16,
    /// Port of the operator's listener.
    pub operator_port: u16,
    /// Port of the mail server it is told, if any.
    pub mail_port: Option<u16>,
    /// Cores it may use, as `taskset` wants them; all when absent.
    pub cores: Option<String>,
    /// `database.url`; a file of its own when absent.
    pub database: Option<String>,
}

impl Place {
    /// A fresh directory below the temporary one, and free ports.
    pub fn fresh(binary: &Path, name: &str, mail_port: Option<u16>) -> Result<Self> {
        Self::over(binary, name, mail_port, None)
    }

    /// As [`Place::fresh`], over a database that is there already.
    pub fn over(binary: &Path, name: &str, mail_port: Option<u16>, database: Option<String>) -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("cognate-{name}-{}", std::process::id()));
        fs::create_dir_all(dir.join("data")).with_context(|| format!("making {}", dir.display()))?;
        let place = Self {
            binary: binary.canonicalize()?,
            dir,
            port: free_port()?,
            operator_port: free_port()?,
            mail_port,
            cores: None,
            database,
        };
        fs::write(place.dir.join("cognate.toml"), place.configuration())?;
        Ok(place)
    }

    /// The one text that knows the names of the configuration's keys. Without a mail port no mail leaves.
    fn configuration(&self) -> String {
        let Self { port, operator_port, .. } = self;
        let own = || format!("sqlite:{}", self.dir.join("data/cognate.db").display());
        let database = self.database.clone().unwrap_or_else(own);
        let mut text = format!(
            "public_url = \"http://127.0.0.1:{port}\"\nlisten.public = \"127.0.0.1:{port}\"\n\
             listen.operator = \"127.0.0.1:{operator_port}\"\ndatabase.url = \"{database}\"\nkeyring.source = \"file:{}\"\n",
            self.dir.join("cognate.keyring").display(),
        );
        // The load comes from one address and asks about few people.
        text.push_str("limits.source_rps = 0\nlimits.person_rps = 0\nidentity.guest_rps = 0\n");
        if self.database.is_some() {
            text.push_str("database.tls = \"off\"\n");
        }
        if let Some(mail_port) = self.mail_port {
            text.push_str(&format!("smtp.host = \"127.0.0.1\"\nsmtp.port = {mail_port}\nsmtp.security = \"none\"\n"));
        }
        text
    }

    /// Removes the directory.
    pub fn clear(&self) -> Result<()> {
        fs::remove_dir_all(&self.dir).with_context(|| format!("removing {}", self.dir.display()))
    }

    fn log(&self) -> PathBuf {
        self.dir.join("server.log")
    }
}

/// A running server.
pub struct Cognate {
    child: Child,
    place: Place,
    /// From the start of the process to its first ready answer.
    pub ready_after: Duration,
}

impl Cognate {
    /// Starts it and waits until it is ready.
    pub fn start(place: &Place) -> Result<Self> {
        let watch = Stopwatch::start();
        let log = File::options().create(true).append(true).open(place.log())?;
        let mut command = match &place.cores {
            Some(cores) => {
                let mut command = Command::new("taskset");
                command.args(["-c", cores]).arg(&place.binary);
                command
            }
            None => Command::new(&place.binary),
        };
        command.args(["serve", "--config"]).arg(place.dir.join("cognate.toml"));
        command.current_dir(&place.dir).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().with_context(|| format!("starting {}", place.binary.display()))?;
        let mut cognate = Self { child, place: place.clone(), ready_after: Duration::ZERO };
        cognate.wait_until_ready(&watch)?;
        cognate.ready_after = watch.elapsed();
        Ok(cognate)
    }

    fn wait_until_ready(&mut self, watch: &Stopwatch) -> Result<()> {
        loop {
            let asked = Connection::open(self.place.operator_port).and_then(|mut connection| connection.get("/readyz"));
            if asked.is_ok_and(|reply| reply.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("cognate ended with {status}; its log ends:\n{}", self.last_words());
            }
            if watch.elapsed() > Duration::from_secs(60) {
                bail!("not ready after a minute; its log ends:\n{}", self.last_words());
            }
            sleep(Duration::from_millis(2));
        }
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(self.place.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
    }

    /// The root access key, which the first start showed.
    pub fn root_key(&self) -> Result<AccessKey> {
        let text = fs::read_to_string(self.place.log())?;
        let words = || text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '+')));
        let id = words().find(|word| word.len() == 20 && word.starts_with("AKIA"));
        let after = id.and_then(|id| Some(&text[text.find(id)? + id.len()..]));
        let secret = after.and_then(|rest| {
            rest.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '+'))).find(|word| word.len() == 40)
        });
        match (id, secret) {
            (Some(id), Some(secret)) => Ok(AccessKey { id: id.to_owned(), secret: secret.to_owned() }),
            _ => bail!("the first start showed no root access key:\n{}", self.last_words()),
        }
    }

    /// Ticks spent in the program itself and in the kernel on its behalf, all threads that ever were. The kernel samples:
    /// their proportion is good over a second, the numbers are not.
    pub fn ticks(&self) -> Result<[u64; 2]> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind the name, which may hold anything: state, and ten more before these two.
        let mut behind = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
        let mut next = || behind.next().and_then(|word| word.parse().ok()).context("stat");
        Ok([next()?, next()?])
    }

    /// Processor time it has used, from the scheduler's own count of nanoseconds.
    pub fn cpu(&self) -> Result<Duration> {
        process_cpu(self.child.id())
    }

    /// Waits until it does nothing by itself any more: a young server makes signing keys ahead of need, and what that
    /// takes must not count for the operations that are measured.
    pub fn settle(&self) -> Result<()> {
        let (watch, mut quiet) = (Stopwatch::start(), 0);
        while quiet < 5 {
            let before = self.cpu()?;
            sleep(Duration::from_millis(200));
            quiet = if self.cpu()?.saturating_sub(before) < Duration::from_millis(4) { quiet + 1 } else { 0 };
            if watch.elapsed() > Duration::from_secs(60) {
                eprintln!("the server is still busy by itself after a minute: its figures will hold some of that");
                break;
            }
        }
        Ok(())
    }

    /// Resident memory in bytes.
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).context("VmRSS")?;
        Ok(kib * 1024)
    }

    /// SIGKILL, now.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, and waits for the drain.
    pub fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Cognate {
    fn drop(&mut self) {
        // Nothing may be left running when a measurement fails half way; after kill() and stop() this does nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time of all threads of a process since their start.
pub fn process_cpu(pid: u32) -> Result<Duration> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        nanos += text.split(' ').next().and_then(|word| word.parse::<u64>().ok()).context("schedstat")?;
    }
    Ok(Duration::from_nanos(nanos))
}

/// A port nobody listens on right now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

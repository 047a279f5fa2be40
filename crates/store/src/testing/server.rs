//! A private Postgres: in a directory of its own, on a Unix socket, without flushes, gone when the process is.
//!
//! Its databases are lent, and washed when they come back: see `laundry.rs`.

use super::laundry::{Laundry, Lent};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use tokio::sync::{mpsc, oneshot};

/// The supervisor ends when its standard input does, that is, with this process, however that goes. It runs as the
/// server's user, which may not be root.
const SUPERVISE: &str = r#"
set -e
dir=$(mktemp -d /tmp/cognate-postgres.XXXXXX)
"$1/initdb" -D "$dir/data" -U cognate -A trust -E UTF8 --locale=C -N >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; rm -rf "$dir"; exit 1; }
"$1/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=8GB -c checkpoint_timeout=1d \
  -c max_connections=500 -c shared_buffers=64MB -c deadlock_timeout=100ms -c jit=off -c autovacuum=off >"$dir/server.log" 2>&1 </dev/null &
server=$!
echo "$dir"
cat >/dev/null
kill -INT "$server" || true
wait "$server" || true
rm -rf "$dir"
"#;

enum Chore {
    Lend(oneshot::Sender<Lent>),
    Empty(oneshot::Sender<Lent>),
    TakeBack(Lent),
    Wash(Lent, oneshot::Sender<bool>),
}

pub(super) struct Server {
    directory: PathBuf,
    chores: mpsc::UnboundedSender<Chore>,
    _lifeline: ChildStdin,
    _supervisor: Child,
}

/// The server of this process, started at the first call.
pub(super) fn running() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    fn start() -> Self {
        let mut supervisor = command();
        let mut child = supervisor
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts the private Postgres");
        let lifeline = child.stdin.take().expect("the standard input was piped");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("the standard output was piped"))
            .read_line(&mut line)
            .expect("the supervisor says where the server is");
        assert!(!line.trim().is_empty(), "the private Postgres did not start; its words are above");
        let directory = PathBuf::from(line.trim());
        let (chores, orders) = mpsc::unbounded_channel();
        let at = directory.clone();
        std::thread::spawn(move || attend(&at, orders));
        Self { directory, chores, _lifeline: lifeline, _supervisor: child }
    }

    pub(super) fn url(&self, lent: &Lent) -> String {
        url_of(&self.directory, &lent.user, &lent.database)
    }

    /// A migrated database nobody else uses.
    pub(super) async fn lend(&self) -> Lent {
        self.ask(Chore::Lend).await
    }

    /// An empty one, without a schema.
    pub(super) async fn lend_empty(&self) -> Lent {
        self.ask(Chore::Empty).await
    }

    async fn ask(&self, chore: fn(oneshot::Sender<Lent>) -> Chore) -> Lent {
        let (reply, lent) = oneshot::channel();
        assert!(self.chores.send(chore(reply)).is_ok(), "the private Postgres has gone");
        lent.await.expect("the private Postgres makes a database")
    }

    /// Puts the rows of a lent database back while its connections stay open. False when that cannot be done.
    pub(super) async fn wash(&self, lent: &Lent) -> bool {
        let (reply, washed) = oneshot::channel();
        self.chores.send(Chore::Wash(lent.clone(), reply)).is_ok() && washed.await.unwrap_or_default()
    }

    pub(super) fn take_back(&self, lent: Lent) {
        let _ = self.chores.send(Chore::TakeBack(lent));
    }
}

pub(super) fn url_of(directory: &Path, user: &str, database: &str) -> String {
    format!("host={} user={user} dbname={database}", directory.display())
}

/// One thread owns the connections that make and wash: tests come and go with runtimes of their own.
fn attend(directory: &Path, mut orders: mpsc::UnboundedReceiver<Chore>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a small runtime");
    runtime.block_on(async move {
        let mut laundry = Laundry::open(directory).await;
        while let Some(chore) = orders.recv().await {
            match chore {
                Chore::Lend(reply) => drop(reply.send(laundry.lend().await)),
                Chore::Empty(reply) => drop(reply.send(laundry.lend_empty().await)),
                Chore::TakeBack(lent) => laundry.take_back(&lent).await,
                Chore::Wash(lent, reply) => drop(reply.send(laundry.wash(&lent).await)),
            }
        }
    });
}

fn command() -> Command {
    let bin = binaries();
    let root = std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0);
    let mut command = if root {
        // Postgres refuses to run as root.
        let mut command = Command::new("setpriv");
        let user = if known("postgres") { "postgres" } else { "nobody" };
        command.args(["--reuid", user, "--clear-groups", "--", "sh", "-c"]);
        command
    } else {
        let mut command = Command::new("sh");
        command.arg("-c");
        command
    };
    command.args([SUPERVISE, "sh"]).arg(bin).current_dir("/");
    command
}

fn known(user: &str) -> bool {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    users.lines().any(|line| line.split(':').next() == Some(user))
}

/// Debian keeps the server's programs outside the path, a directory per version.
fn binaries() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .chain(["/usr/local/bin".into(), "/usr/bin".into()])
        .filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    found.sort_by_key(|bin| {
        let version = bin.parent().and_then(Path::file_name).and_then(|n| n.to_str()).and_then(|n| n.parse().ok());
        std::cmp::Reverse(version.unwrap_or(0u32))
    });
    found.into_iter().next().expect("Postgres 15 or newer is needed for these tests: apt-get install postgresql-15")
}

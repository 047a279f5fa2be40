//! A private Postgres: in a directory of its own, on a Unix socket, without flushes, gone when the process is.

use crate::{PostgresConfig, Store};
use kernel::Time;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The supervisor ends when its standard input does, that is, with this process, however that goes. It runs as the
/// server's user, which may not be root.
const SUPERVISE: &str = r#"
set -e
dir=$(mktemp -d /tmp/cognate-postgres.XXXXXX)
"$1/initdb" -D "$dir/data" -U cognate -A trust -E UTF8 --locale=C -N >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; rm -rf "$dir"; exit 1; }
"$1/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c max_connections=500 -c shared_buffers=64MB -c deadlock_timeout=100ms \
  -c autovacuum=off >"$dir/server.log" 2>&1 </dev/null &
server=$!
echo "$dir"
cat >/dev/null
kill -INT "$server" || true
wait "$server" || true
rm -rf "$dir"
"#;

const TEMPLATE: &str = "cognate_template";

enum Chore {
    Create { from: &'static str, reply: oneshot::Sender<String> },
    Discard(String),
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
        let url = url_of(&directory, "postgres");
        let template = url_of(&directory, TEMPLATE);
        std::thread::spawn(move || attend(&url, &template, orders));
        Self { directory, chores, _lifeline: lifeline, _supervisor: child }
    }

    pub(super) fn url(&self, database: &str) -> String {
        url_of(&self.directory, database)
    }

    pub(super) async fn create(&self) -> String {
        self.create_from(TEMPLATE).await
    }

    pub(super) async fn create_empty(&self) -> String {
        self.create_from("template0").await
    }

    async fn create_from(&self, from: &'static str) -> String {
        let (reply, name) = oneshot::channel();
        assert!(self.chores.send(Chore::Create { from, reply }).is_ok(), "the private Postgres has gone");
        name.await.expect("the private Postgres makes a database")
    }

    pub(super) fn discard(&self, name: String) {
        let _ = self.chores.send(Chore::Discard(name));
    }
}

fn url_of(directory: &Path, database: &str) -> String {
    format!("host={} user=cognate dbname={database}", directory.display())
}

/// One thread owns the connection that creates and drops: tests come and go with runtimes of their own.
fn attend(url: &str, template: &str, mut orders: mpsc::UnboundedReceiver<Chore>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a small runtime");
    runtime.block_on(async move {
        let client = admin(url).await;
        let mut count = 0u32;
        client.batch_execute(&format!("CREATE DATABASE {TEMPLATE} TEMPLATE template0")).await.expect("a template");
        let config = PostgresConfig { connections_max: 1, ..PostgresConfig::new(template) };
        let store = Store::open_postgres(config).await.expect("the template takes connections");
        store.migrate(Time::from_secs(0)).await.expect("migrations run on an empty database");
        drop(store);
        while let Some(chore) = orders.recv().await {
            match chore {
                Chore::Create { from, reply } => {
                    count += 1;
                    let name = format!("cognate_test_{count}");
                    create(&client, &name, from).await;
                    let _ = reply.send(name);
                }
                Chore::Discard(name) => {
                    let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                }
            }
        }
    });
}

async fn admin(url: &str) -> tokio_postgres::Client {
    for _ in 0..200 {
        if let Ok((client, connection)) = tokio_postgres::connect(url, tokio_postgres::NoTls).await {
            tokio::spawn(connection);
            return client;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the private Postgres does not answer on {url}");
}

async fn create(client: &tokio_postgres::Client, name: &str, from: &str) {
    // The connection that migrated the template may take a moment to be gone.
    for _ in 0..100 {
        let sql = format!("CREATE DATABASE {name} TEMPLATE {from} STRATEGY file_copy");
        match client.batch_execute(&sql).await {
            Ok(()) => return,
            Err(error) if error.code() == Some(&tokio_postgres::error::SqlState::OBJECT_IN_USE) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{sql}: {error:?}"),
        }
    }
    panic!("{from} stays in use");
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

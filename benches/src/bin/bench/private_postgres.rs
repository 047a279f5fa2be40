//! A Postgres of the measurement's own, from the machine's package: flushing as it does by default, gone with us.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, bail};
use benches::cognate::free_port;

/// Ends when its standard input does, that is, with this process, however that goes.
const SUPERVISE: &str = r#"
set -e
dir=$(mktemp -d /tmp/cognate-bench-postgres.XXXXXX)
"$1/initdb" -D "$dir/data" -U cognate -A trust -E UTF8 --locale=C >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; rm -rf "$dir"; exit 1; }
"$1/postgres" -D "$dir/data" -k "$dir" -p "$2" -c listen_addresses=127.0.0.1 >"$dir/server.log" 2>&1 </dev/null &
server=$!
for _ in $(seq 200); do "$1/pg_isready" -q -h 127.0.0.1 -p "$2" && break; sleep 0.1; done
"$1/createdb" -h 127.0.0.1 -p "$2" -U cognate bench
echo ready
cat >/dev/null
kill -INT "$server" || true
wait "$server" || true
rm -rf "$dir"
"#;

/// A running Postgres with an empty database.
pub struct PrivatePostgres {
    /// `database.url` of that database.
    pub url: String,
    _lifeline: ChildStdin,
    _supervisor: Child,
}

impl PrivatePostgres {
    /// Starts one; `None` where the machine has no package of it.
    pub fn start() -> Result<Option<Self>> {
        let Some(bin) = binaries() else { return Ok(None) };
        let port = free_port()?;
        let root = runs_as_root();
        let mut command = Command::new(if root { "setpriv" } else { "sh" });
        if root {
            // Postgres refuses to run as root.
            command.args(["--reuid", "postgres", "--clear-groups", "--", "sh"]);
        }
        command.args(["-c", SUPERVISE, "sh"]).arg(bin).arg(port.to_string()).current_dir("/");
        let mut supervisor =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting a shell")?;
        let lifeline = supervisor.stdin.take().context("its input")?;
        let mut word = String::new();
        BufReader::new(supervisor.stdout.take().context("its output")?).read_line(&mut word)?;
        if word.trim() != "ready" {
            bail!("the private Postgres did not start; its words are above");
        }
        let url = format!("postgres://cognate@127.0.0.1:{port}/bench");
        Ok(Some(Self { url, _lifeline: lifeline, _supervisor: supervisor }))
    }
}

/// Debian keeps the server's programs outside the path, a directory per version.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    bins.filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists()).max()
}

fn runs_as_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

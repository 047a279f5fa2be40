//! An answer leaves after its flush: shown on the recorded file calls of a real writer, not hoped.
//!
//! The embedded engine's drills. A child process (this very binary, one test of it) writes rows and notes each answer
//! in a ledger; what it does to its files is recorded by strace, made to fail, or ended by SIGKILL.

mod disk;

use disk::Disk;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::testing::{TestEngine, engine};
use store::{Health, Place, SqliteOptions, Store, StoreError, vals, work};

const DRILL: &str = "COGNATE_STORE_DRILL";
const WRITERS: usize = 8;

fn open(directory: &Path) -> Store {
    Store::open_sqlite(Place::File(directory.join("cognate.db")), SqliteOptions::default()).unwrap()
}

/// A directory with a migrated database, all of it in the one file.
async fn prepared(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("cognate-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    let store = open(&directory);
    store.migrate(kernel::Time::from_secs(0)).await.unwrap();
    drop(store);
    assert!(!directory.join("cognate.db-wal").exists(), "closing carries the WAL into the file");
    directory
}

fn child(directory: &Path, mode: &str) -> Vec<String> {
    let mut words = vec!["env".to_owned(), format!("{DRILL}={mode}:{}", directory.display())];
    words.push(std::env::current_exe().unwrap().display().to_string());
    words.extend(["durability::the_writer_of_the_drills", "--exact", "--nocapture"].map(String::from));
    words
}

/// The child. As a test of its own it does nothing.
#[test]
#[allow(clippy::disallowed_methods)] // how the drill reaches its child
fn the_writer_of_the_drills() {
    let Ok(order) = std::env::var(DRILL) else { return };
    let (mode, directory) = order.split_once(':').unwrap();
    let rounds = if mode == "endless" { usize::MAX } else { 6 };
    let directory = Path::new(directory);
    let ledger = OpenOptions::new().append(true).create(true).open(directory.join("ledger")).unwrap();
    let ledger = Arc::new(Mutex::new(ledger));
    let note = |ledger: &Mutex<std::fs::File>, line: String| {
        ledger.lock().unwrap().write_all(line.as_bytes()).unwrap();
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open(directory);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (store, ledger) = (store.clone(), Arc::clone(&ledger));
                tokio::spawn(async move {
                    for round in 0..rounds {
                        let name = format!("{}-{writer}-{round}", std::process::id());
                        let line = match insert(&store, name.clone()).await {
                            Ok(()) => format!("yes {name}\n"),
                            Err(_) => format!("no {name}\n"),
                        };
                        note(&ledger, line);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let readable = rows(&store).await.is_ok();
        note(&ledger, format!("end {:?} readable={readable}\n", store.health()));
    });
}

async fn insert(store: &Store, name: String) -> Result<(), StoreError> {
    let sql = "INSERT INTO meta (name, value) VALUES ($1, '')";
    store.write(work!(|tx, sql, name| -> StoreError { tx.execute(sql, vals![name]).await.map(drop) })).await
}

async fn rows(store: &Store) -> Result<BTreeSet<String>, StoreError> {
    let rows = store.read(work!(|tx| -> StoreError { tx.rows("SELECT name FROM meta LIMIT 9999", &[]).await })).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

fn ledger(directory: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(directory.join("ledger")).unwrap_or_default();
    text.lines().map(String::from).collect()
}

fn acknowledged(ledger: &[String]) -> BTreeSet<String> {
    ledger.iter().filter_map(|line| line.strip_prefix("yes ")).map(String::from).collect()
}

/// False, with a word, where the drill cannot run.
fn strace_at_hand() -> bool {
    if engine() == TestEngine::Postgres {
        return false; // the embedded engine's drill; its other run shows it
    }
    let there = Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|s| s.success());
    if !there {
        eprintln!("SKIPPED: strace is missing or may not trace here (apt-get install strace); durability not shown");
    }
    there
}

fn strace(options: &[&str], child: &[String]) {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options).arg("--").args(child).stdout(Stdio::null());
    assert!(command.status().unwrap().success(), "the child ends well");
}

#[tokio::test]
async fn rl_01_every_acknowledged_row_lies_in_the_synced_prefix_when_its_answer_leaves() {
    if !strace_at_hand() {
        return;
    }
    let directory = prepared("synced").await;
    let recording = directory.join("calls");
    let mut disk = Disk::holding(&directory);
    let calls = "trace=write,pwrite64,lseek,ftruncate,fsync,fdatasync";
    // -y names the file of a descriptor, -xx prints every byte.
    let out = recording.display().to_string();
    strace(&["-y", "-xx", "-s", "70000", "-e", calls, "-o", &out], &child(&directory, "short"));

    let mut answers = 0;
    for line in std::fs::read_to_string(&recording).unwrap().lines() {
        for entry in disk.call(line) {
            let Some(name) = entry.strip_prefix("yes ") else { continue };
            answers += 1;
            assert!(disk.survivors().contains(name), "answered {name}, but a power cut now would lose it");
        }
    }
    assert_eq!(answers, WRITERS * 6);
    assert!(disk.directory_synced(), "the log's own name must survive, too");
    assert!(disk.syncs() < answers, "{} flushes for {answers} answers: writers share a flush", disk.syncs());
    std::fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn rl_03_after_a_failed_flush_nothing_is_acknowledged_any_more_and_reads_go_on() {
    if !strace_at_hand() {
        return;
    }
    let directory = prepared("failing").await;
    let inject = "inject=fdatasync,fsync:error=EIO:when=6+";
    strace(&["-e", "trace=fsync,fdatasync", "-e", inject, "-o", "/dev/null"], &child(&directory, "short"));
    let ledger = ledger(&directory);
    assert!(ledger.iter().any(|line| line.starts_with("yes ")), "the first flushes worked");
    // Writers note their answers in any order; what counts is the order each of them saw.
    for writer in 0..WRITERS {
        let mark = format!("-{writer}-");
        let mine: Vec<bool> =
            ledger.iter().filter(|line| line.contains(&mark)).map(|line| line.starts_with("yes ")).collect();
        assert_eq!(mine.len(), 6);
        assert!(mine.is_sorted_by(|earlier, later| earlier >= later), "a yes after a no: {ledger:?}");
        assert_eq!(mine.last(), Some(&false), "flushes fail until the end");
    }
    let end = format!("end {:?} readable=true", Health::WritesStopped);
    assert_eq!(ledger.last(), Some(&end));
    let store = open(&directory);
    assert!(rows(&store).await.unwrap().is_superset(&acknowledged(&ledger)), "a restart holds what was answered");
    insert(&store, "after".into()).await.expect("a restart writes again");
    drop(store);
    std::fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn rl_01_sigkill_at_any_moment_loses_no_acknowledged_row() {
    if engine() == TestEngine::Postgres {
        return;
    }
    let directory = prepared("killed").await;
    for cycle in 0..10u64 {
        let words = child(&directory, "endless");
        let mut child = Command::new(&words[0]).args(&words[1..]).stdout(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(40 + cycle * 23 % 150)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let expected = acknowledged(&ledger(&directory));
        let store = open(&directory);
        let sql = "SELECT name FROM meta WHERE name = $1";
        for name in expected {
            let wanted = name.clone();
            let found = store.read(work!(|tx, sql, wanted| -> StoreError { tx.row(sql, vals![wanted]).await }));
            assert!(found.await.unwrap().is_some(), "cycle {cycle}: {name} was answered and is gone");
        }
    }
    assert!(acknowledged(&ledger(&directory)).len() > 20, "the drill wrote something");
    std::fs::remove_dir_all(directory).unwrap();
}

//! Figures of the store on this machine: `cargo run --release -p store --example store_bench`.
//!
//! Reads cost CPU, writes cost flushes: the first are given per read, the second as a ratio. 64 writers should reach
//! eight times one writer, or 0.8 of what SQLite itself does in batches of 64, whichever is lower (DESIGN section 6).

#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

use kernel::{Stopwatch, Sub, Time, UserPoolId};
use std::path::Path;
use store::{Place, SqliteOptions, Store, StoreError, vals, work};

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    // Beside the build, not in the temporary directory: that may be memory, where flushes cost nothing.
    let directory = Path::new("target").join(format!("store-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let place = Place::File(directory.join("cognate.db"));
    let store = Store::open_sqlite(place, SqliteOptions::default()).unwrap();
    store.migrate(Time::from_secs(0)).await.unwrap();

    let mut rates = Vec::new();
    for writers in [1, 8, 64, 256] {
        let rate = write(&store, writers, 2.0).await;
        println!("{writers:>4} writers: {rate:>9.0} transactions/s");
        rates.push(rate);
    }
    let batched = batches_of_64(&directory.join("plain.db"));
    println!("SQLite alone, batches of 64: {batched:>9.0} rows/s");
    let (alone, engine) = (rates[2] / rates[0], rates[2] / batched);
    let kept = if alone >= 8.0 || engine >= 0.8 { "kept" } else { "MISSED" };
    println!("64 writers: {alone:.1} x one writer, {engine:.2} x SQLite in batches; the bar (8 or 0.8) is {kept}");
    println!("point read, one statement: {:.1} us", read(&store, 1).await);
    println!("three point reads on one snapshot: {:.1} us", read(&store, 3).await);
    drop(store);
    std::fs::remove_dir_all(directory).unwrap();
}

fn pool() -> UserPoolId {
    UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap()
}

async fn write(store: &Store, writers: u64, seconds: f64) -> f64 {
    let clock = Stopwatch::start();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = 0u64;
                while clock.elapsed().as_secs_f64() < seconds {
                    let nonce = [writers.to_be_bytes(), writer.to_be_bytes(), done.to_be_bytes()].concat();
                    let fresh = store.write(work!(|tx, nonce| -> StoreError {
                        tx.spent().take(&pool(), nonce, Time::from_secs(9)).await
                    }));
                    assert!(fresh.await.unwrap());
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    done as f64 / clock.elapsed().as_secs_f64()
}

/// The same rows, 64 to a transaction, by one thread that does nothing else.
fn batches_of_64(path: &Path) -> f64 {
    let db = rusqlite::Connection::open(path).unwrap();
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    db.pragma_update(None, "synchronous", "full").unwrap();
    db.execute_batch(
        "CREATE TABLE spent (pool TEXT NOT NULL, nonce BLOB NOT NULL, expires_at INTEGER NOT NULL, \
         PRIMARY KEY (pool, nonce)) STRICT, WITHOUT ROWID; CREATE INDEX spent_expires ON spent (expires_at)",
    )
    .unwrap();
    let clock = Stopwatch::start();
    let mut done = 0u64;
    while clock.elapsed().as_secs_f64() < 2.0 {
        db.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
        for _ in 0..64 {
            let mut insert = db.prepare_cached("INSERT INTO spent VALUES (?1, ?2, ?3)").unwrap();
            insert.execute((pool().as_str(), [[0; 8], [0; 8], done.to_be_bytes()].concat(), 9000)).unwrap();
            done += 1;
        }
        db.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
    }
    done as f64 / clock.elapsed().as_secs_f64()
}

/// Microseconds for a read of `statements` people's credentials.
async fn read(store: &Store, statements: u32) -> f64 {
    let sub = Sub::parse("00000000-0000-4000-8000-000000000001").unwrap();
    let seed = sub.clone();
    store
        .write(work!(|tx, seed| -> StoreError {
            let sql = "INSERT INTO credentials (pool, sub, generation, sealed, set_at) VALUES ($1, $2, 1, $3, 0) \
                ON CONFLICT (pool, sub) DO NOTHING";
            tx.execute(sql, vals![&pool(), seed, &[7u8; 420]]).await
        }))
        .await
        .unwrap();
    let rounds = 50_000;
    let mut best = f64::MAX;
    for _ in 0..5 {
        let clock = Stopwatch::start();
        for _ in 0..rounds {
            let sub = &sub;
            let found = store.read(work!(|tx, sub, statements| -> StoreError {
                let mut found = 0;
                for _ in 0..*statements {
                    found += u32::from(tx.credentials().get(&pool(), sub).await?.is_some());
                }
                Ok(found)
            }));
            assert_eq!(found.await.unwrap(), statements);
        }
        best = best.min(clock.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
    }
    best
}

//! What blocks of one thread see of each other's view, of commits of this process and of another's.

use super::super::{Files, Place, Session, Sqlite, SqliteOptions};
use super::*;
use crate::settings::Settings;
use crate::work::poll_once;
use crate::{StoreError, vals, work};
use kernel::AccountId;
use model::IamRole;

const LONG: Duration = Duration::from_secs(3600);

/// A database with one number in it, somebody who writes it, and readers.
struct House {
    writer: Session,
    readers: Arc<Readers>,
    _files: Files,
}

impl House {
    fn new(view_max: Duration) -> Self {
        let files = Files::at(Place::Temporary).unwrap();
        let mut writer = Session::open_writer(&files.path, 64, false).unwrap();
        writer.connection().execute_batch("CREATE TABLE t (n INTEGER) STRICT; INSERT INTO t VALUES (0)").unwrap();
        let options = SqliteOptions { view_max, ..SqliteOptions::default() };
        let readers = Arc::new(Readers::new(files.path.clone(), &options));
        Self { writer, readers, _files: files }
    }

    /// What another process does.
    fn set(&mut self, n: i64) {
        self.writer.execute("UPDATE t SET n = $1", vals![n]).unwrap();
    }

    /// What this one does.
    fn commit(&mut self, n: i64) {
        self.set(n);
        self.readers.committed();
    }

    fn seen(&self) -> i64 {
        seen(&self.readers)
    }

    /// Whether the log can begin anew, which it cannot while somebody looks at what is in it.
    fn log_ends(&mut self) -> bool {
        let busy: i64 =
            self.writer.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
        busy == 0
    }
}

/// A block.
fn seen(readers: &Arc<Readers>) -> i64 {
    let mut lease = poll_once(Box::pin(readers.lease())).unwrap();
    let asked = poll_once(Box::pin(lease.begin().unwrap().row("SELECT n FROM t", &[]))).unwrap();
    lease.end();
    asked.unwrap().get(0).unwrap()
}

#[test]
fn blocks_share_a_view_until_the_thread_rests() {
    let mut house = House::new(LONG);
    house.writer.connection().busy_timeout(Duration::ZERO).unwrap();
    before_rest();
    assert_eq!(house.seen(), 0);
    house.set(1);
    assert_eq!(house.seen(), 0, "another process's commit is not in the view");
    assert!(!house.log_ends());
    before_rest();
    assert!(house.log_ends(), "nothing is kept while the thread rests");
    assert_eq!(house.seen(), 1);
}

/// A role that is read in a block of its own.
fn role(readers: &Arc<Readers>) -> Arc<IamRole> {
    let account = AccountId::parse("123456789012").unwrap();
    let mut lease = poll_once(Box::pin(readers.lease())).unwrap();
    let found = poll_once(Box::pin(lease.begin().unwrap().iam_roles().get_to_assume(&account, "r")));
    lease.end();
    found.unwrap().unwrap()
}

#[test]
fn a_role_is_read_once_in_a_view_and_anew_in_the_next() {
    let mut house = House::new(LONG);
    let roles = "CREATE TABLE iam_roles (id, account, folded, name, path, description, trust, max_session_secs, created_at, \
        boundary, tags, generation, trust_ids); INSERT INTO iam_roles VALUES ('AROA', '123456789012', 'r', 'r', '/', NULL, \
        'first', 3600, 0, NULL, '[]', 0, '[]')";
    house.writer.connection().execute_batch(roles).unwrap();
    before_rest();
    let first = role(&house.readers);
    assert!(Arc::ptr_eq(&first, &role(&house.readers)), "not read again");
    house.writer.execute("UPDATE iam_roles SET trust = 'second'", vals![]).unwrap();
    house.readers.committed();
    assert_eq!(role(&house.readers).trust, "second");
    before_rest();
    house.writer.execute("UPDATE iam_roles SET trust = 'third'", vals![]).unwrap();
    assert_eq!(role(&house.readers).trust, "third", "another process's");
    // A thread that does not say when it rests shares nothing.
    let readers = house.readers.clone();
    let alone = std::thread::spawn(move || Arc::ptr_eq(&role(&readers), &role(&readers)));
    assert!(!alone.join().unwrap());
}

#[test]
fn what_this_process_committed_is_seen_at_once() {
    let mut house = House::new(LONG);
    before_rest();
    for n in 1..4 {
        house.commit(n);
        assert_eq!(house.seen(), n);
        assert_eq!(house.seen(), n);
    }
}

#[test]
fn what_the_writer_committed_is_seen_at_once() {
    let options = SqliteOptions { view_max: LONG, ..SqliteOptions::default() };
    let sqlite = Sqlite::open(Place::Temporary, options, Arc::new(Settings::new())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let table = work!(|tx| -> StoreError { tx.execute("CREATE TABLE t (n INTEGER) STRICT", &[]).await });
    runtime.block_on(sqlite.write(table)).unwrap();
    before_rest();
    for n in 1_i64..4 {
        let row = work!(|tx, n| -> StoreError { tx.execute("INSERT INTO t VALUES ($1)", vals![*n]).await });
        runtime.block_on(sqlite.write(row)).unwrap();
        let most = work!(|tx| -> StoreError { tx.row("SELECT MAX(n) FROM t", &[]).await });
        assert_eq!(runtime.block_on(sqlite.read(&most)).unwrap().unwrap().get::<i64>(0).unwrap(), n);
    }
}

#[test]
fn what_another_process_committed_is_seen_when_the_view_is_old() {
    let mut house = House::new(Duration::ZERO);
    before_rest();
    assert_eq!(house.seen(), 0);
    house.set(1);
    assert_eq!(house.seen(), 1);
}

#[test]
fn a_thread_that_never_says_when_it_rests_keeps_nothing() {
    let mut house = House::new(LONG);
    assert_eq!(house.seen(), 0);
    house.set(1);
    assert!(house.log_ends());
    assert_eq!(house.seen(), 1);
}

#[test]
fn a_view_in_which_something_went_wrong_is_not_kept() {
    let mut house = House::new(LONG);
    before_rest();
    let mut lease = poll_once(Box::pin(house.readers.lease())).unwrap();
    assert!(poll_once(Box::pin(lease.begin().unwrap().row("SELECT n FROM t", &[]))).is_ok());
    assert!(poll_once(Box::pin(lease.begin().unwrap().row("SELECT nothing FROM t", &[]))).is_err());
    lease.end();
    house.set(1);
    assert!(house.log_ends());
    assert_eq!(house.seen(), 1);
}

#[test]
fn a_view_left_by_one_thread_may_be_ended_by_another() {
    let mut house = House::new(LONG);
    let readers = Arc::clone(&house.readers);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            before_rest();
            assert_eq!(seen(&readers), 0);
        });
    });
    // The thread is gone and never rested; whoever takes its connection looks anew as soon as something was committed.
    house.commit(1);
    assert_eq!(house.seen(), 1);
    assert!(house.log_ends());
}

#[test]
fn a_view_ends_when_the_log_is_to_begin_anew() {
    let mut house = House::new(LONG);
    house.writer.connection().busy_timeout(Duration::ZERO).unwrap();
    before_rest();
    assert_eq!(house.seen(), 0);
    house.set(1);
    assert!(!house.log_ends());
    house.readers.let_all_go();
    assert!(house.log_ends(), "what was left is ended");

    let mut lease = poll_once(Box::pin(house.readers.lease())).unwrap();
    poll_once(Box::pin(lease.begin().unwrap().row("SELECT n FROM t", &[]))).unwrap();
    house.set(2);
    house.readers.let_all_go();
    assert!(!house.log_ends(), "whoever looks is not interrupted");
    lease.end();
    assert!(house.log_ends(), "and leaves nothing");
}

/// A checkpoint needs readers that look at the last commit, and a log that begins anew such as look at the file alone.
#[test]
fn the_log_begins_anew_beside_a_thread_that_never_rests() {
    let sqlite = Sqlite::open(Place::Temporary, SqliteOptions::default(), Arc::new(Settings::new())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let table = work!(|tx| -> StoreError { tx.execute("CREATE TABLE t (b BLOB) STRICT", &[]).await });
    runtime.block_on(sqlite.write(table)).unwrap();
    before_rest();
    for _ in 0..6000 {
        let row = work!(|tx| -> StoreError { tx.execute("INSERT INTO t VALUES ($1)", vals![&[7_u8; 3000]]).await });
        runtime.block_on(sqlite.write(row)).unwrap();
        let last = work!(|tx| -> StoreError { tx.row("SELECT b FROM t ORDER BY rowid DESC LIMIT 1", &[]).await });
        assert!(runtime.block_on(sqlite.read(&last)).unwrap().is_some());
    }
    let pages = std::fs::metadata(sqlite._files.path.with_extension("db-wal")).unwrap().len() / 4096;
    assert!(pages < 5000, "{pages} pages in the log");
}

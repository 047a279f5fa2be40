//! What must not be read where messages leave traces: in the log, and on the disk.

use crate::listener::Listener;
use crate::world::{LONG, World, process, world};
use kernel::Time;
use messages::Delivery;
use outbound::testing::{Answer, Manners, SmtpServer};
use outbound::{Security, SmtpCourier, SmtpSettings};
use std::sync::{Arc, Mutex};
use store::{Store, StoreError, work};

#[tokio::test]
async fn st_34_what_a_relay_quotes_reaches_neither_log_nor_disk() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let listener = Listener { lines: lines.clone(), thread: std::thread::current().id() };
    tracing::subscriber::set_global_default(listener).unwrap();
    let world = world().await;
    let server = SmtpServer::start().await;
    let settings = SmtpSettings::new("localhost", server.port(), Security::None);
    let courier = Arc::new(SmtpCourier::new(settings, world.clock.clone()).unwrap());
    let messages = process(&world.store, &world.clock, &world.keyring, courier);
    let world = World { messages, ..world };
    let quoting = |words: &str| Some(words.to_owned());
    for (manners, outcome, told) in [
        (
            Manners {
                recipient: quoting("550 5.1.1 ANA@Example.COM (ana at example.com) unknown"),
                ..Manners::default()
            },
            Delivery::Refused,
            "550 5.1.1",
        ),
        (
            Manners {
                message: quoting("554 5.7.1 <ana@example.com>: spam: Your code is 012345"),
                ..Manners::default()
            },
            Delivery::Refused,
            "554 5.7.1",
        ),
        (
            Manners { recipient: quoting("451-4.7.1 ana@\r\n451 4.7.1 example.com: later"), ..Manners::default() },
            Delivery::Queued,
            "451 4.7.1",
        ),
        (Manners { recipient: quoting("452 Ana@example.com is full"), ..Manners::default() }, Delivery::Queued, "452"),
    ] {
        server.set_manners(manners);
        assert_eq!(world.send(LONG).await, outcome, "{told}");
        let lines = lines.lock().unwrap();
        assert!(lines.iter().any(|line| line.contains(told)), "{told}: {lines:#?}");
        for quoted in ["ana@", "example.com", "012345"] {
            let hits: Vec<_> = lines.iter().filter(|line| line.to_ascii_lowercase().contains(quoted)).collect();
            assert!(hits.is_empty(), "{hits:#?}");
        }
    }
    let words: Result<Vec<String>, StoreError> = world.store.read(work!(|tx| tx.outbox().list_errors(9).await)).await;
    let words = words.unwrap();
    assert!(
        words.len() == 4 && words.iter().all(|word| ["refused", "unreachable"].contains(&word.as_str())),
        "{words:?}"
    );
}

#[tokio::test]
async fn cr_04_neither_code_nor_address_lies_on_the_disk_in_clear() {
    let dir = std::env::temp_dir().join(format!("cognate-outbox-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let place = store::Place::File(dir.join("db"));
    let store = Store::open_sqlite(place, store::SqliteOptions::default()).unwrap();
    store.migrate(Time::default()).await.unwrap();
    let world = World::over(store);
    world.courier.always(Answer::Unreachable("550 <ana@example.com> 012345".into()));
    assert_eq!(world.send(LONG).await, Delivery::Queued);
    let on_disk = |needle: &[u8]| {
        let files = std::fs::read_dir(&dir).unwrap();
        let bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        bytes.into_iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    };
    assert!(!on_disk(b"ana@example.com") && !on_disk(b"012345") && !on_disk(b"verification code"));
    assert!(on_disk(b"unreachable"), "the search does find what is there");
    std::fs::remove_dir_all(&dir).unwrap();
}

//! TLS to the database: a small front that speaks TLS and hands on to the private Postgres.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::testing::{TestEngine, empty_postgres, engine};
use store::{DatabaseTls, PostgresConfig, Store, StoreError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, UnixStream};
use tokio_rustls::TlsAcceptor;

struct Front {
    port: u16,
    database: String,
    ca: PathBuf,
}

/// Answers on loopback with a certificate for `name`.
async fn front(name: &str) -> Front {
    let url = empty_postgres().await;
    let word = |key: &str| url.split(' ').find_map(|w| w.strip_prefix(key)).unwrap().to_owned();
    let socket = format!("{}/.s.PGSQL.5432", word("host="));
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (acceptor, socket) = (acceptor.clone(), socket.clone());
            tokio::spawn(async move {
                let mut request = [0u8; 8]; // length and SSLRequest; who does not ask for TLS is cut off
                client.read_exact(&mut request).await.unwrap();
                if request != [0, 0, 0, 8, 4, 210, 22, 47] {
                    return;
                }
                client.write_all(b"S").await.unwrap();
                let Ok(mut client) = acceptor.accept(client).await else { return };
                let mut server = UnixStream::connect(socket).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    let ca = std::env::temp_dir().join(format!("cognate-ca-{}-{port}.pem", std::process::id()));
    std::fs::write(&ca, cert.pem()).unwrap();
    Front { port, database: word("dbname="), ca }
}

async fn connect(front: &Front, tls: DatabaseTls) -> Result<Store, StoreError> {
    let url = format!("host=localhost port={} user=cognate dbname={}", front.port, front.database);
    let config = PostgresConfig { tls, startup_wait: Duration::from_millis(300), ..PostgresConfig::new(url) };
    Store::open_postgres(config).await
}

#[tokio::test]
async fn the_databases_certificate_is_verified_unless_told_otherwise() {
    if engine() == TestEngine::Sqlite {
        return;
    }
    let front = front("localhost").await;
    let ours = DatabaseTls::Verify { ca: Some(front.ca.clone()) };
    connect(&front, ours).await.unwrap().ping().await.unwrap();
    connect(&front, DatabaseTls::Encrypt).await.unwrap().ping().await.unwrap();
    let stranger = connect(&front, DatabaseTls::default()).await;
    assert!(matches!(&stranger, Err(StoreError::Setting(why)) if why.contains("certificate")), "{stranger:?}");
    assert!(connect(&front, DatabaseTls::Off).await.is_err(), "the front speaks nothing but TLS");
    let missing = DatabaseTls::Verify { ca: Some("/no/such/file.pem".into()) };
    assert!(matches!(connect(&front, missing).await, Err(StoreError::Setting(_))));
    std::fs::remove_file(front.ca).unwrap();
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_at_once() {
    if engine() == TestEngine::Sqlite {
        return;
    }
    let front = front("elsewhere.example").await;
    let outcome = connect(&front, DatabaseTls::Verify { ca: Some(front.ca.clone()) }).await;
    assert!(matches!(&outcome, Err(StoreError::Setting(why)) if why.contains("certificate")), "{outcome:?}");
    std::fs::remove_file(front.ca).unwrap();
}

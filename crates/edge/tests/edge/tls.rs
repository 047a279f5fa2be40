//! TLS, its renewal, and HTTP/2.

use crate::support::{Options, start};
use axum::body::Body;
use edge::{CertificateFiles, Tls};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_pki_types::{CertificateDer, ServerName};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

fn write_certificate(files: &CertificateFiles) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

fn files(in_directory: &Path) -> CertificateFiles {
    CertificateFiles { certificate: in_directory.join("cert.pem"), key: in_directory.join("key.pem") }
}

fn connector(trusted: &CertificateDer<'static>, alpn: &[&[u8]]) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|p| p.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

async fn handshake(address: std::net::SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<()> {
    let socket = TcpStream::connect(address).await?;
    connector(trusted, &[b"h2"]).connect(ServerName::try_from("localhost").unwrap(), socket).await.map(|_| ())
}

fn directory(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("cognate-edge-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[tokio::test]
async fn http_2_over_tls_serves_many_requests_on_one_connection() {
    let home = directory("h2");
    let files = files(&home);
    let certificate = write_certificate(&files);
    let edge = start(Options { tls: Some(Arc::new(Tls::load(files).unwrap())), ..Options::default() }).await;
    let socket = TcpStream::connect(edge.address).await.unwrap();
    let stream =
        connector(&certificate, &[b"h2"]).connect(ServerName::try_from("localhost").unwrap(), socket).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let calls = (0..20).map(|n| {
        let mut sender = sender.clone();
        async move {
            let request = http::Request::post("https://localhost/")
                .header("x-amz-target", "AWSCognitoIdentityProviderService.Echo")
                .body(Body::from(format!(r#"{{"ClientId":"c{n}"}}"#)))
                .unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.status(), 200);
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(body, format!(r#"{{"ClientId":"c{n}"}}"#));
        }
    });
    futures_util::future::join_all(calls).await;
}

#[tokio::test]
async fn changed_certificate_files_are_taken_up_and_broken_ones_are_not() {
    let home = directory("renewal");
    let files = files(&home);
    let first = write_certificate(&files);
    let tls = Arc::new(Tls::load(files.clone()).unwrap());
    let edge = start(Options { tls: Some(tls.clone()), ..Options::default() }).await;
    handshake(edge.address, &first).await.unwrap();
    assert!(!tls.refresh().unwrap(), "nothing changed");
    let second = write_certificate(&files);
    std::fs::OpenOptions::new().append(true).open(&files.certificate).unwrap();
    assert!(tls.refresh().unwrap());
    handshake(edge.address, &second).await.unwrap();
    assert!(handshake(edge.address, &first).await.is_err(), "the old certificate is no longer shown");
    std::fs::write(&files.key, "not a key").unwrap();
    assert!(tls.refresh().is_err());
    handshake(edge.address, &second).await.expect("the old pair stays in service");
}

#[tokio::test]
async fn certificate_and_key_must_belong_together() {
    let home = directory("pair");
    let files = files(&home);
    write_certificate(&files);
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&files.key, other.signing_key.serialize_pem()).unwrap();
    assert!(Tls::load(files.clone()).is_err());
    std::fs::write(&files.certificate, "nothing here").unwrap();
    assert!(Tls::load(files).unwrap_err().to_string().contains("cert.pem"));
}

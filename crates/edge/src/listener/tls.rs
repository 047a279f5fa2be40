//! TLS from certificate files, taken up again when they change.

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// A certificate chain and its key, both PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The server's certificate first, then the intermediate ones.
    pub certificate: PathBuf,
    /// PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

/// Why certificate files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or holds no PEM of the expected kind.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Certificate and key do not fit, or the library refuses them.
    #[error("the certificate cannot be used: {0}")]
    Refused(#[from] rustls::Error),
}

/// The TLS side of a listener. New connections use the newest files; those under way keep theirs.
#[derive(Debug)]
pub struct Tls {
    files: CertificateFiles,
    current: ArcSwap<ServerConfig>,
    seen: Mutex<Stamp>,
}

/// Modification time and length of both files: what changes when they do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Stamp([Option<(std::time::SystemTime, u64)>; 2]);

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`], naming the file.
    pub fn load(files: CertificateFiles) -> Result<Self, TlsError> {
        let seen = Stamp::of(&files);
        let config = configuration(&files)?;
        Ok(Self { files, current: ArcSwap::from_pointee(config), seen: Mutex::new(seen) })
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.load_full())
    }

    /// Takes up the files if they changed since they were last looked at; says whether they did.
    ///
    /// # Errors
    /// [`TlsError`] when the new files cannot be used; the old ones stay in service.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        let stamp = Stamp::of(&self.files);
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == stamp {
                return Ok(false);
            }
            // Remembered before reading: a bad pair is reported once, not at every look.
            *seen = stamp;
        }
        self.current.store(Arc::new(configuration(&self.files)?));
        Ok(true)
    }

    /// Looks at the files every `every` until `stop`.
    pub async fn watch(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            match self.refresh() {
                Ok(false) => {}
                Ok(true) => tracing::info!(file = %self.files.certificate.display(), "certificate taken up"),
                Err(error) => {
                    tracing::error!(%error, "changed certificate files refused; the old ones stay in service")
                }
            }
        }
    }
}

impl Stamp {
    fn of(files: &CertificateFiles) -> Self {
        Self([&files.certificate, &files.key].map(|path| {
            let facts = std::fs::metadata(path).ok()?;
            Some((facts.modified().ok()?, facts.len()))
        }))
    }
}

fn configuration(files: &CertificateFiles) -> Result<ServerConfig, TlsError> {
    let wrong = |path: &PathBuf, problem: &dyn std::fmt::Display| TlsError::File {
        file: path.display().to_string(),
        problem: problem.to_string(),
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| wrong(&files.certificate, &e))?;
    if chain.is_empty() {
        return Err(wrong(&files.certificate, &"no certificate in this file"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| wrong(&files.key, &e))?;
    // The provider is named, never the process default: two libraries in one process may disagree about that one.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

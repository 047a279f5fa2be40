//! Whom we believe to be who they say, wherever we connect to with TLS.

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::fmt;
use std::sync::Arc;

/// The system's certificate authorities, and those of `ca_pem` where some are named.
///
/// # Errors
/// What is wrong with `ca_pem`.
pub(crate) fn client_config(ca_pem: Option<&[u8]>) -> Result<ClientConfig, String> {
    let bad = |why: &dyn fmt::Display| why.to_string();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = ca_pem {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate.map_err(|error| bad(&error))?).map_err(|error| bad(&error))?;
        }
        if roots.len() == before {
            return Err(bad(&"no certificate in it"));
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(versions.map_err(|error| bad(&error))?.with_root_certificates(roots).with_no_client_auth())
}

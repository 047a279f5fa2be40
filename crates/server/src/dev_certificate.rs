//! `cognate dev --tls`: a certificate authority of its own and a certificate for loopback, kept as long as they are good.

use anyhow::Context;
use edge::CertificateFiles;
use kernel::Time;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType,
};
use std::fs::OpenOptions;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use time::{Duration, OffsetDateTime};

/// Browsers refuse certificates that are good for more than 825 days.
const GOOD_FOR: Duration = Duration::days(820);
/// Renewed when less than this is left.
const RENEW_BEFORE: Duration = Duration::days(30);

/// The certificate of a development server and the authority to trust for it.
#[derive(Debug)]
pub struct DevCertificate {
    /// What the listener shows.
    pub files: CertificateFiles,
    /// What clients are told to trust.
    pub authority: PathBuf,
}

/// Finds the certificate in `directory`, or makes one.
///
/// # Errors
/// When the directory cannot be written.
pub fn in_directory(directory: &Path, listen: IpAddr, now: Time) -> anyhow::Result<DevCertificate> {
    let made = DevCertificate {
        files: CertificateFiles { certificate: directory.join("cert.pem"), key: directory.join("key.pem") },
        authority: directory.join("ca.pem"),
    };
    if !is_good(&made, now) {
        make(&made, listen, now).with_context(|| format!("cannot write certificates to {}", directory.display()))?;
    }
    Ok(made)
}

fn is_good(made: &DevCertificate, now: Time) -> bool {
    let all_there = [&made.files.certificate, &made.files.key, &made.authority].iter().all(|path| path.exists());
    let age = std::fs::metadata(&made.files.certificate).and_then(|facts| facts.modified()).ok();
    let age = age
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|at| i64::try_from(at.as_secs()).ok());
    all_there && age.is_some_and(|made_at| now.secs() - made_at < (GOOD_FOR - RENEW_BEFORE).whole_seconds())
}

fn make(made: &DevCertificate, listen: IpAddr, now: Time) -> anyhow::Result<()> {
    let now = OffsetDateTime::from_unix_timestamp(now.secs())?;
    let period = (now - Duration::days(1), now + GOOD_FOR);

    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Cognate development authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (authority.not_before, authority.not_after) = period;
    let authority_certificate = authority.self_signed(&authority_key)?;
    // The authority's key is forgotten here: nobody can make a second certificate with it.
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec!["localhost".to_owned(), "*.localhost".to_owned()])?;
    for ip in [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), listen] {
        params.subject_alt_names.push(SanType::IpAddress(ip));
    }
    params.distinguished_name.push(DnType::CommonName, "Cognate development server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = period;
    let certificate = params.signed_by(&key, &issuer)?;

    std::fs::write(&made.authority, authority_certificate.pem())?;
    std::fs::write(&made.files.certificate, certificate.pem())?;
    private_file(&made.files.key, &key.serialize_pem())?;
    Ok(())
}

fn private_file(path: &Path, text: &str) -> std::io::Result<()> {
    // Removed first: the mode is set only where the file is new.
    let _ = std::fs::remove_file(path);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

//! What values of the configuration may look like. A value is text wherever it comes from; lists are comma-separated text
//! in the environment and arrays in the file.

use ipnet::IpNet;
use kernel::{AccountId, Region, Secret};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Text, number or truth value.
    Text(String),
    /// An array of those.
    List(Vec<String>),
}

impl Raw {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()),
            Self::List(_) => None,
        }
    }

    fn items(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
            Self::List(items) => items.iter().map(|item| item.trim()).collect(),
        }
    }
}

/// A type that can be read from the configuration.
pub trait Setting: Sized {
    /// What a value looks like, for the explanation and for errors.
    const FORM: &'static str;
    /// Reads a value; `None` when it does not have the form.
    fn read(raw: &Raw) -> Option<Self>;
}

macro_rules! setting {
    ($type:ty, $form:literal, |$raw:ident| $read:expr) => {
        impl Setting for $type {
            const FORM: &'static str = $form;
            fn read($raw: &Raw) -> Option<Self> {
                $read
            }
        }
    };
}

/// Where a listener stands, or that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// Here.
    At(SocketAddr),
    /// Not at all.
    Off,
}

/// Which regions are answered for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionList {
    /// Every one.
    Any,
    /// These.
    Only(Vec<Region>),
}

/// The form of token issuers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// `{public_url}/{poolId}`.
    Public,
    /// `https://cognito-idp.{region}.amazonaws.com/{poolId}`.
    Aws,
}

/// What pool tiers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiers {
    /// Every feature in every tier.
    Open,
    /// As Cognito refuses.
    Enforced,
}

/// How new passwords are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// Sealed SRP verifiers.
    Srp,
    /// Sealed Argon2id.
    Argon2id,
}

/// How tokens of identity pools are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// RSA with SHA-512.
    Rs512,
    /// RSA with SHA-256.
    Rs256,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// How the line to the mail relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// In clear, on this machine only.
    None,
    /// STARTTLS.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// Headers of a request; the values may be keys to somebody's house.
#[derive(Debug, Clone, Default)]
pub struct HeaderLines(pub Vec<(String, Secret<String>)>);

/// Where the keyring is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringAt {
    /// A file of mode 0600.
    File(PathBuf),
    /// The environment variable of this name.
    Variable(String),
    /// What a program prints.
    Command(Vec<String>),
}

setting!(String, "text", |raw| raw.text().map(str::to_owned));
setting!(bool, "true or false", |raw| match raw.text()? {
    "true" | "on" | "1" => Some(true),
    "false" | "off" | "0" => Some(false),
    _ => None,
});
setting!(usize, "a whole number", |raw| raw.text()?.parse().ok());
setting!(u32, "a whole number", |raw| raw.text()?.parse().ok());
setting!(u16, "a number up to 65535", |raw| raw.text()?.parse().ok());
setting!(Duration, "seconds", |raw| raw.text()?.parse().ok().map(Duration::from_secs));
setting!(PathBuf, "a path", |raw| raw.text().filter(|t| !t.is_empty()).map(PathBuf::from));
setting!(AccountId, "twelve digits", |raw| AccountId::parse(raw.text()?).ok());
setting!(Region, "a region's name", |raw| Region::parse(raw.text()?).ok());
setting!(Address, "address:port, or off", |raw| match raw.text()? {
    "off" => Some(Self::Off),
    address => address.parse().ok().map(Self::At),
});
setting!(RegionList, "any, or a list of regions", |raw| match raw.items().as_slice() {
    [] => None,
    ["any"] => Some(Self::Any),
    some => some
        .iter()
        .map(|name| Region::parse(name).ok().filter(|r| r.as_str().contains('-')))
        .collect::<Option<_>>()
        .map(Self::Only),
});
setting!(Issuer, "public or aws", |raw| match raw.text()? {
    "public" => Some(Self::Public),
    "aws" => Some(Self::Aws),
    _ => None,
});
setting!(Tiers, "open or enforced", |raw| match raw.text()? {
    "open" => Some(Self::Open),
    "enforced" => Some(Self::Enforced),
    _ => None,
});
setting!(Storage, "srp or argon2id", |raw| match raw.text()? {
    "srp" => Some(Self::Srp),
    "argon2id" => Some(Self::Argon2id),
    _ => None,
});
setting!(TokenAlgorithm, "RS512 or RS256", |raw| match raw.text()? {
    "RS512" => Some(Self::Rs512),
    "RS256" => Some(Self::Rs256),
    _ => None,
});
setting!(Format, "text or json", |raw| match raw.text()? {
    "text" => Some(Self::Text),
    "json" => Some(Self::Json),
    _ => None,
});
setting!(MailSecurity, "none, starttls or implicit", |raw| match raw.text()? {
    "none" => Some(Self::None),
    "starttls" => Some(Self::StartTls),
    "implicit" => Some(Self::Implicit),
    _ => None,
});
setting!(KeyringAt, "file:PATH, env:NAME or command:PROGRAM ARGUMENTS", |raw| {
    let (kind, rest) = raw.text()?.split_once(':').filter(|(_, rest)| !rest.trim().is_empty())?;
    match kind {
        "file" => Some(Self::File(PathBuf::from(rest))),
        "env" => Some(Self::Variable(rest.to_owned())),
        "command" => Some(Self::Command(rest.split_whitespace().map(str::to_owned).collect())),
        _ => None,
    }
});
setting!(Vec<IpNet>, "a list of networks", |raw| raw
    .items()
    .iter()
    .map(|item| item.parse::<IpNet>().ok().or_else(|| item.parse::<std::net::IpAddr>().ok().map(IpNet::from)))
    .collect());

// Not `items`: a header's value may hold commas.
setting!(HeaderLines, "a list of `Name: value`", |raw| {
    let lines: Vec<&str> = match raw {
        Raw::Text(text) => text.lines().collect(),
        Raw::List(items) => items.iter().map(String::as_str).collect(),
    };
    let lines = lines.into_iter().map(str::trim).filter(|line| !line.is_empty());
    let read = lines.map(|line| {
        let (name, value) = line.split_once(':').filter(|(name, _)| !name.trim().is_empty())?;
        Some((name.trim().to_owned(), Secret::from(value.trim())))
    });
    read.collect::<Option<_>>().map(Self)
});

impl Setting for Secret<String> {
    const FORM: &'static str = "text";
    fn read(raw: &Raw) -> Option<Self> {
        raw.text().map(Self::from)
    }
}

/// A key that may be left out; empty text counts as left out.
impl<T: Setting> Setting for Option<T> {
    const FORM: &'static str = T::FORM;
    fn read(raw: &Raw) -> Option<Self> {
        if raw.text() == Some("") { Some(None) } else { T::read(raw).map(Some) }
    }
}

//! What a key may be used for. Every purpose has a key of its own, so that a value of one kind never passes as another.

/// Declares an enum whose variants carry a label; labels are part of key derivation and must never change.
macro_rules! purposes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $label:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every purpose there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that goes into key derivation.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

purposes! {
    /// Values sealed in the database.
    Purpose {
        /// Password verifiers: SRP and Argon2id.
        PasswordVerifier = "password-verifier",
        /// Passwords of earlier times, kept so that they are not chosen again.
        PasswordHistory = "password-history",
        /// Private keys that sign tokens.
        SigningKey = "signing-key",
        /// Secrets of app clients.
        ClientSecret = "client-secret",
        /// Secrets of AWS-style access keys.
        AccessKeySecret = "access-key-secret",
        /// Seeds of time-based one-time passwords.
        TotpSeed = "totp-seed",
        /// Verifiers of remembered devices.
        DeviceVerifier = "device-verifier",
        /// Messages waiting to be sent.
        Outbox = "outbox",
        /// Secrets with which we sign in elsewhere: identity providers, mail and SMS relays.
        ProviderSecret = "provider-secret",
        /// A known text by which the database recognises its keyring.
        Canary = "canary",
    }
}

purposes! {
    /// Opaque texts handed to clients, which bring them back.
    TokenPurpose {
        /// `Session` of a sign-in challenge.
        Session = "session",
        /// `SECRET_BLOCK` of an SRP challenge: standard base64, since clients decode it before signing.
        SecretBlock = "secret-block",
        /// `NextToken` and `PaginationToken`.
        Pagination = "pagination",
        /// A refresh token.
        Refresh = "refresh",
        /// A session token of AWS-style credentials.
        AwsSession = "aws-session",
        /// Why a call was denied: opened by DecodeAuthorizationMessage.
        Denial = "denial",
        /// State that travels through a browser: cookies and hidden inputs.
        Browser = "browser",
        /// `state` sent to another identity provider and back.
        FederationState = "federation-state",
    }
}

purposes! {
    /// Texts that are recognised but not stored in clear.
    MacPurpose {
        /// Codes sent by mail and SMS.
        Code = "code",
        /// One-time handles: authorization codes, refresh handles.
        Handle = "handle",
        /// Keys of attempt rows for names that may not exist.
        Attempt = "attempt",
        /// Answers made up for names that do not exist, the same each time.
        Masking = "masking",
        /// Texts that carry their own contents and only need to be ours.
        Seal = "seal",
        /// Passwords of earlier times.
        History = "history",
    }
}

/// Where a sealed value lives. All of it is authenticated, so that a value moved elsewhere does not open.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What the value is for.
    pub purpose: Purpose,
    /// The table that holds it.
    pub table: &'a str,
    /// The row's primary key, part by part.
    pub key: &'a [&'a str],
    /// The column that holds it.
    pub column: &'a str,
    /// The version of the value's own format.
    pub version: u32,
}

impl Context<'_> {
    /// The associated data: header and context, each part behind its length.
    pub(super) fn associated(&self, header: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        crate::framing::put(&mut out, header);
        crate::framing::put(&mut out, self.purpose.label().as_bytes());
        crate::framing::put(&mut out, self.table.as_bytes());
        crate::framing::put(&mut out, &(self.key.len() as u64).to_be_bytes());
        for part in self.key {
            crate::framing::put(&mut out, part.as_bytes());
        }
        crate::framing::put(&mut out, self.column.as_bytes());
        crate::framing::put(&mut out, &self.version.to_be_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn labels_are_distinct() {
        let sealed: HashSet<_> = Purpose::ALL.iter().map(|p| p.label()).collect();
        let tokens: HashSet<_> = TokenPurpose::ALL.iter().map(|p| p.label()).collect();
        let macs: HashSet<_> = MacPurpose::ALL.iter().map(|p| p.label()).collect();
        assert_eq!(
            (sealed.len(), tokens.len(), macs.len()),
            (Purpose::ALL.len(), TokenPurpose::ALL.len(), MacPurpose::ALL.len())
        );
    }
}

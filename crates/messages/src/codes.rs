//! One-time codes: drawn without bias, kept only as a keyed hash, good for one person and one purpose.

use crypto::{Keyring, MacPurpose};
use kernel::entropy::DIGITS;
use kernel::{Entropy, EntropyExt, Secret, Sub, Time, UserPoolId};
use model::{Code, CodePurpose};
use std::time::Duration;

/// Six digits, leading zeros included (user-pools.md 2).
const LENGTH: usize = 6;

/// What a code opens. All of it goes into the hash, so that a stored hash moved elsewhere matches nothing.
#[derive(Debug, Clone, Copy)]
pub struct Lock<'a> {
    /// The pool.
    pub pool: &'a UserPoolId,
    /// The person.
    pub sub: &'a Sub,
    /// What it is good for.
    pub purpose: CodePurpose,
    /// The attribute it was sent to: `email` or `phone_number`.
    pub attribute: &'a str,
    /// The address itself: a code proves the address it was sent to, and no later one.
    pub address: &'a str,
}

impl Lock<'_> {
    /// Draws a code: the row to keep and the digits to send.
    #[must_use]
    pub fn draw(&self, keyring: &Keyring, entropy: &dyn Entropy, now: Time) -> (Code, Secret<String>) {
        let digits = Secret::new(entropy.text(DIGITS, LENGTH));
        let code = Code {
            pool: self.pool.clone(),
            sub: self.sub.clone(),
            purpose: self.purpose,
            attribute: self.attribute.to_owned(),
            hash: keyring.mac(MacPurpose::Code, &self.parts(digits.reveal())).to_vec(),
            created: now,
            expires: now + validity(self.purpose),
        };
        (code, digits)
    }

    /// Whether `presented` is the code whose hash is kept; in constant time. Whether it is still good is the row's to say.
    #[must_use]
    pub fn opens(&self, keyring: &Keyring, presented: &str, hash: &[u8]) -> bool {
        keyring.mac_matches(MacPurpose::Code, &self.parts(presented), hash)
    }

    fn parts<'a>(&'a self, digits: &'a str) -> [&'a [u8]; 6] {
        let Self { pool, sub, purpose, attribute, address } = self;
        [
            pool.as_str().as_bytes(),
            sub.as_str().as_bytes(),
            purpose.as_str().as_bytes(),
            attribute.as_bytes(),
            address.as_bytes(),
            digits.as_bytes(),
        ]
    }
}

/// How long a code is good (user-pools.md 10.1).
#[must_use]
pub const fn validity(purpose: CodePurpose) -> Duration {
    const HOUR: u64 = 60 * 60;
    match purpose {
        CodePurpose::SignUp | CodePurpose::VerifyAttribute => Duration::from_secs(24 * HOUR),
        CodePurpose::ForgotPassword => Duration::from_secs(HOUR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    #[derive(Debug)]
    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, out: &mut [u8]) {
            out.fill(0);
        }
    }

    fn names() -> (UserPoolId, UserPoolId, Sub, Sub) {
        let pool = |text| UserPoolId::parse(text).unwrap();
        let sub = |text| Sub::parse(text).unwrap();
        (pool("eu-west-1_a"), pool("eu-west-1_b"), sub("ana"), sub("bob"))
    }

    #[test]
    fn up_30_a_code_is_six_digits_and_keeps_its_leading_zeros() {
        let (pool, _, sub, _) = names();
        let lock =
            Lock { pool: &pool, sub: &sub, purpose: CodePurpose::SignUp, attribute: "email", address: "a@b.example" };
        let keyring = Keyring::draw(&SystemEntropy);
        let (code, digits) = lock.draw(&keyring, &Zeros, Time::from_secs(100));
        assert_eq!(digits.reveal(), "000000");
        assert!(lock.opens(&keyring, "000000", &code.hash));
        assert!(!lock.opens(&keyring, "0", &code.hash) && !lock.opens(&keyring, "", &code.hash));
        assert_eq!(code.expires, Time::from_secs(100 + 86_400));
        assert!(!code.hash.windows(6).any(|w| w == b"000000"));
    }

    #[test]
    fn a_code_opens_nothing_but_what_it_was_made_for() {
        let (pool, other_pool, sub, other_sub) = names();
        let lock =
            Lock { pool: &pool, sub: &sub, purpose: CodePurpose::SignUp, attribute: "email", address: "a@b.example" };
        let keyring = Keyring::draw(&SystemEntropy);
        let (code, digits) = lock.draw(&keyring, &SystemEntropy, Time::from_secs(100));
        let elsewhere = [
            Lock { pool: &other_pool, ..lock },
            Lock { sub: &other_sub, ..lock },
            Lock { purpose: CodePurpose::ForgotPassword, ..lock },
            Lock { purpose: CodePurpose::VerifyAttribute, ..lock },
            Lock { attribute: "phone_number", ..lock },
            Lock { address: "c@d.example", ..lock },
        ];
        assert!(lock.opens(&keyring, digits.reveal(), &code.hash));
        for other in elsewhere {
            assert!(!other.opens(&keyring, digits.reveal(), &code.hash), "{other:?}");
        }
        assert!(!lock.opens(&Keyring::draw(&SystemEntropy), digits.reveal(), &code.hash), "another keyring");
    }
}

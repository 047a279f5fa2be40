//! Argon2id (RFC 9106) in PHC text, with caps on what a hash from elsewhere may cost us.

use crate::kdf::{digest32, sha256};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64_NOPAD;
use kernel::Secret;
use std::fmt;

/// Memory in KiB, passes and lanes of our own hashes: 19 MiB, two passes.
const OURS: (u32, u32, u32) = (19 * 1024, 2, 1);
/// [`OURS`] in words.
pub(crate) const COST: &str = "Argon2id, 19 MiB, 2 passes, 1 lane";
/// The most that a hash may ask for, or checking it would be an attack.
const CAPS: (u32, u32, u32) = (64 * 1024, 10, 16);

/// A hash with the salt and the costs it was made with.
#[derive(Clone)]
pub struct Hash {
    params: Params,
    salt: Vec<u8>,
    output: Secret<Vec<u8>>,
}

impl Hash {
    pub(crate) fn make(password: &str, salt: &[u8; 16]) -> Option<Self> {
        let params = params(OURS)?;
        let output = run(&params, password, salt, 32)?;
        Some(Self { params, salt: salt.to_vec(), output })
    }

    /// A hash of nothing.
    pub(crate) fn decoy(seed: &[u8; 32]) -> Self {
        let params = params(OURS).unwrap_or_default();
        let output = Secret::new(sha256(&[b"argon2id decoy", seed]).to_vec());
        Self { params, salt: digest32(seed).to_vec(), output }
    }

    pub(crate) fn accepts(&self, password: &str) -> bool {
        run(&self.params, password, &self.salt, self.output.reveal().len())
            .is_some_and(|offered| verify_slices_are_equal(offered.reveal(), self.output.reveal()).is_ok())
    }

    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
    #[must_use]
    pub fn to_phc(&self) -> Secret<String> {
        let (m, t, p) = (self.params.m_cost(), self.params.t_cost(), self.params.p_cost());
        let (salt, output) = (BASE64_NOPAD.encode(&self.salt), BASE64_NOPAD.encode(self.output.reveal()));
        Secret::new(format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${output}"))
    }

    /// Reads a PHC text of version 19; `None` for other texts and for costs beyond the caps.
    #[must_use]
    pub fn parse_phc(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split('$').take(7).collect();
        let ["", "argon2id", "v=19", costs, salt, output] = words.as_slice() else { return None };
        let costs: Vec<&str> = costs.split(',').take(4).collect();
        let [m, t, p] = costs.as_slice() else { return None };
        let number = |text: &str, name: &str| text.strip_prefix(name)?.parse::<u32>().ok();
        let costs = (number(m, "m=")?, number(t, "t=")?, number(p, "p=")?);
        if costs.0 > CAPS.0 || costs.1 > CAPS.1 || costs.2 > CAPS.2 {
            return None;
        }
        let decode = |text: &str| BASE64_NOPAD.decode(text.as_bytes()).ok();
        let salt = decode(salt).filter(|s| (8..=64).contains(&s.len()))?;
        let output = decode(output).filter(|o| (16..=64).contains(&o.len()))?;
        Some(Self { params: params(costs)?, salt, output: Secret::new(output) })
    }
}

fn params((m, t, p): (u32, u32, u32)) -> Option<Params> {
    Params::new(m, t, p, None).ok()
}

fn run(params: &Params, password: &str, salt: &[u8], length: usize) -> Option<Secret<Vec<u8>>> {
    let mut output = vec![0; length];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into(password.as_bytes(), salt, &mut output)
        .ok()?;
    Some(Secret::new(output))
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // From the tests of the reference implementation: version 0x13, t=2, m=2^8, p=1, "password", "somesalt".
    const FOREIGN: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    #[test]
    fn the_reference_vector_is_accepted_and_another_password_is_not() {
        let hash = Hash::parse_phc(FOREIGN).unwrap();
        assert!(hash.accepts("password"));
        assert!(!hash.accepts("Password"));
        assert_eq!(hash.to_phc().reveal(), FOREIGN);
    }

    #[test]
    fn st_23_costs_beyond_the_caps_and_other_texts_are_refused() {
        for (from, to) in [
            ("m=256", "m=65537"),
            ("m=256", "m=4294967295"),
            ("m=256", "m=4294967296"),
            ("m=256", "m=1"),
            ("t=2", "t=11"),
            ("t=2", "t=0"),
            ("p=1", "p=17"),
            ("p=1", "p=0"),
            ("v=19", "v=16"),
            ("argon2id", "argon2i"),
            ("c29tZXNhbHQ", "c29t"),
            ("$nf65", "$=f65"),
            ("t=2,", ""),
            ("$argon2id", "argon2id"),
        ] {
            assert!(Hash::parse_phc(&FOREIGN.replace(from, to)).is_none(), "{to}");
        }
        assert!(Hash::parse_phc("").is_none());
        assert!(Hash::parse_phc(&format!("{FOREIGN}$more")).is_none());
        assert!(Hash::parse_phc(&"$".repeat(100_000)).is_none());
    }

    #[test]
    fn costs_at_the_caps_are_read() {
        for (from, to) in [("m=256", "m=65536"), ("t=2", "t=10"), ("p=1", "p=16")] {
            assert!(Hash::parse_phc(&FOREIGN.replace(from, to)).is_some(), "{to}");
        }
    }

    #[test]
    fn our_own_hash_states_its_costs() {
        let hash = Hash::make("p", &[1; 16]).unwrap();
        assert!(hash.to_phc().reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(format!("{hash:?}"), "Hash(***)");
    }
}

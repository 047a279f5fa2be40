//! What each floor contains (microseconds on one core).

/// The parts that are measured in the run, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Primitives {
    /// An RS256 signature with a 2048-bit key, by aws-lc-rs.
    pub sign: f64,
    /// Its verification.
    pub verify: f64,
    /// A keep-alive HTTP exchange on bare hyper that does nothing else, whose callers never rest.
    pub http: f64,
    /// The same on one that works between answers: its callers sleep, and answering wakes them.
    pub waking: f64,
    /// What that exchange costs more where server and driver share two cores instead of one.
    pub crossing: f64,
    /// A SQLite row by primary key, out of a file with its log, the lock for a look included.
    pub read: f64,
}

/// How many of each part an operation cannot do without.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    /// Signatures.
    pub signs: f64,
    /// Verifications.
    pub verifies: f64,
    /// 3072-bit exponentiations to base 2.
    pub base2_powers: f64,
    /// 3072-bit exponentiations to another base.
    pub powers: f64,
    /// HTTP exchanges with nothing between them.
    pub echoes: f64,
    /// HTTP exchanges with work between them.
    pub exchanges: f64,
    /// Rows read.
    pub reads: f64,
    /// Parts that are estimated, in microseconds of the reference machine, where a signature takes 299:
    /// SigV4 check 5, JSON in and out 5, opening a sealed token 1, a row inserted in a full batch 5.
    pub estimated: f64,
}

/// Nothing but an exchange.
pub const NOTHING: Floor = Floor {
    signs: 0.0,
    verifies: 0.0,
    base2_powers: 0.0,
    powers: 0.0,
    echoes: 0.0,
    exchanges: 1.0,
    reads: 0.0,
    estimated: 0.0,
};
/// Prepared bytes.
pub const ECHO: Floor = Floor { echoes: 1.0, exchanges: 0.0, ..NOTHING };

/// An exponentiation measured in signatures, as OpenSSL's library does it: base 2, and any base.
const BASE2_POWER: f64 = 1.41;
const POWER: f64 = 1.79;
const REFERENCE_SIGN: f64 = 299.0;

impl Floor {
    /// Microseconds on the machine that was measured.
    pub fn micros(&self, of: &Primitives) -> f64 {
        let powers = self.base2_powers * BASE2_POWER + self.powers * POWER;
        (self.signs + powers) * of.sign
            + self.verifies * of.verify
            + self.echoes * of.http
            + self.exchanges * of.waking
            + self.reads * of.read
            + self.estimated * of.sign / REFERENCE_SIGN
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::CASES;
    use super::*;

    #[test]
    fn on_the_reference_machine_the_floors_are_those_written_down() {
        let reference = Primitives { sign: 299.0, verify: 19.0, http: 5.3, waking: 5.3, crossing: 0.0, read: 1.4 };
        let written = [
            ("JWKS", 5.3),
            ("GetUser", 31.0),
            ("AdminGetUser", 22.0),
            ("ListUsers =", 20.0),
            ("ListUsers ^= (10 rows)", 35.0),
            ("refresh", 610.0),
            ("password sign-in", 1030.0),
            ("SRP sign-in (both calls)", 2120.0),
            ("SignUp", 450.0),
            ("GetId", 31.0),
            ("GetCredentialsForIdentity", 33.0),
        ];
        for case in CASES {
            let (_, floor) =
                written.iter().find(|(name, _)| *name == case.name).expect("each case has a written floor");
            let ours = case.floor.micros(&reference);
            assert!((ours / floor - 1.0).abs() < 0.01, "{}: {ours} instead of {floor}", case.name);
        }
    }
}

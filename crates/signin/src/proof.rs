//! What a client claims to have worked out of a password, and what it costs to look at it (authentication.md 4).

use crypto::srp::{Claim, Exchange, Powers, Verifier};
use crypto::{SrpPassword, StoredPassword};
use data_encoding::DecodeError;
use kernel::Secret;

/// What a client claims, ready for the crypto threads.
pub(crate) struct Proof {
    pub exchange: Exchange,
    pub block_bytes: Result<Vec<u8>, DecodeError>,
    pub timestamp: String,
    pub signature: Secret<String>,
}

/// The verifier a proof is held against.
pub(crate) struct Against {
    pub srp: Box<SrpPassword>,
    /// It is the person's, and nobody's decoy.
    pub own: bool,
    /// A right proof leads on. Where it does not, it is refused at the price of a wrong one.
    pub welcome: bool,
}

impl Proof {
    /// Whether the proof holds; the first right one also yields the password with the verifier's powers, to be kept.
    /// `powers` works those out.
    pub fn judge(self, against: Against, powers: impl Fn(&Verifier) -> Powers) -> (bool, Option<StoredPassword>) {
        let Against { mut srp, own, welcome } = against;
        let block_bytes = self.block_bytes.unwrap_or_default();
        let claim = Claim { secret_block: &block_bytes, timestamp: &self.timestamp };
        let first = srp.powers.is_none();
        let known = srp.powers.take().unwrap_or_else(|| powers(&srp.verifier));
        let key = self.exchange.finish(&srp.verifier, Some(&known));
        let right = key.accepts(srp.identity(), claim, self.signature.reveal()) & own;
        if !(right && welcome || first) {
            // What a first proof costs, every refusal costs, and none stores anything: else those who have never proved
            // their password could be told from names nobody has, whose decoys have their powers (ST-11).
            std::hint::black_box(powers(&srp.verifier));
        }
        srp.powers = Some(known);
        (right, (right && first).then_some(StoredPassword::Srp(srp)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto::srp::client::{Challenge, Client};
    use crypto::srp::{Identity, PublicA, salt_text};
    use kernel::{EntropyExt, SystemEntropy};
    use std::cell::Cell;

    const WHO: Identity<'_> = Identity { pool_name: "EXAMPLE1a", user_id: "janedoe" };
    const RIGHT: &str = "Corr3ct-horse";

    /// A proof with this password against a stored one, whose powers are known or not: whether it was right, whether
    /// something is to be kept, and how often powers were worked out.
    fn judged(password: &str, known: bool, own: bool, welcome: bool) -> (bool, bool, u32) {
        let stored = StoredPassword::make_srp(WHO, RIGHT, SystemEntropy.bytes()).unwrap();
        let mut srp = Box::new(stored.as_srp().unwrap().clone());
        srp.powers = known.then(|| srp.verifier.powers());
        let client = Client::start(&SystemEntropy);
        let a = PublicA::parse(&client.srp_a()).unwrap();
        let (exchange, srp_b) = Exchange::begin(a, &srp.verifier, &SystemEntropy);
        let (secret_block, timestamp) = (b"block".as_slice(), "Tue Sep 1 08:05:09 UTC 2026");
        let (salt, claim) = (salt_text(&srp.salt), Claim { secret_block, timestamp });
        let asked = Challenge { salt: &salt, srp_b: &srp_b };
        let signature = client.answer(WHO, password, asked, claim).unwrap().into();
        let (block_bytes, timestamp) = (Ok(secret_block.to_vec()), timestamp.to_owned());
        let counted = Cell::new(0);
        let (right, kept) =
            Proof { exchange, block_bytes, timestamp, signature }.judge(Against { srp, own, welcome }, |verifier| {
                counted.set(counted.get() + 1);
                verifier.powers()
            });
        (right, kept.is_some(), counted.get())
    }

    #[test]
    fn st_11_every_proof_that_leads_nowhere_costs_what_a_first_one_costs() {
        assert_eq!(judged(RIGHT, true, true, true), (true, false, 0), "whoever gets in pays for nobody");
        assert_eq!(judged(RIGHT, false, true, true), (true, true, 1));
        for known in [true, false] {
            assert_eq!(judged("Wr0ng-password", known, true, true), (false, false, 1), "known: {known}");
            assert_eq!(judged(RIGHT, known, false, true), (false, false, 1), "known: {known}");
            let (right, _, paid) = judged(RIGHT, known, true, false);
            assert_eq!((right, paid), (true, 1), "known: {known}");
        }
    }
}

//! What a sent password is tried against. Where passwords of both kinds may be stored, a trial is one of each, whoever it is
//! about: one is theirs and one is nobody's, or both are nobody's. So time tells neither whose password is of which kind nor
//! whether there is anybody (DESIGN 4, ST-11).

use crypto::StoredPassword;
use crypto::srp::Identity;
use std::hint::black_box;

/// A password to try, and what is tried beside it for the time it takes.
#[derive(Debug)]
pub(crate) struct Trial {
    stored: StoredPassword,
    beside: Option<StoredPassword>,
}

impl Trial {
    /// The trial of what is stored. `argon2id` says whether some passwords may be kept so; nobody's are made of the seed.
    pub fn of(stored: StoredPassword, nobody: Identity<'_>, seed: &[u8; 32], argon2id: bool) -> Self {
        let beside = match &stored {
            StoredPassword::Srp(_) => argon2id.then(|| StoredPassword::decoy_argon2id(seed)),
            StoredPassword::Argon2id(_) => Some(StoredPassword::decoy_srp(nobody, seed)),
        };
        Self { stored, beside }
    }

    /// Whether this is the password. For the password threads.
    pub fn accepts(&self, password: &str) -> bool {
        let right = self.stored.accepts(password);
        if let Some(beside) = &self.beside {
            black_box(beside.accepts(password));
        }
        right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: Identity<'_> = Identity { pool_name: "EXAMPLE1a", user_id: "janedoe" };
    const SEED: [u8; 32] = [7; 32];

    fn all() -> [StoredPassword; 3] {
        [
            StoredPassword::make_srp(WHO, "Corr3ct-horse", [1; 16]).unwrap(),
            StoredPassword::make_argon2id("Corr3ct-horse", [1; 16]).unwrap(),
            StoredPassword::decoy_srp(WHO, &SEED),
        ]
    }

    /// How many of each kind are tried: verifiers, hashes.
    fn work(trial: &Trial) -> (usize, usize) {
        let tried = || std::iter::once(&trial.stored).chain(&trial.beside);
        let verifiers = tried().filter(|stored| stored.as_srp().is_some()).count();
        (verifiers, tried().count() - verifiers)
    }

    #[test]
    fn st_11_where_both_kinds_may_exist_everybody_and_nobody_costs_one_of_each() {
        for stored in all() {
            assert_eq!(work(&Trial::of(stored, WHO, &SEED, true)), (1, 1));
        }
    }

    #[test]
    fn where_there_are_only_verifiers_nothing_else_is_worked_out() {
        let [srp, _, decoy] = all();
        for stored in [srp, decoy] {
            assert_eq!(work(&Trial::of(stored, WHO, &SEED, false)), (1, 0));
        }
    }

    #[test]
    fn what_is_tried_beside_opens_nothing_and_shuts_nothing() {
        let [srp, argon2id, decoy] = all().map(|stored| Trial::of(stored, WHO, &SEED, true));
        assert!(srp.accepts("Corr3ct-horse") && argon2id.accepts("Corr3ct-horse") && !decoy.accepts("Corr3ct-horse"));
        assert!([srp, argon2id, decoy].iter().all(|trial| !trial.accepts("Wr0ng-password")));
    }
}

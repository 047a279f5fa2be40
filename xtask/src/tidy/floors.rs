//! Which crate may name which: the floors of docs/ARCHITECTURE.md, held by reading the manifests.

use super::{Finding, House};

/// Where a crate lives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Uses lower floors only.
    Floor(u8),
    /// A step of a stair: uses lower floors and the steps before it.
    Step(u8, u8),
    /// Beside the house: uses everything, and no crate of the house may use it.
    Beside,
}

/// The house, from the ground up, with the reason each crate stands where it stands.
const PLACES: &[(&str, Place, &str)] = &[
    ("kernel", Place::Floor(0), "everybody needs ids, time and secrets, so it needs nobody"),
    ("contract", Place::Floor(1), "what operations look like is data; it knows no behaviour"),
    ("crypto", Place::Floor(1), "pure computation, testable against vectors alone"),
    ("iam", Place::Floor(1), "a language and its evaluation, pure"),
    ("saml", Place::Floor(1), "messages and signatures, pure"),
    ("model", Place::Floor(2), "entities decide about themselves without a database"),
    ("wire", Place::Floor(2), "bytes to values and back, for any operation"),
    ("pages", Place::Floor(2), "views are data in, text out; who serves or sends them is not theirs"),
    ("store", Place::Floor(3), "the only SQL, so that a second engine stays possible"),
    ("outbound", Place::Floor(3), "the only sockets outwards, so that they can be guarded and faked"),
    ("triggers", Place::Step(4, 0), "asked by every step above it"),
    ("messages", Place::Step(4, 1), "codes and mails are needed by sign-up and sign-in alike"),
    ("tokens", Place::Step(4, 2), "issue, verify, revoke, whoever asks"),
    ("authority", Place::Step(4, 3), "who is the caller and may he"),
    ("accounts", Place::Step(4, 4), "what is true of a person is decided once"),
    ("federation", Place::Step(4, 5), "foreign proofs become accounts"),
    ("signin", Place::Step(4, 6), "the engine stands on all of the above"),
    ("directory", Place::Floor(5), "operations are thin callers of the stair and do not know each other's services"),
    ("identity", Place::Floor(5), "as directory"),
    ("access", Place::Floor(5), "as directory"),
    ("sync", Place::Floor(5), "as directory"),
    ("oauth", Place::Floor(5), "an authorization server without HTTP types"),
    ("edge", Place::Step(6, 0), "the only crate that serves HTTP"),
    ("gateway", Place::Step(6, 1), "a second listener on edge's middleware"),
    ("server", Place::Floor(7), "wires everything, so everything is below it"),
    ("testkit", Place::Beside, "the whole server in a test process"),
    ("testkit-macros", Place::Beside, "serves testkit"),
    ("exam", Place::Beside, "one test binary for all wire tests"),
    ("xtask", Place::Beside, "chores"),
    ("benches", Place::Beside, "measures the finished binary"),
    ("bender", Place::Beside, "bends a copy of the sources to see whether a test notices"),
    ("drill", Place::Beside, "kills the finished binary"),
];

fn place(name: &str) -> Option<Place> {
    PLACES.iter().find(|(known, ..)| *known == name).map(|(_, place, _)| *place)
}

fn may_use(user: Place, used: Place) -> bool {
    let height = |place| match place {
        Place::Floor(floor) => (floor, 0, false),
        Place::Step(floor, step) => (floor, step, true),
        Place::Beside => (u8::MAX, 0, false),
    };
    match (user, used) {
        (Place::Beside, _) => true,
        (_, Place::Beside) => false,
        _ => {
            let ((floor, step, stair), (used_floor, used_step, _)) = (height(user), height(used));
            used_floor < floor || (stair && used_floor == floor && used_step < step)
        }
    }
}

/// Every dependency of every member leads downwards; dependencies of tests too.
pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (dir, file) in house.manifests() {
        let name = dir.rsplit('/').next().unwrap_or(dir);
        let Some(user) = place(name) else {
            findings.push(Finding::new(
                "floors",
                &file.path,
                format!("crate {name} has no floor: add it to PLACES with a reason"),
            ));
            continue;
        };
        for used in dependencies(&file.text) {
            // A crate may name itself: its tests switch on a feature of its own.
            if let Some(used_place) = place(&used).filter(|_| used != name)
                && !may_use(user, used_place)
            {
                findings.push(Finding::new(
                    "floors",
                    &file.path,
                    format!("{name} may not use {used}: it is not on a lower floor"),
                ));
            }
        }
    }
    findings
}

/// The names in every dependency table of a manifest, whatever its target or kind.
fn dependencies(manifest: &str) -> Vec<String> {
    let Ok(table) = manifest.parse::<toml::Table>() else { return Vec::new() };
    let mut names = Vec::new();
    collect(&table, &mut names);
    names
}

fn collect(table: &toml::Table, names: &mut Vec<String>) {
    for (key, value) in table {
        let Some(inner) = value.as_table() else { continue };
        if key.ends_with("dependencies") {
            names.extend(inner.keys().cloned());
        } else if key == "target" || key.starts_with("cfg(") {
            collect(inner, names);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, manifest: &str) -> usize {
        check(&House::of(&[(path, manifest)])).len()
    }

    #[test]
    fn a_dependency_upwards_is_found_in_every_kind_of_table() {
        assert_eq!(findings("crates/store/Cargo.toml", "[dependencies]\nmodel.workspace = true"), 0);
        assert_eq!(findings("crates/store/Cargo.toml", "[dependencies]\nedge.workspace = true"), 1);
        assert_eq!(findings("crates/store/Cargo.toml", "[dev-dependencies]\ntestkit.workspace = true"), 1);
        assert_eq!(
            findings("crates/store/Cargo.toml", "[target.'cfg(unix)'.dependencies]\ntokens = { path = \"x\" }"),
            1
        );
    }

    #[test]
    fn neighbours_do_not_know_each_other_but_a_stair_has_an_order() {
        assert_eq!(findings("crates/directory/Cargo.toml", "[dependencies]\nidentity.workspace = true"), 1);
        assert_eq!(findings("crates/signin/Cargo.toml", "[dependencies]\naccounts.workspace = true"), 0);
        assert_eq!(findings("crates/accounts/Cargo.toml", "[dependencies]\nsignin.workspace = true"), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(findings("crates/attic/Cargo.toml", "[dependencies]"), 1);
    }
}

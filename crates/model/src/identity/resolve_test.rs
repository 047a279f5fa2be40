//! Section 5 of identity-pools.md, row by row, and what holds after any number of them.

use super::{
    Asked, Identity, IdentityState, Known, LOGINS_MAX, Login, Presented, Resolution, ResolveError, merge_developers,
    resolve,
};
use kernel::{AccountId, IdentityId, IdentityPoolId, Time};

const GOOGLE: &str = "accounts.google.com";
const PEOPLE: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";
const OURS: &str = "login.example";

fn id(n: usize) -> IdentityId {
    IdentityId::parse(&format!("eu-west-1:{n:08x}-0000-4000-8000-000000000000")).unwrap()
}

fn login(provider: &str, subject: &str) -> Login {
    Login { provider: provider.into(), subject: subject.into(), developer: provider == OURS }
}

/// The higher the number the younger.
fn guest(n: usize) -> Known {
    let pool = IdentityPoolId::parse("eu-west-1:00000000-0000-4000-8000-000000000000").unwrap();
    let account = AccountId::parse("123456789012").unwrap();
    let made = Time::from_secs(i64::try_from(n).unwrap());
    Known { identity: Identity::new(id(n), pool, account, true, made), logins: Vec::new() }
}

fn person<'l>(n: usize, logins: impl IntoIterator<Item = &'l Login>) -> Known {
    let mut known = guest(n);
    known.identity.guest = false;
    known.logins = logins.into_iter().cloned().collect();
    known
}

fn merged(n: usize, into: usize) -> Known {
    let mut known = person(n, &[]);
    known.identity.state = IdentityState::Disabled;
    known.identity.merged_into = Some(id(into));
    known
}

fn link<'l>(n: usize, link: impl IntoIterator<Item = &'l Login>) -> Result<Resolution, ResolveError> {
    Ok(Resolution::Use { id: id(n), link: link.into_iter().cloned().collect() })
}

fn merge<'l>(
    survivor: usize,
    absorbed: &[usize],
    link: impl IntoIterator<Item = &'l Login>,
) -> Result<Resolution, ResolveError> {
    let absorbed = absorbed.iter().map(|n| id(*n)).collect();
    Ok(Resolution::Merge { survivor: id(survivor), absorbed, link: link.into_iter().cloned().collect() })
}

/// What it is, whose id came (none, an unknown one, a known one), whose the logins are, the logins, and what follows.
type Row<'a> = (&'a str, Option<Option<Known>>, Vec<Known>, Vec<Login>, Result<Resolution, ResolveError>);

fn check(rows: Vec<Row<'_>>, guests: bool, developer: bool) {
    for (what, presented, owners, logins, expected) in rows {
        let presented = match &presented {
            None => Presented::Absent,
            Some(None) => Presented::Unknown,
            Some(Some(known)) => Presented::Known(known),
        };
        let found = resolve(&Asked { presented, owners: &owners, logins: &logins, guests, developer });
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn id_05_without_logins_it_is_a_guest_or_nobody() {
    let create = || Ok(Resolution::Create { link: Vec::new() });
    let refused = [
        ("an unknown id", None, ResolveError::NotFound),
        ("a person's id", Some(person(1, &[login(GOOGLE, "a")])), ResolveError::Forbidden),
        ("an id that lost its last login", Some(person(1, &[])), ResolveError::Forbidden),
        ("a merged guest's id", Some(merged(1, 2)), ResolveError::Forbidden),
    ];
    for guests in [true, false] {
        for (what, known, error) in refused.clone() {
            check(vec![(what, Some(known), vec![], vec![], Err(error))], guests, false);
        }
    }
    check(
        vec![
            ("no id", None, vec![], vec![], create()),
            ("a guest's id", Some(Some(guest(1))), vec![], vec![], link(1, &[])),
        ],
        true,
        false,
    );
    let error = || Err(ResolveError::GuestsRefused);
    check(
        vec![("no id", None, vec![], vec![], error()), ("a guest's id", Some(Some(guest(1))), vec![], vec![], error())],
        false,
        false,
    );
}

#[test]
fn id_08_with_logins_and_no_id_it_is_whoever_has_them() {
    let (a, x) = (login(GOOGLE, "a"), login(PEOPLE, "x"));
    let created = Ok(Resolution::Create { link: vec![a.clone(), x.clone()] });
    let rows = vec![
        ("nobody's", None, vec![], vec![a.clone(), x.clone()], created),
        ("one's", None, vec![person(1, [&a])], vec![a.clone()], link(1, &[])),
        ("one's and a new one", None, vec![person(1, [&a])], vec![a.clone(), x.clone()], link(1, [&x])),
        (
            "two's: the oldest is left",
            None,
            vec![person(2, [&a]), person(1, [&x])],
            vec![a.clone(), x.clone()],
            merge(1, &[2], &[]),
        ),
        (
            "one's, whom an administrator disabled",
            None,
            vec![Known { identity: merged(1, 2).identity, ..person(1, [&a]) }],
            vec![a.clone()],
            Err(ResolveError::Forbidden),
        ),
    ];
    // Whether the pool takes guests plays no part in it.
    check(rows.clone(), false, false);
    check(rows, true, false);
}

#[test]
fn id_15_a_guest_who_signs_in_with_an_unused_login_keeps_the_id() {
    let (a, x) = (login(GOOGLE, "a"), login(PEOPLE, "x"));
    let both = vec![a.clone(), x.clone()];
    check(
        vec![
            ("unknown id", Some(None), vec![], vec![a.clone()], Err(ResolveError::NotFound)),
            ("one login", Some(Some(guest(1))), vec![], vec![a.clone()], link(1, [&a])),
            ("two logins", Some(Some(guest(1))), vec![], both.clone(), link(1, &both)),
            ("one login twice", Some(Some(guest(1))), vec![], vec![a.clone(), a.clone()], link(1, &[a])),
        ],
        false,
        false,
    );
}

#[test]
fn id_16_a_guest_who_signs_in_as_somebody_known_becomes_them() {
    let (a, x) = (login(GOOGLE, "a"), login(PEOPLE, "x"));
    let q = || person(2, [&a]);
    let r = || person(3, [&x]);
    let p = || Some(Some(guest(1)));
    let only = || vec![a.clone()];
    let both = || vec![a.clone(), x.clone()];
    check(
        vec![
            ("P guest, S={Q}", p(), vec![q()], only(), merge(2, &[1], &[])),
            ("P guest, S={Q}, a new login", p(), vec![q()], both(), merge(2, &[1], [&x])),
            ("P guest, S={Q,R}: the oldest with logins", p(), vec![r(), q()], both(), merge(2, &[3, 1], &[])),
            ("P merged into Q, Q's login", Some(Some(merged(1, 2))), vec![q()], only(), link(2, &[])),
            ("P merged into Q, and R's", Some(Some(merged(1, 3))), vec![q(), r()], both(), merge(3, &[2], &[])),
            (
                "P merged into Q, R's",
                Some(Some(merged(1, 2))),
                vec![r()],
                vec![x.clone()],
                Err(ResolveError::Forbidden),
            ),
            ("P merged into Q, nobody's", Some(Some(merged(1, 2))), vec![], only(), Err(ResolveError::Forbidden)),
        ],
        true,
        false,
    );
}

#[test]
fn id_17_an_identity_has_one_subject_of_a_public_provider() {
    let (a, b, x, y) = (login(GOOGLE, "a"), login(GOOGLE, "b"), login(PEOPLE, "x"), login(PEOPLE, "y"));
    let p = || person(1, [&a]);
    let linked = || Err(ResolveError::AlreadyLinked);
    check(
        vec![
            ("P, S contains P, a second subject", Some(Some(p())), vec![p()], vec![a.clone(), b.clone()], linked()),
            ("no id, a second subject", None, vec![p()], vec![a.clone(), b.clone()], linked()),
            ("a new identity with two", None, vec![], vec![a.clone(), b.clone()], linked()),
            ("a guest with two", Some(Some(guest(1))), vec![], vec![a.clone(), b.clone()], linked()),
            (
                "merge, both sides with the same provider",
                None,
                vec![person(1, [&a, &x]), person(2, [&b])],
                vec![x.clone(), b.clone()],
                linked(),
            ),
            (
                "merge into P, both sides with the same provider, which is not presented",
                Some(Some(person(1, [&a, &x]))),
                vec![person(1, [&a, &x]), person(2, &[y.clone(), login("x.example", "1")])],
                vec![a.clone(), login("x.example", "1")],
                linked(),
            ),
        ],
        true,
        false,
    );
}

#[test]
fn a_person_who_is_presented_must_bring_one_of_their_logins() {
    let (a, x) = (login(GOOGLE, "a"), login(PEOPLE, "x"));
    let p = || person(2, [&a]);
    let q = || person(1, [&x]);
    let apart = || Err(ResolveError::LoginsDontMatch);
    check(
        vec![
            ("S contains P", Some(Some(p())), vec![p()], vec![a.clone()], link(2, &[])),
            ("and a new login", Some(Some(p())), vec![p()], vec![a.clone(), x.clone()], link(2, [&x])),
            (
                "and Q: P is left though younger",
                Some(Some(p())),
                vec![q(), p()],
                vec![x.clone(), a.clone()],
                merge(2, &[1], &[]),
            ),
            ("S={Q}", Some(Some(p())), vec![q()], vec![x.clone()], apart()),
            ("S empty", Some(Some(p())), vec![], vec![x.clone()], apart()),
            ("P lost its last login", Some(Some(person(2, &[]))), vec![], vec![a.clone()], apart()),
        ],
        true,
        false,
    );
}

#[test]
fn id_22_a_developers_identifier_is_one_identitys() {
    let (one, two, a, x) = (login(OURS, "one"), login(OURS, "two"), login(GOOGLE, "a"), login(PEOPLE, "x"));
    let owner = || person(2, [&one]);
    let public = || person(1, [&a]);
    let only = || vec![one.clone()];
    let registered = || Err(ResolveError::AlreadyRegistered);
    let created = || Ok(Resolution::Create { link: only() });
    check(
        vec![
            ("no id, unowned", None, vec![], only(), created()),
            ("no id, owned", None, vec![owner()], only(), link(2, &[])),
            ("unknown id", Some(None), vec![owner()], only(), Err(ResolveError::NotFound)),
            ("owned by P", Some(Some(owner())), vec![owner()], only(), link(2, &[])),
            ("owned by another", Some(Some(guest(1))), vec![owner()], only(), registered()),
            ("owned by another, P with logins", Some(Some(public())), vec![owner()], only(), registered()),
            (
                "owned by another, with P's own token beside",
                Some(Some(public())),
                vec![owner(), public()],
                vec![one.clone(), a.clone()],
                registered(),
            ),
            ("unowned, P guest", Some(Some(guest(1))), vec![], only(), link(1, [&one])),
            ("unowned, P has another", Some(Some(owner())), vec![], vec![two.clone()], link(2, [&two])),
            ("unowned, P public, no token", Some(Some(public())), vec![], only(), Err(ResolveError::LoginsDontMatch)),
            (
                "unowned, P public, somebody else's token",
                Some(Some(public())),
                vec![person(3, [&x])],
                vec![one.clone(), x.clone()],
                Err(ResolveError::LoginsDontMatch),
            ),
            (
                "unowned, P public, its token",
                Some(Some(public())),
                vec![public()],
                vec![one.clone(), a.clone()],
                link(1, [&one]),
            ),
            (
                "unowned, P guest, a known person's token",
                Some(Some(guest(5))),
                vec![public()],
                vec![one.clone(), a.clone()],
                merge(1, &[5], [&one]),
            ),
            ("P merged into its owner", Some(Some(merged(1, 2))), vec![owner()], only(), link(2, &[])),
            ("P merged elsewhere", Some(Some(merged(1, 3))), vec![owner()], only(), Err(ResolveError::Forbidden)),
        ],
        false,
        true,
    );
}

#[test]
fn id_23_a_merge_of_two_identifiers_leaves_the_destination() {
    let (one, two, a, b) = (login(OURS, "one"), login(OURS, "two"), login(GOOGLE, "a"), login(GOOGLE, "b"));
    let source = person(1, [&one]);
    let destination = person(2, [&two, &a]);
    assert_eq!(merge_developers(&source, &destination), merge(2, &[1], &[]), "though the source is older");
    assert_eq!(merge_developers(&destination, &destination), link(2, &[]), "both are one's already");
    let torn = person(1, &[one.clone(), b]);
    assert_eq!(merge_developers(&torn, &destination), Err(ResolveError::AlreadyLinked));
    let alike = person(1, [&one]);
    let many: Vec<Login> = (0..LOGINS_MAX).map(|n| login(OURS, &format!("d{n}"))).collect();
    assert_eq!(merge_developers(&alike, &person(2, &many[1..])), merge(2, &[1], &[]), "twenty");
    assert_eq!(merge_developers(&alike, &person(2, &many)), Err(ResolveError::TooManyLogins), "twenty-one");
    assert_eq!(merge_developers(&merged(1, 3), &destination), Err(ResolveError::Forbidden));
}

#[test]
fn an_identity_with_twenty_logins_gets_no_further_one_and_goes_on() {
    let many: Vec<Login> = (0..LOGINS_MAX).map(|n| login(OURS, &format!("d{n}"))).collect();
    let full = || person(1, &many);
    let first = many[0].clone();
    let more = vec![first.clone(), login(GOOGLE, "a")];
    check(
        vec![
            ("no new one", Some(Some(full())), vec![full()], vec![first.clone()], link(1, &[])),
            ("a new one", Some(Some(full())), vec![full()], more, Err(ResolveError::TooManyLogins)),
        ],
        true,
        false,
    );
}

/// Identities as a store would keep them, and a source of numbers that is the same each time.
struct World {
    all: Vec<Known>,
    seed: u64,
}

impl World {
    fn draw(&mut self, below: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap() % below
    }

    fn login(&mut self) -> Login {
        let provider = [GOOGLE, PEOPLE, "x.example", OURS][self.draw(4)];
        let subject = self.draw(6);
        login(provider, &subject.to_string())
    }

    fn at(&mut self, id: &IdentityId) -> &mut Known {
        self.all.iter_mut().find(|known| known.identity.id == *id).unwrap()
    }

    fn owners(&self, logins: &[Login]) -> Vec<Known> {
        self.all.iter().filter(|known| logins.iter().any(|login| known.has(login))).cloned().collect()
    }

    fn give(&mut self, to: &IdentityId, logins: &[Login]) {
        let known = self.at(to);
        known.logins.extend(logins.iter().cloned());
        known.identity.guest &= logins.is_empty();
    }

    fn apply(&mut self, resolution: Resolution) -> IdentityId {
        match resolution {
            Resolution::Create { link } => {
                let n = self.all.len();
                self.all.push(guest(n));
                self.give(&id(n), &link);
                id(n)
            }
            Resolution::Use { id, link } => {
                self.give(&id, &link);
                id
            }
            Resolution::Merge { survivor, absorbed, link } => {
                for gone in &absorbed {
                    let other = self.at(gone);
                    let logins = std::mem::take(&mut other.logins);
                    other.identity.state = IdentityState::Disabled;
                    other.identity.guest = false;
                    self.give(&survivor, &logins);
                    for known in &mut self.all {
                        if known.identity.id == *gone || known.identity.merged_into.as_ref() == Some(gone) {
                            known.identity.merged_into = Some(survivor.clone());
                        }
                    }
                }
                self.give(&survivor, &link);
                survivor
            }
        }
    }

    fn holds(&self) {
        let mut seen = std::collections::BTreeSet::new();
        for known in &self.all {
            let mut public = std::collections::BTreeSet::new();
            for login in &known.logins {
                assert!(seen.insert(login.clone()), "{login:?} is two identities'");
                assert!(login.developer || public.insert(login.provider.clone()), "two subjects: {:?}", known.logins);
            }
            assert!(known.logins.len() <= LOGINS_MAX);
            assert!(known.identity.enabled() || known.logins.is_empty(), "a disabled one has logins");
            assert!(!known.identity.guest || known.logins.is_empty(), "a guest has logins");
        }
    }
}

#[test]
fn id_17_whatever_happens_a_login_is_one_identitys_and_an_identity_has_one_subject_of_a_provider() {
    let (mut merges, mut refusals) = (0, 0);
    for seed in 0..200 {
        let mut world = World { all: Vec::new(), seed };
        for _ in 0..200 {
            let count = world.draw(4);
            let mut logins: Vec<Login> = (0..count).map(|_| world.login()).collect();
            let developer = world.draw(4) == 0;
            logins.retain(|login| developer || !login.developer);
            let size = world.all.len();
            let shown = world.draw(size + 3);
            let known = world.all.get(shown).cloned();
            let presented = match &known {
                Some(known) => Presented::Known(known),
                None if shown == size => Presented::Unknown,
                None => Presented::Absent,
            };
            let owners = world.owners(&logins);
            match resolve(&Asked { presented, owners: &owners, logins: &logins, guests: true, developer }) {
                Err(_) => refusals += 1,
                Ok(resolution) => {
                    merges += usize::from(matches!(resolution, Resolution::Merge { .. }));
                    let found = world.apply(resolution);
                    world.holds();
                    assert!(world.at(&found).identity.enabled());
                    assert!(logins.iter().all(|login| world.at(&found).has(login)), "all are one's now");
                    // Asked again it is the same one, and there is nothing left to write.
                    let (owners, again) = (world.owners(&logins), world.at(&found).clone());
                    let presented = Presented::Known(&again);
                    let asked = Asked { presented, owners: &owners, logins: &logins, guests: true, developer };
                    assert_eq!(resolve(&asked), Ok(Resolution::Use { id: found, link: Vec::new() }));
                }
            }
        }
    }
    assert!(merges > 500 && refusals > 500, "{merges} merges, {refusals} refusals: the walk goes nowhere");
}

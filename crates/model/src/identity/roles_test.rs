//! Section 8 of identity-pools.md, steps 1 to 7.

use super::{
    Aliases, Ambiguous, Chosen, Claims, MappingKind, MatchType, PoolRoles, ProvenLogin, RoleError, RoleMapping, Rule,
    choose_role,
};
use serde_json::{Value, json};
use std::borrow::Cow;

const GOOGLE: &str = "accounts.google.com";
const PEOPLE: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";

fn aliases() -> Aliases {
    Aliases { public_issuer: "auth.example.com".into() }
}

fn claims(of: Value) -> Claims {
    of.as_object().cloned().unwrap().into_iter().collect()
}

fn google(of: Value) -> ProvenLogin<'static> {
    let (provider, mapping_keys) = (GOOGLE.into(), vec![GOOGLE.into()].into());
    ProvenLogin { provider, mapping_keys, claims: Cow::Owned(claims(of)), names_roles: false }
}

fn person(of: Value) -> ProvenLogin<'static> {
    let (provider, mapping_keys) = (PEOPLE.into(), vec![format!("{PEOPLE}:web")].into());
    ProvenLogin { provider, mapping_keys, claims: Cow::Owned(claims(of)), names_roles: true }
}

fn rule(claim: &str, match_type: MatchType, value: &str, role: &str) -> Rule {
    Rule { claim: claim.into(), match_type, value: value.into(), role_arn: role.into() }
}

fn rules(rules: Vec<Rule>, ambiguous: Ambiguous) -> RoleMapping {
    RoleMapping { kind: MappingKind::Rules(rules), ambiguous }
}

fn roles(mappings: &[(&str, RoleMapping)]) -> PoolRoles {
    PoolRoles {
        authenticated: Some("auth".into()),
        unauthenticated: Some("guest".into()),
        mappings: mappings.iter().map(|(key, mapping)| ((*key).to_owned(), mapping.clone())).collect(),
    }
}

fn chosen(roles: &PoolRoles, logins: &[ProvenLogin<'_>], custom: Option<&str>) -> Result<String, RoleError> {
    choose_role(roles, logins, custom, false, &aliases()).map(|chosen| chosen.arn)
}

fn arn(role: &str) -> Result<String, RoleError> {
    Ok(role.to_owned())
}

fn not_allowed(role: &str) -> Result<String, RoleError> {
    Err(RoleError::NotAllowed(role.to_owned()))
}

#[test]
fn st_29_id_28_guests_and_people_without_a_mapping_get_the_pools_roles() {
    let (set, unset) = (roles(&[]), PoolRoles::default());
    assert_eq!(chosen(&set, &[], None), arn("guest"));
    assert_eq!(chosen(&unset, &[], None), Err(RoleError::NoRole("unauthenticated")));
    assert_eq!(chosen(&set, &[google(json!({}))], None), arn("auth"));
    assert_eq!(chosen(&unset, &[google(json!({}))], None), Err(RoleError::NoRole("authenticated")));
    // Where one is not set, the other is nobody's way around it.
    let (no_guests, no_people) =
        (PoolRoles { unauthenticated: None, ..roles(&[]) }, PoolRoles { authenticated: None, ..roles(&[]) });
    for custom in [None, Some("auth"), Some("guest")] {
        assert_eq!(chosen(&no_guests, &[], custom), Err(RoleError::NoRole("unauthenticated")));
        assert_eq!(chosen(&no_people, &[google(json!({}))], custom), Err(RoleError::NoRole("authenticated")));
    }
    // Step 6: another role than that cannot be asked for.
    assert_eq!(chosen(&set, &[google(json!({}))], Some("auth")), arn("auth"));
    assert_eq!(chosen(&set, &[google(json!({}))], Some("other")), not_allowed("other"));
    assert_eq!(chosen(&set, &[], Some("guest")), arn("guest"));
    assert_eq!(chosen(&set, &[], Some("auth")), not_allowed("auth"));
}

#[test]
fn whom_the_developer_vouches_for_gets_the_role_of_people_whatever_the_mappings_say() {
    let always = rules(vec![rule("sub", MatchType::NotEqual, "", "mapped")], Ambiguous::Deny);
    let roles = roles(&[(GOOGLE, always)]);
    let login = [google(json!({ "sub": "a" }))];
    assert_eq!(chosen(&roles, &login, None), arn("mapped"));
    for logins in [&login[..], &[]] {
        let found = choose_role(&roles, logins, None, true, &aliases());
        assert_eq!(found, Ok(Chosen { arn: "auth".into(), why: "the pool's authenticated role".into() }));
    }
    assert_eq!(
        choose_role(&roles, &login, Some("mapped"), true, &aliases()),
        Err(RoleError::NotAllowed("mapped".into()))
    );
}

#[test]
fn id_25_the_first_rule_that_matches_wins_and_otherwise_the_mapping_says_what_then() {
    let ordered = |ambiguous| {
        roles(&[(
            GOOGLE,
            rules(
                vec![
                    rule("dept", MatchType::NotEqual, "sales", "not-sales"),
                    rule("dept", MatchType::Equals, "sales", "sales"),
                    rule("dept", MatchType::StartsWith, "sa", "sa"),
                ],
                ambiguous,
            ),
        )])
    };
    let deny = ordered(Ambiguous::Deny);
    let of = |value: Value| [google(json!({ "dept": value }))];
    assert_eq!(chosen(&deny, &of(json!("ops")), None), arn("not-sales"));
    assert_eq!(chosen(&deny, &of(json!("sales")), None), arn("sales"), "the second, not the third");
    assert_eq!(chosen(&deny, &of(json!("sales")), Some("sa")), arn("sa"), "asked for and matching");
    assert_eq!(chosen(&deny, &of(json!("sales")), Some("not-sales")), not_allowed("not-sales"), "not matching");
    assert_eq!(chosen(&deny, &of(json!("sales")), Some("auth")), not_allowed("auth"), "no rule's");
    // NotEqual needs a claim to look at.
    for absent in [google(json!({})), google(json!({ "dept": null }))] {
        let absent = [absent];
        assert_eq!(chosen(&deny, &absent, None), Err(RoleError::Denied(GOOGLE.into())));
        assert_eq!(chosen(&ordered(Ambiguous::AuthenticatedRole), &absent, None), arn("auth"));
        let bare = PoolRoles { authenticated: None, ..ordered(Ambiguous::AuthenticatedRole) };
        assert_eq!(chosen(&bare, &absent, None), Err(RoleError::NoRole("authenticated")));
    }
}

#[test]
fn id_25_a_claim_is_compared_as_text_and_of_a_list_one_element_is_enough() {
    use MatchType::{Contains, Equals, NotEqual, StartsWith};
    let groups = json!(["ops", "sales"]);
    for (claim, match_type, value, matches) in [
        (json!("sales"), Equals, "sales", true),
        (json!("Sales"), Equals, "sales", false),
        (json!("the sales"), Contains, "sal", true),
        (json!("the sales"), StartsWith, "sal", false),
        (json!("sales"), NotEqual, "sales", false),
        (groups.clone(), Equals, "sales", true),
        (groups.clone(), Equals, "sal", false),
        (groups.clone(), StartsWith, "sal", true),
        (groups.clone(), Contains, "ale", true),
        (groups.clone(), NotEqual, "sales", false),
        (groups, NotEqual, "admin", true),
        (json!([]), NotEqual, "admin", true),
        (json!([]), Contains, "", false),
        (json!(true), Equals, "true", true),
        (json!(7), Equals, "7", true),
        (json!(7), StartsWith, "\"7", false),
        (json!({ "a": 1 }), Equals, "{\"a\":1}", true),
    ] {
        let mapping = rules(vec![rule("c", match_type, value, "mapped")], Ambiguous::Deny);
        let found = chosen(&roles(&[(GOOGLE, mapping)]), &[google(json!({ "c": claim }))], None);
        assert_eq!(found.is_ok(), matches, "{claim} {match_type:?} {value:?}");
    }
}

#[test]
fn id_26_the_token_names_the_role_and_a_role_of_its_list_may_be_asked_for() {
    let by_token = |ambiguous| RoleMapping { kind: MappingKind::Token, ambiguous };
    let key = format!("{PEOPLE}:web");
    let deny = roles(&[(&key, by_token(Ambiguous::Deny))]);
    let of = |roles: Value, preferred: Value| {
        [person(json!({ "cognito:roles": roles, "cognito:preferred_role": preferred }))]
    };
    let two = || of(json!(["r1", "r2"]), json!("r2"));
    let denied = || Err(RoleError::Denied(key.clone()));
    assert_eq!(chosen(&deny, &two(), None), arn("r2"), "the preferred one");
    assert_eq!(chosen(&deny, &two(), Some("r1")), arn("r1"), "one of the list");
    assert_eq!(chosen(&deny, &two(), Some("r3")), not_allowed("r3"), "none of the list");
    assert_eq!(chosen(&deny, &of(json!("r1, r2"), Value::Null), Some("r2")), arn("r2"), "text with commas");
    assert_eq!(chosen(&deny, &of(json!(["r1"]), Value::Null), None), arn("r1"), "the only one");
    assert_eq!(chosen(&deny, &of(json!(["r1", "r1"]), Value::Null), None), arn("r1"), "the only one, told twice");
    assert_eq!(chosen(&deny, &of(json!(["r1", "r2"]), Value::Null), None), denied());
    assert_eq!(chosen(&deny, &of(json!(["r1", "r2"]), json!("")), None), denied());
    assert_eq!(chosen(&deny, &[person(json!({}))], None), denied());
    assert_eq!(chosen(&deny, &[person(json!({}))], Some("auth")), not_allowed("auth"));
    let kind = roles(&[(&key, by_token(Ambiguous::AuthenticatedRole))]);
    assert_eq!(chosen(&kind, &[person(json!({}))], None), arn("auth"));
}

#[test]
fn id_26_a_strangers_token_names_no_role() {
    let key = format!("{PEOPLE}:web");
    let told = json!({ "cognito:roles": ["r1"], "cognito:preferred_role": "r1" });
    let stranger = [ProvenLogin { names_roles: false, ..person(told) }];
    let by_token = |ambiguous| roles(&[(&key, RoleMapping { kind: MappingKind::Token, ambiguous })]);
    let (deny, kind) = (by_token(Ambiguous::Deny), by_token(Ambiguous::AuthenticatedRole));
    assert_eq!(chosen(&deny, &stranger, None), Err(RoleError::Denied(key.clone())));
    assert_eq!(chosen(&kind, &stranger, None), arn("auth"));
    assert_eq!(chosen(&kind, &stranger, Some("r1")), not_allowed("r1"));
}

#[test]
fn a_user_pools_mapping_is_found_under_every_name_of_the_pool_and_only_for_its_client() {
    let always = || rules(vec![rule("sub", MatchType::NotEqual, "", "mapped")], Ambiguous::Deny);
    let login = |keys: &str| ProvenLogin { mapping_keys: vec![keys.into()].into(), ..person(json!({ "sub": "a" })) };
    let (aws, public) = (format!("{PEOPLE}:web"), "auth.example.com/eu-west-1_AbCdEfGhI:web");
    for entered in [aws.as_str(), public] {
        let roles = roles(&[(entered, always())]);
        for own in [aws.as_str(), public] {
            assert_eq!(chosen(&roles, &[login(own)], None), arn("mapped"), "{entered} and {own}");
        }
        assert_eq!(chosen(&roles, &[login(&format!("{PEOPLE}:other"))], None), arn("auth"));
    }
}

#[test]
fn of_several_mappings_the_one_that_leads_to_a_role_counts_and_then_the_order_of_keys() {
    let when = |claim: &str, role: &str, otherwise| rules(vec![rule(claim, MatchType::Equals, "1", role)], otherwise);
    let key = format!("{PEOPLE}:web");
    let with = |first, second| roles(&[(GOOGLE, first), (key.as_str(), second)]);
    let deny = with(when("g", "of-google", Ambiguous::Deny), when("p", "of-people", Ambiguous::AuthenticatedRole));
    let both = |g: &str, p: &str| [person(json!({ "p": p })), google(json!({ "g": g }))];
    assert_eq!(chosen(&deny, &both("1", "1"), None), arn("of-google"), "the first by key");
    assert_eq!(chosen(&deny, &both("0", "1"), None), arn("of-people"), "the one without ambiguity");
    assert_eq!(chosen(&deny, &both("1", "1"), Some("of-people")), arn("of-people"));
    assert_eq!(chosen(&deny, &both("0", "0"), None), Err(RoleError::Denied(GOOGLE.into())), "the first by key");
    let kind = with(when("g", "of-google", Ambiguous::AuthenticatedRole), when("p", "of-people", Ambiguous::Deny));
    let denied = RoleError::Denied(key.clone());
    assert_eq!(
        chosen(&kind, &both("0", "0"), None),
        Err(denied),
        "a second login is no way around the one that denies"
    );
    assert_eq!(chosen(&kind, &both("0", "0"), Some("auth")), not_allowed("auth"));
}

#[test]
fn it_is_told_which_setting_led_to_the_role() {
    let mapping = rules(
        vec![rule("a", MatchType::Equals, "1", "one"), rule("b", MatchType::StartsWith, "x", "two")],
        Ambiguous::AuthenticatedRole,
    );
    let roles = roles(&[(GOOGLE, mapping)]);
    let why = |of: Value| choose_role(&roles, &[google(of)], None, false, &aliases()).unwrap().why;
    assert_eq!(why(json!({ "b": "xyz" })), "mapping of accounts.google.com: rule 2, b StartsWith \"x\"");
    assert_eq!(why(json!({})), "mapping of accounts.google.com: ambiguous; the pool's authenticated role");
}

//! Whom a role trusts, and the tags that go with it.

use testkit::prelude::*;
use testkit::{ACCOUNT, log_lines, trust_in};

const PW: &str = testkit::PASSWORD;
const ALL: &str = "cognito-identity.amazonaws.com";

/// The one log line of a request, by its id.
fn cause_of(answer: &Answer) -> String {
    let id = answer.header("x-amzn-requestid").to_owned();
    let lines = log_lines().into_iter().filter(|line| line.contains(&id) && line.contains("cause="));
    lines.collect::<Vec<_>>().join("\n")
}

#[cognate_test]
async fn id_28_a_role_that_does_not_trust_the_pool_is_told_about_in_the_log_alone(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let elsewhere = "eu-west-1:00000000-0000-4000-8000-00000000000a";
    let strange = app.iam_role("strange", "/", trust_in(elsewhere, "unauthenticated")).await;
    let guest = pool.guest().await;
    let set = async |role: &str| {
        pool.admin("SetIdentityPoolRoles", json!({ "Roles": { "unauthenticated": role } })).await.expect_done();
        let refused = pool.credentials(&guest, &json!({})).await;
        refused.expect_misconfigured();
        cause_of(&refused)
    };
    let told = set(&strange.arn).await;
    for part in [strange.arn.as_str(), "StringEquals", &format!("{ALL}:aud"), elsewhere, pool.id.as_str()] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains(&guest), "who holds a guest's id is the guest: {told}");
    let gone = format!("arn:aws:iam::{ACCOUNT}:role/nowhere");
    assert!(set(&gone).await.contains("does not exist"));
    let users = json!([{ "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "sts:AssumeRole" }]);
    let not_for_pools = app.iam_role("for-users", "/", users).await;
    assert!(set(&not_for_pools.arn).await.contains("other actions"));
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": {} })).await.expect_done();
    let refused = pool.credentials(&guest, &json!({})).await;
    refused.expect_misconfigured();
    assert!(cause_of(&refused).contains("no role is set for unauthenticated"));
}

#[cognate_test]
async fn id_28_the_identity_a_role_is_pinned_to_is_in_no_log(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    let condition = json!({ "StringEquals": { format!("{ALL}:sub"): "eu-west-1:0" } });
    let trust = json!([{
        "Effect": "Allow", "Principal": { "Federated": ALL },
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
    }]);
    let pinned = app.iam_role("pinned", "/", trust).await;
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": { "unauthenticated": pinned.arn } })).await.expect_done();
    let refused = pool.credentials(&guest, &json!({})).await;
    refused.expect_misconfigured();
    assert!(cause_of(&refused).contains("to be another identity"));
    let lines: Vec<String> = log_lines().into_iter().filter(|line| line.contains(&guest)).collect();
    assert!(lines.is_empty(), "{lines:?}");
}

#[cognate_test]
async fn st_29_id_28_where_one_role_is_not_set_nobody_gets_the_others(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().developed_by("login.shop").for_people_of(&people).await;
    // It trusts guests and people alike, so that nothing but the pool's own choice keeps either out.
    let either = app.iam_role("either", "/", trust_in(&pool.id, "*authenticated")).await;
    let (guest, login) = (pool.guest().await, people.login("ana").await);
    let ana = pool.identity(&login).await;
    let told = pool.developer_token("login.shop", "ben", json!({})).await.expect_ok();
    let (ben, vouched) = (told["IdentityId"].as_str().unwrap(), json!({ ALL: told["Token"] }));
    let nobody = json!({});
    let of_guest = (guest.as_str(), &nobody);
    let of_people = [(ana.as_str(), &login), (ben, &vouched)];
    for (set, unset, served, refused) in [
        ("authenticated", "unauthenticated", &of_people[..], &[of_guest][..]),
        ("unauthenticated", "authenticated", &[of_guest][..], &of_people[..]),
    ] {
        pool.admin("SetIdentityPoolRoles", json!({ "Roles": { set: either.arn } })).await.expect_done();
        for (identity, logins) in served {
            let session = pool.credentials(identity, logins).await.identity_credentials();
            assert!(app.who_is(&session).await.value("GetCallerIdentityResult.Arn").contains("/either/"));
        }
        for (identity, logins) in refused {
            let answer = pool.credentials(identity, logins).await;
            answer.expect_misconfigured();
            assert!(cause_of(&answer).contains(&format!("no role is set for {unset}")));
            pool.credentials_as(&either.arn, identity, logins).await.expect_misconfigured();
        }
    }
}

#[cognate_test]
async fn id_28_a_role_may_trust_the_pool_by_the_deployments_own_name(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let login = people.login("ana").await;
    let (ana, guest) = (pool.identity(&login).await, pool.guest().await);
    let issuer = app.issuer("");
    let name = issuer.split_once("://").unwrap().1.trim_end_matches('/');
    let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{name}");
    let (here, elsewhere) = (pool.id.as_str(), "eu-west-1:00000000-0000-4000-8000-00000000000a");
    for (role, federated, audience, amr, trusts) in [
        ("named", name, here, "authenticated", true),
        ("provided", provider.as_str(), here, "authenticated", true),
        ("mistaken", name, elsewhere, "authenticated", false),
        ("of-guests", name, here, "unauthenticated", false),
        ("of-others", "id.elsewhere.example", here, "authenticated", false),
    ] {
        let trust = json!([{
            "Effect": "Allow", "Principal": { "Federated": federated }, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": { format!("{name}:aud"): audience, format!("{name}:sub"): [ana, guest] },
                "ForAnyValue:StringEquals": { format!("{name}:amr"): amr },
            },
        }]);
        let role = app.iam_role(role, "/", trust).await;
        let roles = json!({ "authenticated": role.arn, "unauthenticated": role.arn });
        pool.admin("SetIdentityPoolRoles", json!({ "Roles": roles })).await.expect_done();
        let answer = pool.credentials(&ana, &login).await;
        if trusts {
            assert!(app.who_is(&answer.identity_credentials()).await.is_ok(), "{federated}");
        } else {
            answer.expect_misconfigured();
        }
        let of_guest = pool.credentials(&guest, &json!({})).await;
        assert_eq!(of_guest.is_ok(), amr == "unauthenticated", "{federated} {of_guest:?}");
    }
}

#[cognate_test]
async fn st_34_id_28_what_a_token_says_of_a_person_is_in_no_log(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let address = "ana-of-the-log@example.com";
    let update = json!({ "Username": "ana", "UserAttributes": people.attributes(&[("email", address)]) });
    people.admin("AdminUpdateUserAttributes", update).await.expect_ok();
    let pool = app.identity_pool().for_people_of(&people).await;
    let map = json!({
        "IdentityProviderName": people.login_key(), "UseDefaults": false, "PrincipalTags": { "mail": "email" },
    });
    pool.admin("SetPrincipalTagAttributeMap", map).await.expect_ok();
    let mut trust = trust_in(&pool.id, "authenticated");
    trust[0]["Condition"]["StringEquals"]["aws:RequestTag/mail"] = "ben@example.com".into();
    let of_ben = app.iam_role("of-ben", "/", trust).await;
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": { "authenticated": of_ben.arn } })).await.expect_done();
    let login = people.login("ana").await;
    let refused = pool.credentials(&pool.identity(&login).await, &login).await;
    refused.expect_misconfigured();
    let told = cause_of(&refused);
    for part in ["wants StringEquals aws:RequestTag/mail", "ben@example.com", "and has another value"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains(address), "{told}");
}

#[cognate_test]
async fn id_29_claims_become_tags_where_the_role_lets_them(app: App) {
    let schema = json!([{ "Name": "department", "AttributeDataType": "String", "Mutable": true }]);
    let people = app.pool().set("Schema", schema).with_user("ana", PW).await;
    let attributes = people.attributes(&[("custom:department", "tools")]);
    let update = json!({ "Username": "ana", "UserAttributes": attributes });
    people.admin("AdminUpdateUserAttributes", update).await.expect_ok();
    let pool = app.identity_pool().for_people_of(&people).await;
    let map = json!({
        "IdentityProviderName": people.login_key(), "UseDefaults": false,
        "PrincipalTags": { "department": "custom:department", "none": "nowhere" },
    });
    pool.admin("SetPrincipalTagAttributeMap", map).await.expect_ok();
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    let condition = json!({ "StringEquals": { "aws:PrincipalTag/department": "tools" } });
    pool.authenticated
        .may(json!([{ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*", "Condition": condition }]))
        .await;
    let session = pool.credentials(&ana, &login).await.identity_credentials();
    assert!(app.query_by(&session, Service::Iam, "ListRoles", &[]).await.is_ok());
    let update = json!({ "Username": "ana", "UserAttributes": people.attributes(&[("custom:department", "toys")]) });
    people.admin("AdminUpdateUserAttributes", update).await.expect_ok();
    let other = pool.credentials(&ana, &people.login("ana").await).await.identity_credentials();
    app.query_by(&other, Service::Iam, "ListRoles", &[]).await.expect_refusal(403, "AccessDenied");

    let mut trust = trust_in(&pool.id, "authenticated");
    trust[0]["Action"] = "sts:AssumeRoleWithWebIdentity".into();
    let untagged = app.iam_role("untagged", "/", trust).await;
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": { "authenticated": untagged.arn } })).await.expect_done();
    let refused = pool.credentials(&ana, &login).await;
    refused.expect_misconfigured();
    assert!(cause_of(&refused).contains("sts:TagSession"));
}

#[cognate_test]
async fn id_29_a_role_may_ask_for_the_tags_before_it_is_had(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("ben", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (of_ana, of_ben) = (people.login("ana").await, people.login("ben").await);
    let (ana, ben) = (pool.identity(&of_ana).await, pool.identity(&of_ben).await);
    let map = async |tags: Value| {
        let map = json!({ "IdentityProviderName": people.login_key(), "UseDefaults": false, "PrincipalTags": tags });
        pool.admin("SetPrincipalTagAttributeMap", map).await.expect_ok();
    };
    let asking = async |role: &str, conditions: &[(&str, &str, Value)]| {
        let mut trust = trust_in(&pool.id, "authenticated");
        for (operator, key, wanted) in conditions {
            trust[0]["Condition"][operator][key] = wanted.clone();
        }
        let role = app.iam_role(role, "/", trust).await;
        pool.admin("SetIdentityPoolRoles", json!({ "Roles": { "authenticated": role.arn } })).await.expect_done();
    };
    let (one, two) = (json!({ "name": "cognito:username" }), json!({ "name": "cognito:username", "client": "aud" }));

    asking("for-ana", &[("StringEquals", "aws:RequestTag/name", json!("ana"))]).await;
    pool.credentials(&ana, &of_ana).await.expect_misconfigured();
    map(one.clone()).await;
    pool.credentials(&ana, &of_ana).await.expect_ok();
    let refused = pool.credentials(&ben, &of_ben).await;
    refused.expect_misconfigured();
    let told = cause_of(&refused);
    assert!(told.contains("aws:RequestTag/name") && !told.contains("ben"), "{told}");

    asking(
        "for-the-named",
        &[
            ("ForAnyValue:StringEquals", "aws:TagKeys", json!("name")),
            ("ForAllValues:StringEquals", "aws:TagKeys", json!(["name"])),
        ],
    )
    .await;
    for (identity, login) in [(&ana, &of_ana), (&ben, &of_ben)] {
        pool.credentials(identity, login).await.expect_ok();
    }
    map(two).await;
    pool.credentials(&ana, &of_ana).await.expect_misconfigured();
    map(json!({})).await;
    let refused = pool.credentials(&ana, &of_ana).await;
    refused.expect_misconfigured();
    assert!(cause_of(&refused).contains("aws:TagKeys"));
    map(one).await;
    pool.credentials(&ana, &of_ana).await.expect_ok();
}

#[cognate_test]
async fn id_29_a_value_that_is_too_long_is_never_cut(app: App) {
    let schema = json!([{ "Name": "long", "AttributeDataType": "String", "Mutable": true }]);
    let people = app.pool().set("Schema", schema).with_user("ana", PW).await;
    let attributes = people.attributes(&[("custom:long", "x".repeat(257).as_str())]);
    let update = json!({ "Username": "ana", "UserAttributes": attributes });
    people.admin("AdminUpdateUserAttributes", update).await.expect_ok();
    let pool = app.identity_pool().for_people_of(&people).await;
    let map = json!({
        "IdentityProviderName": people.login_key(), "UseDefaults": false, "PrincipalTags": { "long": "custom:long" },
    });
    pool.admin("SetPrincipalTagAttributeMap", map).await.expect_ok();
    let login = people.login("ana").await;
    let refused = pool.credentials(&pool.identity(&login).await, &login).await;
    refused.expect_misconfigured();
    assert!(cause_of(&refused).contains("too long"));
}

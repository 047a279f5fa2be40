use crypto::sigv4::Credentials;
use testkit::prelude::*;
use testkit::{ACCOUNT, IdentityPool, log_lines, trust_in};

const PW: &str = testkit::PASSWORD;
const ALL: &str = "cognito-identity.amazonaws.com";

async fn who_is(app: &App, who: &Credentials) -> Answer {
    app.query_by(who, Service::Sts, "GetCallerIdentity", &[]).await
}

fn allowing(action: &str, resource: &str) -> Value {
    json!([{ "Effect": "Allow", "Action": action, "Resource": resource }])
}

async fn with_custom_role(pool: &IdentityPool, identity: &str, logins: &Value, role: &str) -> Answer {
    let body = json!({ "IdentityId": identity, "Logins": logins, "CustomRoleArn": role });
    pool.app().identity("GetCredentialsForIdentity", body).await
}

fn forbidden(identity: &str) -> String {
    format!("Access to Identity '{identity}' is forbidden.")
}

#[cognate_test]
async fn id_07_a_guest_gets_credentials_for_an_hour(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    let answer = pool.credentials(&guest, &json!({})).await;
    let body = answer.expect_ok();
    assert_eq!(body["IdentityId"], guest);
    let told = body["Credentials"].as_object().unwrap();
    let mut names: Vec<&String> = told.keys().collect();
    names.sort();
    assert_eq!(names, ["AccessKeyId", "Expiration", "SecretKey", "SessionToken"]);
    assert!(told["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    let ahead = told["Expiration"].as_f64().unwrap() - app.now().secs() as f64;
    assert!((3595.0..=3605.0).contains(&ahead), "{ahead}");
    let who = who_is(&app, &answer.identity_credentials()).await;
    let (_, short) = pool.id.split_once(':').unwrap();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/unauthenticated-{short}/CognitoIdentityCredentials");
    assert_eq!(who.value("GetCallerIdentityResult.Arn"), arn);
    app.advance(Duration::from_secs(3600));
    who_is(&app, &answer.identity_credentials()).await.expect_refusal(403, "ExpiredToken");
}

#[cognate_test]
async fn id_15_a_guest_who_signs_in_keeps_the_identity(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let guest = pool.guest().await;
    let login = people.login("ana").await;
    let signed_in = pool.credentials(&guest, &login).await;
    assert_eq!(signed_in.identity_id(), guest);
    assert_eq!(pool.describe(&guest).await.expect_ok()["Logins"], json!([people.login_key()]));
    assert_eq!(pool.identity(&login).await, guest);
    pool.credentials(&guest, &json!({})).await.expect_fault("NotAuthorizedException", &forbidden(&guest));
    let who = who_is(&app, &signed_in.identity_credentials()).await;
    assert!(who.value("GetCallerIdentityResult.Arn").contains("assumed-role/authenticated-"));
}

#[cognate_test]
async fn id_16_a_guest_who_signs_in_as_somebody_known_becomes_them(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let login = people.login("ana").await;
    let (ana, guest) = (pool.identity(&login).await, pool.guest().await);
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    assert!(who_is(&app, &session).await.is_ok());
    assert_eq!(pool.credentials(&guest, &login).await.identity_id(), ana);
    who_is(&app, &session).await.expect_refusal(403, "ExpiredToken");
    pool.credentials(&guest, &json!({})).await.expect_fault("NotAuthorizedException", &forbidden(&guest));
    // The old id still leads to whoever it became, for those who can prove to be them.
    assert_eq!(pool.credentials(&guest, &login).await.identity_id(), ana);
    let hidden = pool.admin("ListIdentities", json!({ "MaxResults": 60, "HideDisabled": true })).await.expect_ok();
    assert_eq!(hidden["Identities"].as_array().map(Vec::len), Some(1), "{hidden}");
    assert_eq!(hidden["Identities"][0]["IdentityId"], ana);
}

#[cognate_test]
async fn an_identity_is_nobody_elses_and_of_no_other_pool(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("eve", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let closed = app.identity_pool().await;
    let ana = pool.identity(&people.login("ana").await).await;
    let no_match = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
    let eve = people.login("eve").await;
    pool.credentials(&ana, &eve).await.expect_fault("NotAuthorizedException", no_match);
    let strange = "eu-west-1:00000000-0000-4000-8000-000000000000";
    let sentence = format!("Identity '{strange}' not found.");
    pool.credentials(strange, &eve).await.expect_fault("ResourceNotFoundException", &sentence);
    pool.credentials(strange, &json!({})).await.expect_fault("ResourceNotFoundException", &sentence);
    // The pool is the identity's own: logins of another pool's providers do not count in it.
    let guest = pool.guest().await;
    pool.admin("UpdateIdentityPool", json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false }))
        .await
        .expect_ok();
    let no_guests = "Unauthenticated access is not supported for this identity pool.";
    pool.credentials(&guest, &json!({})).await.expect_fault("NotAuthorizedException", no_guests);
    pool.credentials(&ana, &eve).await.expect_fault("NotAuthorizedException", no_match);
    closed.get_id(&eve).await.expect_fault("NotAuthorizedException", no_match);
}

#[cognate_test]
async fn id_25_rules_are_asked_in_order_and_ambiguity_does_as_it_is_told(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (first, second) = (pool.role("first").await, pool.role("second").await);
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    let key = format!("{}:{}", people.login_key(), people.client.id);
    let map = async |ambiguous: &str, rules: &[(&str, &str, &str, &str)]| {
        let rules: Vec<Value> = rules
            .iter()
            .map(|(claim, how, value, role)| json!({ "Claim": claim, "MatchType": how, "Value": value, "RoleARN": role }))
            .collect();
        let mapping = json!({
            "Type": "Rules", "AmbiguousRoleResolution": ambiguous, "RulesConfiguration": { "Rules": rules },
        });
        pool.map_roles(json!({ key.clone(): mapping })).await;
    };
    let role = async || {
        let session = pool.credentials(&ana, &login).await.identity_credentials();
        let arn = who_is(&app, &session).await.value("GetCallerIdentityResult.Arn");
        arn.split('/').nth(1).unwrap_or_default().to_owned()
    };
    let username = "cognito:username";
    map("Deny", &[(username, "Equals", "ben", &first.arn), (username, "StartsWith", "an", &second.arn)]).await;
    assert_eq!(role().await, "second");
    map("Deny", &[(username, "Contains", "n", &first.arn), (username, "Equals", "ana", &second.arn)]).await;
    assert_eq!(role().await, "first");
    map("Deny", &[("nowhere", "NotEqual", "x", &first.arn)]).await;
    let sentence = "The ambiguous role mapping rules denied this request";
    pool.credentials(&ana, &login).await.expect_fault("NotAuthorizedException", sentence);
    map("AuthenticatedRole", &[("nowhere", "NotEqual", "x", &first.arn)]).await;
    assert!(role().await.starts_with("authenticated-"));
    map("Deny", &[(username, "Equals", "ana", &first.arn), (username, "NotEqual", "ben", &second.arn)]).await;
    let asked = with_custom_role(&pool, &ana, &login, &second.arn).await.identity_credentials();
    assert!(who_is(&app, &asked).await.value("GetCallerIdentityResult.Arn").contains("/second/"));
    with_custom_role(&pool, &ana, &login, &pool.authenticated.arn).await.expect_code("NotAuthorizedException");
}

#[cognate_test]
async fn id_26_a_token_names_the_roles_of_its_groups(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (first, second) = (pool.role("first").await, pool.role("second").await);
    people.group("readers", json!({ "RoleArn": first.arn, "Precedence": 2 })).await;
    people.group("writers", json!({ "RoleArn": second.arn, "Precedence": 1 })).await;
    for group in ["readers", "writers"] {
        people.join("ana", group).await.expect_done();
    }
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    let key = format!("{}:{}", people.login_key(), people.client.id);
    pool.map_roles(json!({ key: { "Type": "Token", "AmbiguousRoleResolution": "Deny" } })).await;
    let arn =
        async |answer: Answer| who_is(&app, &answer.identity_credentials()).await.value("GetCallerIdentityResult.Arn");
    assert!(arn(pool.credentials(&ana, &login).await).await.contains("/second/"), "the preferred role");
    assert!(arn(with_custom_role(&pool, &ana, &login, &first.arn).await).await.contains("/first/"));
    let other = pool.role("other").await;
    for strange in [&other.arn, &pool.authenticated.arn] {
        with_custom_role(&pool, &ana, &login, strange).await.expect_code("NotAuthorizedException");
    }
}

#[cognate_test]
async fn a_custom_role_without_a_mapping_is_the_pools_own_or_none(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let other = pool.role("other").await;
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    with_custom_role(&pool, &ana, &login, &pool.authenticated.arn).await.expect_ok();
    with_custom_role(&pool, &ana, &login, &other.arn).await.expect_code("NotAuthorizedException");
}

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
            assert!(who_is(&app, &session).await.value("GetCallerIdentityResult.Arn").contains("/either/"));
        }
        for (identity, logins) in refused {
            let answer = pool.credentials(identity, logins).await;
            answer.expect_misconfigured();
            assert!(cause_of(&answer).contains(&format!("no role is set for {unset}")));
            with_custom_role(&pool, identity, logins, &either.arn).await.expect_misconfigured();
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
            assert!(who_is(&app, &answer.identity_credentials()).await.is_ok(), "{federated}");
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

#[cognate_test]
async fn id_30_a_guest_reaches_no_further_than_guests_do_whatever_the_role_says(app: App) {
    let people = app.pool().await;
    let pool = app.identity_pool().with_guests().classic().await;
    pool.guest.may(allowing("*", "*")).await;
    let guest = pool.guest().await;
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let describe = |who: &Credentials| {
        app.asking("DescribeUserPool", &json!({ "UserPoolId": people.id })).signed_by(who.clone()).send()
    };
    describe(&session).await.expect_ok();
    app.query_by(&session, Service::Iam, "ListRoles", &[]).await.expect_refusal(403, "AccessDenied");

    let token = pool.open_id_token(&guest, &json!({})).await.expect_ok();
    let parameters = [
        ("RoleArn", pool.guest.arn.as_str()),
        ("RoleSessionName", "classic"),
        ("WebIdentityToken", token["Token"].as_str().unwrap()),
    ];
    let classic = app.query(Service::Sts, "AssumeRoleWithWebIdentity", &parameters).await.credentials();
    assert!(app.query_by(&classic, Service::Iam, "ListRoles", &[]).await.is_ok());
    describe(&classic).await.expect_ok();
}

#[cognate_test]
async fn a_person_reaches_what_is_theirs_by_their_identity(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("ben", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (ana, ben) = (pool.identity(&people.login("ana").await).await, pool.identity(&people.login("ben").await).await);
    let condition = json!({ "StringEquals": { format!("{ALL}:sub"): ana, format!("{ALL}:aud"): pool.id } });
    pool.authenticated
        .may(json!([{ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*", "Condition": condition }]))
        .await;
    let session =
        async |id: &str, name: &str| pool.credentials(id, &people.login(name).await).await.identity_credentials();
    let (of_ana, of_ben) = (session(&ana, "ana").await, session(&ben, "ben").await);
    assert!(app.query_by(&of_ana, Service::Iam, "ListRoles", &[]).await.is_ok());
    app.query_by(&of_ben, Service::Iam, "ListRoles", &[]).await.expect_refusal(403, "AccessDenied");
}

#[cognate_test]
async fn cr_29_sessions_end_with_the_pool_and_with_the_identity_they_came_of(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": pool.guest.arn }, "Action": "sts:AssumeRole" }]);
    let next = app.iam_role("next", "/", trust).await;
    pool.guest.may(allowing("sts:AssumeRole", &next.arn)).await;
    let guest = pool.guest().await;
    let trust = app.query(Service::Iam, "GetRole", &[("RoleName", "next")]).await;
    assert!(trust.is_ok());
    // STS is none of the services that guests reach, so that a guest goes by the classic flow here.
    pool.admin(
        "UpdateIdentityPool",
        json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": true }),
    )
    .await
    .expect_ok();
    let token = pool.open_id_token(&guest, &json!({})).await.expect_ok();
    let parameters = [
        ("RoleArn", pool.guest.arn.as_str()),
        ("RoleSessionName", "classic"),
        ("WebIdentityToken", token["Token"].as_str().unwrap()),
    ];
    let classic = app.query(Service::Sts, "AssumeRoleWithWebIdentity", &parameters).await.credentials();
    let parameters = [("RoleArn", next.arn.as_str()), ("RoleSessionName", "chained")];
    let chained = app.query_by(&classic, Service::Sts, "AssumeRole", &parameters).await.credentials();
    let enhanced = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let sessions = [classic, chained, enhanced];
    for session in &sessions {
        assert!(who_is(&app, session).await.is_ok());
    }
    app.identity("DeleteIdentities", json!({ "IdentityIdsToDelete": [guest] })).await.expect_ok();
    for session in &sessions {
        who_is(&app, session).await.expect_refusal(403, "ExpiredToken");
    }
    let other = pool.credentials(&pool.guest().await, &json!({})).await.identity_credentials();
    assert!(who_is(&app, &other).await.is_ok());
    pool.admin("DeleteIdentityPool", json!({})).await.expect_done();
    // Another node, and a pool that is gone, are noticed within a second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    who_is(&app, &other).await.expect_refusal(403, "ExpiredToken");
}

#[cognate_test]
async fn a_role_that_is_deleted_ends_its_sessions_and_gives_no_more(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let (_, short) = pool.id.split_once(':').unwrap();
    let name = format!("unauthenticated-{short}");
    assert!(app.query(Service::Iam, "DeleteRole", &[("RoleName", &name)]).await.is_ok());
    who_is(&app, &session).await.expect_refusal(403, "InvalidClientTokenId");
    pool.credentials(&guest, &json!({})).await.expect_misconfigured();
}

#[cognate_test]
async fn session_tokens_of_people_with_ten_tags_stay_short(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).developed_by("login.shop").await;
    let tags: serde_json::Map<String, Value> =
        (0..10).map(|n| (format!("department{n}"), json!("engineering-europe"))).collect();
    let more = json!({ "Logins": people.login("ana").await, "PrincipalTags": tags });
    let told = pool.developer_token("login.shop", "ana", more).await.expect_ok();
    let (id, token) = (told["IdentityId"].as_str().unwrap(), &told["Token"]);
    let session = pool.credentials(id, &json!({ ALL: token })).await.identity_credentials();
    let length = session.token.unwrap().reveal().len();
    assert!(length <= 1400, "{length}");
}

#[cognate_test]
async fn id_15_what_a_guest_was_given_is_over_when_the_guest_becomes_somebody(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().classic().for_people_of(&people).await;
    let guest = pool.guest().await;
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let token = pool.open_id_token(&guest, &json!({})).await.expect_ok()["Token"].as_str().unwrap().to_owned();
    let role = app.iam_role("any-guest", "/", trust_in(&pool.id, "unauthenticated")).await;
    let assume = async || {
        let asked = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "web"), ("WebIdentityToken", token.as_str())];
        app.query(Service::Sts, "AssumeRoleWithWebIdentity", &asked).await
    };
    who_is(&app, &session).await.expect_ok();
    assume().await.expect_ok();

    let ana = pool.credentials(&guest, &people.login("ana").await).await;
    assert_eq!(ana.identity_id(), guest, "the id stays");
    who_is(&app, &ana.identity_credentials()).await.expect_ok();
    // Whoever else knew the guest's id is nobody now, though the id is somebody's.
    who_is(&app, &session).await.expect_refusal(403, "ExpiredToken");
    assert_eq!(assume().await.error(), "IDPRejectedClaim");
}

//! What follows from a changed attribute for the names people sign in by (user-pools.md 7).

use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const OLD: &str = "ana@example.com";
const NEW: &str = "ana@example.net";
const NOBODY: &str = "UserNotFoundException";

async fn alias_pool(app: &App, aliases: Value) -> Pool {
    app.pool().verifying_email().set("AliasAttributes", aliases).with_user("ana", PW).with_user("bob", PW).await
}

#[cognate_test]
async fn up_17_where_addresses_are_names_the_changed_one_signs_in_and_the_old_one_is_free_at_once(app: App) {
    let pool = app.pool().verifying_email().named_by_email().with_user(OLD, PW).await;
    let sub = pool.attribute(OLD, "sub").await;
    let token = pool.access(OLD, PW).await;
    pool.update(&token, &[("email", NEW)]).await.expect_ok();
    pool.sign_in(OLD, PW).await.expect_code(NOBODY);
    pool.sign_in(NEW, PW).await.expect_tokens();
    pool.srp_sign_in(NEW, PW).await.expect_tokens();
    assert_eq!(pool.person(NEW).await.expect_ok()["Username"], sub, "the username is the sub as before");
    // Somebody else may have the old one now, and the new one is nobody else's, verified or not.
    pool.sign_up(OLD, "Other-Pass1", &[]).await.expect_ok();
    let text = "An account with the given email already exists.";
    pool.sign_up(NEW, PW, &[]).await.expect_fault("UsernameExistsException", text);
    pool.update(&token, &[("email", OLD)]).await.expect_fault("AliasExistsException", text);
    pool.admin_update(NEW, &[("email", OLD)]).await.expect_fault("AliasExistsException", text);
    pool.admin_update(NEW, &[("email", OLD), ("email_verified", "true")]).await.expect_code("AliasExistsException");
    assert_eq!(pool.attribute(NEW, "email").await, NEW, "nothing of a refused change is kept");
    pool.sign_in(NEW, PW).await.expect_tokens();
}

#[cognate_test]
async fn up_17_an_invited_persons_address_comes_from_the_name_and_its_flag_speaks_of_it(app: App) {
    let pool = app.pool().named_by_email().await;
    let flag = pool.attributes(&[("email_verified", "true")]);
    let create = |name: &str| {
        pool.admin("AdminCreateUser", json!({ "Username": name, "UserAttributes": flag, "MessageAction": "SUPPRESS" }))
    };
    create(OLD).await.expect_ok();
    assert_eq!(pool.attribute(OLD, "email").await, OLD);
    assert_eq!(pool.attribute(OLD, "email_verified").await, "true");
    let plain = app.pool().await;
    let body = json!({ "Username": "ana", "UserAttributes": flag, "MessageAction": "SUPPRESS" });
    let text = "Email is required to verify/un-verify an email";
    plain.admin("AdminCreateUser", body).await.expect_fault("InvalidParameterException", text);
}

#[cognate_test]
async fn up_38_where_addresses_are_names_the_old_one_signs_in_until_the_new_one_is_proved(app: App) {
    let first = json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] });
    let pool = app.pool().verifying_email().named_by_email().set("UserAttributeUpdateSettings", first);
    let pool = pool.with_user(OLD, PW).with_user("bob@example.com", PW).await;
    let token = pool.access(OLD, PW).await;
    let taken = pool.update(&token, &[("email", "bob@example.com")]).await;
    taken.expect_fault("AliasExistsException", "An account with the given email already exists.");
    pool.update(&token, &[("email", NEW)]).await.expect_ok();
    pool.sign_in(OLD, PW).await.expect_tokens();
    pool.sign_in(NEW, PW).await.expect_code(NOBODY);
    pool.verify(&token, "email", &app.code_for(NEW)).await.expect_ok();
    pool.sign_in(NEW, PW).await.expect_tokens();
    pool.sign_in(OLD, PW).await.expect_code(NOBODY);
    // Whoever comes first while it waits has it; the code is then worth nothing.
    pool.update(&token, &[("email", OLD)]).await.expect_ok();
    let code = app.code_for(OLD);
    pool.sign_up(OLD, "Other-Pass1", &[]).await.expect_ok();
    let answer = pool.verify(&token, "email", &code).await;
    answer.expect_fault("AliasExistsException", "An account with the email already exists.");
    assert_eq!(pool.attribute(NEW, "email").await, NEW);
    pool.sign_in(NEW, PW).await.expect_tokens();
}

#[cognate_test]
async fn up_20_an_alias_signs_in_once_it_is_verified_and_no_longer_once_it_is_changed(app: App) {
    let pool = alias_pool(&app, json!(["email"])).await;
    let token = pool.access("ana", PW).await;
    pool.update(&token, &[("email", OLD)]).await.expect_ok();
    pool.sign_in(OLD, PW).await.expect_fault(NOBODY, "User does not exist.");
    pool.verify(&token, "email", &app.code_for(OLD)).await.expect_ok();
    pool.sign_in(OLD, PW).await.expect_tokens();
    pool.srp_sign_in(OLD, PW).await.expect_tokens();
    assert_eq!(pool.person(OLD).await.expect_ok()["Username"], "ana");
    pool.update(&token, &[("email", NEW)]).await.expect_ok();
    for alias in [OLD, NEW] {
        pool.sign_in(alias, PW).await.expect_code(NOBODY);
    }
    pool.sign_in("ana", PW).await.expect_tokens();
    // What she left is free: Bob proves it to be his.
    let bob = pool.access("bob", PW).await;
    pool.update(&bob, &[("email", OLD)]).await.expect_ok();
    pool.verify(&bob, "email", &app.code_for(OLD)).await.expect_ok();
    assert_eq!(pool.person(OLD).await.expect_ok()["Username"], "bob");
}

#[cognate_test]
async fn up_19_an_alias_that_somebody_proved_stays_theirs_when_another_proves_it(app: App) {
    let pool = alias_pool(&app, json!(["email"])).await;
    let (ana, bob) = (pool.access("ana", PW).await, pool.access("bob", PW).await);
    for token in [&ana, &bob] {
        pool.update(token, &[("email", OLD)]).await.expect_ok();
    }
    pool.ask_code(&ana, "email").await.expect_ok();
    pool.verify(&ana, "email", &app.code_for(OLD)).await.expect_ok();
    pool.ask_code(&bob, "email").await.expect_ok();
    let code = app.code_for(OLD);
    let text = "An account with the email already exists.";
    pool.verify(&bob, "email", &code).await.expect_fault("AliasExistsException", text);
    pool.admin_update("bob", &[("email_verified", "true")]).await.expect_fault("AliasExistsException", text);
    assert_eq!(pool.attribute("bob", "email_verified").await, "false");
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
    assert_eq!(pool.person(OLD).await.expect_ok()["Username"], "ana");
    // Once she lets go of it, the same code gives it to him.
    pool.admin_update("ana", &[("email", NEW)]).await.expect_ok();
    pool.verify(&bob, "email", &code).await.expect_ok();
    assert_eq!(pool.person(OLD).await.expect_ok()["Username"], "bob");
}

#[cognate_test]
async fn up_19_an_administrator_moves_an_alias_on_demand_only(app: App) {
    let pool = alias_pool(&app, json!(["email"])).await;
    pool.admin_update("ana", &[("email", OLD), ("email_verified", "true")]).await.expect_ok();
    let create = |name: &str, force: bool| {
        let attributes = pool.attributes(&[("email", OLD), ("email_verified", "true")]);
        let body = json!({ "Username": name, "UserAttributes": attributes, "MessageAction": "SUPPRESS", "ForceAliasCreation": force });
        pool.admin("AdminCreateUser", body)
    };
    let text = "An account with the email already exists.";
    create("carl", false).await.expect_fault("AliasExistsException", text);
    create("carl", true).await.expect_ok();
    assert_eq!(pool.person(OLD).await.expect_ok()["Username"], "carl");
    assert_eq!(pool.attribute("ana", "email_verified").await, "false");
    // The loser's own change later takes nothing from the new owner.
    pool.admin_update("ana", &[("email", NEW)]).await.expect_ok();
    assert_eq!(pool.person(OLD).await.expect_ok()["Username"], "carl");
}

#[cognate_test]
async fn up_21_a_preferred_username_comes_after_confirmation_signs_in_and_is_one_persons(app: App) {
    let pool = alias_pool(&app, json!(["preferred_username"])).await;
    let early = pool.sign_up("carl", PW, &[("preferred_username", "carlo")]).await;
    let text = "preferred_username can only be set after the user is confirmed.";
    early.expect_fault("InvalidParameterException", text);
    pool.sign_up("carl", PW, &[]).await.expect_ok();
    let early = pool.admin_update("carl", &[("preferred_username", "carlo")]).await;
    early.expect_fault("InvalidParameterException", text);
    let token = pool.access("ana", PW).await;
    pool.update(&token, &[("preferred_username", "anita")]).await.expect_ok();
    pool.sign_in("anita", PW).await.expect_tokens();
    assert_eq!(pool.person("anita").await.expect_ok()["Username"], "ana");
    let taken = pool.admin_update("bob", &[("preferred_username", "anita")]).await;
    taken.expect_fault("AliasExistsException", "An account with the preferred_username already exists.");
    // Somebody's username is no preferred one of another, and the other way round.
    pool.update(&token, &[("preferred_username", "bob")]).await.expect_code("AliasExistsException");
    let hijack = pool.sign_up("anita", PW, &[]).await;
    hijack.expect_fault("UsernameExistsException", "User already exists");
    pool.update(&token, &[("preferred_username", "anika")]).await.expect_ok();
    pool.sign_in("anita", PW).await.expect_code(NOBODY);
    pool.admin_update("bob", &[("preferred_username", "anita")]).await.expect_ok();
    assert_eq!(pool.person("anita").await.expect_ok()["Username"], "bob");
    assert_eq!(pool.person("anika").await.expect_ok()["Username"], "ana");
}

#[cognate_test]
async fn up_21_whoever_is_made_with_a_preferred_username_takes_nobodys_name(app: App) {
    let pool = alias_pool(&app, json!(["preferred_username"])).await;
    let create = |name: &str, preferred: &str| {
        let attributes = pool.attributes(&[("preferred_username", preferred)]);
        let body = json!({ "Username": name, "UserAttributes": attributes, "MessageAction": "SUPPRESS" });
        pool.admin("AdminCreateUser", body)
    };
    create("carl", "carlo").await.expect_ok();
    assert_eq!(pool.person("carlo").await.expect_ok()["Username"], "carl");
    let text = "An account with the preferred_username already exists.";
    for taken in ["carlo", "bob"] {
        create("dora", taken).await.expect_fault("AliasExistsException", text);
    }
}

#[cognate_test]
async fn up_21_a_preferred_username_does_not_look_like_another_alias(app: App) {
    let pool = alias_pool(&app, json!(["preferred_username", "email"])).await;
    let token = pool.access("ana", PW).await;
    let text = "Username cannot be of email format, since user pool is configured for email alias.";
    let answer = pool.update(&token, &[("preferred_username", "bob@example.com")]).await;
    answer.expect_fault("InvalidParameterException", text);
    // Where it is no alias it is an attribute like every other.
    let plain = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    for name in ["ana", "bob"] {
        plain.admin_update(name, &[("preferred_username", "bob@example.com")]).await.expect_ok();
    }
    plain.sign_in("bob@example.com", PW).await.expect_code(NOBODY);
}

#[cognate_test]
async fn up_22_where_case_does_not_count_a_changed_name_collides_and_signs_in_in_any_case(app: App) {
    let folding = json!({ "CaseSensitive": false });
    let pool = app.pool().named_by_email().set("UsernameConfiguration", folding);
    let pool = pool.with_user(OLD, PW).with_user("bob@example.com", PW).await;
    let token = pool.access(OLD, PW).await;
    let taken = pool.update(&token, &[("email", "BOB@Example.com")]).await;
    taken.expect_fault("AliasExistsException", "An account with the given email already exists.");
    pool.update(&token, &[("email", "Ana@Example.NET")]).await.expect_ok();
    pool.sign_in("aNA@example.net", PW).await.expect_tokens();
    assert_eq!(pool.attribute(NEW, "email").await, "Ana@Example.NET", "shown as written");
    // Another spelling of one's own name is a change of what is shown, and loses nothing.
    pool.update(&token, &[("email", NEW)]).await.expect_ok();
    pool.sign_in("ANA@EXAMPLE.NET", PW).await.expect_tokens();
    assert_eq!(pool.attribute(NEW, "email").await, NEW);
}

#[cognate_test]
async fn up_22_aliases_fold_like_usernames_and_where_case_counts_they_are_two(app: App) {
    for (sensitive, collides) in [(false, true), (true, false)] {
        let pool = app.pool().set("AliasAttributes", json!(["email", "preferred_username"]));
        let pool = pool.set("UsernameConfiguration", json!({ "CaseSensitive": sensitive }));
        let pool = pool.with_user("ana", PW).with_user("bob", PW).await;
        let verified = [("email", OLD), ("email_verified", "true"), ("preferred_username", "Anita")];
        pool.admin_update("ana", &verified).await.expect_ok();
        let clash = pool.admin_update("bob", &[("email", "ANA@example.com"), ("email_verified", "true")]).await;
        let other = pool.admin_update("bob", &[("preferred_username", "anITA")]).await;
        for answer in [clash, other] {
            assert_eq!(answer.code(), if collides { "AliasExistsException" } else { "" }, "{answer:?}");
        }
        let found = |name: &str| {
            let (pool, name) = (pool.clone(), name.to_owned());
            async move { pool.person(&name).await.json()["Username"].clone() }
        };
        assert_eq!(found("ANA@example.com").await, if collides { "ana" } else { "bob" });
        assert_eq!(found("Anita").await, "ana");
    }
}

#[cognate_test]
async fn st_09_of_sixty_four_who_take_one_name_at_once_one_has_it(app: App) {
    let people: Vec<String> = (0..64).map(|n| format!("p{n}")).collect();
    for (aliases, given) in [
        (json!(["email"]), vec![("email", OLD), ("email_verified", "true")]),
        (json!(["preferred_username"]), vec![("preferred_username", "anita")]),
    ] {
        let pool = app.pool().set("AliasAttributes", aliases).await;
        for name in &people {
            let body = json!({ "Username": name, "MessageAction": "SUPPRESS", "TemporaryPassword": PW });
            pool.admin("AdminCreateUser", body).await.expect_ok();
        }
        let answers = race(64, |n| {
            let (pool, name, given) = (pool.clone(), people[n].clone(), given.clone());
            async move { pool.admin_update(&name, &given).await }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for lost in answers.iter().filter(|answer| !answer.is_ok()) {
            assert!(["AliasExistsException", "TooManyRequestsException"].contains(&lost.code().as_str()), "{lost:?}");
        }
        let winner = answers.iter().position(Answer::is_ok).unwrap();
        assert_eq!(pool.person(given[0].1).await.expect_ok()["Username"], json!(people[winner]));
        let listed = pool.admin("ListUsers", json!({ "Filter": format!("{} = \"{}\"", given[0].0, given[0].1) })).await;
        assert_eq!(listed.expect_ok()["Users"].as_array().unwrap().len(), 1, "nothing of a refused change is kept");
    }
}

#[cognate_test]
async fn st_09_a_username_and_a_preferred_one_raced_for_have_one_owner(app: App) {
    let pool = alias_pool(&app, json!(["preferred_username"])).await;
    for round in 0..8 {
        let wanted = format!("anita{round}");
        let answers = race(2, |n| {
            let (pool, wanted) = (pool.clone(), wanted.clone());
            async move {
                match n {
                    0 => pool.admin_update("ana", &[("preferred_username", &wanted)]).await,
                    _ => pool.sign_up(&wanted, PW, &[]).await,
                }
            }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    }
}

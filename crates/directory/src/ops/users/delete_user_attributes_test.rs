use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const REFUSED: &str = "InvalidParameterException";

async fn delete(pool: &Pool, token: &Value, names: &[&str]) -> Answer {
    pool.app().call("DeleteUserAttributes", json!({ "AccessToken": token, "UserAttributeNames": names })).await
}

async fn admin_delete(pool: &Pool, name: &str, names: &[&str]) -> Answer {
    pool.admin("AdminDeleteUserAttributes", json!({ "Username": name, "UserAttributeNames": names })).await
}

#[cognate_test]
async fn a_person_takes_away_what_they_may_write_and_a_flag_goes_with_its_address(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let flagged = [("email", "ana@example.com"), ("email_verified", "true"), ("nickname", "A"), ("name", "Ana")];
    pool.admin_update("ana", &flagged).await.expect_ok();
    let token = pool.access("ana", PW).await;
    let answer = delete(&pool, &token, &["email", "nickname", "website"]).await;
    assert_eq!(answer.text(), "{}", "one that is not there is no reason to refuse");
    let shown = pool.get_user(&token).await.expect_ok();
    assert_eq!(
        shown["UserAttributes"].as_array().unwrap()[1..],
        *pool.attributes(&[("name", "Ana")]).as_array().unwrap()
    );
    let listed = pool.admin("ListUsers", json!({ "Filter": "email ^= \"ana\"" })).await.expect_ok();
    assert!(listed["Users"].as_array().unwrap().is_empty());
}

#[cognate_test]
async fn required_and_unknown_ones_are_refused_and_nothing_of_the_call_is_kept(app: App) {
    let schema = json!([{ "Name": "given_name", "Required": true, "Mutable": true }]);
    let pool = app.pool().set("Schema", schema).await;
    pool.sign_up("ana", PW, &[("given_name", "Ana"), ("nickname", "A")]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let token = pool.access("ana", PW).await;
    for (name, text) in [
        ("given_name", "Attributes did not conform to the schema: given_name: The attribute is required\n"),
        ("custom:none", "user.custom:none: Attribute does not exist in the schema.\n"),
    ] {
        delete(&pool, &token, &["nickname", name]).await.expect_fault(REFUSED, text);
        admin_delete(&pool, "ana", &["nickname", name]).await.expect_fault(REFUSED, text);
    }
    let text = "user.sub: Attribute cannot be updated. (changing an immutable attribute)";
    admin_delete(&pool, "ana", &["sub"]).await.expect_fault(REFUSED, text);
    assert_eq!(pool.attribute("ana", "nickname").await, "A");
}

#[cognate_test]
async fn up_24_the_write_list_holds_for_taking_away_too(app: App) {
    let pool = app.pool().client_set("WriteAttributes", json!(["nickname"])).with_user("ana", PW).await;
    pool.admin_update("ana", &[("name", "Ana"), ("nickname", "A")]).await.expect_ok();
    let token = pool.access("ana", PW).await;
    let text = "A client attempted to write unauthorized attribute";
    delete(&pool, &token, &["nickname", "name"]).await.expect_fault("NotAuthorizedException", text);
    delete(&pool, &token, &["nickname"]).await.expect_ok();
    assert_eq!(pool.attribute("ana", "name").await, "Ana");
    admin_delete(&pool, "ana", &["name"]).await.expect_ok();
    assert_eq!(pool.attribute("ana", "name").await, Value::Null);
}

#[cognate_test]
async fn up_20_an_alias_that_is_taken_away_or_unverified_signs_nobody_in(app: App) {
    let pool = app.pool().set("AliasAttributes", json!(["email", "preferred_username"])).with_user("ana", PW).await;
    let address = "ana@example.com";
    pool.admin_update("ana", &[("email", address), ("email_verified", "true")]).await.expect_ok();
    pool.sign_in(address, PW).await.expect_tokens();
    admin_delete(&pool, "ana", &["email_verified"]).await.expect_ok();
    pool.sign_in(address, PW).await.expect_code("UserNotFoundException");
    assert_eq!(pool.attribute("ana", "email").await, address);
    pool.admin_update("ana", &[("email_verified", "true")]).await.expect_ok();
    pool.sign_in(address, PW).await.expect_tokens();
    let token = pool.access("ana", PW).await;
    pool.update(&token, &[("preferred_username", "anita")]).await.expect_ok();
    pool.sign_in("anita", PW).await.expect_tokens();
    delete(&pool, &token, &["email", "preferred_username"]).await.expect_ok();
    for gone in [address, "anita"] {
        pool.sign_in(gone, PW).await.expect_code("UserNotFoundException");
    }
    pool.sign_in("ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn up_17_nobody_is_left_without_the_contact_that_is_their_name(app: App) {
    let pool = app.pool().set("UsernameAttributes", json!(["email", "phone_number"])).await;
    let (mail, number) = ("ana@example.com", "+15550100199");
    pool.sign_up(mail, PW, &[("phone_number", number)]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": mail })).await.expect_ok();
    let token = pool.access(mail, PW).await;
    delete(&pool, &token, &["email"]).await.expect_ok();
    pool.sign_in(mail, PW).await.expect_code("UserNotFoundException");
    pool.sign_in(number, PW).await.expect_tokens();
    let text = "Attributes did not conform to the schema: phone_number: The attribute is required\n";
    delete(&pool, &token, &["phone_number"]).await.expect_fault(REFUSED, text);
    admin_delete(&pool, number, &["phone_number"]).await.expect_fault(REFUSED, text);
    pool.admin_update(number, &[("phone_number", "")]).await.expect_fault(REFUSED, text);
    pool.sign_in(number, PW).await.expect_tokens();
}

#[cognate_test]
async fn st_26_a_person_of_another_pool_is_nobody_here(app: App) {
    let (pool, other) = (app.pool().await, app.pool().with_user("ana", PW).await);
    other.admin_update("ana", &[("nickname", "A")]).await.expect_ok();
    let sub = other.attribute("ana", "sub").await;
    for name in ["ana", sub.as_str().unwrap()] {
        let text = "User does not exist.";
        admin_delete(&pool, name, &["nickname"]).await.expect_fault("UserNotFoundException", text);
        pool.admin_update(name, &[("nickname", "B")]).await.expect_fault("UserNotFoundException", text);
    }
    for op in ["AdminUpdateUserAttributes", "AdminDeleteUserAttributes"] {
        for strange in ["eu-west-1_nowhere00", "us-east-1_AbCdEfGhI", &other.id.replace("eu-west-1", "eu-west-2")] {
            let body =
                json!({ "UserPoolId": strange, "Username": "ana", "UserAttributes": [], "UserAttributeNames": [] });
            let text = format!("User pool {strange} does not exist.");
            app.call(op, body).await.expect_fault("ResourceNotFoundException", &text);
        }
    }
    assert_eq!(other.attribute("ana", "nickname").await, "A");
}

//! What a hostile reading of sign-up found, held by tests.

use testkit::prelude::*;

#[cognate_test]
async fn nobody_signs_up_under_the_sub_of_somebody_else(app: App) {
    let pool = app.pool().with_user("ana", "Corr3ct-horse").await;
    let ana = pool.person("ana").await.expect_ok();
    let sub = ana["UserAttributes"][0]["Value"].as_str().unwrap().to_owned();
    pool.sign_up(&sub, "Corr3ct-horse", &[]).await.expect_fault("UsernameExistsException", "User already exists");
    let found = pool.person(&sub).await.expect_ok();
    assert_eq!(found["Username"], "ana", "the sub still names its owner");
}

#[cognate_test]
async fn st_11_the_limit_of_resends_is_reached_alike_by_known_and_unknown_names(app: App) {
    let pool = app.pool().masked().verifying_email().await;
    pool.sign_up("ana", "Corr3ct-horse", &[("email", "ana@example.com")]).await.expect_ok();
    pool.confirmed("bob", "Corr3ct-horse").await;
    for name in ["ana", "bob", "nobody"] {
        for _ in 0..5 {
            pool.public("ResendConfirmationCode", json!({ "Username": name })).await.expect_ok();
        }
        let sixth = pool.public("ResendConfirmationCode", json!({ "Username": name })).await;
        sixth.expect_fault("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    }
}

#[cognate_test]
async fn st_11_a_masked_wrong_code_is_worded_alike_whether_or_not_one_is_outstanding(app: App) {
    let pool = app.pool().masked().verifying_email().await;
    pool.sign_up("ana", "Corr3ct-horse", &[]).await.expect_ok(); // no address, so no code was ever sent
    for name in ["ana", "nobody"] {
        let typed = json!({ "Username": name, "ConfirmationCode": "123456" });
        let said = pool.public("ConfirmSignUp", typed).await;
        said.expect_fault("CodeMismatchException", "Invalid verification code provided, please try again.");
    }
}

#[cognate_test]
async fn up_17_where_both_contacts_are_usernames_both_sign_in_and_both_are_unique(app: App) {
    let pool = app.pool().set("UsernameAttributes", json!(["email", "phone_number"])).await;
    pool.sign_up("ana@example.com", "Corr3ct-horse", &[("phone_number", "+491701234567")]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "+491701234567" })).await.expect_ok();
    pool.sign_in("+491701234567", "Corr3ct-horse").await.expect_tokens();
    let taken = pool.sign_up("+491701234567", "Corr3ct-horse", &[]).await;
    taken.expect_fault("UsernameExistsException", "An account with the given phone_number already exists.");
    let other = pool.sign_up("bob@example.com", "Corr3ct-horse", &[("email", "eve@example.com")]).await;
    other.expect_code("InvalidParameterException");
}

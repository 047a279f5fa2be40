use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

#[cognate_test]
async fn up_29_without_auto_verified_attributes_nothing_is_delivered(app: App) {
    let pool = app.pool().await;
    let done = pool.sign_up("ana", PW, &[("email", "ana@example.com")]).await.expect_ok();
    assert_eq!(done["UserConfirmed"], false);
    assert!(done.get("CodeDeliveryDetails").is_none(), "{done}");
    assert!(app.mails_to("ana@example.com").is_empty());
}

#[cognate_test]
async fn up_29_the_code_goes_to_the_auto_verified_address_and_the_answer_masks_it(app: App) {
    let pool = app.pool().verifying_email().await;
    let done = pool.sign_up("ana", PW, &[("email", "ana@example.com")]).await.expect_ok();
    let details = json!({ "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(done["CodeDeliveryDetails"], details);
    assert_eq!(app.mails_to("ana@example.com").len(), 1);
    let code = app.code_for("ana@example.com");
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
    // Somebody without an address gets no code, and is told of none.
    let done = pool.sign_up("bob", PW, &[]).await.expect_ok();
    assert!(done.get("CodeDeliveryDetails").is_none(), "{done}");
}

#[cognate_test]
async fn up_09_a_sub_is_a_uuid_of_version_four(app: App) {
    let pool = app.pool().await;
    let done = pool.sign_up("ana", PW, &[]).await.expect_ok();
    let sub = done["UserSub"].as_str().unwrap();
    let parts: Vec<usize> = sub.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{sub}");
    assert!(sub.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{sub}");
    assert_eq!(sub.as_bytes()[14], b'4', "{sub}");
}

#[cognate_test(storages)]
async fn a_taken_name_is_refused_even_under_masking(app: App) {
    let pool = app.pool().masked().with_user("ana", PW).await;
    let answer = pool.sign_up("ana", "Another-0ne", &[]).await;
    answer.expect_fault("UsernameExistsException", "User already exists");
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn up_18_where_addresses_are_names_only_an_address_is_one_and_each_is_there_once(app: App) {
    let pool = app.pool().named_by_email().await;
    let answer = pool.sign_up("ana", PW, &[]).await;
    answer.expect_fault("InvalidParameterException", "Username should be an email.");
    let done = pool.sign_up("ana@example.com", PW, &[]).await.expect_ok();
    let answer = pool.sign_up("ana@example.com", PW, &[]).await;
    answer.expect_fault("UsernameExistsException", "An account with the given email already exists.");
    // UP-17: the username is the sub, and both name the person.
    for name in ["ana@example.com", done["UserSub"].as_str().unwrap()] {
        let person = pool.person(name).await.expect_ok();
        assert_eq!(person["Username"], done["UserSub"]);
    }
    assert_eq!(pool.attribute("ana@example.com", "email").await, "ana@example.com");
}

#[cognate_test(storages)]
async fn up_22_where_case_does_not_count_bob_and_bob_are_one(app: App) {
    let pool = app.pool().set("UsernameConfiguration", json!({ "CaseSensitive": false })).with_user("Bob", PW).await;
    let answer = pool.sign_up("bob", PW, &[]).await;
    answer.expect_fault("UsernameExistsException", "User already exists");
    app.sign_in(&pool, "bOB", PW).await.expect_tokens();
    assert_eq!(pool.person("BOB").await.expect_ok()["Username"], "Bob", "the first spelling is kept");
}

#[cognate_test(storages)]
async fn up_22_where_case_counts_they_are_two(app: App) {
    let pool = app.pool().with_user("Bob", PW).await;
    pool.sign_up("bob", "Other-Pass1", &[]).await.expect_ok();
    app.sign_in(&pool, "Bob", PW).await.expect_tokens();
    app.sign_in(&pool, "BOB", PW).await.expect_fault("UserNotFoundException", "User does not exist.");
}

#[cognate_test]
async fn up_24_attributes_outside_the_write_list_are_refused(app: App) {
    let pool = app.pool().client_set("WriteAttributes", json!(["email"])).await;
    let text = "A client attempted to write unauthorized attribute";
    let answer = pool.sign_up("ana", PW, &[("name", "Ana")]).await;
    answer.expect_fault("NotAuthorizedException", text);
    pool.sign_up("ana", PW, &[("email", "ana@example.com")]).await.expect_ok();
}

#[cognate_test]
async fn up_24_verified_flags_are_never_for_clients_to_write(app: App) {
    let pool = app.pool().await;
    let text = "A client attempted to write unauthorized attribute";
    for flag in ["email_verified", "phone_number_verified"] {
        let attributes = [("email", "ana@example.com"), ("phone_number", "+15550100199"), (flag, "true")];
        let answer = pool.sign_up("ana", PW, &attributes).await;
        answer.expect_fault("NotAuthorizedException", text);
    }
    pool.person("ana").await.expect_code("UserNotFoundException");
}

#[cognate_test]
async fn up_31_where_only_administrators_make_people_sign_up_is_closed(app: App) {
    let pool = app.pool().set("AdminCreateUserConfig", json!({ "AllowAdminCreateUserOnly": true })).await;
    let answer = pool.sign_up("ana", PW, &[]).await;
    answer.expect_fault("NotAuthorizedException", "SignUp is not permitted for this user pool");
}

#[cognate_test(storages)]
async fn up_08_passwords_may_hold_spaces_but_not_begin_or_end_with_them(app: App) {
    let pool = app.pool().await;
    pool.confirmed("ana", "Corr3ct horse, staple").await;
    app.sign_in(&pool, "ana", "Corr3ct horse, staple").await.expect_tokens();
    for bad in [" Corr3ct-horse".to_owned(), "Corr3ct-horse ".to_owned(), format!("Aa1-{}", "x".repeat(253))] {
        let answer = pool.sign_up("bob", &bad, &[]).await;
        answer.expect_code("InvalidParameterException");
        let told = answer.sentence();
        let clause = "Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$";
        assert!(told.contains("validation error") && told.ends_with(clause), "{told}");
        assert!(!told.contains("Corr3ct-horse") && !told.contains("xxxx"), "{told}");
    }
    pool.confirmed("carl", &format!("Aa1-{}", "x".repeat(252))).await;
    app.sign_in(&pool, "carl", &format!("Aa1-{}", "x".repeat(252))).await.expect_tokens();
}

#[cognate_test(storages)]
async fn up_37_the_first_broken_rule_of_the_policy_is_named(app: App) {
    let pool = app.pool().await;
    for (password, rule) in [
        ("Aa1-", "Password not long enough"),
        ("abcdefg1-", "Password must have uppercase characters"),
        ("ABCDEFG1-", "Password must have lowercase characters"),
        ("Abcdefgh-", "Password must have numeric characters"),
        ("Abcdefgh1", "Password must have symbol characters"),
    ] {
        let answer = pool.sign_up("ana", password, &[]).await;
        answer.expect_fault("InvalidPasswordException", &format!("Password did not conform with policy: {rule}"));
    }
}

#[cognate_test]
async fn attributes_must_be_in_the_schema_and_fit_it(app: App) {
    let schema = json!([
        { "Name": "given_name", "Required": true },
        { "Name": "seats", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "1", "MaxValue": "9" } },
    ]);
    let pool = app.pool().set("Schema", schema).await;
    let refused = "InvalidParameterException";
    let answer = pool.sign_up("ana", PW, &[]).await;
    answer.expect_fault(refused, "Attributes did not conform to the schema: given_name: The attribute is required\n");
    let answer = pool.sign_up("ana", PW, &[("given_name", "Ana"), ("custom:none", "x")]).await;
    answer.expect_fault(refused, "user.custom:none: Attribute does not exist in the schema.\n");
    let answer = pool.sign_up("ana", PW, &[("given_name", "Ana"), ("email", "no address")]).await;
    answer.expect_fault(refused, "Invalid email address format.");
    let answer = pool.sign_up("ana", PW, &[("given_name", "Ana"), ("phone_number", "0155")]).await;
    answer.expect_fault(refused, "Invalid phone number format.");
    for bad in ["0", "10", "nine"] {
        pool.sign_up("ana", PW, &[("given_name", "Ana"), ("custom:seats", bad)]).await.expect_code(refused);
    }
    pool.sign_up("ana", PW, &[("given_name", "Ana"), ("custom:seats", "9")]).await.expect_ok();
}

#[cognate_test]
async fn a_client_with_a_secret_proves_it_over_the_name(app: App) {
    let pool = app.pool().client_set("GenerateSecret", json!(true)).await;
    let sign_up = |hash: Value| {
        let body = json!({ "ClientId": pool.client.id, "Username": "ana", "Password": PW, "SecretHash": hash });
        app.call("SignUp", body)
    };
    let id = &pool.client.id;
    let missing = format!("Client {id} is configured with secret but SECRET_HASH was not received");
    sign_up(Value::Null).await.expect_fault("NotAuthorizedException", &missing);
    let wrong = format!("Unable to verify secret hash for client {id}");
    sign_up(json!(pool.client.hash("bob"))).await.expect_fault("NotAuthorizedException", &wrong);
    sign_up(json!(pool.client.hash("ana"))).await.expect_ok();
    let public = pool.client(json!({})).await;
    let body = json!({ "ClientId": public.id, "Username": "bob", "Password": PW, "SecretHash": "abc=" });
    let wrong = format!("Unable to verify secret hash for client {}", public.id);
    app.call("SignUp", body).await.expect_fault("NotAuthorizedException", &wrong);
}

#[cognate_test]
async fn st_09_of_sixty_four_sign_ups_under_one_name_one_wins(app: App) {
    let pool = app.pool().await;
    let answers = race(64, |_| {
        let pool = pool.clone();
        async move { pool.sign_up("ana", PW, &[]).await }
    })
    .await;
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(won, 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_fault("UsernameExistsException", "User already exists");
    }
    let listed = pool.admin("ListUsers", json!({})).await.expect_ok();
    assert_eq!(listed["Users"].as_array().unwrap().len(), 1);
}

#[cognate_test]
async fn up_32_a_refused_mail_is_told_and_leaves_a_person_who_can_ask_again(app: App) {
    use outbound::testing::Answer::Refuse;
    let pool = app.pool().verifying_email().await;
    app.post().then(Refuse("550 no such mailbox".to_owned()));
    let answer = pool.sign_up("ana", PW, &[("email", "ana@example.com")]).await;
    answer.expect_code("CodeDeliveryFailureException");
    assert!(!answer.text().contains("550") && !answer.text().contains("ana@"), "{answer:?}");
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "UNCONFIRMED");
    pool.public("ResendConfirmationCode", json!({ "Username": "ana" })).await.expect_ok();
    let code = app.code_for("ana@example.com");
    pool.public("ConfirmSignUp", json!({ "Username": "ana", "ConfirmationCode": code })).await.expect_ok();
}

const PHONE: &str = "+15550100199";

#[cognate_test]
async fn up_29_with_both_an_address_and_a_number_on_file_it_is_sms_only(app: App) {
    let pool = app.pool().verifying_phone().await;
    let contacts = [("email", "ana@example.com"), ("phone_number", PHONE)];
    let done = pool.sign_up("ana", PW, &contacts).await.expect_ok();
    let details = json!({ "Destination": "+*******0199", "DeliveryMedium": "SMS", "AttributeName": "phone_number" });
    assert_eq!(done["CodeDeliveryDetails"], details);
    assert!(app.mails_to("ana@example.com").is_empty());
    let text = &app.texts_to(PHONE)[0].text;
    assert_eq!(*text, format!("Your verification code is {}. ", app.code_for(PHONE)), "the default words");
    let confirm = json!({ "Username": "ana", "ConfirmationCode": app.code_for(PHONE) });
    pool.public("ConfirmSignUp", confirm).await.expect_ok();
    assert_eq!(pool.attribute("ana", "phone_number_verified").await, "true");
    assert_ne!(pool.attribute("ana", "email_verified").await, "true", "only the number was proved");
    // Somebody without a number is written to by mail.
    let done = pool.sign_up("bob", PW, &[("email", "bob@example.com")]).await.expect_ok();
    assert_eq!(done["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
}

#[cognate_test]
async fn a_pool_s_own_words_go_out_by_sms_however_long_the_code_makes_them(app: App) {
    let longest = format!("{}{{####}}", "x".repeat(134));
    let pool = app.pool().verifying_phone().set("SmsVerificationMessage", json!(longest)).await;
    pool.sign_up("ana", PW, &[("phone_number", PHONE)]).await.expect_ok();
    let code = app.code_for(PHONE);
    assert_eq!(app.texts_to(PHONE)[0].text, format!("{}{code}", "x".repeat(134)));
}

#[cognate_test]
async fn up_32_a_refused_sms_is_told_and_leaves_a_person_who_can_ask_again(app: App) {
    use outbound::testing::Answer::Refuse;
    let pool = app.pool().verifying_phone().await;
    app.post().then(Refuse("status 422".to_owned()));
    let answer = pool.sign_up("ana", PW, &[("phone_number", PHONE)]).await;
    answer.expect_code("CodeDeliveryFailureException");
    assert!(!answer.text().contains("422") && !answer.text().contains("0199"), "{answer:?}");
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "UNCONFIRMED");
    let sent = pool.public("ResendConfirmationCode", json!({ "Username": "ana" })).await.expect_ok();
    assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], "SMS");
    let code = app.code_for(PHONE);
    pool.public("ConfirmSignUp", json!({ "Username": "ana", "ConfirmationCode": code })).await.expect_ok();
}

/// UP-32, SM-27: nobody answers, and the call succeeds all the same; a later code arrives.
#[cognate_test]
async fn up_32_who_sends_being_out_of_reach_does_not_fail_the_call(app: App) {
    use outbound::testing::Answer::Unreachable;
    let pool = app.pool().verifying_phone().await;
    for (name, contact, address) in [("ana", "phone_number", PHONE), ("bob", "email", "bob@example.com")] {
        app.post().then(Unreachable("down".to_owned()));
        let done = pool.sign_up(name, PW, &[(contact, address)]).await.expect_ok();
        assert_eq!(done["CodeDeliveryDetails"]["AttributeName"], contact);
        pool.public("ResendConfirmationCode", json!({ "Username": name })).await.expect_ok();
        let code = app.code_for(address);
        pool.public("ConfirmSignUp", json!({ "Username": name, "ConfirmationCode": code })).await.expect_ok();
    }
}

/// Whoever signs people up with somebody else's address, under a new name each time, fills no mailbox.
#[cognate_test]
async fn sm_25_of_sign_ups_with_one_address_five_an_hour_send_their_code(app: App) {
    let (pool, other) = (app.pool().verifying_email().await, app.pool().verifying_email().await);
    let sign_up = |pool: &Pool, name: &str, address: &'static str| {
        let (pool, name) = (pool.clone(), name.to_owned());
        async move { pool.sign_up(&name, PW, &[("email", address)]).await }
    };
    for n in 0..5 {
        let address = if n % 2 == 0 { "ana@example.com" } else { "Ana@Example.com" };
        sign_up(&pool, &format!("ana{n}"), address).await.expect_ok();
    }
    let refused = sign_up(&pool, "ana5", "ana@example.com").await;
    refused.expect_fault("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    pool.person("ana5").await.expect_code("UserNotFoundException");
    let sent = || app.mails_to("ana@example.com").len() + app.mails_to("Ana@Example.com").len();
    assert_eq!(sent(), 5);
    sign_up(&pool, "bob", "bob@example.com").await.expect_ok();
    sign_up(&other, "ana", "ana@example.com").await.expect_ok();
    app.advance(Duration::from_secs(3600));
    sign_up(&pool, "ana5", "ana@example.com").await.expect_ok();
    assert_eq!(sent(), 7);
}

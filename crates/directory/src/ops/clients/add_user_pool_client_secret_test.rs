use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const OWN: &str = "own_0123456789abcdefghijklmn+";

async fn confidential(app: &App) -> Pool {
    app.pool().client_set("GenerateSecret", json!(true)).with_user("ana", PW).await
}

fn of(pool: &Pool, more: Value) -> Value {
    let mut body = more;
    body["ClientId"] = pool.client.id.as_str().into();
    body
}

async fn add(pool: &Pool, own: Option<&str>) -> Answer {
    pool.admin("AddUserPoolClientSecret", of(pool, json!({ "ClientSecret": own }))).await
}

async fn list(pool: &Pool) -> Vec<Value> {
    let listed = pool.admin("ListUserPoolClientSecrets", of(pool, json!({}))).await.expect_ok();
    assert!(listed.get("NextToken").is_none());
    listed["ClientSecrets"].as_array().unwrap().clone()
}

fn with(pool: &Pool, secret: &str) -> AppClient {
    AppClient { id: pool.client.id.clone(), secret: Some(kernel::Secret::new(secret.to_owned())) }
}

async fn signs_in(pool: &Pool, secret: &str) -> bool {
    let answer = pool.sign_in_through(&with(pool, secret), "ana", PW).await;
    if !answer.is_ok() {
        answer.expect_fault(
            "NotAuthorizedException",
            &format!("Unable to verify secret hash for client {}", pool.client.id),
        );
    }
    answer.is_ok()
}

#[cognate_test]
async fn up_28_au_03_any_of_two_secrets_proves_the_client_until_it_is_deleted(app: App) {
    let pool = confidential(&app).await;
    let first = pool.client.secret.as_ref().unwrap().expose();
    app.advance(Duration::from_secs(5));
    let made = add(&pool, None).await.expect_ok()["ClientSecretDescriptor"].clone();
    let second = made["ClientSecretValue"].as_str().unwrap().to_owned();
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    assert!((50..=52).contains(&second.len()) && plain(&second) && second != first);
    assert_eq!(made["ClientSecretCreateDate"].as_f64().unwrap().floor(), app.now().secs() as f64);
    assert!(signs_in(&pool, &first).await && signs_in(&pool, &second).await && !signs_in(&pool, OWN).await);
    // The secret itself is accepted alike, by the calls that want it.
    for secret in [&first, &second] {
        let tokens = pool.sign_in_through(&with(&pool, secret), "ana", PW).await.expect_tokens();
        let body =
            json!({ "RefreshToken": tokens["RefreshToken"], "ClientId": pool.client.id, "ClientSecret": secret });
        app.call("GetTokensFromRefreshToken", body).await.expect_tokens();
        let body = json!({ "Token": tokens["RefreshToken"], "ClientId": pool.client.id, "ClientSecret": secret });
        app.call("RevokeToken", body).await.expect_ok();
    }
    let old = list(&pool).await[0]["ClientSecretId"].clone();
    pool.admin("DeleteUserPoolClientSecret", of(&pool, json!({ "ClientSecretId": old }))).await.expect_ok();
    assert!(!signs_in(&pool, &first).await && signs_in(&pool, &second).await);
}

#[cognate_test]
async fn up_28_a_third_secret_is_one_too_many(app: App) {
    let pool = confidential(&app).await;
    let made = add(&pool, Some(OWN)).await.expect_ok();
    assert!(made["ClientSecretDescriptor"].get("ClientSecretValue").is_none(), "who brings it knows it");
    assert!(signs_in(&pool, OWN).await);
    let full = "Client secrets cannot exceed limit of 2 secrets.";
    add(&pool, None).await.expect_fault("LimitExceededException", full);
    add(&pool, Some("another_0123456789abcdefghij")).await.expect_fault("LimitExceededException", full);
    for wrong in ["short", "with-a-dash-0123456789abcdefgh"] {
        add(&pool, Some(wrong)).await.expect_code("InvalidParameterException");
    }
}

#[cognate_test]
async fn up_28_values_never_appear_again(app: App) {
    let pool = confidential(&app).await;
    let first = pool.client.secret.as_ref().unwrap().expose();
    let second = add(&pool, None).await.expect_ok()["ClientSecretDescriptor"]["ClientSecretValue"].clone();
    for row in list(&pool).await {
        let members: std::collections::BTreeSet<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["ClientSecretCreateDate", "ClientSecretId"].into());
    }
    let shown = |answer: Answer| {
        assert!(!answer.text().contains(second.as_str().unwrap()), "{answer:?}");
        answer.expect_ok()["UserPoolClient"]["ClientSecret"].clone()
    };
    assert_eq!(shown(pool.admin("DescribeUserPoolClient", of(&pool, json!({}))).await), first.as_str());
    let original = format!("{}--{}", pool.client.id, app.now().secs());
    pool.admin("DeleteUserPoolClientSecret", of(&pool, json!({ "ClientSecretId": original }))).await.expect_ok();
    assert_eq!(shown(pool.admin("DescribeUserPoolClient", of(&pool, json!({}))).await), Value::Null);
    assert_eq!(shown(pool.admin("UpdateUserPoolClient", of(&pool, json!({}))).await), Value::Null);
    // Nor does a later one take the place of the first.
    let third = add(&pool, None).await.expect_ok()["ClientSecretDescriptor"].clone();
    assert_ne!(third["ClientSecretId"], original);
    assert_eq!(shown(pool.admin("DescribeUserPoolClient", of(&pool, json!({}))).await), Value::Null);
    let ids: std::collections::BTreeSet<String> =
        list(&pool).await.iter().map(|row| row["ClientSecretId"].to_string()).collect();
    assert_eq!(ids.len(), 2);
}

#[cognate_test]
async fn up_28_the_last_secret_stays_and_an_unknown_one_is_not_found(app: App) {
    let pool = confidential(&app).await;
    let rows = list(&pool).await;
    assert_eq!(rows.len(), 1);
    let delete = |id: Value| pool.admin("DeleteUserPoolClientSecret", of(&pool, json!({ "ClientSecretId": id })));
    let last = "The last client secret cannot be deleted.";
    delete(rows[0]["ClientSecretId"].clone()).await.expect_fault("InvalidParameterException", last);
    delete(json!("none--1")).await.expect_fault("ResourceNotFoundException", "Client secret does not exist.");
    let body = of(&pool, json!({ "NextToken": "x" }));
    pool.admin("ListUserPoolClientSecrets", body).await.expect_code("InvalidParameterException");
}

#[cognate_test]
async fn a_client_without_secret_gets_none(app: App) {
    let pool = app.pool().await;
    assert!(list(&pool).await.is_empty());
    let sentence = "Client secrets can only be added to a client that has a secret.";
    add(&pool, None).await.expect_fault("InvalidParameterException", sentence);
    let gone = "User pool client 00000000000000000000000000 does not exist.";
    for op in ["AddUserPoolClientSecret", "ListUserPoolClientSecrets", "DeleteUserPoolClientSecret"] {
        let body = json!({ "ClientId": "00000000000000000000000000", "ClientSecretId": "x" });
        pool.admin(op, body).await.expect_fault("ResourceNotFoundException", gone);
    }
}

#[cognate_test]
async fn st_09_of_many_secrets_added_at_once_one_fits_and_of_two_deleted_one_stays(app: App) {
    let pool = confidential(&app).await;
    let answers = race(64, |_| {
        let pool = pool.clone();
        async move { add(&pool, None).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_code("LimitExceededException");
    }
    let rows = list(&pool).await;
    assert_eq!(rows.len(), 2);
    let answers = race(64, |number| {
        let (pool, id) = (pool.clone(), rows[number % 2]["ClientSecretId"].clone());
        async move { pool.admin("DeleteUserPoolClientSecret", of(&pool, json!({ "ClientSecretId": id }))).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(list(&pool).await.len(), 1);
}

use testkit::prelude::*;

async fn delete(app: &App, ids: &[String]) -> Answer {
    app.identity("DeleteIdentities", json!({ "IdentityIdsToDelete": ids })).await
}

#[cognate_test]
async fn id_33_sixty_identities_go_at_once_and_their_credentials_with_them(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let mut guests = Vec::new();
    for _ in 0..60 {
        guests.push(pool.guest().await);
    }
    let session = pool.credentials(&guests[0], &json!({})).await.identity_credentials();
    let who = || app.who_is(&session);
    assert!(who().await.is_ok());
    let mut too_many = guests.clone();
    too_many.push(pool.guest().await);
    assert_eq!(delete(&app, &too_many).await.code(), "ValidationException");

    assert_eq!(delete(&app, &guests).await.expect_ok(), json!({ "UnprocessedIdentityIds": [] }));
    who().await.expect_refusal(403, "ExpiredToken");
    let sentence = format!("Identity '{}' not found.", guests[0]);
    pool.credentials(&guests[0], &json!({})).await.expect_fault("ResourceNotFoundException", &sentence);
    pool.describe(&guests[0]).await.expect_fault("ResourceNotFoundException", &sentence);
    let listed = pool.admin("ListIdentities", json!({ "MaxResults": 60 })).await.expect_ok();
    assert_eq!(listed["Identities"].as_array().map(Vec::len), Some(1));
    assert_eq!(delete(&app, &guests).await.expect_ok()["UnprocessedIdentityIds"], json!([]), "again is as well");
}

#[cognate_test]
async fn identities_of_another_region_are_not_the_callers(app: App) {
    let elsewhere = "us-east-1:00000000-0000-4000-8000-000000000000".to_owned();
    let told = delete(&app, std::slice::from_ref(&elsewhere)).await.expect_ok();
    let refused = json!([{ "IdentityId": elsewhere, "ErrorCode": "AccessDenied" }]);
    assert_eq!(told["UnprocessedIdentityIds"], refused);
}

#[cognate_test]
async fn a_deleted_person_is_new_the_next_time(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let login = people.login("ana").await;
    let before = pool.identity(&login).await;
    delete(&app, std::slice::from_ref(&before)).await.expect_ok();
    assert_ne!(pool.identity(&login).await, before);
}

#[cognate_test]
async fn cr_29_credentials_of_a_deleted_identity_end_on_every_node(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let node = app.node().await;
    let guest = pool.guest().await;
    let session = pool.on(&node).credentials(&guest, &json!({})).await.identity_credentials();
    for at in [&app, &node] {
        assert!(at.who_is(&session).await.is_ok());
    }
    delete(&app, std::slice::from_ref(&guest)).await.expect_ok();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for at in [&app, &node] {
        at.who_is(&session).await.expect_refusal(403, "ExpiredToken");
    }
    node.stop().await;
}

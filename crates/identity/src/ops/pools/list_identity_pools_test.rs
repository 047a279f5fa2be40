use testkit::prelude::*;

async fn five(app: &App) -> Vec<String> {
    let mut made = Vec::new();
    for number in 0..5 {
        let body = json!({ "IdentityPoolName": format!("pool {number}"), "AllowUnauthenticatedIdentities": false });
        let pool = app.identity("CreateIdentityPool", body).await.expect_ok();
        made.push(pool["IdentityPoolId"].as_str().unwrap().to_owned());
    }
    made.sort();
    made
}

#[cognate_test]
async fn id_04_pages_of_one_end_and_show_each_pool_once(app: App) {
    let made = five(&app).await;
    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let mut body = json!({ "MaxResults": 1 });
        if let Some(token) = token.take() {
            body["NextToken"] = token;
        }
        let page = app.identity("ListIdentityPools", body).await.expect_ok();
        let pools = page["IdentityPools"].as_array().unwrap();
        assert_eq!(pools.len(), 1);
        assert!(pools[0]["IdentityPoolName"].as_str().unwrap().starts_with("pool "), "{page}");
        seen.push(pools[0]["IdentityPoolId"].as_str().unwrap().to_owned());
        assert!(seen.len() <= 5, "the list ends");
        match page.get("NextToken") {
            Some(next) => token = Some(next.clone()),
            None => break,
        }
    }
    assert_eq!(seen, made);
}

#[cognate_test]
async fn id_04_the_size_of_a_page_is_asked_for_and_bounded(app: App) {
    let answer = app.identity("ListIdentityPools", json!({})).await;
    let sentence =
        "1 validation error detected: Value null at 'maxResults' failed to satisfy constraint: Member must not be null";
    answer.expect_fault("ValidationException", sentence);
    for size in [0, 61] {
        let answer = app.identity("ListIdentityPools", json!({ "MaxResults": size })).await;
        answer.expect_code("ValidationException");
        assert!(answer.sentence().contains("'maxResults'"), "{answer:?}");
    }
    app.identity("ListIdentityPools", json!({ "MaxResults": 60 })).await.expect_ok();
}

#[cognate_test]
async fn a_page_token_of_another_region_or_of_nobody_is_refused(app: App) {
    five(&app).await;
    let page = app.identity("ListIdentityPools", json!({ "MaxResults": 1 })).await.expect_ok();
    let token = page["NextToken"].as_str().unwrap();
    let ask = |token: &str| app.identity_asking("ListIdentityPools", &json!({ "MaxResults": 1, "NextToken": token }));
    let sentence = "Invalid pagination token";
    ask(token).in_region("us-east-1").send().await.expect_fault("InvalidParameterException", sentence);
    for broken in ["garbage".to_owned(), format!("{token}A"), token[..token.len() - 1].to_owned()] {
        ask(&broken).send().await.expect_fault("InvalidParameterException", sentence);
    }
    app.advance(Duration::from_secs(3601));
    ask(token).send().await.expect_fault("InvalidParameterException", sentence);
}

#[cognate_test]
async fn a_region_shows_its_own_pools(app: App) {
    five(&app).await;
    let asking = app.identity_asking("ListIdentityPools", &json!({ "MaxResults": 60 })).in_region("us-east-1");
    assert_eq!(asking.send().await.expect_ok(), json!({ "IdentityPools": [] }));
}

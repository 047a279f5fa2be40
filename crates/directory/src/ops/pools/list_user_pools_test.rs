use testkit::prelude::*;

#[cognate_test]
async fn up_48_pages_of_pools_end_and_show_each_once(app: App) {
    let mut made = Vec::new();
    for number in 0..5 {
        let pool = app.call("CreateUserPool", json!({ "PoolName": format!("pool{number}") })).await.expect_ok();
        made.push(pool["UserPool"]["Id"].as_str().unwrap().to_owned());
    }
    let (mut seen, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let mut body = json!({ "MaxResults": 2 });
        if let Some(token) = token.take() {
            body["NextToken"] = token;
        }
        let page = app.call("ListUserPools", body).await.expect_ok();
        seen.extend(page["UserPools"].as_array().unwrap().iter().map(|p| p["Id"].as_str().unwrap().to_owned()));
        pages += 1;
        assert!(pages <= 3, "the list ends");
        match page.get("NextToken") {
            Some(next) => token = Some(next.clone()),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
}

#[cognate_test]
async fn a_page_token_of_another_list_or_of_nobody_is_refused(app: App) {
    for number in 0..3 {
        app.call("CreateUserPool", json!({ "PoolName": format!("pool{number}") })).await.expect_ok();
    }
    let page = app.call("ListUserPools", json!({ "MaxResults": 1 })).await.expect_ok();
    let token = page["NextToken"].as_str().unwrap();
    let pool = app.pool().await;
    let answer = pool.admin("ListUsers", json!({ "PaginationToken": token })).await;
    answer.expect_fault("InvalidParameterException", "Invalid pagination token");
    for broken in ["garbage".to_owned(), format!("{token}A"), token[..token.len() - 1].to_owned()] {
        let answer = app.call("ListUserPools", json!({ "MaxResults": 1, "NextToken": broken })).await;
        answer.expect_fault("InvalidParameterException", "Invalid pagination token");
    }
    app.advance(Duration::from_secs(3601));
    let answer = app.call("ListUserPools", json!({ "MaxResults": 1, "NextToken": token })).await;
    answer.expect_fault("InvalidParameterException", "Invalid pagination token");
}

#[cognate_test]
async fn a_page_size_out_of_bounds_is_refused(app: App) {
    for size in [0, 61] {
        let answer = app.call("ListUserPools", json!({ "MaxResults": size })).await;
        answer.expect_code("InvalidParameterException");
        assert!(answer.sentence().contains("'maxResults'"), "{answer:?}");
    }
}

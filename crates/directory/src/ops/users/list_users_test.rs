use testkit::prelude::*;

async fn people(app: &App) -> Pool {
    let pool = app.pool().await;
    for (name, given, email, phone) in [
        ("ana", "Ana", "ana@example.com", "+15550100001"),
        ("anton", "Anton \"Toni\"", "anton@example.com", "+15550100002"),
        ("bea", "Bea", "bea@example.org", "+15550200003"),
    ] {
        let attributes = [
            ("given_name", given),
            ("family_name", "Back\\slash"),
            ("name", given),
            ("email", email),
            ("phone_number", phone),
            ("preferred_username", given),
        ];
        pool.sign_up(name, testkit::PASSWORD, &attributes).await.expect_ok();
    }
    pool.admin("AdminConfirmSignUp", json!({ "Username": "bea" })).await.expect_ok();
    pool
}

async fn found(pool: &Pool, filter: &str) -> Vec<String> {
    let page = pool.admin("ListUsers", json!({ "Filter": filter })).await.expect_ok();
    let mut names: Vec<String> =
        page["Users"].as_array().unwrap().iter().map(|user| user["Username"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[cognate_test]
async fn up_42_every_listed_attribute_is_searched_by_equality_and_by_prefix(app: App) {
    let pool = people(&app).await;
    for (filter, names) in [
        ("username = \"ana\"", &["ana"][..]),
        ("username ^= \"an\"", &["ana", "anton"]),
        ("username = \"ANA\"", &[]),
        ("email = \"bea@example.org\"", &["bea"]),
        ("email ^= \"an\"", &["ana", "anton"]),
        ("phone_number = \"+15550100001\"", &["ana"]),
        ("phone_number ^= \"+155501\"", &["ana", "anton"]),
        ("name = \"Bea\"", &["bea"]),
        ("name^=\"An\"", &["ana", "anton"]),
        ("given_name = \"Ana\"", &["ana"]),
        ("given_name = \"Anton \\\"Toni\\\"\"", &["anton"]),
        ("given_name ^= \"Anton \\\"\"", &["anton"]),
        ("family_name = \"Back\\\\slash\"", &["ana", "anton", "bea"]),
        ("family_name ^= \"Back\\\\\"", &["ana", "anton", "bea"]),
        ("preferred_username = \"Bea\"", &["bea"]),
        ("preferred_username ^= \"A\"", &["ana", "anton"]),
        ("cognito:user_status = \"confirmed\"", &["bea"]),
        ("cognito:user_status ^= \"UNC\"", &["ana", "anton"]),
        ("status = \"Enabled\"", &["ana", "anton", "bea"]),
        ("status = \"Disabled\"", &[]),
        ("", &["ana", "anton", "bea"]),
    ] {
        assert_eq!(found(&pool, filter).await, names, "{filter}");
    }
    let sub = pool.person("ana").await.expect_ok()["UserAttributes"][0]["Value"].as_str().unwrap().to_owned();
    assert_eq!(found(&pool, &format!("sub = \"{sub}\"")).await, ["ana"]);
    assert_eq!(found(&pool, &format!("sub ^= \"{}\"", &sub[..18])).await, ["ana"]);
}

#[cognate_test]
async fn up_42_bad_filters_and_custom_attributes_are_refused(app: App) {
    let pool = app.pool().set("Schema", json!([{ "Name": "team", "AttributeDataType": "String" }])).await;
    let refused = "InvalidParameterException";
    for bad in [
        "email",
        "email = ana",
        "email = \"a\" or",
        "email == \"a\"",
        "= \"a\"",
        "email = \"a",
        "%%",
        "email = \"\\q\"",
    ] {
        let answer = pool.admin("ListUsers", json!({ "Filter": bad })).await;
        answer.expect_fault(refused, "Error while parsing filter");
    }
    for (filter, name) in [("custom:team = \"x\"", "custom:team"), ("birthdate = \"x\"", "birthdate")] {
        let answer = pool.admin("ListUsers", json!({ "Filter": filter })).await;
        answer.expect_fault(refused, &format!("Invalid search attribute: {name}"));
    }
}

#[cognate_test]
async fn up_42_sql_and_patterns_in_a_filter_are_only_text(app: App) {
    let pool = people(&app).await;
    for hostile in ["%", "a%", "_na", "' OR '1'='1", "\u{0}", "ana'; --", "*"] {
        let filter = format!("username ^= \"{hostile}\"");
        let answer = pool.admin("ListUsers", json!({ "Filter": filter })).await;
        if answer.is_ok() {
            assert_eq!(answer.json()["Users"], json!([]), "{hostile:?}");
        } else {
            answer.expect_code("InvalidParameterException");
        }
    }
}

#[cognate_test]
async fn up_48_pages_are_stable_while_others_sign_up(app: App) {
    let pool = app.pool().await;
    let mut first = Vec::new();
    for number in 0..12 {
        first.push(pool.confirmed(&format!("early{number}"), testkit::PASSWORD).await);
    }
    let (mut seen, mut token, mut round) = (Vec::new(), Value::Null, 0);
    loop {
        let page = pool.admin("ListUsers", json!({ "Limit": 5, "PaginationToken": token })).await.expect_ok();
        for user in page["Users"].as_array().unwrap() {
            seen.push(user["Attributes"][0]["Value"].as_str().unwrap().to_owned());
        }
        pool.sign_up(&format!("late{round}"), testkit::PASSWORD, &[]).await.expect_ok();
        round += 1;
        assert!(round < 10, "the list ends");
        match page.get("PaginationToken") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), seen.len(), "each once");
    assert!(first.iter().all(|sub| once.contains(sub)), "nobody who was there is left out");
}

#[cognate_test]
async fn a_page_token_is_bound_to_its_filter(app: App) {
    let pool = people(&app).await;
    let page = pool.admin("ListUsers", json!({ "Limit": 1, "Filter": "email ^= \"an\"" })).await.expect_ok();
    let token = &page["PaginationToken"];
    let refused = ("InvalidParameterException", "Invalid pagination token");
    for filter in ["", "email ^= \"b\""] {
        let answer = pool.admin("ListUsers", json!({ "Limit": 1, "Filter": filter, "PaginationToken": token })).await;
        answer.expect_fault(refused.0, refused.1);
    }
    let next =
        pool.admin("ListUsers", json!({ "Limit": 1, "Filter": "email ^= \"an\"", "PaginationToken": token })).await;
    assert_eq!(next.expect_ok()["Users"].as_array().unwrap().len(), 1);
}

#[cognate_test]
async fn only_wanted_attributes_are_shown_and_unknown_ones_refused(app: App) {
    let pool = people(&app).await;
    let page = pool.admin("ListUsers", json!({ "AttributesToGet": ["email"], "Filter": "username = \"ana\"" })).await;
    let attributes = json!([{ "Name": "email", "Value": "ana@example.com" }]);
    assert_eq!(page.expect_ok()["Users"][0]["Attributes"], attributes);
    pool.admin("ListUsers", json!({ "AttributesToGet": ["nope"] })).await.expect_code("InvalidParameterException");
}

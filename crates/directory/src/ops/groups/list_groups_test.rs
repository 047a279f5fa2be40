use testkit::prelude::*;

/// All pages of a list, by the names of what they show.
async fn pages(pool: &Pool, op: &str, member: &str, name: &str, asked: Value) -> Vec<String> {
    let (mut seen, mut token, mut rounds) = (Vec::new(), Value::Null, 0);
    let limit = usize::try_from(asked["Limit"].as_u64().unwrap()).unwrap();
    loop {
        let mut body = asked.clone();
        body["NextToken"] = token;
        let page = pool.admin(op, body).await.expect_ok();
        let items = page[member].as_array().unwrap();
        assert!(items.len() <= limit, "{page}");
        seen.extend(items.iter().map(|item| item[name].as_str().unwrap().to_owned()));
        rounds += 1;
        assert!(rounds < 20, "the list ends");
        match page.get("NextToken") {
            Some(next) => token = next.clone(),
            None => return seen,
        }
    }
}

/// Seven groups with ana in all of them, and seven people in the first.
async fn crowd(app: &App) -> Pool {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    for n in 0..7 {
        pool.group(&format!("g{n}"), json!({ "Precedence": 7 - n })).await;
        pool.join("ana", &format!("g{n}")).await.expect_ok();
    }
    for n in 1..7 {
        let name = format!("p{n}");
        pool.invited(&name, testkit::PASSWORD).await.expect_ok();
        pool.join(&name, "g0").await.expect_ok();
    }
    pool
}

#[cognate_test]
async fn up_48_pages_of_groups_and_people_end_and_show_each_once(app: App) {
    let pool = crowd(&app).await;
    let groups = ["g0", "g1", "g2", "g3", "g4", "g5", "g6"];
    for limit in [1, 3, 7, 60] {
        let all = pages(&pool, "ListGroups", "Groups", "GroupName", json!({ "Limit": limit })).await;
        assert_eq!(all, groups, "{limit}");
        let asked = json!({ "Limit": limit, "Username": "ana" });
        assert_eq!(pages(&pool, "AdminListGroupsForUser", "Groups", "GroupName", asked).await, groups, "{limit}");
        let asked = json!({ "Limit": limit, "GroupName": "g0" });
        let mut inside = pages(&pool, "ListUsersInGroup", "Users", "Username", asked).await;
        inside.sort();
        assert_eq!(inside, ["ana", "p1", "p2", "p3", "p4", "p5", "p6"], "{limit}");
    }
    let asked = json!({ "Limit": 60, "Username": "p1" });
    assert_eq!(pages(&pool, "AdminListGroupsForUser", "Groups", "GroupName", asked).await, ["g0"]);
    // Without a limit, or with nought, a page is as large as pages are.
    for body in [json!({}), json!({ "Limit": 0 })] {
        assert_eq!(pool.admin("ListGroups", body).await.expect_ok()["Groups"].as_array().unwrap().len(), 7);
    }
}

#[cognate_test]
async fn up_41_nothing_is_lost_or_doubled_when_groups_and_people_come_and_go_between_pages(app: App) {
    let pool = crowd(&app).await;
    let first = pool.admin("ListGroups", json!({ "Limit": 3 })).await.expect_ok();
    pool.group("g1a", json!({})).await;
    pool.group("g4a", json!({})).await;
    pool.admin("DeleteGroup", json!({ "GroupName": "g2" })).await.expect_ok();
    let rest = pool.admin("ListGroups", json!({ "NextToken": first["NextToken"] })).await.expect_ok();
    let names: Vec<&str> =
        rest["Groups"].as_array().unwrap().iter().map(|group| group["GroupName"].as_str().unwrap()).collect();
    assert_eq!(names, ["g3", "g4", "g4a", "g5", "g6"]);
}

#[cognate_test]
async fn up_41_a_page_token_is_bound_to_its_list(app: App) {
    let pool = crowd(&app).await;
    let lists = [
        ("ListGroups", json!({ "Limit": 1 })),
        ("AdminListGroupsForUser", json!({ "Limit": 1, "Username": "ana" })),
        ("ListUsersInGroup", json!({ "Limit": 1, "GroupName": "g0" })),
    ];
    let refused = ("InvalidParameterException", "Invalid pagination token");
    for (op, asked) in &lists {
        let token = pool.admin(op, asked.clone()).await.expect_ok()["NextToken"].clone();
        for (other, body) in lists.iter().filter(|(other, _)| other != op) {
            let mut body = body.clone();
            body["NextToken"] = token.clone();
            pool.admin(other, body).await.expect_fault(refused.0, refused.1);
        }
        let mut strange = asked.clone();
        strange["NextToken"] = token.clone();
        // Another person, another group, another pool.
        strange["Username"] = json!("p1");
        strange["GroupName"] = json!("g1");
        if *op == "ListGroups" {
            let elsewhere = app.pool().await;
            elsewhere.admin(op, strange).await.expect_fault(refused.0, refused.1);
        } else {
            pool.admin(op, strange).await.expect_fault(refused.0, refused.1);
        }
        let mut broken = asked.clone();
        broken["NextToken"] = json!("bm90LWEtdG9rZW4");
        pool.admin(op, broken).await.expect_fault(refused.0, refused.1);
        let mut late = asked.clone();
        late["NextToken"] = token;
        pool.admin(op, late.clone()).await.expect_ok();
        app.advance(Duration::from_secs(3601));
        pool.admin(op, late).await.expect_fault(refused.0, refused.1);
    }
}

#[cognate_test]
async fn people_in_a_group_are_shown_as_lists_of_people_show_them(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    pool.group("staff", json!({})).await;
    pool.join("ana", "staff").await.expect_ok();
    let inside = pool.admin("ListUsersInGroup", json!({ "GroupName": "staff" })).await.expect_ok();
    assert_eq!(inside, pool.admin("ListUsers", json!({})).await.expect_ok());
    pool.admin("AdminDeleteUser", json!({ "Username": "ana" })).await.expect_ok();
    let inside = pool.admin("ListUsersInGroup", json!({ "GroupName": "staff" })).await.expect_ok();
    assert_eq!(inside, json!({ "Users": [] }));
    // Somebody new under the old name is not in the old one's groups.
    pool.confirmed("ana", testkit::PASSWORD).await;
    let of_ana = pool.admin("AdminListGroupsForUser", json!({ "Username": "ana" })).await.expect_ok();
    assert_eq!(of_ana, json!({ "Groups": [] }));
}

#[cognate_test]
async fn a_limit_beyond_sixty_is_refused(app: App) {
    let pool = crowd(&app).await;
    for (op, mut body) in [
        ("ListGroups", json!({})),
        ("AdminListGroupsForUser", json!({ "Username": "ana" })),
        ("ListUsersInGroup", json!({ "GroupName": "g0" })),
    ] {
        for limit in [-1, 61] {
            body["Limit"] = json!(limit);
            pool.admin(op, body.clone()).await.expect_code("InvalidParameterException");
        }
    }
}

use testkit::prelude::*;

const TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;

/// All pages of a list, by the names of what they show.
async fn pages(app: &App, op: &str, asked: &[(&str, &str)], items: &str, most: &str) -> Vec<String> {
    let (mut seen, mut marker) = (Vec::new(), String::new());
    for _ in 0..40 {
        let mut given = asked.to_vec();
        given.push(("MaxItems", most));
        if !marker.is_empty() {
            given.push(("Marker", &marker));
        }
        let page = app.query(Service::Iam, op, &given).await;
        page.expect_ok();
        let found = page.values(&format!("{op}Result.{items}"));
        assert!(found.len() <= most.parse().unwrap(), "{found:?}");
        seen.extend(found);
        let next = page.values(&format!("{op}Result.Marker")).concat();
        assert_eq!(page.value(&format!("{op}Result.IsTruncated")), (!next.is_empty()).to_string());
        assert!(next.len() <= 320, "the contract takes no longer marker back");
        if next.is_empty() {
            return seen;
        }
        marker = next;
    }
    panic!("the list ends");
}

/// Seven of each, names as long as they may be among them.
async fn crowd(app: &App) -> Vec<String> {
    let mut names: Vec<String> = (0..6).map(|n| format!("n{n}")).collect();
    names.push(format!("n{}", "z".repeat(63)));
    for (n, name) in names.iter().enumerate() {
        let path = if n % 2 == 0 { "/even/" } else { "/" };
        let role = [("RoleName", name.as_str()), ("Path", path), ("AssumeRolePolicyDocument", TRUST)];
        app.query(Service::Iam, "CreateRole", &role).await.expect_ok();
        app.query(Service::Iam, "CreateUser", &[("UserName", name), ("Path", path)]).await.expect_ok();
        app.query(Service::Iam, "CreateGroup", &[("GroupName", name), ("Path", path)]).await.expect_ok();
        let member = [("UserName", name.as_str()), ("GroupName", names[0].as_str())];
        app.query(Service::Iam, "AddUserToGroup", &member).await.expect_ok();
        let member = [("UserName", names[0].as_str()), ("GroupName", name.as_str())];
        app.query(Service::Iam, "AddUserToGroup", &member).await.expect_ok();
    }
    names
}

#[cognate_test]
async fn pages_of_roles_users_and_groups_end_and_show_each_once(app: App) {
    let names = crowd(&app).await;
    let even: Vec<String> = names.iter().step_by(2).cloned().collect();
    for most in ["1", "3", "7", "1000"] {
        for (op, items) in [
            ("ListRoles", "Roles.member.RoleName"),
            ("ListUsers", "Users.member.UserName"),
            ("ListGroups", "Groups.member.GroupName"),
        ] {
            assert_eq!(pages(&app, op, &[], items, most).await, names, "{op} {most}");
            assert_eq!(pages(&app, op, &[("PathPrefix", "/even/")], items, most).await, even, "{op} {most}");
        }
        let of = [("UserName", names[0].as_str())];
        assert_eq!(pages(&app, "ListGroupsForUser", &of, "Groups.member.GroupName", most).await, names, "{most}");
        let of = [("GroupName", names[0].as_str())];
        let mut inside = pages(&app, "GetGroup", &of, "Users.member.UserName", most).await;
        inside.sort();
        assert_eq!(inside, names, "{most}");
    }
    for bad in ["0", "-1", "1001"] {
        app.query(Service::Iam, "ListRoles", &[("MaxItems", bad)]).await.expect_refusal(400, "ValidationError");
    }
}

#[cognate_test]
async fn a_marker_is_bound_to_its_list_and_its_hour(app: App) {
    crowd(&app).await;
    let first = app.query(Service::Iam, "ListRoles", &[("MaxItems", "1")]).await;
    let marker = first.values("ListRolesResult.Marker").concat();
    let with = [("Marker", marker.as_str())];
    app.query(Service::Iam, "ListRoles", &with).await.expect_ok();
    let refused = ("ValidationError", "Invalid Marker.");
    app.query(Service::Iam, "ListUsers", &with).await.expect_error(400, refused.0, refused.1);
    let below = [("Marker", marker.as_str()), ("PathPrefix", "/even/")];
    app.query(Service::Iam, "ListRoles", &below).await.expect_error(400, refused.0, refused.1);
    app.query(Service::Iam, "ListRoles", &[("Marker", "not-ours")]).await.expect_error(400, refused.0, refused.1);
    app.advance(Duration::from_secs(3601));
    app.query(Service::Iam, "ListRoles", &with).await.expect_error(400, refused.0, refused.1);
}

#[cognate_test]
async fn tags_are_listed_by_key_on_pages_of_any_size_however_long_their_keys(app: App) {
    app.query(Service::Iam, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)]).await.expect_ok();
    let keys: Vec<String> =
        ["a".repeat(127), "é".repeat(127)].iter().flat_map(|k| [format!("{k}x"), format!("{k}y")]).collect();
    let mut given = vec![("RoleName".to_owned(), "r".to_owned())];
    for (n, key) in keys.iter().enumerate() {
        given.push((format!("Tags.member.{}.Key", n + 1), key.clone()));
        given.push((format!("Tags.member.{}.Value", n + 1), "v".to_owned()));
    }
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    app.query(Service::Iam, "TagRole", &given).await.expect_ok();
    for most in ["1", "2", "3", "4"] {
        let mut all = pages(&app, "ListRoleTags", &[("RoleName", "r")], "Tags.member.Key", most).await;
        all.sort();
        assert_eq!(all, keys, "{most}");
    }
}

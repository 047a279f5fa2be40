use testkit::prelude::*;

#[cognate_test]
async fn up_48_pages_of_clients_end_and_show_each_once_and_no_secret(app: App) {
    let pool = app.pool().await;
    let mut made = vec![pool.client.id.clone()];
    for _ in 0..4 {
        made.push(pool.client(json!({ "GenerateSecret": true })).await.id);
    }
    let (mut seen, mut token, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let page = pool.admin("ListUserPoolClients", json!({ "MaxResults": 2, "NextToken": token })).await.expect_ok();
        for client in page["UserPoolClients"].as_array().unwrap() {
            let mut members: Vec<&str> = client.as_object().unwrap().keys().map(String::as_str).collect();
            members.sort_unstable();
            let only = ["ClientId", "ClientName", "UserPoolId"];
            assert!(members.iter().all(|member| only.contains(member) || *member == "ClientType"), "{client}");
            seen.push(client["ClientId"].as_str().unwrap().to_owned());
        }
        pages += 1;
        assert!(pages <= 3, "the list ends");
        match page.get("NextToken") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
}

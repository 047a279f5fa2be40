use kernel::Time;
use testkit::prelude::*;

#[cognate_test]
async fn a_roles_last_use_is_noted_to_the_minute(app: App) {
    let bob = app.iam_user("bob").await;
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": bob.arn }, "Action": "sts:AssumeRole" }]);
    let role = app.iam_role("shop", "/", trust).await;
    let shown = async |member: &str| {
        let got = app.query(Service::Iam, "GetRole", &[("RoleName", "shop")]).await;
        got.values(&format!("GetRoleResult.Role.RoleLastUsed.{member}")).concat()
    };
    // Written behind the request that used the role.
    let becomes = async |expected: Time| {
        let expected = expected.rfc3339();
        let second = expected.trim_end_matches('Z');
        for _ in 0..200 {
            if shown("LastUsedDate").await.starts_with(second) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{expected} was expected, and it says {}", shown("LastUsedDate").await);
    };
    let asked = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "test")];
    let session = app.query_by(&bob.credentials, Service::Sts, "AssumeRole", &asked).await.credentials();
    assert_eq!([shown("LastUsedDate").await, shown("Region").await], ["", ""], "who only took it has not used it yet");
    let use_it = async || assert!(app.who_is(&session).await.is_ok());
    let first = app.now();
    use_it().await;
    becomes(first).await;
    assert_eq!(shown("Region").await, "eu-west-1");
    app.advance(Duration::from_secs(59));
    use_it().await;
    app.advance(Duration::from_secs(1));
    use_it().await;
    // Had the one within the minute been written, this one would not be.
    becomes(first + Duration::from_secs(60)).await;
    let listed = app.query(Service::Iam, "ListRoles", &[]).await;
    assert_eq!(
        listed.values("ListRolesResult.Roles.member.RoleLastUsed.LastUsedDate").concat(),
        "",
        "lists are without"
    );
}

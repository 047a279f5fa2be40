use testkit::prelude::*;

const PRINT: &str = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280";
const ARN: &str = "arn:aws:iam::123456789012:oidc-provider/id.example/a";
const NAMED: [(&str, &str); 1] = [("OpenIDConnectProviderArn", ARN)];

async fn provider(app: &App) {
    let given = [
        ("Url", "https://id.example/a"),
        ("ClientIDList.member.1", "one"),
        ("ThumbprintList.member.1", PRINT),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    let made = app.query(Service::Iam, "CreateOpenIDConnectProvider", &given).await;
    made.expect_ok();
    assert_eq!(made.value("CreateOpenIDConnectProviderResult.OpenIDConnectProviderArn"), ARN);
}

async fn shown(app: &App, member: &str) -> Vec<String> {
    let shown = app.query(Service::Iam, "GetOpenIDConnectProvider", &NAMED).await;
    shown.expect_ok();
    shown.values(&format!("GetOpenIDConnectProviderResult.{member}"))
}

#[cognate_test]
async fn cr_11_a_provider_is_shown_changed_and_forgotten(app: App) {
    provider(&app).await;
    assert_eq!(shown(&app, "Url").await, ["id.example/a"]);
    assert_eq!(shown(&app, "ClientIDList.member").await, ["one"]);
    assert_eq!(shown(&app, "ThumbprintList.member").await, [PRINT]);
    assert_eq!(shown(&app, "Tags.member.Value").await, ["v"]);
    let again = app.query(Service::Iam, "CreateOpenIDConnectProvider", &[("Url", "https://id.example/a")]).await;
    again.expect_error(409, "EntityAlreadyExists", "Provider with url https://id.example/a already exists.");
    let two = [NAMED[0], ("ClientID", "two")];
    for _ in 0..2 {
        app.query(Service::Iam, "AddClientIDToOpenIDConnectProvider", &two).await.expect_ok();
    }
    assert_eq!(shown(&app, "ClientIDList.member").await, ["one", "two"]);
    let one = [NAMED[0], ("ClientID", "one")];
    for _ in 0..2 {
        app.query(Service::Iam, "RemoveClientIDFromOpenIDConnectProvider", &one).await.expect_ok();
    }
    assert_eq!(shown(&app, "ClientIDList.member").await, ["two"]);
    let other = "a".repeat(40);
    let prints = [NAMED[0], ("ThumbprintList.member.1", other.as_str())];
    app.query(Service::Iam, "UpdateOpenIDConnectProviderThumbprint", &prints).await.expect_ok();
    assert_eq!(shown(&app, "ThumbprintList.member").await, [other]);
    let listed = app.query(Service::Iam, "ListOpenIDConnectProviders", &[]).await;
    assert_eq!(listed.values("ListOpenIDConnectProvidersResult.OpenIDConnectProviderList.member.Arn"), [ARN]);
    for _ in 0..2 {
        app.query(Service::Iam, "DeleteOpenIDConnectProvider", &NAMED).await.expect_ok();
    }
    let sentence = format!("OpenIDConnect Provider not found for arn {ARN}");
    for op in ["GetOpenIDConnectProvider", "ListOpenIDConnectProviderTags"] {
        app.query(Service::Iam, op, &NAMED).await.expect_error(404, "NoSuchEntity", &sentence);
    }
}

#[cognate_test]
async fn what_is_no_issuer_audience_or_thumbprint_is_refused(app: App) {
    let refused = ("ValidationError", "Invalid Open ID Connect Provider URL");
    for bad in [
        "http://id.example",
        "id.example",
        "https://",
        "https://id.example?a=b",
        "https://u@id.example",
        "https://id.example/\u{1F512}",
    ] {
        let answer = app.query(Service::Iam, "CreateOpenIDConnectProvider", &[("Url", bad)]).await;
        answer.expect_error(400, refused.0, refused.1);
    }
    let url = ("Url", "https://id.example");
    let no_digest = "x".repeat(40);
    let answer =
        app.query(Service::Iam, "CreateOpenIDConnectProvider", &[url, ("ThumbprintList.member.1", &no_digest)]).await;
    answer.expect_refusal(400, "InvalidInput");
    let names: Vec<String> = (1..=101).map(|n| format!("ClientIDList.member.{n}")).collect();
    let ids: Vec<String> = (1..=101).map(|n| n.to_string()).collect();
    let mut many = vec![url];
    many.extend(names.iter().map(String::as_str).zip(ids.iter().map(String::as_str)));
    app.query(Service::Iam, "CreateOpenIDConnectProvider", &many).await.expect_refusal(409, "LimitExceeded");
    app.query(Service::Iam, "CreateOpenIDConnectProvider", &many[..101]).await.expect_ok();
    let foreign = [("OpenIDConnectProviderArn", "arn:aws:iam::999999999999:oidc-provider/id.example")];
    app.query(Service::Iam, "GetOpenIDConnectProvider", &foreign).await.expect_refusal(400, "InvalidInput");
}

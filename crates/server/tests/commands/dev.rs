//! `cognate dev`: the newcomer's first minutes.

use crate::running::{Running, Workplace, free_address, http, run, text};

#[test]
fn dev_says_what_there_is_and_what_to_type_next() {
    let place = Workplace::new("dev");
    let listen = free_address();
    let server = Running::start(&["dev", "--ephemeral", "--listen", &listen.to_string()], &place.0);
    let said = server.wait_for("print(sts.get_caller_identity");
    for words in [
        "pool    us-east-1_",
        "client  ",
        "user    ana / ",
        "/_cognate/inbox",
        "export AWS_ENDPOINT_URL=http://",
        "aws cognito-idp list-users",
        "import boto3",
        "guests  us-east-1:",
        "aws cognito-identity get-credentials-for-identity",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    assert!(http(listen, "GET /_cognate/inbox.json", "").contains("{\"messages\":[]}"));
    assert!(std::fs::read_dir(&place.0).unwrap().next().is_none(), "--ephemeral leaves nothing behind");
    assert!(server.stop());
}

#[test]
fn dev_keeps_its_samples_from_run_to_run() {
    let place = Workplace::new("dev-data");
    let ids = |said: &str| -> Vec<String> {
        let line = |name: &str| said.lines().find(|l| l.starts_with(name)).unwrap().to_owned();
        vec![line("  pool "), line("  client "), line("  guests ")]
    };
    let listen = free_address().to_string();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let server = Running::start(&["dev", "--listen", &listen], &place.0);
        seen.push(ids(&server.wait_for("print(sts.get_caller_identity")));
        assert!(server.stop());
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn beyond_this_machine_dev_listens_only_with_signatures_verified() {
    let place = Workplace::new("dev-open");
    let output = run(&["dev", "--ephemeral", "--listen", "0.0.0.0:0"], &place.0);
    assert!(!output.status.success() && text(&output).contains("--enforce"), "{}", text(&output));
    let listen = free_address().to_string();
    let server = Running::start(&["dev", "--ephemeral", "--enforce", "--listen", &listen], &place.0);
    let said = server.wait_for("print(sts.get_caller_identity");
    assert!(said.contains("AWS_ACCESS_KEY_ID=AKIA"), "the samples were made with a real key: {said}");
    let head = "POST / HTTP/1.1\r\nX-Amz-Target: AWSCognitoIdentityProviderService.ListUserPools\r\nAuthorization: AWS4-HMAC-SHA256 \
                Credential=dev/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00\r\nX-Ignored:";
    let answer = http(listen.parse().unwrap(), head, "{\"MaxResults\":1}");
    assert!(answer.starts_with("HTTP/1.1 400") && !answer.contains("UserPools\""), "{answer}");
}

#[test]
fn dev_with_tls_makes_an_authority_to_trust() {
    let place = Workplace::new("dev-tls");
    let listen = free_address();
    let server = Running::start(&["dev", "--tls", "--listen", &listen.to_string(), "--data", "kept"], &place.0);
    let said = server.wait_for("print(sts.get_caller_identity");
    assert!(said.contains(&format!("https://localhost:{}", listen.port())), "{said}");
    let bundle = said.split("AWS_CA_BUNDLE=").nth(1).unwrap().lines().next().unwrap().to_owned();
    assert!(std::fs::read_to_string(bundle).unwrap().contains("BEGIN CERTIFICATE"));
    assert!(server.stop());
}

#[test]
fn a_login_is_explained_from_the_command_line() {
    let place = Workplace::new("explain");
    let listen = free_address();
    let server = Running::start(&["dev", "--listen", &listen.to_string(), "--data", "kept"], &place.0);
    let said = server.wait_for("print(sts.get_caller_identity");
    let pool = said.split("  guests  ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let here = place.0.display();
    let text_of = format!(
        "listen.public = \"{listen}\"\ndatabase.url = \"sqlite:{here}/kept/cognate.db\"\n\
         keyring.source = \"file:{here}/kept/cognate.keyring\"\nlog.level = \"error\"\n"
    );
    let config = place.file("explain.toml", &text_of);
    let explain = |more: &[&str], pool: &str| {
        let typed = [&["explain-login", "--config", config.to_str().unwrap()], more, &[pool]].concat();
        let output = run(&typed, &place.0);
        (output.status.success(), text(&output))
    };
    let (granted, told) = explain(&[], &pool);
    assert!(granted && told.contains("role/sample-guests"), "{told}");
    assert!(told.contains("Credentials would be handed out."), "{told}");
    let (granted, told) = explain(&["--role", "arn:aws:iam::123456789012:role/sample-people"], &pool);
    assert!(!granted && told.contains("Nothing would be handed out."), "{told}");
    let logins = place.file("logins.json", r#"{"accounts.google.com": "no token"}"#);
    let (granted, told) = explain(&["--logins", logins.to_str().unwrap()], &pool);
    assert!(!granted && told.contains("NO   login accounts.google.com: provider: "), "{told}");
    let (granted, told) = explain(&[], "us-east-1:00000000-0000-4000-8000-000000000000");
    assert!(!granted && told.contains("not found"), "{told}");
    assert!(server.stop());
}

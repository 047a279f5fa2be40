//! What must never be logged, or repeated in a refusal: canaries in every input, then a look at everything any part said.

use contract::{Kind, Shape};
use directory::SERVED;
use testkit::prelude::*;

/// A text that cannot come from anywhere else. Every pattern of the contract lets it pass, with what is put behind it: else
/// the checks would refuse it and no handler would ever see it.
const CANARY: &str = "Kanar1envogel";

/// Which members of a request hold a canary.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sung {
    All,
    /// A public client that sends a hash is refused for that alone.
    AllButHashes,
    Needed,
}

impl Sung {
    fn leaves_out(self, member: &str, required: bool) -> bool {
        match self {
            Self::All => false,
            Self::AllButHashes => ["SecretHash", "SECRET_HASH"].contains(&member),
            // The contract knows sign-ups without a password; none is served.
            Self::Needed => !required && member != "Password",
        }
    }

    fn body(self, meta: &contract::OperationMeta, pool: &Pool) -> Value {
        let mut body = json!({});
        let Kind::Struct { members } = &meta.input.kind else { return body };
        for member in members.iter().filter(|member| !self.leaves_out(member.name, member.required)) {
            // Long enough for a session, short enough for an attribute's name, and with a device key's end.
            let short = &member.name[..member.name.len().min(9)];
            body[member.name] = match member.name {
                "UserPoolId" => json!(pool.id),
                "ClientId" => json!(pool.client.id),
                "AuthFlow" => json!("USER_PASSWORD_AUTH"),
                "ChallengeName" => json!("NEW_PASSWORD_REQUIRED"),
                _ => self.canary(member.shape, &format!("{CANARY}_{short}_1a"), 0),
            };
        }
        body
    }

    fn canary(self, shape: &Shape, text: &str, depth: usize) -> Value {
        match &shape.kind {
            Kind::Text { enums, .. } => json!(enums.first().unwrap_or(&text)),
            Kind::Int { min, .. } => json!(min.unwrap_or(1)),
            Kind::Bool => json!(true),
            Kind::List { member, .. } => json!([self.canary(member, text, depth + 1)]),
            Kind::Map { value, .. } => {
                let names = ["USERNAME", "PASSWORD", "SRP_A", "REFRESH_TOKEN", "NEW_PASSWORD", "SECRET_HASH"];
                let named = names.iter().filter(|name| !self.leaves_out(name, true));
                let entries = named.map(|name| ((*name).to_owned(), self.canary(value, text, depth + 1)));
                entries.collect::<serde_json::Map<_, _>>().into()
            }
            Kind::Struct { members } if depth < 5 => {
                let entry =
                    |member: &contract::Member| (member.name.to_owned(), self.canary(member.shape, text, depth + 1));
                members.iter().map(entry).collect::<serde_json::Map<_, _>>().into()
            }
            _ => json!({}),
        }
    }
}

#[cognate_test]
async fn st_34_nothing_a_caller_writes_freely_is_logged(app: App) {
    for sung in [Sung::All, Sung::AllButHashes, Sung::Needed] {
        let pool = app.pool().await;
        // Signed ones last: one of them removes the pool.
        let is_signed = |served: &&model::Served<_>| served.meta.auth == contract::Auth::Signed;
        let (signed, open): (Vec<_>, Vec<_>) = SERVED.iter().partition(is_signed);
        for served in open.into_iter().chain(signed) {
            let body = sung.body(served.meta, &pool);
            let asking = app
                .asking(served.meta.name, &body)
                .header("user-agent", &format!("{CANARY}-agent"))
                .header("x-amz-user-agent", &format!("{CANARY}-agent"))
                .header("cookie", &format!("a={CANARY}-cookie"));
            let answer = asking.send().await;
            if served.meta.auth != contract::Auth::Signed {
                let told = answer.sentence();
                let checked = answer.code() != "SerializationException" && !told.contains("validation error");
                assert!(checked, "{sung:?}: no handler has seen it: {answer:?}");
            }
            if (sung, served.meta.name) == (Sung::Needed, "SignUp") {
                answer.expect_ok();
            }
            let asking = app.asking(served.meta.name, &body).unsigned().header("authorization", &format!("AWS4-HMAC-SHA256 Credential={CANARY}-key/20260901/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature={CANARY}"));
            asking.send().await;
        }
    }
    app.get(&format!("/{CANARY}-path?q={CANARY}-query")).await;
    app.asking(&format!("{CANARY}-target"), &json!({})).send().await;
    app.asking_bytes("SignUp", format!("{{\"Password\": \"{CANARY}-broken").into_bytes()).send().await;
    app.asking_bytes("SignUp", format!("{{\"Password\": [\"{CANARY}-type\"]}}").into_bytes()).send().await;
    assert_unsaid(&[CANARY.to_owned()]);
}

#[cognate_test]
async fn au_37_no_secret_of_a_whole_life_is_logged_or_told_in_a_refusal(app: App) {
    let (name, address) = ("kanarie-ana", "kanarie-ana@example.com");
    let (password, next) = ("Kanarie-passw0rd", "Kanarie-next-1");
    let pool = app.pool().verifying_email().client_set("GenerateSecret", json!(true)).await;
    let mut secrets: Vec<String> = [name, address, password, next].map(str::to_owned).to_vec();
    secrets.push(pool.client.secret.clone().unwrap().expose());
    secrets.extend(pool.client.hash(name));
    let mut answers = Vec::new();

    answers.push(pool.sign_up(name, password, &[("email", address)]).await);
    let code = app.code_for(address);
    answers.push(pool.public("ConfirmSignUp", json!({ "Username": name, "ConfirmationCode": "000000" })).await);
    pool.public("ConfirmSignUp", json!({ "Username": name, "ConfirmationCode": code })).await.expect_ok();
    answers.push(pool.sign_in(name, "Kanarie-wr0ng").await);
    secrets.push("Kanarie-wr0ng".to_owned());
    let tokens = pool.sign_in(name, password).await.expect_tokens();
    let srp = pool.srp_sign_in(name, password).await.expect_tokens();
    for token in ["AccessToken", "IdToken", "RefreshToken"] {
        for set in [&tokens, &srp] {
            let text = set[token].as_str().unwrap();
            secrets.push(text.to_owned());
            secrets.push(text.rsplit('.').next().unwrap().to_owned());
        }
    }
    let token = &tokens["AccessToken"];
    answers.push(pool.update(token, &[("nickname", "kanarie-nick"), ("email", "kanarie-new@example.com")]).await);
    let second = app.code_for("kanarie-new@example.com");
    answers.push(pool.update(token, &[("email", "kanarie no address")]).await);
    answers.push(pool.verify(token, "email", "kanarie-code").await);
    pool.verify(token, "email", &second).await.expect_ok();
    secrets.extend(["kanarie-nick", "kanarie-new", "kanarie no address", "kanarie-code"].map(str::to_owned));
    let bad = json!({ "AccessToken": format!("{}x", tokens["AccessToken"].as_str().unwrap()) });
    answers.push(app.call("GetUser", bad).await);
    let spoiled = json!(format!("{}x", tokens["RefreshToken"].as_str().unwrap()));
    answers.push(
        pool.initiate(
            &pool.client,
            "REFRESH_TOKEN_AUTH",
            json!({ "REFRESH_TOKEN": spoiled, "SECRET_HASH": pool.client.hash(name) }),
        )
        .await,
    );
    let changed = json!({ "AccessToken": tokens["AccessToken"], "PreviousPassword": "Kanarie-wr0ng",
        "ProposedPassword": "Kanarie-changed-1" });
    secrets.push("Kanarie-changed-1".to_owned());
    answers.push(app.call("ChangePassword", changed).await);
    answers.push(pool.public("ForgotPassword", json!({ "Username": name })).await);
    let third = app.code_for("kanarie-new@example.com");
    let reset = |code: &str| json!({ "Username": name, "ConfirmationCode": code, "Password": "Kanarie-reset-1" });
    secrets.push("Kanarie-reset-1".to_owned());
    answers.push(pool.public("ConfirmForgotPassword", reset("000000")).await);
    pool.public("ConfirmForgotPassword", reset(&third)).await.expect_ok();
    let temporary = json!({ "Username": name, "Password": next });
    pool.admin("AdminSetUserPassword", temporary).await.expect_ok();
    let challenge = pool.sign_in(name, next).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let session = &challenge["Session"];
    secrets.push(session.as_str().unwrap().to_owned());
    let responses = json!({ "USERNAME": name, "NEW_PASSWORD": "kanarie-bad", "SECRET_HASH": pool.client.hash(name) });
    secrets.push("kanarie-bad".to_owned());
    answers.push(pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", session, responses).await);
    answers.push(pool.sign_up(name, password, &[]).await);
    secrets.push(app.root().secret.expose());

    for answer in answers.iter().filter(|answer| !answer.is_ok()) {
        for secret in &secrets {
            assert!(!answer.text().contains(secret), "{secret} is told: {answer:?}");
        }
    }
    assert_unsaid(&secrets);
    // The code is short and could stand in a number by chance: it must not stand in a line about this pool.
    let lines = testkit::log_lines();
    assert!(lines.iter().any(|line| line.contains(&pool.id)), "the lines of this test are here");
    let about = lines.iter().filter(|line| line.contains(&pool.id));
    for line in about {
        let said = |code: &str| line.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == code);
        assert!(!said(&code) && !said(&second) && !said(&third), "{line}");
    }
}

#[cognate_test]
async fn st_34_a_line_break_in_a_name_does_not_begin_a_line(app: App) {
    let pool = app.pool().await;
    pool.sign_in("kanarie\r\nop=\"Forged\"", "x\r\nop=\"Forged\"").await;
    let answer = app.asking("SignUp", &json!({})).header("user-agent", "kanarie\top=Forged").send().await;
    answer.expect_code("InvalidParameterException");
    let lines = testkit::log_lines();
    assert!(lines.iter().all(|line| !line.contains('\n') && !line.contains("Forged")), "a log line was forged");
}

#[track_caller]
fn assert_unsaid(secrets: &[String]) {
    let lines = testkit::log_lines();
    assert!(!lines.is_empty(), "the log is listened to");
    for line in &lines {
        for secret in secrets {
            assert!(!line.contains(secret.as_str()), "{secret} is in the log: {line}");
        }
    }
}

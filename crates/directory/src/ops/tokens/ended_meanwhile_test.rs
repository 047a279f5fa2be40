//! What ends a sign-in between the look at its token and the commit of what the token allows wins: signing out, switching
//! off, RevokeToken. No clock is looked at in between, so the operations' engines are called as the operations call them.

use kernel::Secret;
use model::Refusal;
use testkit::Stop;
use testkit::prelude::*;
use tokens::Bearer;

const PW: &str = testkit::PASSWORD;
const NEW: &str = "Brand-new-1";
const REVOKED: (&str, &str) = ("NotAuthorizedException", "Access Token has been revoked");

/// What may end a sign-in.
const ENDS: [&str; 4] = ["GlobalSignOut", "RevokeToken", "AdminDisableUser", "AdminSetUserPassword"];

async fn end(pool: &Pool, name: &str, tokens: &Value, how: &str) {
    let answer = match how {
        "GlobalSignOut" => pool.app().call(how, json!({ "AccessToken": tokens["AccessToken"] })).await,
        "RevokeToken" => pool.public(how, json!({ "Token": tokens["RefreshToken"] })).await,
        "AdminSetUserPassword" => pool.admin(how, json!({ "Username": name, "Password": "Temp0rary-pw" })).await,
        _ => pool.admin(how, json!({ "Username": name })).await,
    };
    answer.expect_ok();
}

/// Everything that a token may write.
async fn write(app: &App, bearer: Bearer, what: &str) -> Result<(), Refusal> {
    let (accounts, signin) = (&app.directory().accounts, &app.directory().signin);
    let secret = |text: &str| Secret::new(text.to_owned());
    match what {
        "ChangePassword" => signin.change_password(bearer, Some(&secret(PW)), &secret(NEW)).await,
        "a wrong ChangePassword" => signin.change_password(bearer, Some(&secret("Wr0ng-password")), &secret(NEW)).await,
        "UpdateUserAttributes" => {
            let given = vec![("nickname".to_owned(), "A".to_owned())];
            accounts.update_attributes(bearer, given).await.map(|_| ())
        }
        "DeleteUserAttributes" => accounts.delete_attributes(bearer, vec!["email".to_owned()]).await,
        "GetUserAttributeVerificationCode" => accounts.send_attribute_code(bearer, "email").await.map(|_| ()),
        "VerifyUserAttribute" => accounts.verify_attribute(bearer, "email", secret("123456")).await,
        "GlobalSignOut" => app.tokens().sign_out_everywhere(&bearer).await,
        "DeleteUser" => accounts.delete_self(bearer).await,
        other => panic!("nothing is called {other}"),
    }
}

#[cognate_test]
async fn st_12_tk_19_a_token_that_ended_since_it_was_looked_at_writes_nothing(app: App) {
    let pool = app.pool().verifying_email().await;
    for how in ENDS {
        let name = format!("ana-{how}");
        let address = format!("{}@example.com", name.to_lowercase());
        pool.sign_up(&name, PW, &[("email", &address)]).await.expect_ok();
        pool.admin("AdminConfirmSignUp", json!({ "Username": name })).await.expect_ok();
        let tokens = pool.sign_in(&name, PW).await.expect_tokens();
        let access = Secret::new(tokens["AccessToken"].as_str().unwrap().to_owned());
        let bearer = app.tokens().bearer(&access).await.unwrap();
        end(&pool, &name, &tokens, how).await;
        let (before, mails) = (pool.person(&name).await.expect_ok(), app.mails_to(&address).len());
        for what in [
            "ChangePassword",
            "UpdateUserAttributes",
            "DeleteUserAttributes",
            "GetUserAttributeVerificationCode",
            "VerifyUserAttribute",
            "GlobalSignOut",
            "DeleteUser",
        ] {
            let outcome = write(&app, bearer.clone(), what).await;
            assert!(matches!(outcome, Err(Refusal::AccessTokenRevoked)), "{what} after {how}: {outcome:?}");
        }
        assert_eq!(pool.person(&name).await.expect_ok(), before, "after {how}");
        assert_eq!(app.mails_to(&address).len(), mails, "after {how}");
    }
}

/// What came between is seen before a password is tried, so that a token that ended tells nothing about it either.
#[cognate_test]
async fn st_12_a_person_who_was_signed_out_in_between_tries_no_password(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for how in ["GlobalSignOut", "RevokeToken"] {
        let tokens = pool.sign_in("ana", PW).await.expect_tokens();
        let access = Secret::new(tokens["AccessToken"].as_str().unwrap().to_owned());
        let bearer = app.tokens().bearer(&access).await.unwrap();
        end(&pool, "ana", &tokens, how).await;
        for _ in 0..9 {
            let outcome = write(&app, bearer.clone(), "a wrong ChangePassword").await;
            assert!(matches!(outcome, Err(Refusal::AccessTokenRevoked)), "after {how}: {outcome:?}");
        }
        // Nothing was counted either: nine wrong ones would have locked her.
        pool.sign_in("ana", PW).await.expect_tokens();
    }
}

/// The same through the wire, at every look at the clock: all of them come before the commit.
#[cognate_test]
async fn st_12_a_change_of_password_that_is_overtaken_changes_nothing(app: App) {
    let pool = app.pool().await;
    for how in ["GlobalSignOut", "RevokeToken"] {
        let (mut stops, mut nth) = (0, 1);
        for round in 0..40 {
            let name = format!("{how}{round}");
            pool.confirmed(&name, PW).await;
            let tokens = pool.sign_in(&name, PW).await.expect_tokens();
            let changing = {
                let (app, token) = (app.clone(), tokens["AccessToken"].clone());
                let body = json!({ "AccessToken": token, "PreviousPassword": PW, "ProposedPassword": NEW });
                async move { app.call("ChangePassword", body).await }
            };
            let answer = match app.interrupted(nth, changing, || end(&pool, &name, &tokens, how)).await {
                Stop::Here(answer) => answer,
                Stop::Elsewhere => continue,
                Stop::Never => break,
            };
            answer.expect_fault(REVOKED.0, REVOKED.1);
            pool.sign_in(&name, PW).await.expect_tokens();
            nth += 1;
            stops += 1;
        }
        assert!(stops >= 3, "{how}: stopped {stops} times only");
    }
}

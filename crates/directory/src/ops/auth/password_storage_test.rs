//! Passwords kept in both ways, as after `password_storage` was changed (docs/password-storage.md).

use testkit::PasswordStorage;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const REFUSED: &str = "NotAuthorizedException";
const WRONG: &str = "Incorrect username or password.";

/// A deployment whose one node makes verifiers and whose other one makes Argon2id hashes; ana's password is kept as the
/// first, bob's as the second.
async fn both(app: &App) -> (Pool, Pool) {
    let slow = app.node_as(|plan| plan.password_storage = PasswordStorage::Argon2id).await;
    let pool = app.pool().masked().with_user("ana", PW).await;
    let there = pool.on(&slow);
    there.confirmed("bob", PW).await;
    (pool, there)
}

#[cognate_test]
async fn a_password_opens_whatever_it_is_kept_as_and_wherever_it_is_tried(app: App) {
    let (here, there) = both(&app).await;
    for pool in [&here, &there] {
        for name in ["ana", "bob"] {
            pool.sign_in(name, PW).await.expect_tokens();
            pool.sign_in(name, "Wr0ng-password").await.expect_fault(REFUSED, WRONG);
        }
        pool.sign_in("nobody", PW).await.expect_fault(REFUSED, WRONG);
        pool.srp_sign_in("ana", PW).await.expect_tokens();
        // There is nothing to prove by SRP; it looks like a wrong password.
        pool.srp_sign_in("bob", PW).await.expect_fault(REFUSED, WRONG);
        pool.srp_sign_in("nobody", PW).await.expect_fault(REFUSED, WRONG);
    }
    there.app().clone().stop().await;
}

/// What is set is kept as the node at hand keeps passwords: as docs/password-storage.md says, from then on.
#[cognate_test]
async fn a_changed_password_is_kept_as_they_are_kept_now(app: App) {
    let (here, there) = both(&app).await;
    let change = |pool: &Pool, name: &'static str| {
        let pool = pool.clone();
        async move {
            let token = pool.access(name, PW).await;
            let body = json!({ "AccessToken": token, "PreviousPassword": PW, "ProposedPassword": "Brand-new-1" });
            pool.app().call("ChangePassword", body).await.expect_ok();
        }
    };
    change(&here, "bob").await;
    here.srp_sign_in("bob", "Brand-new-1").await.expect_tokens();
    change(&there, "ana").await;
    here.sign_in("ana", "Brand-new-1").await.expect_tokens();
    here.srp_sign_in("ana", "Brand-new-1").await.expect_fault(REFUSED, WRONG);
    there.app().clone().stop().await;
}

/// ST-11: while some may be kept as Argon2id, every trial takes as long as one; `signin` tests what a trial is.
#[cognate_test]
async fn st_11_a_deployment_remembers_that_it_once_kept_passwords_otherwise(app: App) {
    let argon2id = |app: &App| app.directory().accounts.password_kinds.argon2id();
    assert!(!argon2id(&app), "verifiers only");
    let slow = app.node_as(|plan| plan.password_storage = PasswordStorage::Argon2id).await;
    assert!(argon2id(&slow));
    slow.stop().await;
    let back = app.node().await;
    assert!(argon2id(&back), "changed back, with hashes from before");
    back.stop().await;
}

/// ST-11: a node that was started before the setting was changed learns of it from the first hash it meets.
#[cognate_test]
async fn st_11_a_node_from_before_the_change_notices_it(app: App) {
    let (here, there) = both(&app).await;
    assert!(!app.directory().accounts.password_kinds.argon2id(), "it has met none");
    here.sign_in("bob", "Wr0ng-password").await.expect_fault(REFUSED, WRONG);
    assert!(app.directory().accounts.password_kinds.argon2id());
    there.app().clone().stop().await;
}

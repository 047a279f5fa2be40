use testkit::ACCOUNT;
use testkit::prelude::*;

#[cognate_test]
async fn a_key_of_the_account_is_known_and_a_strangers_is_not(app: App) {
    let bob = app.iam_user("bob").await;
    let session = app.query(Service::Sts, "GetSessionToken", &[]).await.credentials();
    for id in [&app.root().access_key_id, &bob.credentials.access_key_id, &session.access_key_id] {
        let answer = app.query(Service::Sts, "GetAccessKeyInfo", &[("AccessKeyId", id)]).await;
        assert_eq!(answer.value("GetAccessKeyInfoResult.Account"), ACCOUNT);
    }
    for id in ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPL1", "ASIAIOSFODNN7EXAMPLEE"] {
        assert_eq!(
            app.query(Service::Sts, "GetAccessKeyInfo", &[("AccessKeyId", id)]).await.error(),
            "ValidationError"
        );
    }
}

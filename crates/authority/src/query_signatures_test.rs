//! Signatures of STS and IAM: the same check as everywhere, in their own words and with their own patience.

use crypto::sigv4::Credentials;
use kernel::Secret;
use testkit::prelude::*;
use testkit::{Asking, Spoil};

const NO_MATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
    Access Key and signing method. Consult the service documentation for details.";
const UNKNOWN: &str = "The security token included in the request is invalid.";

fn list(app: &App) -> Asking {
    app.asking_query(Service::Iam, "ListUsers", &[("PathPrefix", "/ops/")])
}

#[cognate_test]
async fn cr_04_one_changed_byte_of_a_form_breaks_its_signature(app: App) {
    list(&app).send().await.expect_ok();
    let later = |request: &mut Spoil| {
        for (name, value) in &mut request.headers {
            if name == "x-amz-date" {
                value.replace_range(14..15, if value.ends_with("0Z") { "1" } else { "0" });
            }
        }
    };
    let spoil: [fn(&mut Spoil); 4] = [
        |request| request.body.push(b'&'),
        |request| request.body.extend_from_slice(b"&MaxItems=1"),
        |request| request.path.push_str("?a=b"),
        later,
    ];
    for how in spoil {
        list(&app).spoiled(how).send().await.expect_error(403, "SignatureDoesNotMatch", NO_MATCH);
    }
}

#[cognate_test]
async fn cr_05_the_query_services_wait_a_quarter_of_an_hour(app: App) {
    for minutes in [4, 14] {
        for ahead in [true, false] {
            list(&app).signed_off(ahead, Duration::from_secs(60 * minutes)).send().await.expect_ok();
        }
    }
    for ahead in [true, false] {
        let answer = list(&app).signed_off(ahead, Duration::from_secs(60 * 16)).send().await;
        answer.expect_refusal(403, "SignatureDoesNotMatch");
        let sentence = &answer.xml().at("Error.Message")[0].text.clone();
        assert!(sentence.ends_with("15 min.)"), "{sentence}");
        let start = if ahead { "Signature not yet current: " } else { "Signature expired: " };
        assert!(sentence.starts_with(start), "{sentence}");
    }
}

#[cognate_test]
async fn cr_06_whoever_is_not_known_is_told_in_the_words_of_the_query_services(app: App) {
    let none = list(&app).unsigned().send().await;
    none.expect_error(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    let stranger = Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: Secret::new("not known here".to_owned()),
        token: None,
    };
    list(&app).signed_by(stranger.clone()).send().await.expect_error(403, "InvalidClientTokenId", UNKNOWN);
    // A temporary key without its token, and a lasting one with a token.
    let temporary = Credentials { access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(), ..stranger };
    list(&app).signed_by(temporary).send().await.expect_error(403, "InvalidClientTokenId", UNKNOWN);
    let with_token = Credentials { token: Some(Secret::new("token".to_owned())), ..app.root().clone() };
    list(&app).signed_by(with_token).send().await.expect_error(403, "InvalidClientTokenId", UNKNOWN);
    let wrong = Credentials { secret: Secret::new("wrong".to_owned()), ..app.root().clone() };
    list(&app).signed_by(wrong).send().await.expect_error(403, "SignatureDoesNotMatch", NO_MATCH);
    list(&app)
        .unsigned()
        .header("authorization", "AWS4-HMAC-SHA256 nonsense")
        .send()
        .await
        .expect_refusal(400, "IncompleteSignature");
}

#[cognate_test]
async fn a_form_in_the_address_is_answered_like_one_in_the_body(app: App) {
    let answer = list(&app).by_get().send().await;
    answer.expect_ok();
    assert_eq!(answer.value("ListUsersResult.IsTruncated"), "false");
    let unsigned = list(&app).by_get().unsigned().send().await;
    unsigned.expect_error(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    list(&app)
        .by_get()
        .spoiled(|request| request.path.push_str("&MaxItems=1"))
        .send()
        .await
        .expect_refusal(403, "SignatureDoesNotMatch");
    let named_twice = app.getting("/?Action=ListUsers&Action=CreateUser&Version=2010-05-08").send().await;
    named_twice.expect_refusal(400, "MalformedInput");
}

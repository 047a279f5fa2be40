//! AWS SDK for Rust: its signer, its TLS, its paginators, its typed errors.

mod access;
mod checks;
mod identity;
mod world;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use aws_sdk_cognitoidentityprovider::operation::RequestId;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, ChallengeNameType, DeliveryMediumType, MessageActionType};
use checks::{Checks, Outcome, refused, same, taken, truth};
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};
use world::{PASSWORD, app_client, attribute, code_for, name, person, pool, signed_in};

/// A user pool with a client, the administrator and an app.
pub struct Stage {
    pub admin: Client,
    pub app: Client,
    pub pool: String,
    pub client: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (admin, app) = (world::administrator(), world::app());
    let pool = pool(&admin).await.expect("a pool");
    let client = app_client(&admin, &pool).await.expect("a client");
    let stage = Stage { admin, app, pool, client };
    let mut check = Checks::default();
    check.run("CR-2 signed calls are taken; UP-6 dates arrive as dates", described(&stage)).await;
    check.run("a foreign key and a wrong secret are refused", foreign_keys(&stage)).await;
    check.run("an app without credentials administers nothing", without_credentials(&stage)).await;
    check.run("settings of a pool and of a client change and read back", settings(&stage)).await;
    check.run("a person signs up, meets a wrong code, and confirms", signs_up(&stage)).await;
    check.run("sign-in, profile, refresh; a wrong password is refused", signs_in(&stage)).await;
    check.run("an administrator signs somebody in, who must change the password", first_password(&stage)).await;
    check.run("revocation and sign-out close the door, and the error can be told by its type", closes(&stage)).await;
    check.run("somebody deleted is gone for administrators, apps and tokens", deleted(&stage)).await;
    check.run("UP-48 its paginators end and give each thing once", paginates(&stage)).await;
    check.run("UP-2 an error names its request, and a broken rule of the model its member", errors(&stage)).await;
    access::play(&mut check, &stage).await;
    identity::play(&mut check, &stage).await;
    std::process::exit(check.close("sdk_rust"));
}

async fn described(stage: &Stage) -> Outcome {
    let made = taken(stage.admin.create_user_pool().pool_name(name("rust")).send().await)?.user_pool;
    let made = made.ok_or("no pool")?;
    let id = made.id().unwrap_or_default();
    let seen = taken(stage.admin.describe_user_pool().user_pool_id(id).send().await)?.user_pool;
    same(seen.as_ref(), Some(&made), "described pool")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()).cast_signed();
    let created = made.creation_date().map_or(0, |date| date.secs());
    truth((now - created).abs() < 300, "creation date")?;
    taken(stage.admin.delete_user_pool().user_pool_id(id).send().await)?;
    let gone = stage.admin.describe_user_pool().user_pool_id(id).send().await;
    let sentence = format!("User pool {id} does not exist.");
    let error = refused(gone, "ResourceNotFoundException", Some(&sentence))?;
    truth(error.is_resource_not_found_exception(), "the error by its type")
}

async fn foreign_keys(stage: &Stage) -> Outcome {
    let foreign = world::signing_with("AKIAIOSFODNN7EXAMPLE", &"x".repeat(40));
    refused(foreign.describe_user_pool().user_pool_id(&stage.pool).send().await, "UnrecognizedClientException", None)?;
    let key = std::env::var("AWS_ACCESS_KEY_ID").unwrap_or_default();
    let wrong = world::signing_with(&key, &"x".repeat(40));
    refused(wrong.describe_user_pool().user_pool_id(&stage.pool).send().await, "InvalidSignatureException", None)?;
    taken(stage.admin.describe_user_pool().user_pool_id(&stage.pool).send().await).map(drop)
}

async fn without_credentials(stage: &Stage) -> Outcome {
    let listed = stage.app.list_users().user_pool_id(&stage.pool).send().await;
    truth(listed.is_err_and(|error| error.as_service_error().is_none()), "the SDK itself has nothing to sign with")
}

async fn settings(stage: &Stage) -> Outcome {
    let change = stage.admin.update_user_pool().user_pool_id(&stage.pool).user_pool_tags("team", "one");
    let change = change.auto_verified_attributes(aws_sdk_cognitoidentityprovider::types::VerifiedAttributeType::Email);
    taken(change.send().await)?;
    let seen = taken(stage.admin.describe_user_pool().user_pool_id(&stage.pool).send().await)?.user_pool;
    let tag = seen.as_ref().and_then(|pool| pool.user_pool_tags()).and_then(|tags| tags.get("team"));
    same(tag.map(String::as_str), Some("one"), "tag")?;
    let other = app_client(&stage.admin, &stage.pool).await?;
    let change = stage.admin.update_user_pool_client().user_pool_id(&stage.pool).client_id(&other);
    taken(change.client_name("renamed").refresh_token_validity(7).send().await)?;
    let read = stage.admin.describe_user_pool_client().user_pool_id(&stage.pool).client_id(&other);
    let seen = taken(read.send().await)?.user_pool_client.ok_or("no client")?;
    same((seen.client_name(), seen.refresh_token_validity()), (Some("renamed"), 7), "client")?;
    let gone = stage.admin.delete_user_pool_client().user_pool_id(&stage.pool).client_id(&other);
    taken(gone.send().await)?;
    let read = stage.admin.describe_user_pool_client().user_pool_id(&stage.pool).client_id(&other);
    refused(read.send().await, "ResourceNotFoundException", None).map(drop)
}

async fn signs_up(stage: &Stage) -> Outcome {
    let username = name("ana");
    let address = format!("{username}@example.com");
    let ask = stage.app.sign_up().client_id(&stage.client).username(&username).password(PASSWORD);
    let answer = taken(ask.user_attributes(attribute("email", &address)).send().await)?;
    let medium = answer.code_delivery_details.and_then(|details| details.delivery_medium);
    same(medium, Some(DeliveryMediumType::Email), "medium")?;
    let code = code_for(&address).await?;
    let confirm = |code: String| {
        let ask = stage.app.confirm_sign_up().client_id(&stage.client).username(&username);
        ask.confirmation_code(code).send()
    };
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap_or(0) + 1) % 1_000_000);
    let error = refused(confirm(wrong).await, "CodeMismatchException", None)?;
    truth(error.is_code_mismatch_exception(), "the error by its type")?;
    taken(confirm(code).await)?;
    let user = taken(stage.admin.admin_get_user().user_pool_id(&stage.pool).username(&username).send().await)?;
    same(user.user_status.map(|status| status.to_string()), Some("CONFIRMED".to_owned()), "status")
}

async fn signs_in(stage: &Stage) -> Outcome {
    let username = person(&stage.admin, &stage.pool, "bob").await?;
    let wrong = stage.app.initiate_auth().client_id(&stage.client).auth_flow(AuthFlowType::UserPasswordAuth);
    let wrong = wrong.auth_parameters("USERNAME", &username).auth_parameters("PASSWORD", "Wr0ng-Horse!");
    refused(wrong.send().await, "NotAuthorizedException", Some("Incorrect username or password."))?;
    let first = signed_in(&stage.app, &stage.client, &username).await?;
    let refresh = stage.app.initiate_auth().client_id(&stage.client).auth_flow(AuthFlowType::RefreshTokenAuth);
    let refresh = refresh.auth_parameters("REFRESH_TOKEN", first.refresh_token().unwrap_or_default());
    let again = taken(refresh.send().await)?.authentication_result.ok_or("no tokens")?;
    truth(again.refresh_token().is_none(), "no new refresh token")?;
    for tokens in [&first, &again] {
        let profile = stage.app.get_user().access_token(tokens.access_token().unwrap_or_default());
        same(taken(profile.send().await)?.username(), username.as_str(), "profile")?;
    }
    Ok(())
}

async fn first_password(stage: &Stage) -> Outcome {
    let username = name("ivo");
    let make = stage.admin.admin_create_user().user_pool_id(&stage.pool).username(&username);
    let make = make.message_action(MessageActionType::Suppress).temporary_password(PASSWORD);
    taken(make.send().await)?;
    let ask = stage.admin.admin_initiate_auth().user_pool_id(&stage.pool).client_id(&stage.client);
    let ask = ask.auth_flow(AuthFlowType::AdminUserPasswordAuth).auth_parameters("USERNAME", &username);
    let challenge = taken(ask.auth_parameters("PASSWORD", PASSWORD).send().await)?;
    same(challenge.challenge_name(), Some(&ChallengeNameType::NewPasswordRequired), "challenge")?;
    let answer = stage.admin.admin_respond_to_auth_challenge().user_pool_id(&stage.pool).client_id(&stage.client);
    let answer = answer.challenge_name(ChallengeNameType::NewPasswordRequired).set_session(challenge.session);
    let answer =
        answer.challenge_responses("USERNAME", &username).challenge_responses("NEW_PASSWORD", "Br4nd-New-Horse!");
    let tokens = taken(answer.send().await)?.authentication_result.ok_or("no tokens")?;
    let profile = stage.app.get_user().access_token(tokens.access_token().unwrap_or_default());
    same(taken(profile.send().await)?.username(), username.as_str(), "profile")
}

async fn closes(stage: &Stage) -> Outcome {
    let username = person(&stage.admin, &stage.pool, "eva").await?;
    let one = signed_in(&stage.app, &stage.client, &username).await?;
    let two = signed_in(&stage.app, &stage.client, &username).await?;
    let revoke = stage.app.revoke_token().client_id(&stage.client).token(one.refresh_token().unwrap_or_default());
    taken(revoke.send().await)?;
    let profile = |token: Option<&str>| stage.app.get_user().access_token(token.unwrap_or_default()).send();
    let revoked = Some("Access Token has been revoked");
    refused(profile(one.access_token()).await, "NotAuthorizedException", revoked)?;
    taken(profile(two.access_token()).await)?;
    taken(stage.app.global_sign_out().access_token(two.access_token().unwrap_or_default()).send().await)?;
    let error = refused(profile(two.access_token()).await, "NotAuthorizedException", revoked)?;
    truth(error.is_not_authorized_exception(), "the error by its type")
}

async fn deleted(stage: &Stage) -> Outcome {
    let username = person(&stage.admin, &stage.pool, "kim").await?;
    let tokens = signed_in(&stage.app, &stage.client, &username).await?;
    taken(stage.admin.admin_delete_user().user_pool_id(&stage.pool).username(&username).send().await)?;
    let read = stage.admin.admin_get_user().user_pool_id(&stage.pool).username(&username);
    let error = refused(read.send().await, "UserNotFoundException", Some("User does not exist."))?;
    truth(error.is_user_not_found_exception(), "the error by its type")?;
    let profile = stage.app.get_user().access_token(tokens.access_token().unwrap_or_default());
    truth(profile.send().await.is_err(), "the token opens nothing")
}

async fn paginates(stage: &Stage) -> Outcome {
    let mut ours = BTreeSet::new();
    for stem in ["p1", "p2", "p3", "p4", "p5"] {
        ours.insert(person(&stage.admin, &stage.pool, stem).await?);
    }
    let pages = stage.admin.list_users().user_pool_id(&stage.pool).into_paginator().page_size(2).items().send();
    let listed = taken(pages.collect::<Result<Vec<_>, _>>().await)?;
    let names: BTreeSet<String> = listed.iter().filter_map(|user| user.username.clone()).collect();
    same(names.len(), listed.len(), "each once")?;
    truth(ours.is_subset(&names), "each of ours")?;
    let pools = stage.admin.list_user_pools().max_results(5).into_paginator().items().send();
    let pools = taken(pools.collect::<Result<Vec<_>, _>>().await)?;
    truth(pools.iter().any(|listed| listed.id() == Some(&stage.pool)), "our pool")
}

async fn errors(stage: &Stage) -> Outcome {
    let answer = stage.admin.admin_get_user().user_pool_id(&stage.pool).username("nobody").send().await;
    let error = refused(answer, "UserNotFoundException", None)?;
    let id = error.meta().request_id().unwrap_or_default();
    truth(id.len() == 36 && id.matches('-').count() == 4, "a request id")?;
    let broken = stage.app.sign_up().client_id(&stage.client).username(name("zoe")).password(" starts with a space");
    let error = refused(broken.send().await, "InvalidParameterException", None)?;
    truth(error.message().is_some_and(|said| said.contains("Value at 'password'")), "the member is named")
}

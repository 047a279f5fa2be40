//! Identity pools by the SDK's own client: guests, people and a back end's users, and what their credentials may.

use crate::Stage;
use crate::access::{arn_of, looking, policy, role};
use crate::checks::{Checks, Outcome, refused, same, taken, truth};
use crate::world::{self, name, person, region, signed_in};
use aws_sdk_cognitoidentity::Client;
use aws_sdk_cognitoidentity::types::{CognitoIdentityProvider, Credentials};
use aws_types::SdkConfig;
use serde_json::json;

const SERVICE: &str = "cognito-identity.amazonaws.com";

/// An identity pool before the stage's user pool; who signed in may describe that one, guests nothing.
struct Pool<'s> {
    stage: &'s Stage,
    admin: Client,
    app: Client,
    id: String,
    provider: String,
    authenticated: String,
}

/// Everything of this file.
pub async fn play(check: &mut Checks, stage: &Stage) {
    let pool = match Pool::make(stage).await {
        Ok(pool) => pool,
        Err(found) => return check.run("an identity pool is made", async { Err(found) }).await,
    };
    check.run("ID-1 an identity pool is made, described, changed, listed and deleted", administered(&pool)).await;
    check.run("ID-5 ID-7 a guest's credentials, without any key, and what they may not", guest(&pool)).await;
    check.run("ID-8 ID-15 ID-33 a guest becomes a person, whose credentials work until they end", known(&pool)).await;
    check.run("ID-9 a token of the wrong kind is refused, and the error can be told by its type", wrong(&pool)).await;
    check.run("ID-19 ID-20 a back end's user takes the role by its token from STS", developer(&pool)).await;
}

impl<'s> Pool<'s> {
    async fn make(stage: &'s Stage) -> Result<Self, String> {
        let (admin, app) = (Client::new(&world::operator()), Client::new(&world::nobody()));
        let provider = format!("cognito-idp.{}.amazonaws.com/{}", region(), stage.pool);
        let trusted = CognitoIdentityProvider::builder().provider_name(&provider).client_id(&stage.client).build();
        let ask = admin.create_identity_pool().identity_pool_name(name("rust")).allow_unauthenticated_identities(true);
        let ask = ask.cognito_identity_providers(trusted).developer_provider_name("login.shop");
        let id = taken(ask.send().await)?.identity_pool_id().to_owned();
        let arn = arn_of(stage, &stage.pool).await?;
        let (_, authenticated) = role(&trust(&id, "authenticated"), "cognito-idp:DescribeUserPool", &arn).await?;
        let (_, guests) = role(&trust(&id, "unauthenticated"), "cognito-idp:ListGroups", &arn).await?;
        let roles = admin.set_identity_pool_roles().identity_pool_id(&id).roles("authenticated", &authenticated);
        taken(roles.roles("unauthenticated", guests).send().await)?;
        Ok(Self { stage, admin, app, id, provider, authenticated })
    }

    async fn guest(&self) -> Result<String, String> {
        let made = taken(self.app.get_id().identity_pool_id(&self.id).send().await)?;
        Ok(made.identity_id().ok_or("no identity")?.to_owned())
    }

    async fn id_token(&self) -> Result<String, String> {
        let username = person(&self.stage.admin, &self.stage.pool, "ana").await?;
        let tokens = signed_in(&self.stage.app, &self.stage.client, &username).await?;
        Ok(tokens.id_token().ok_or("no ID token")?.to_owned())
    }
}

fn trust(pool: &str, amr: &str) -> String {
    policy(&json!({
        "Effect": "Allow", "Principal": { "Federated": SERVICE }, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": { format!("{SERVICE}:aud"): pool },
            "ForAnyValue:StringLike": { format!("{SERVICE}:amr"): amr },
        },
    }))
}

fn using(given: &Credentials) -> SdkConfig {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    world::keys(&text(given.access_key_id()), &text(given.secret_key()), given.session_token())
}

async fn administered(pool: &Pool<'_>) -> Outcome {
    let make = pool.admin.create_identity_pool().identity_pool_name("rust").allow_unauthenticated_identities(false);
    let id =
        taken(make.supported_login_providers("graph.facebook.com", "7").send().await)?.identity_pool_id().to_owned();
    let read = || pool.admin.describe_identity_pool().identity_pool_id(&id).send();
    let seen = taken(read().await)?;
    let provider = seen.supported_login_providers().and_then(|all| all.get("graph.facebook.com"));
    same(provider.map(String::as_str), Some("7"), "provider")?;
    let change = pool.admin.update_identity_pool().identity_pool_id(&id).identity_pool_name("renamed");
    taken(change.allow_unauthenticated_identities(true).send().await)?;
    let seen = taken(read().await)?;
    same((seen.identity_pool_name(), seen.allow_unauthenticated_identities()), ("renamed", true), "changed")?;
    truth(seen.supported_login_providers().is_none(), "what was left out is gone")?;
    let pages = pool.admin.list_identity_pools().max_results(1).into_paginator().items().send();
    let listed = taken(pages.collect::<Result<Vec<_>, _>>().await)?;
    for wanted in [&id, &pool.id] {
        let times = listed.iter().filter(|one| one.identity_pool_id() == Some(wanted.as_str())).count();
        same(times, 1, "listed once")?;
    }
    taken(pool.admin.delete_identity_pool().identity_pool_id(&id).send().await)?;
    let error = refused(read().await, "ResourceNotFoundException", None)?;
    truth(error.is_resource_not_found_exception(), "the error by its type")
}

async fn guest(pool: &Pool<'_>) -> Outcome {
    let identity = pool.guest().await?;
    truth(identity != pool.guest().await?, "each guest is new")?;
    let given = taken(pool.app.get_credentials_for_identity().identity_id(&identity).send().await)?;
    same(given.identity_id(), Some(identity.as_str()), "identity")?;
    let given = given.credentials().ok_or("no credentials")?;
    truth(given.access_key_id().is_some_and(|key| key.starts_with("ASIA")), "key")?;
    let theirs = looking(&using(given));
    taken(theirs.list_groups().user_pool_id(&pool.stage.pool).send().await)?;
    let look = theirs.describe_user_pool().user_pool_id(&pool.stage.pool).send().await;
    refused(look, "AccessDeniedException", None)?;
    let answer = aws_sdk_iam::Client::new(&using(given)).list_roles().send().await;
    refused(answer, "AccessDenied", None).map(drop)
}

async fn known(pool: &Pool<'_>) -> Outcome {
    let (identity, token) = (pool.guest().await?, pool.id_token().await?);
    let ask = || pool.app.get_credentials_for_identity().identity_id(&identity);
    let given = taken(ask().logins(&pool.provider, &token).send().await)?;
    same(given.identity_id(), Some(identity.as_str()), "the same identity")?;
    let again = taken(pool.app.get_id().identity_pool_id(&pool.id).logins(&pool.provider, &token).send().await)?;
    same(again.identity_id(), Some(identity.as_str()), "asked by the login")?;
    let sentence = format!("Access to Identity '{identity}' is forbidden.");
    refused(ask().send().await, "NotAuthorizedException", Some(&sentence))?;
    let seen = taken(pool.admin.describe_identity().identity_id(&identity).send().await)?;
    same(seen.logins(), [pool.provider.clone()], "logins")?;
    let theirs = looking(&using(given.credentials().ok_or("no credentials")?));
    let look = || theirs.describe_user_pool().user_pool_id(&pool.stage.pool).send();
    taken(look().await)?;
    let told = taken(pool.admin.delete_identities().identity_ids_to_delete(&identity).send().await)?;
    same(told.unprocessed_identity_ids().len(), 0, "unprocessed")?;
    refused(look().await, "ExpiredTokenException", None).map(drop)
}

async fn wrong(pool: &Pool<'_>) -> Outcome {
    let username = person(&pool.stage.admin, &pool.stage.pool, "eva").await?;
    let tokens = signed_in(&pool.stage.app, &pool.stage.client, &username).await?;
    let access = tokens.access_token().unwrap_or_default();
    let answer = pool.app.get_id().identity_pool_id(&pool.id).logins(&pool.provider, access).send().await;
    let sentence = Some("Invalid login token. Missing a required claim: aud");
    let error = refused(answer, "NotAuthorizedException", sentence)?;
    truth(error.is_not_authorized_exception(), "the error by its type")
}

async fn developer(pool: &Pool<'_>) -> Outcome {
    let ask = pool.admin.get_open_id_token_for_developer_identity().identity_pool_id(&pool.id);
    let made = taken(ask.logins("login.shop", name("customer")).send().await)?;
    let (identity, token) = (made.identity_id().unwrap_or_default(), made.token().unwrap_or_default());
    let sts = aws_sdk_sts::Client::new(&world::nobody());
    let take = |token: &str| {
        let ask = sts.assume_role_with_web_identity().role_arn(&pool.authenticated).role_session_name("rust");
        ask.web_identity_token(token).send()
    };
    let taken_role = taken(take(token).await)?;
    same(taken_role.subject_from_web_identity_token(), Some(identity), "subject")?;
    let given = taken_role.credentials().ok_or("no credentials")?;
    let session = world::keys(given.access_key_id(), given.secret_access_key(), Some(given.session_token()));
    taken(looking(&session).describe_user_pool().user_pool_id(&pool.stage.pool).send().await)?;
    let spoiled = format!("{}AAAAAAAA", &token[..token.len().saturating_sub(8)]);
    let error = refused(take(&spoiled).await, "InvalidIdentityToken", None)?;
    truth(error.is_invalid_identity_token_exception(), "the error by its type")
}

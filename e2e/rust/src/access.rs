//! STS and IAM by the SDK's own clients: who somebody is; a role made, taken, used, refused and ended.

use crate::Stage;
use crate::checks::{Checks, Outcome, refused, same, taken, truth};
use crate::world::{self, name, pool};
use aws_types::SdkConfig;

/// A policy of one statement.
pub fn policy(statement: &serde_json::Value) -> String {
    serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// A role that trusts whom it is told to and may do one thing; its name and ARN.
pub async fn role(trust: &str, action: &str, resource: &str) -> Result<(String, String), String> {
    let (iam, role) = (aws_sdk_iam::Client::new(&world::operator()), name("role"));
    let made = taken(iam.create_role().role_name(&role).assume_role_policy_document(trust).send().await)?;
    let arn = made.role().map(|role| role.arn().to_owned()).ok_or("no role")?;
    let may = policy(&serde_json::json!({ "Effect": "Allow", "Action": action, "Resource": resource }));
    let put = iam.put_role_policy().role_name(&role).policy_name("only").policy_document(may);
    taken(put.send().await)?;
    Ok((role, arn))
}

/// A call that needs a right; the pool's id that was answered.
pub fn looking(config: &SdkConfig) -> aws_sdk_cognitoidentityprovider::Client {
    aws_sdk_cognitoidentityprovider::Client::new(config)
}

/// The ARN of a user pool.
pub async fn arn_of(stage: &Stage, pool: &str) -> Result<String, String> {
    let seen = taken(stage.admin.describe_user_pool().user_pool_id(pool).send().await)?.user_pool;
    Ok(seen.and_then(|pool| pool.arn).ok_or("a pool without an ARN")?)
}

/// Everything of this file.
pub async fn play(check: &mut Checks, stage: &Stage) {
    check.run("CR-10 STS tells who signs, and refuses who signs wrongly", callers()).await;
    check.run("CR-15 CR-29 a role is taken by a user, may what it may, and ends", assumed(stage)).await;
    check.run("CR-21 a role that does not trust the caller is not handed out", distrusted(stage)).await;
    check.run("IAM: a role is made once, read, listed and deleted, with typed errors", roles()).await;
}

async fn callers() -> Outcome {
    let told = taken(aws_sdk_sts::Client::new(&world::operator()).get_caller_identity().send().await)?;
    let account = told.account().unwrap_or_default();
    same(told.arn(), Some(format!("arn:aws:iam::{account}:root").as_str()), "ARN")?;
    let foreign = aws_sdk_sts::Client::new(&world::keys("AKIAIOSFODNN7EXAMPLE", &"x".repeat(40), None));
    refused(foreign.get_caller_identity().send().await, "InvalidClientTokenId", None)?;
    let key = std::env::var("AWS_ACCESS_KEY_ID").unwrap_or_default();
    let wrong = aws_sdk_sts::Client::new(&world::keys(&key, &"x".repeat(40), None));
    refused(wrong.get_caller_identity().send().await, "SignatureDoesNotMatch", None).map(drop)
}

/// A user with a key; its ARN and its configuration.
async fn user(stem: &str) -> Result<(String, SdkConfig), String> {
    let (iam, user) = (aws_sdk_iam::Client::new(&world::operator()), name(stem));
    let made = taken(iam.create_user().user_name(&user).send().await)?;
    let arn = made.user().map(|user| user.arn().to_owned()).ok_or("no user")?;
    let made = taken(iam.create_access_key().user_name(&user).send().await)?;
    let key = made.access_key().ok_or("no key")?;
    Ok((arn, world::keys(key.access_key_id(), key.secret_access_key(), None)))
}

async fn assumed(stage: &Stage) -> Outcome {
    let (arn, theirs) = user("rust").await?;
    let trust =
        policy(&serde_json::json!({ "Effect": "Allow", "Principal": { "AWS": arn }, "Action": "sts:AssumeRole" }));
    let (made, role_arn) = role(&trust, "cognito-idp:DescribeUserPool", &arn_of(stage, &stage.pool).await?).await?;
    let sts = aws_sdk_sts::Client::new(&theirs);
    let given = taken(sts.assume_role().role_arn(&role_arn).role_session_name("rust").send().await)?;
    let given = given.credentials().ok_or("no credentials")?;
    let session = world::keys(given.access_key_id(), given.secret_access_key(), Some(given.session_token()));
    let whoami = taken(aws_sdk_sts::Client::new(&session).get_caller_identity().send().await)?;
    truth(whoami.arn().is_some_and(|arn| arn.ends_with(&format!(":assumed-role/{made}/rust"))), "whose session")?;
    let look = |pool: &str| looking(&session).describe_user_pool().user_pool_id(pool).send();
    taken(look(&stage.pool).await)?;
    let other = pool(&stage.admin).await?;
    refused(look(&other).await, "AccessDeniedException", None)?;
    refused(
        looking(&theirs).describe_user_pool().user_pool_id(&stage.pool).send().await,
        "AccessDeniedException",
        None,
    )?;
    let without = world::keys(given.access_key_id(), given.secret_access_key(), None);
    let answer = looking(&without).describe_user_pool().user_pool_id(&stage.pool).send().await;
    refused(answer, "UnrecognizedClientException", None)?;
    let iam = aws_sdk_iam::Client::new(&world::operator());
    taken(iam.delete_role_policy().role_name(&made).policy_name("only").send().await)?;
    taken(iam.delete_role().role_name(&made).send().await)?;
    refused(look(&stage.pool).await, "UnrecognizedClientException", None).map(drop)
}

async fn distrusted(stage: &Stage) -> Outcome {
    let ((arn, _), (_, stranger)) = (user("trusted").await?, user("stranger").await?);
    let trust =
        policy(&serde_json::json!({ "Effect": "Allow", "Principal": { "AWS": arn }, "Action": "sts:AssumeRole" }));
    let (_, role_arn) = role(&trust, "*", &arn_of(stage, &stage.pool).await?).await?;
    let sts = aws_sdk_sts::Client::new(&stranger);
    let answer = sts.assume_role().role_arn(&role_arn).role_session_name("rust").send().await;
    refused(answer, "AccessDenied", None)?;
    let answer = aws_sdk_iam::Client::new(&stranger).list_roles().send().await;
    refused(answer, "AccessDenied", None).map(drop)
}

async fn roles() -> Outcome {
    let (iam, role) = (aws_sdk_iam::Client::new(&world::operator()), name("role"));
    let trust = policy(&serde_json::json!({
        "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole",
    }));
    let make = || iam.create_role().role_name(&role).assume_role_policy_document(&trust).send();
    let made = taken(make().await)?.role.ok_or("no role")?;
    let error = refused(make().await, "EntityAlreadyExists", None)?;
    truth(error.is_entity_already_exists_exception(), "the error by its type")?;
    let read = || iam.get_role().role_name(&role).send();
    let seen = taken(read().await)?.role.ok_or("no role")?;
    same((seen.arn(), seen.role_id(), seen.create_date()), (made.arn(), made.role_id(), made.create_date()), "read")?;
    let pages = iam.list_roles().into_paginator().page_size(1).items().send();
    let listed = taken(pages.collect::<Result<Vec<_>, _>>().await)?;
    same(listed.iter().filter(|listed| listed.arn() == made.arn()).count(), 1, "listed once")?;
    taken(iam.delete_role().role_name(&role).send().await)?;
    let error = refused(read().await, "NoSuchEntity", None)?;
    truth(error.is_no_such_entity_exception(), "the error by its type")
}

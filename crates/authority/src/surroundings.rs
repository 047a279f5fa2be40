//! What is known about a request beside action and resource: the condition keys (credentials-and-iam.md 4.5, 4.6).

use crate::resource::Target;
use crate::rights::Rights;
use contract::authorisation::Authorisation;
use contract::reach::{tags, text};
use contract::{Shape, Value};
use iam::{Context, PrincipalIds};
use kernel::Time;
use model::{AwsSession, Caller, Principal, SessionOf};

/// Who the caller is to policies.
pub(crate) fn principal(caller: &Caller, rights: &Rights) -> PrincipalIds {
    let account = caller.account.as_str();
    match (&caller.principal, &rights.grants) {
        (Principal::Session(session), Some(grants)) if matches!(session.of, SessionOf::Role { .. }) => {
            PrincipalIds::role_session(account, session.arn(&caller.account), grants.arn.as_str())
                .known_as(session.user_id(&caller.account), Some(grants.id.clone()))
        }
        (Principal::Session(session), Some(grants)) if matches!(session.of, SessionOf::User { .. }) => {
            PrincipalIds::user(account, grants.arn.as_str()).known_as(grants.id.as_str(), None)
        }
        (Principal::Session(session), _) => PrincipalIds::user(account, session.arn(&caller.account)),
        (_, Some(grants)) => PrincipalIds::user(account, grants.arn.as_str()).known_as(grants.id.as_str(), None),
        (_, None) => PrincipalIds::root(account),
    }
}

/// The condition keys of a request.
pub(crate) fn keys(caller: &Caller, rights: &Rights, now: Time) -> Context {
    let mut context = Context::new();
    of_caller(&mut context, caller, rights);
    context.set("aws:PrincipalAccount", caller.account.as_str());
    of_place(&mut context, caller, now);
    context
}

/// Where and when the request came, whoever sent it.
pub(crate) fn of_place(context: &mut Context, caller: &Caller, now: Time) {
    context.set("aws:RequestedRegion", caller.region.as_str());
    context.set_with("aws:SecureTransport", || caller.secure.to_string());
    context.set_with("aws:CurrentTime", || now.rfc3339());
    context.set_with("aws:EpochTime", || now.secs().to_string());
    context.set("aws:ViaAWSService", "false");
    if let Some(address) = caller.source_ip {
        context.set_with("aws:SourceIp", || address.to_string());
    }
    if let Some(agent) = &caller.user_agent {
        context.set("aws:UserAgent", agent.as_str());
    }
}

fn of_caller(context: &mut Context, caller: &Caller, rights: &Rights) {
    if let Some(grants) = &rights.grants {
        for (key, value) in &grants.tags {
            context.set(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
    }
    // A session of a role is known by the role's ARN, not by its own; somebody a user vouched for by their own, not the user's.
    let who = principal(caller, rights);
    if caller.principal != Principal::Anonymous
        && let Some(arn) = who.role_arn.or(who.arn)
    {
        context.set("aws:PrincipalArn", arn);
    }
    match &caller.principal {
        Principal::Session(session) => of_session(context, caller, session, rights),
        Principal::User { id, .. } => {
            context.set("aws:userid", id.as_str());
            context.set("aws:PrincipalType", "User");
            if let Some(grants) = &rights.grants {
                context.set("aws:username", grants.name.as_str());
            }
        }
        Principal::Root { .. } | Principal::Anonymous => {
            context.set("aws:PrincipalType", "Account");
            context.set("aws:userid", caller.account.as_str());
        }
    }
}

fn of_session(context: &mut Context, caller: &Caller, session: &AwsSession, rights: &Rights) {
    context.set("aws:userid", session.user_id(&caller.account));
    context.set("aws:TokenIssueTime", session.issued.rfc3339());
    // No session says that a second factor was shown: STS here takes none.
    context.set("aws:MultiFactorAuthPresent", "false");
    let kind = match &session.of {
        SessionOf::Role { .. } => "AssumedRole",
        SessionOf::User { name, .. } => {
            // As the user is called now: whoever bears the old name today is somebody else.
            let name = rights.grants.as_ref().map_or(name, |grants| &grants.name);
            context.set("aws:username", name.as_str());
            "User"
        }
        SessionOf::Federated { .. } => "FederatedUser",
        SessionOf::Root => "Account",
    };
    context.set("aws:PrincipalType", kind);
    for (key, value) in &session.tags {
        context.set(&format!("aws:PrincipalTag/{key}"), value.as_str());
    }
    if let Some(identity) = &session.source_identity {
        context.set("aws:SourceIdentity", identity.as_str());
    }
    // One of several values is repeated, one line after the other.
    let mut kept: Vec<(&str, Vec<String>)> = Vec::new();
    for (key, value) in &session.keys {
        match kept.iter_mut().find(|(known, _)| known == key) {
            Some((_, values)) => values.push(value.clone()),
            None => kept.push((key, vec![value.clone()])),
        }
    }
    for (key, values) in kept {
        context.set_many(key, values);
    }
}

/// What the request itself says: tags it sets or removes, and members that are condition keys.
pub(crate) fn of_request(context: &mut Context, asked: &Authorisation, shape: &'static Shape, input: &Value) {
    let mut named: Vec<String> = Vec::new();
    if let Some(member) = asked.request_tags {
        for (key, value) in tags(shape, input, member) {
            context.set(&format!("aws:RequestTag/{key}"), value);
            named.push(key.to_owned());
        }
    }
    if let Some(member) = asked.tag_keys {
        named.extend(contract::reach::texts(shape, input, &format!("{member}.*")).into_iter().map(str::to_owned));
    }
    if !named.is_empty() {
        context.set_many("aws:TagKeys", named);
    }
    for (key, member) in asked.keys {
        if let Some(value) = text(shape, input, member) {
            context.set(key, value);
        }
    }
}

/// What is known about the resource.
pub(crate) fn of_target(context: &mut Context, target: &Target) {
    for (key, value) in &target.tags {
        context.set(&format!("aws:ResourceTag/{key}"), value.as_str());
        context.set(&format!("iam:ResourceTag/{key}"), value.as_str());
    }
    // A request that sets a boundary is judged by the one it sets.
    if let Some(boundary) = target.boundary.as_deref().filter(|_| context.get("iam:PermissionsBoundary").is_empty()) {
        context.set("iam:PermissionsBoundary", boundary);
    }
}

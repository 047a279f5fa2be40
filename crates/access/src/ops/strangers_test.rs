//! ST-26: what belongs to another account is out of reach, operation by operation and caller by caller, and stays as it
//! was.
//!
//! One deployment answers for one account. A second one is met as a changed configuration would bring it about: on a node
//! of its own over the same database. Root's keys are the deployment's, and so root at either node.

use access::{SERVED_IAM, SERVED_STS};
use contract::authorisation::Resource;
use contract::{Auth, OperationMeta};
use crypto::sigv4::Credentials;
use std::cmp::Reverse;
use testkit::prelude::*;
use testkit::{ACCOUNT, Asking, IdentityPool, filled, form, members, trust_in};

const ABROAD: &str = "999999999999";
const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Members that name something of an account.
const NAMING: [&str; 11] = [
    "UserName",
    "GroupName",
    "RoleName",
    "AccessKeyId",
    "PolicyArn",
    "PermissionsBoundary",
    "PolicySourceArn",
    "OpenIDConnectProviderArn",
    "SAMLProviderArn",
    "RoleArn",
    "PolicyArns",
];
/// What they name is not there yet.
const MAKING: [&str; 3] = ["CreateUser", "CreateGroup", "CreateRole"];

fn served() -> impl Iterator<Item = &'static OperationMeta> {
    // GetAccessKeyInfo tells the account of anybody's key; here there is one to tell.
    SERVED_IAM.iter().chain(SERVED_STS).map(|served| served.meta).filter(|op| op.name != "GetAccessKeyInfo")
}

fn makes(op: &OperationMeta, member: &str) -> bool {
    MAKING.contains(&op.name) && ["UserName", "GroupName", "RoleName"].contains(&member)
}

/// Members of a call that name something of an account.
fn naming(op: &OperationMeta) -> Vec<&'static str> {
    members(op).into_iter().filter(|member| NAMING.contains(member) && !makes(op, member)).collect()
}

/// How what is not there is refused. An ARN of a provider names the account it must be of.
fn refusal(op: &OperationMeta, member: &str, value: &Value, asker: &House) -> &'static str {
    let foreign = !value.to_string().contains(asker.account);
    match member {
        "RoleArn" => "AccessDenied",
        "PolicyArns" => "ValidationError",
        "OpenIDConnectProviderArn" | "SAMLProviderArn" if foreign => "InvalidInput",
        // Deleting what is not there is done already.
        "OpenIDConnectProviderArn" if op.name == "DeleteOpenIDConnectProvider" => "",
        _ => "NoSuchEntity",
    }
}

/// An account with one of everything, whose administrator is no root.
struct House {
    app: App,
    account: &'static str,
    name: &'static str,
    administrator: Credentials,
    /// The id of a key of its user's.
    key: String,
    pool: IdentityPool,
    /// What a guest of its identity pool takes to STS.
    token: String,
}

impl House {
    async fn of(app: &App, account: &'static str, name: &'static str) -> Self {
        let pool = app.identity_pool().with_guests().classic().await;
        let token = pool.open_id_token(&pool.guest().await, &json!({})).await.expect_ok();
        let mut trust = trust_in(&pool.id, "unauthenticated");
        trust.as_array_mut().unwrap().push(json!({
            "Effect": "Allow", "Principal": { "AWS": account }, "Action": ["sts:AssumeRole", "sts:TagSession"],
        }));
        app.iam_role(&format!("{name}-role"), "/", trust).await;
        let administrator = user(app, &format!("{name}-admin")).await;
        let attached = [("UserName", format!("{name}-admin")), ("PolicyArn", ADMIN.to_owned())];
        done(app, "AttachUserPolicy", &attached).await;
        let key = user(app, &format!("{name}-user")).await.access_key_id;
        let token = token["Token"].as_str().unwrap().to_owned();
        let house = Self { app: app.clone(), account, name, administrator, key, pool, token };
        house.furnish().await;
        house
    }

    async fn furnish(&self) {
        let (group, policy) = (self.named("group"), self.arn("policy"));
        let document = ("PolicyDocument", ALLOW.to_owned());
        done(&self.app, "CreateGroup", &[("GroupName", group.clone())]).await;
        done(&self.app, "AddUserToGroup", &[("GroupName", group), ("UserName", self.named("user"))]).await;
        done(&self.app, "CreatePolicy", &[("PolicyName", self.named("policy")), document.clone()]).await;
        for kind in ["User", "Group", "Role"] {
            let member = format!("{kind}Name");
            let whom = (member.as_str(), self.named(&kind.to_lowercase()));
            let inline = ("PolicyName", "inline".to_owned());
            done(&self.app, &format!("Put{kind}Policy"), &[whom.clone(), inline, document.clone()]).await;
            let managed = ("PolicyArn", policy.clone());
            done(&self.app, &format!("Attach{kind}Policy"), &[whom.clone(), managed]).await;
            if kind != "Group" {
                let bounds = ("PermissionsBoundary", ADMIN.to_owned());
                done(&self.app, &format!("Put{kind}PermissionsBoundary"), &[whom, bounds]).await;
            }
        }
        let url = format!("https://{}", self.named("issuer.example"));
        let client = ("ClientIDList.member.1", "web".to_owned());
        done(&self.app, "CreateOpenIDConnectProvider", &[("Url", url), client]).await;
        let corp = [("Name", self.named("corp")), ("SAMLMetadataDocument", metadata())];
        done(&self.app, "CreateSAMLProvider", &corp).await;
    }

    fn named(&self, kind: &str) -> String {
        format!("{}-{kind}", self.name)
    }

    fn arn(&self, kind: &str) -> String {
        format!("arn:aws:iam::{}:{kind}/{}", self.account, self.named(kind))
    }

    /// What a member of a call is when all in it is this account's own; nothing for those that the contract's least
    /// value suits, and for those that may as well be left out.
    fn own(&self, op: &OperationMeta, member: &str) -> Option<Value> {
        if makes(op, member) {
            return Some(json!("new"));
        }
        let provider = |kind: &str, name: &str| format!("arn:aws:iam::{}:{kind}/{}", self.account, self.named(name));
        Some(match member {
            "UserName" => json!(self.named("user")),
            "GroupName" => json!(self.named("group")),
            "RoleName" => json!(self.named("role")),
            "AccessKeyId" => json!(self.key),
            "PolicyArn" | "PermissionsBoundary" => json!(self.arn("policy")),
            "PolicyArns" => json!([{ "arn": self.arn("policy") }]),
            "PolicySourceArn" => json!(self.arn("user")),
            "RoleArn" => json!(self.arn("role")),
            "OpenIDConnectProviderArn" => json!(provider("oidc-provider", "issuer.example")),
            "SAMLProviderArn" => json!(provider("saml-provider", "corp")),
            "WebIdentityToken" => json!(self.token),
            "PolicyName" => json!("inline"),
            "AssumeRolePolicyDocument" => json!(TRUST),
            "PolicyDocument" if op.name == "UpdateAssumeRolePolicy" => json!(TRUST),
            "PolicyDocument" => json!(ALLOW),
            "PolicyInputList" => json!([ALLOW]),
            "ActionNames" => json!(["s3:GetObject"]),
            "VersionId" => json!("v1"),
            "Tags" => json!([{ "Key": "changed", "Value": "yes" }]),
            "TagKeys" => json!(["changed"]),
            "ClientID" => json!("another"),
            "Description" => json!("changed"),
            "SAMLMetadataDocument" => json!(metadata()),
            _ => return None,
        })
    }

    fn body(&self, op: &OperationMeta) -> Value {
        filled(op, |member| self.own(op, member))
    }

    fn asking(&self, op: &OperationMeta, body: &Value) -> Asking {
        let parameters = form(op.input, body);
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.app.asking_query(op.service, op.name, &parameters)
    }

    /// By its administrator, where anybody signs.
    async fn ask(&self, op: &OperationMeta, body: &Value) -> Answer {
        let asking = self.asking(op, body);
        let signed = op.auth == Auth::Signed;
        let asking = if signed { asking.signed_by(self.administrator.clone()) } else { asking };
        asking.send().await
    }

    /// Everything that can be seen of it at home.
    async fn now(&self) -> Vec<String> {
        let shows = |op: &&OperationMeta| ["Get", "List"].iter().any(|verb| op.name.starts_with(verb));
        let mut seen = Vec::new();
        for op in SERVED_IAM.iter().map(|served| served.meta).filter(shows) {
            let told = self.asking(op, &self.body(op)).send().await;
            assert!(told.is_ok() || op.name == "GetLoginProfile", "{}: {told:?}", op.name);
            // Every answer has an id of its own, and when a role was last used is written behind whoever uses it.
            seen.push(without(&without(&told.text(), "RequestId"), "RoleLastUsed"));
        }
        assert!(seen.len() > 40, "{} is too little to have seen anything", seen.len());
        seen
    }
}

/// A text of XML without the elements of a name.
fn without(text: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let behind = |part: &str| part.split_once(&close).map_or(part, |(_, behind)| behind).to_owned();
    text.replace(&format!("<{name}/>"), "").split(&open).map(behind).collect()
}

async fn done(app: &App, op: &str, parameters: &[(&str, String)]) -> Answer {
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = app.query(Service::Iam, op, &parameters).await;
    assert!(answer.is_ok(), "{answer:?}");
    answer
}

/// A user with a key.
async fn user(app: &App, name: &str) -> Credentials {
    done(app, "CreateUser", &[("UserName", name.to_owned())]).await;
    let made = done(app, "CreateAccessKey", &[("UserName", name.to_owned())]).await;
    let told = |member: &str| made.value(&format!("CreateAccessKeyResult.AccessKey.{member}"));
    Credentials { access_key_id: told("AccessKeyId"), secret: told("SecretAccessKey").into(), token: None }
}

/// Metadata is at least a thousand characters long.
fn metadata() -> String {
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example\" \
         validUntil=\"2030-01-01T00:00:00Z\"><!-- {} --><md:IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"/></md:EntityDescriptor>",
        "x".repeat(1_000)
    )
}

/// The account of all tests, and another one.
async fn houses(app: &App) -> (House, House) {
    let elsewhere = app.node_as(|plan| plan.account = kernel::AccountId::parse(ABROAD).unwrap()).await;
    (House::of(app, ACCOUNT, "here").await, House::of(&elsewhere, ABROAD, "there").await)
}

#[cognate_test]
async fn st_26_things_of_another_account_are_not_found_by_name_or_arn(app: App) {
    let (here, there) = houses(&app).await;
    let before = (here.now().await, there.now().await);
    let mut walked = 0;
    for (asker, side) in [(&here, &there), (&there, &here)] {
        for op in served() {
            for member in naming(op) {
                let theirs = side.own(op, member).unwrap();
                // As it is spelled there, and as it would be spelled here.
                let spelled = theirs.to_string().replace(side.account, asker.account);
                let ours: Value = serde_json::from_str(&spelled).unwrap();
                let each = if ours == theirs { vec![theirs] } else { vec![theirs, ours] };
                for value in each {
                    // One foreign thing at a time, so that no other one hides it.
                    let mut body = asker.body(op);
                    body[member] = value.clone();
                    let answer = asker.ask(op, &body).await;
                    let code = refusal(op, member, &value, asker);
                    assert_eq!(answer.error(), code, "{} by {member} {value}: {answer:?}", op.name);
                    walked += 1;
                }
            }
            if naming(op).is_empty() && ["List", "Get"].iter().any(|verb| op.name.starts_with(verb)) {
                let told = asker.ask(op, &asker.body(op)).await.text();
                assert!(!told.contains(&format!(">{}", side.named(""))), "{}: {told}", op.name);
                assert!(!told.contains(side.account), "{}: {told}", op.name);
                walked += 1;
            }
        }
    }
    assert!(walked > 250, "{walked} is too few to have walked anything");
    assert_eq!((here.now().await, there.now().await), before);
    there.app.stop().await;
}

#[cognate_test]
async fn st_26_a_marker_turns_no_page_of_another_accounts_list(app: App) {
    let (here, there) = houses(&app).await;
    let mut walked = 0;
    for op in served().filter(|op| members(op).contains(&"Marker") && naming(op).is_empty()) {
        let mut body = there.body(op);
        body["MaxItems"] = json!(1);
        let first = there.ask(op, &body).await;
        assert!(first.is_ok(), "{}: {first:?}", op.name);
        let marker = first.values(&format!("{}Result.Marker", op.name)).concat();
        if marker.is_empty() {
            continue;
        }
        body["Marker"] = json!(marker);
        let answer = here.ask(op, &body).await;
        assert_eq!(answer.error(), "ValidationError", "{}: {answer:?}", op.name);
        let next = there.ask(op, &body).await;
        assert!(next.is_ok(), "{}: {next:?}", op.name);
        walked += 1;
    }
    assert!(walked > 3, "{walked} is too few to have walked anything");
    there.app.stop().await;
}

/// A session of an account's role, by somebody who may have it.
async fn role_session(house: &House) -> Credentials {
    let role = house.arn("role");
    let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "walk")];
    house.app.query_by(&house.administrator, Service::Sts, "AssumeRole", &parameters).await.credentials()
}

async fn guest_session(house: &House) -> Credentials {
    house.pool.credentials(&house.pool.guest().await, &json!({})).await.identity_credentials()
}

/// Whether policies of callers are asked about it at the door.
fn is_decided(op: &OperationMeta) -> bool {
    let asked = op.service.meta().authorisation(op.name).map(|asked| asked.resource);
    asked.is_some_and(|resource| !matches!(resource, Resource::Unasked))
}

#[cognate_test]
async fn st_26_whoever_has_no_rights_changes_and_sees_nothing(app: App) {
    let house = House::of(&app, ACCOUNT, "here").await;
    let callers = [
        ("user", user(&app, "nobody").await),
        ("role", role_session(&house).await),
        ("guest", guest_session(&house).await),
    ];
    let before = house.now().await;
    let mut walked = 0;
    for (who, credentials) in &callers {
        for op in served().filter(|op| op.auth == Auth::Signed && is_decided(op)) {
            // Roles whose trust names the account leave it to policies, as everything else is left to them.
            let answer = house.asking(op, &house.body(op)).signed_by(credentials.clone()).send().await;
            assert_eq!(answer.error(), "AccessDenied", "{} by a {who}: {answer:?}", op.name);
            walked += 1;
        }
    }
    assert!(walked > 280, "{walked} is too few to have walked anything");
    assert_eq!(house.now().await, before);
}

#[cognate_test]
async fn st_26_callers_of_another_account_are_nobody_here(app: App) {
    let (here, there) = houses(&app).await;
    let mut walked = 0;
    for (asker, side) in [(&here, &there), (&there, &here)] {
        let callers = [
            ("user", asker.administrator.clone()),
            ("role", role_session(asker).await),
            ("guest", guest_session(asker).await),
        ];
        let before = side.now().await;
        for (who, credentials) in &callers {
            for op in served().filter(|op| op.auth == Auth::Signed) {
                let answer = side.asking(op, &side.body(op)).signed_by(credentials.clone()).send().await;
                assert_eq!(answer.error(), "InvalidClientTokenId", "{} by a {who}: {answer:?}", op.name);
                walked += 1;
            }
        }
        // The token of a guest there is no word about anybody here.
        for op in served().filter(|op| members(op).contains(&"WebIdentityToken")) {
            let mut body = side.body(op);
            body["WebIdentityToken"] = json!(asker.token);
            let answer = side.ask(op, &body).await;
            assert!(["InvalidIdentityToken", "IDPRejectedClaim"].contains(&answer.error().as_str()), "{answer:?}");
            walked += 1;
        }
        assert_eq!(side.now().await, before);
        for (who, credentials) in &callers {
            let at_home = asker.app.who_is(credentials).await;
            assert!(at_home.is_ok(), "the {who} is somebody at home: {at_home:?}");
        }
    }
    assert!(walked > 600, "{walked} is too few to have walked anything");
    there.app.stop().await;
}

/// Roles are taken before their trust is changed. What is taken apart comes last, and things as a whole after their parts.
fn order(op: &OperationMeta) -> (bool, usize, Reverse<usize>) {
    let undoes = ["Delete", "Detach", "Remove", "Untag"].iter().any(|verb| op.name.starts_with(verb));
    let wholly = op.name.starts_with("Delete") && members(op).len() == 1;
    (
        op.service == Service::Iam,
        usize::from(undoes) + usize::from(wholly),
        Reverse(if wholly { op.name.len() } else { 0 }),
    )
}

#[cognate_test]
async fn st_26_the_same_calls_find_what_is_ones_own(app: App) {
    let house = House::of(&app, ACCOUNT, "here").await;
    let mut all: Vec<_> = served().filter(|op| !naming(op).is_empty()).collect();
    all.sort_by_key(|op| order(op));
    for op in all {
        let answer = house.ask(op, &house.body(op)).await;
        // What is in the way of a change is told only of things that are there.
        let found = ["", "DeleteConflict", "LimitExceeded"].contains(&answer.error().as_str());
        // Nobody has a password for the console.
        let none = op.name == "GetLoginProfile" && answer.text().contains("Login Profile for User here-user");
        assert!(found || none, "{}: the walks ask for something nobody could have: {answer:?}", op.name);
    }
}

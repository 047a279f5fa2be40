//! What a server that came back is asked, one fact at a time, and how its answers are told.

use std::collections::BTreeMap;

use anyhow::Result;
use benches::api::{Api, Outcome};
use benches::people::{self, Pool, tokens, word};
use benches::query::{all_inside, inside};
use benches::sigv4::AccessKey;
use serde_json::{Value, json};

use crate::subjects::Step;
use crate::subjects::person::Step as OfPerson;

/// Something that can be asked. The answer is a short text; what is not there answers [`GONE`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Status, whether enabled, attributes.
    Person(String),
    /// Whether the password signs in.
    Password { name: String, password: String },
    /// Whether a refresh token of the plain client brings tokens.
    Refresh(String),
    /// The same of the client whose tokens replace one another. Asking uses the token up.
    Turn(String),
    /// Whether an access token is honoured.
    Access(String),
    /// Whether a code confirms a sign-up. Asking might use it up.
    ConfirmCode { name: String, code: String },
    /// Whether a code sets a new password. Asking might use it up.
    ResetCode { name: String, code: String },
    /// Whether a code proves an address. Asking might use it up.
    VerifyCode { access: String, code: String },
    /// A group's description.
    Group(String),
    /// Who is in a group.
    Members(String),
    /// The groups a person is in.
    Groups(String),
    /// Whether a secret proves a client.
    Secret { client: String, secret: String },
    /// A client's name.
    Client(String),
    /// A pool's custom attributes and its settings of second factors.
    Pool(String),
    /// Whom a key signs for.
    Key(AccessKey),
    /// Whether a key may list user pools.
    Rights(AccessKey),
    /// An IAM user's inline and attached policies and keys.
    IamUser(String),
    /// A role's trust, inline and attached policies.
    Role(String),
    /// A policy's default version and its document.
    Policy(String),
}

/// Answers by question.
pub type Facts = BTreeMap<Question, String>;

/// The answer about what is not there.
pub const GONE: &str = "gone";
/// The answer of a proof that is accepted.
pub const WORKS: &str = "works";
/// The answer of one that is not.
pub const REFUSED: &str = "refused";

impl Question {
    /// Whether asking may spend what is asked about, so that nobody may ask while it could still be good.
    pub fn spends(&self) -> bool {
        matches!(self, Self::ConfirmCode { .. } | Self::ResetCode { .. } | Self::VerifyCode { .. })
    }
}

/// Asks.
pub struct Asker<'a> {
    /// The connection, as root.
    pub api: Api,
    /// The pool people join, and the client they use.
    pub plain: &'a Pool,
    /// The same pool through the client whose refresh tokens replace one another.
    pub rotating: &'a Pool,
    /// What asking changed.
    pub changed: Vec<Step>,
}

impl Asker<'_> {
    /// The server's answer.
    pub fn ask(&mut self, question: &Question) -> Result<String> {
        use Question as Q;
        match question {
            Q::Person(name) => self.person(name),
            Q::Password { name, password } => {
                Ok(match people::sign_in(&mut self.api, self.plain, name, password)?.refused_as() {
                    None => WORKS,
                    Some("UserNotConfirmedException") => "unconfirmed",
                    Some("PasswordResetRequiredException") => "to be reset",
                    Some(_) => REFUSED,
                }
                .to_owned())
            }
            Q::Refresh(token) => Ok(accepted(&people::refresh(&mut self.api, self.plain, token)?)),
            Q::Turn(token) => self.turn(token),
            Q::Access(token) => self.public("GetUser", &json!({"AccessToken": token})),
            Q::ConfirmCode { name, code } => {
                let input = json!({"ClientId": self.plain.client, "Username": name, "ConfirmationCode": code});
                self.public("ConfirmSignUp", &input)
            }
            Q::ResetCode { name, code } => {
                let input = json!({"ClientId": self.plain.client, "Username": name, "ConfirmationCode": code,
                    "Password": "Never-to-be-5et!"});
                self.public("ConfirmForgotPassword", &input)
            }
            Q::VerifyCode { access, code } => {
                let input = json!({"AccessToken": access, "AttributeName": "email", "Code": code});
                self.public("VerifyUserAttribute", &input)
            }
            Q::Secret { client, secret } => {
                // Text that names no token is answered like success, once the client has proved itself.
                let input = json!({"ClientId": client, "ClientSecret": secret, "Token": "names-nothing"});
                self.public("RevokeToken", &input)
            }
            Q::Group(_) | Q::Members(_) | Q::Groups(_) | Q::Client(_) | Q::Pool(_) => self.directory(question),
            Q::Key(_) | Q::Rights(_) | Q::IamUser(_) | Q::Role(_) | Q::Policy(_) => self.access(question),
        }
    }

    fn public(&mut self, operation: &str, input: &Value) -> Result<String> {
        Ok(accepted(&self.api.public(operation, input)?))
    }

    fn person(&mut self, name: &str) -> Result<String> {
        let input = json!({"UserPoolId": self.plain.id, "Username": name});
        let Outcome::Done(found) = self.api.signed("AdminGetUser", &input)? else { return Ok(GONE.to_owned()) };
        let mut attributes: Vec<String> = listed(&found, "UserAttributes")
            .iter()
            .filter_map(|pair| Some((pair.get("Name")?.as_str()?, pair.get("Value")?.as_str()?)))
            .filter(|(name, _)| *name != "sub")
            .map(|(name, value)| format!(" {name}={value}"))
            .collect();
        attributes.sort();
        let enabled = found.get("Enabled").and_then(Value::as_bool).unwrap_or_default();
        let word_of = if enabled { "" } else { " disabled" };
        Ok(format!("{}{word_of}{}", word(&found, &["UserStatus"])?, attributes.concat()))
    }

    /// Presenting a used token ends its family, and a good one is used by asking: both are told the ledger.
    fn turn(&mut self, token: &str) -> Result<String> {
        let outcome = people::turn(&mut self.api, self.rotating, token)?;
        if outcome.refused_as() == Some("RefreshTokenReuseException") {
            self.changed.push(Step::Person(OfPerson::Reused { refresh: token.to_owned() }));
        }
        let answer = accepted(&outcome);
        if let Outcome::Done(answer) = outcome {
            let next = tokens(&answer)?;
            let (old, new, access) = (token.to_owned(), next.refresh, next.access);
            self.changed.push(Step::Person(OfPerson::Turn { old, new, access }));
        }
        Ok(answer)
    }

    fn directory(&mut self, question: &Question) -> Result<String> {
        let pool = &self.plain.id;
        let (operation, input) = match question {
            Question::Group(name) => ("GetGroup", json!({"UserPoolId": pool, "GroupName": name})),
            Question::Members(name) => ("ListUsersInGroup", json!({"UserPoolId": pool, "GroupName": name})),
            Question::Groups(name) => ("AdminListGroupsForUser", json!({"UserPoolId": pool, "Username": name})),
            Question::Client(id) => ("DescribeUserPoolClient", json!({"UserPoolId": pool, "ClientId": id})),
            Question::Pool(id) => return self.pool(id),
            _ => return Ok(String::new()),
        };
        let Outcome::Done(found) = self.api.signed(operation, &input)? else { return Ok(GONE.to_owned()) };
        Ok(match question {
            Question::Group(_) => word(&found, &["Group", "Description"])?,
            Question::Client(_) => word(&found, &["UserPoolClient", "ClientName"])?,
            Question::Members(_) => names(listed(&found, "Users"), "Username"),
            _ => names(listed(&found, "Groups"), "GroupName"),
        })
    }

    fn pool(&mut self, id: &str) -> Result<String> {
        let input = json!({"UserPoolId": id});
        let Outcome::Done(found) = self.api.signed("DescribeUserPool", &input)? else { return Ok(GONE.to_owned()) };
        let factors = self.api.signed("GetUserPoolMfaConfig", &input)?.done()?;
        let custom = found.pointer("/UserPool/SchemaAttributes").and_then(Value::as_array);
        let custom = names(custom.map(Vec::as_slice).unwrap_or_default(), "Name");
        let custom: Vec<&str> = custom.split(' ').filter(|name| name.starts_with("custom:")).collect();
        let party = factors.pointer("/WebAuthnConfiguration/RelyingPartyId").and_then(Value::as_str);
        Ok(format!("{} for {}", custom.join(" "), party.unwrap_or("nobody")))
    }

    fn access(&mut self, question: &Question) -> Result<String> {
        match question {
            Question::Key(key) => Ok(match self.api.action_by(key, "sts", "GetCallerIdentity", &[])? {
                Outcome::Done(answer) => answer.as_str().and_then(|xml| inside(xml, "Arn")).unwrap_or_default(),
                Outcome::Refused(..) => REFUSED.to_owned(),
            }),
            Question::Rights(key) => {
                let listed = self.api.signed_by(key, "ListUserPools", &json!({"MaxResults": 1}))?;
                Ok(accepted(&listed))
            }
            Question::IamUser(name) => self.principal("User", name),
            Question::Role(name) => self.principal("Role", name),
            Question::Policy(arn) => {
                let Some(shown) = self.iam("GetPolicy", &[("PolicyArn", arn)])? else { return Ok(GONE.to_owned()) };
                let version = inside(&shown, "DefaultVersionId").unwrap_or_default();
                let text = self.iam("GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", &version)])?;
                Ok(format!("{version} {}", text.and_then(|xml| inside(&xml, "Document")).unwrap_or_default()))
            }
            _ => Ok(String::new()),
        }
    }

    /// A user or role with what hangs on it.
    fn principal(&mut self, kind: &str, name: &str) -> Result<String> {
        let member = format!("{kind}Name");
        let whom = [(member.as_str(), name)];
        let Some(shown) = self.iam(&format!("Get{kind}"), &whom)? else { return Ok(GONE.to_owned()) };
        let trust = inside(&shown, "AssumeRolePolicyDocument").unwrap_or_default();
        let inline = self.iam(&format!("List{kind}Policies"), &whom)?.unwrap_or_default();
        let mut texts = Vec::new();
        for policy in all_inside(&inline, "member") {
            let got = self.iam(&format!("Get{kind}Policy"), &[whom[0], ("PolicyName", &policy)])?.unwrap_or_default();
            texts.push(format!("{policy}: {}", inside(&got, "PolicyDocument").unwrap_or_default()));
        }
        let attached = self.iam(&format!("ListAttached{kind}Policies"), &whom)?.unwrap_or_default();
        let attached = all_inside(&attached, "PolicyArn").join(" ");
        Ok(format!("trust [{trust}] inline [{}] attached [{attached}]", texts.join(", ")))
    }

    fn iam(&mut self, action: &str, parameters: &[(&str, &str)]) -> Result<Option<String>> {
        let outcome = self.api.action("iam", action, parameters)?;
        if outcome.refused_as() == Some("NoSuchEntity") {
            return Ok(None);
        }
        Ok(outcome.done()?.as_str().map(str::to_owned))
    }
}

fn accepted(outcome: &Outcome) -> String {
    if matches!(outcome, Outcome::Done(_)) { WORKS } else { REFUSED }.to_owned()
}

fn listed<'a>(found: &'a Value, member: &str) -> &'a [Value] {
    found.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Sorted, with blanks between.
fn names(listed: &[Value], member: &str) -> String {
    let mut names: Vec<&str> = listed.iter().filter_map(|one| one.get(member)?.as_str()).collect();
    names.sort_unstable();
    names.join(" ")
}

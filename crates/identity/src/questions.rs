//! What operators ask about identity pools beyond Amazon's operations: JSON in, JSON out. To add a question: an arm in
//! `ask`, and its line in docs/identity-pools.md.

use crate::refused::Refused;
use crate::{Identity, IdentitySearch, LoginQuestion, logins_of, say};
use contract::Fault;
use kernel::Time;
use model::{Caller, Known};
use serde_json::{Map, Value, json};
use store::Page;

impl Identity {
    /// Answers an operator's question; `None` when nobody knows it.
    pub async fn ask(&self, caller: &Caller, question: &str, input: &Value) -> Option<Result<Value, Fault>> {
        Some(match question {
            "ExplainLogin" => self.ask_for_explanation(caller, input).await,
            "SearchIdentities" => self.ask_who(caller, input).await,
            "ListWeakRoles" => self.ask_for_weak_roles(caller, input).await,
            _ => return None,
        })
    }

    async fn ask_for_explanation(&self, caller: &Caller, input: &Value) -> Result<Value, Fault> {
        let logins = match input.get("Logins") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(entries)) => entries.iter().map(entry).collect::<Result<_, _>>()?,
            Some(_) => return Err(say::question_unreadable("Logins")),
        };
        let question = LoginQuestion {
            pool: required(input, "IdentityPoolId")?,
            identity: text(input, "IdentityId")?,
            logins: logins_of(logins),
            custom_role: text(input, "CustomRoleArn")?,
        };
        let told = self.explain_login(caller, &question).await?;
        let step = |step: &crate::Step| json!({ "About": step.about, "Passed": step.passed, "Told": step.told });
        Ok(json!({ "Granted": told.granted(), "Steps": told.steps.iter().map(step).collect::<Vec<_>>() }))
    }

    async fn ask_who(&self, caller: &Caller, input: &Value) -> Result<Value, Fault> {
        let pool = self.require_pool(caller, &required(input, "IdentityPoolId")?).await?;
        let search = IdentitySearch {
            pool: pool.id,
            provider: required(input, "Provider")?,
            developer: input.get("Developer").and_then(Value::as_bool).unwrap_or(false),
            subject: text(input, "Subject")?,
            after: text(input, "After")?,
        };
        let Page { items, more } = self.search(search).await.map_err(Refused::from)?;
        let last = items.last().filter(|_| more).map(|known| known.identity.id.to_string());
        let mut answer = json!({ "Identities": items.iter().map(shown).collect::<Vec<_>>() });
        if let (Some(last), Some(members)) = (last, answer.as_object_mut()) {
            members.insert("After".to_owned(), last.into());
        }
        Ok(answer)
    }

    async fn ask_for_weak_roles(&self, caller: &Caller, input: &Value) -> Result<Value, Fault> {
        let pool = self.require_pool(caller, &required(input, "IdentityPoolId")?).await?;
        let weak = self.weak_roles(&caller.account, &pool).await.map_err(Refused::from)?;
        let role = |role: &crate::WeakRole| json!({ "RoleArn": role.arn, "Weakness": role.weakness.to_string() });
        Ok(json!({ "Roles": weak.iter().map(role).collect::<Vec<_>>() }))
    }
}

/// Providers by name, subjects not at all: whoever asks has one already, or wants to count.
fn shown(known: &Known) -> Value {
    let row = &known.identity;
    let mut providers: Vec<&str> = known.logins.iter().map(|login| login.provider.as_str()).collect();
    providers.dedup();
    let mut all = Map::new();
    all.insert("IdentityId".to_owned(), row.id.as_str().into());
    all.insert("Enabled".to_owned(), row.enabled().into());
    all.insert("Logins".to_owned(), providers.into());
    all.insert("CreationDate".to_owned(), seconds(row.created));
    all.insert("LastModifiedDate".to_owned(), seconds(row.updated));
    if let Some(into) = &row.merged_into {
        all.insert("MergedInto".to_owned(), into.as_str().into());
    }
    Value::Object(all)
}

fn seconds(time: Time) -> Value {
    time.secs().into()
}

fn entry((key, token): (&String, &Value)) -> Result<(String, String), Fault> {
    let token = token.as_str().ok_or_else(|| say::question_unreadable("Logins"))?;
    Ok((key.clone(), token.to_owned()))
}

fn text(input: &Value, name: &str) -> Result<Option<String>, Fault> {
    match input.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(say::question_unreadable(name)),
    }
}

fn required(input: &Value, name: &str) -> Result<String, Fault> {
    text(input, name)?.ok_or_else(|| say::question_unreadable(name))
}

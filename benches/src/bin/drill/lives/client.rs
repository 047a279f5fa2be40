//! An app client whose secrets are replaced.

use anyhow::Result;
use benches::api::Api;
use benches::people::word;
use serde_json::json;

use crate::load::{Load, dice};
use crate::subjects::Step;
use crate::subjects::client::Step as Of;

/// Made with a secret, given another, relieved of one, sometimes deleted.
pub fn live(load: &Load, api: &mut Api, name: &str) -> Result<()> {
    let pool = &load.pool.id;
    let unknown = Step::Client(Of::ClientMade { id: String::new(), secret: String::new() });
    let (id, first) = load.ledger.step(name, unknown, || {
        let input = json!({"UserPoolId": pool, "ClientName": name, "GenerateSecret": true});
        let made = api.signed("CreateUserPoolClient", &input)?.done()?;
        let member = |member: &str| word(&made, &["UserPoolClient", member]);
        let (id, secret) = (member("ClientId")?, member("ClientSecret")?);
        Ok((Step::Client(Of::ClientMade { id: id.clone(), secret: secret.clone() }), (id, secret)))
    })?;
    let client = json!({"UserPoolId": pool, "ClientId": id});
    let listed = api.signed("ListUserPoolClientSecrets", &client)?.done()?;
    let first_id = listed.pointer("/ClientSecrets/0/ClientSecretId").cloned();
    let unknown = Step::Client(Of::SecretAdded { secret: String::new() });
    let (second_id, second) = load.ledger.step(name, unknown, || {
        let made = api.signed("AddUserPoolClientSecret", &client)?.done()?;
        let member = |member: &str| word(&made, &["ClientSecretDescriptor", member]);
        let secret = member("ClientSecretValue")?;
        Ok((Step::Client(Of::SecretAdded { secret: secret.clone() }), (member("ClientSecretId")?, secret)))
    })?;
    let (ended, secret) = if dice(2) == 0 { (first_id, first) } else { (Some(second_id.into()), second) };
    let input = json!({"UserPoolId": pool, "ClientId": id, "ClientSecretId": ended});
    load.acknowledge(name, Step::Client(Of::SecretGone { secret }), || {
        api.signed("DeleteUserPoolClientSecret", &input)
    })?;
    if dice(3) == 0 {
        load.acknowledge(name, Step::Client(Of::ClientGone), || api.signed("DeleteUserPoolClient", &client))?;
    }
    Ok(())
}

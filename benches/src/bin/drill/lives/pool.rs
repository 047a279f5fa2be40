//! A user pool whose settings are changed.

use anyhow::Result;
use benches::api::Api;
use benches::people::word;
use serde_json::json;

use crate::load::{Load, dice};
use crate::subjects::Step;
use crate::subjects::pool::Step as Of;

/// Made, given attributes and settings of second factors, sometimes deleted.
pub fn live(load: &Load, api: &mut Api, name: &str) -> Result<()> {
    let id = load.ledger.step(name, Step::Pool(Of::PoolMade { id: String::new() }), || {
        let made = api.signed("CreateUserPool", &json!({"PoolName": name}))?.done()?;
        let id = word(&made, &["UserPool", "Id"])?;
        Ok((Step::Pool(Of::PoolMade { id: id.clone() }), id))
    })?;
    for round in 0..2 {
        let names: Vec<String> = ["team", "seat"].iter().map(|word| format!("{word}{round}")).collect();
        let custom: Vec<_> = names.iter().map(|name| json!({"Name": name, "AttributeDataType": "String"})).collect();
        let input = json!({"UserPoolId": id, "CustomAttributes": custom});
        load.acknowledge(name, Step::Pool(Of::CustomAttributes { names }), || {
            api.signed("AddCustomAttributes", &input)
        })?;
        let party = format!("{name}-{round}.example.com");
        let passkeys = json!({"RelyingPartyId": party, "UserVerification": "preferred"});
        let input = json!({"UserPoolId": id, "MfaConfiguration": "OFF", "WebAuthnConfiguration": passkeys});
        load.acknowledge(name, Step::Pool(Of::MfaConfig { party }), || api.signed("SetUserPoolMfaConfig", &input))?;
    }
    if dice(2) == 0 {
        let input = json!({"UserPoolId": id});
        load.acknowledge(name, Step::Pool(Of::PoolGone), || api.signed("DeleteUserPool", &input))?;
    }
    Ok(())
}

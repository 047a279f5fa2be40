//! What of a request and its answer may stand in the log line: ids that parse as ids, and nothing else.

use crate::throttle::Whose;
use crate::told::Told;
use contract::reach::text as member;
use contract::{OperationMeta, Value};
use kernel::{ClientId, IdentityPoolId, UserPoolId};

/// Pool and client where the request names them. An identity's id stands in no line: a guest's is a secret.
pub(crate) fn of_request(meta: &OperationMeta, input: &Value) -> Told {
    Told {
        pool: member(meta.input, input, "UserPoolId").and_then(|text| UserPoolId::parse(text).ok()),
        identity_pool: member(meta.input, input, "IdentityPoolId").and_then(|text| IdentityPoolId::parse(text).ok()),
        client: member(meta.input, input, "ClientId").and_then(|text| ClientId::parse(text).ok()),
        ..Told::op(meta.name)
    }
}

/// Notes the challenge of a sign-in that goes on.
pub(crate) fn of_answer(told: &mut Told, meta: &OperationMeta, output: &Value) {
    told.challenge = meta.output.and_then(|shape| member(shape, output, "ChallengeName")).map(str::to_owned);
}

/// Whose an access token says it is. Nobody's word until the operation has verified it.
#[derive(Debug, Default)]
pub(crate) struct Claimed {
    pub(crate) sub: Option<String>,
    pub(crate) client: Option<ClientId>,
    pub(crate) pool: Option<UserPoolId>,
}

impl Claimed {
    /// The person whose rates are meant, where the token names one.
    pub(crate) fn whose(&self) -> Option<Whose<'_>> {
        Some(Whose { pool: self.pool.as_ref()?, person: Some(self.sub.as_deref()?) })
    }
}

/// What a token claims.
pub(crate) fn claimed(token: &str) -> Claimed {
    #[derive(serde::Deserialize)]
    struct Claims {
        sub: Option<String>,
        client_id: Option<String>,
        iss: Option<String>,
    }
    let payload = token.split('.').nth(1).and_then(|part| data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).ok());
    let Some(claims) = payload.and_then(|bytes| serde_json::from_slice::<Claims>(&bytes).ok()) else {
        return Claimed::default();
    };
    Claimed {
        sub: claims.sub,
        client: claims.client_id.and_then(|id| ClientId::parse(&id).ok()),
        pool: claims.iss.and_then(|iss| UserPoolId::parse(iss.rsplit('/').next()?).ok()),
    }
}

/// Notes whose access token it was. Called only after the operation succeeded, so the token was verified on the way.
pub(crate) fn of_proved_token(told: &mut Told, proved: Claimed) {
    told.sub = proved.sub;
    told.client = proved.client;
    told.pool = proved.pool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proved_token_names_person_client_and_pool() {
        let claims = br#"{"sub":"4f-1","client_id":"abc","iss":"http://localhost:9229/eu-west-1_Abc123"}"#;
        let token = format!("h.{}.s", data_encoding::BASE64URL_NOPAD.encode(claims));
        let mut told = Told::op("GetUser");
        of_proved_token(&mut told, claimed(&token));
        assert_eq!(told.sub.as_deref(), Some("4f-1"));
        assert_eq!(told.client.unwrap().as_str(), "abc");
        assert_eq!(told.pool.unwrap().as_str(), "eu-west-1_Abc123");
    }
}

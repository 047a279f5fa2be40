//! A sign-in by SRP, step by step, as a client library does it.

use crate::pool::{AppClient, Pool};
use crate::{Answer, SeededEntropy};
use crypto::srp::client::{Challenge, Client};
use crypto::srp::{Claim, Identity};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// The time text of an answer; signed as sent, whatever it says.
const TIMESTAMP: &str = "Tue Sep 1 08:05:09 UTC 2026";

/// One sign-in in progress.
#[derive(Debug)]
pub struct SrpSignIn {
    client: Client,
    pool_name: String,
}

impl SrpSignIn {
    /// The client's side with a secret drawn from `seed`.
    #[must_use]
    pub fn new(pool: &Pool, seed: &str) -> Self {
        let (_, pool_name) = pool.id.split_once('_').expect("a pool id");
        Self { client: Client::start(&SeededEntropy::of(seed)), pool_name: pool_name.to_owned() }
    }

    /// `SRP_A`.
    #[must_use]
    pub fn srp_a(&self) -> String {
        self.client.srp_a()
    }

    /// ChallengeResponses to a PASSWORD_VERIFIER challenge.
    ///
    /// # Panics
    /// When the challenge lacks what it must have.
    #[must_use]
    #[track_caller]
    pub fn responses(&self, challenge: &Value, password: &str) -> Value {
        let parameters = &challenge["ChallengeParameters"];
        let text = |name: &str| {
            parameters[name].as_str().unwrap_or_else(|| panic!("the challenge has no {name}: {challenge}"))
        };
        let (user_id, block) = (text("USER_ID_FOR_SRP"), text("SECRET_BLOCK"));
        let identity = Identity { pool_name: &self.pool_name, user_id };
        let secret_block = BASE64.decode(block.as_bytes()).expect("SECRET_BLOCK is base64");
        let claim = Claim { secret_block: &secret_block, timestamp: TIMESTAMP };
        let asked = Challenge { salt: text("SALT"), srp_b: text("SRP_B") };
        let signature = self.client.answer(identity, password, asked, claim).expect("the challenge holds numbers");
        json!({
            "USERNAME": user_id,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": signature,
            "TIMESTAMP": TIMESTAMP,
        })
    }
}

impl Pool {
    /// InitiateAuth USER_SRP_AUTH.
    pub async fn srp_start(&self, client: &AppClient, name: &str, srp_a: &str) -> Answer {
        let mut parameters = json!({ "USERNAME": name, "SRP_A": srp_a });
        client.prove_in(&mut parameters, name);
        self.initiate(client, "USER_SRP_AUTH", parameters).await
    }

    /// Both steps of a sign-in by SRP through a client.
    pub async fn srp_sign_in_through(&self, client: &AppClient, name: &str, password: &str) -> Answer {
        let srp = SrpSignIn::new(self, name);
        let asked = self.srp_start(client, name, &srp.srp_a()).await;
        if !asked.is_ok() {
            return asked;
        }
        let challenge = asked.expect_challenge("PASSWORD_VERIFIER");
        let mut responses = srp.responses(&challenge, password);
        let user_id = responses["USERNAME"].as_str().unwrap_or_default().to_owned();
        client.prove_in(&mut responses, &user_id);
        self.respond(client, "PASSWORD_VERIFIER", &challenge["Session"], responses).await
    }

    /// Both steps through the pool's own client.
    pub async fn srp_sign_in(&self, name: &str, password: &str) -> Answer {
        self.srp_sign_in_through(&self.client, name, password).await
    }
}

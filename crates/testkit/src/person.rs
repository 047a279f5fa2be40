//! What tests do with one person's attributes, through the wire like everything else.

use crate::{Answer, App, Pool};
use serde_json::{Value, json};

impl Pool {
    /// The access token of a fresh sign-in.
    pub async fn access(&self, name: &str, password: &str) -> Value {
        self.sign_in(name, password).await.expect_tokens()["AccessToken"].clone()
    }

    /// UpdateUserAttributes.
    pub async fn update(&self, token: &Value, attributes: &[(&str, &str)]) -> Answer {
        let body = json!({ "AccessToken": token, "UserAttributes": self.attributes(attributes) });
        self.app().call("UpdateUserAttributes", body).await
    }

    /// AdminUpdateUserAttributes.
    pub async fn admin_update(&self, name: &str, attributes: &[(&str, &str)]) -> Answer {
        let body = json!({ "Username": name, "UserAttributes": self.attributes(attributes) });
        self.admin("AdminUpdateUserAttributes", body).await
    }

    /// GetUserAttributeVerificationCode.
    pub async fn ask_code(&self, token: &Value, attribute: &str) -> Answer {
        let body = json!({ "AccessToken": token, "AttributeName": attribute });
        self.app().call("GetUserAttributeVerificationCode", body).await
    }

    /// VerifyUserAttribute.
    pub async fn verify(&self, token: &Value, attribute: &str, code: &str) -> Answer {
        let body = json!({ "AccessToken": token, "AttributeName": attribute, "Code": code });
        self.app().call("VerifyUserAttribute", body).await
    }
}

impl App {
    /// The code in the newest text message to a number.
    ///
    /// # Panics
    /// When there is no text message or no code in it.
    #[must_use]
    #[track_caller]
    pub fn texted_code_for(&self, number: &str) -> String {
        self.code_for(number)
    }

    /// A code that is certainly another one.
    #[must_use]
    pub fn other_than(&self, code: &str, number: usize) -> String {
        format!("{:06}", (code.parse::<usize>().expect("digits") + 1 + number) % 1_000_000)
    }
}

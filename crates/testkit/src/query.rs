//! What tests of IAM and STS ask beside one call and its answer.

use crate::{Answer, App};
use contract::Service;
use crypto::sigv4::Credentials;

impl App {
    /// A call of an action of a Query service, signed by somebody.
    pub async fn query_by(
        &self,
        who: &Credentials,
        service: Service,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        self.asking_query(service, action, parameters).signed_by(who.clone()).send().await
    }

    /// GetCallerIdentity: who somebody is to the server, and whether they are anybody.
    pub async fn who_is(&self, who: &Credentials) -> Answer {
        self.query_by(who, Service::Sts, "GetCallerIdentity", &[]).await
    }

    /// A call of an action of a Query service, asked again while the server is too busy, as an SDK would.
    pub async fn query_insisting(&self, service: Service, action: &str, parameters: &[(&str, &str)]) -> Answer {
        loop {
            let answer = self.query(service, action, parameters).await;
            if answer.error() != "Throttling" {
                return answer;
            }
        }
    }
}

impl Answer {
    /// A refusal of a Query service, whatever it says.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn expect_refusal(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.error().as_str()), (status, code), "a refusal was expected\n{self:?}");
    }
}

/// What stands behind percent signs.
///
/// # Panics
/// When it is no text.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().expect("text behind the percent signs").into_owned()
}

//! Session policies: what a session is narrowed to when it begins.

use super::say;
use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use contract::sts::{fault, types};
use iam::Kind;
use kernel::AccountId;
use model::AwsSession;
use store::work;

const ARNS_MAX: usize = 10;

impl Access {
    /// The session with the policies that were passed, each of which must be one.
    pub(crate) async fn narrowed(
        &self,
        account: &AccountId,
        session: AwsSession,
        policy: Option<String>,
        arns: Option<Vec<types::PolicyDescriptorType>>,
    ) -> Result<AwsSession, Fault> {
        if let Some(document) = &policy {
            let read = self.policies.get(document, Kind::Identity);
            read.map_err(|malformed| fault::malformed_policy_document(malformed.to_string()))?;
        }
        let policy_arns: Vec<String> = arns.unwrap_or_default().into_iter().filter_map(|named| named.arn).collect();
        if policy_arns.len() > ARNS_MAX {
            return Err(say::too_many_session_policies());
        }
        self.must_be_there(account, &policy_arns).await?;
        Ok(AwsSession { policy, policy_arns, ..session })
    }

    async fn must_be_there(&self, account: &AccountId, arns: &[String]) -> Result<(), Fault> {
        if arns.is_empty() {
            return Ok(());
        }
        let (account, arns) = (account.clone(), arns.to_vec());
        let asked = self.store.read(work!(|tx, account, arns| -> Refused {
            for arn in arns {
                if tx.iam_grants().get_document(account, arn).await?.is_none() {
                    return Err(say::no_such_session_policy(arn).into());
                }
            }
            Ok(())
        }));
        Ok(asked.await?)
    }
}

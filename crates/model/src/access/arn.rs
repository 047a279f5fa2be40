//! ARNs of managed policies, as callers send them.

use super::{BUILT_IN, BuiltIn};
use kernel::AccountId;

/// What an ARN that should name a managed policy names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyArn {
    /// A policy of the service's own.
    BuiltIn(&'static BuiltIn),
    /// One of the account's policies, if there is such a one.
    Account,
    /// No policy that could be there: another account's, or none of the service's own.
    Elsewhere,
    /// No ARN of IAM at all.
    Malformed,
}

impl PolicyArn {
    /// Reads an ARN for the account that asks.
    #[must_use]
    pub fn read(arn: &str, account: &AccountId) -> Self {
        if let Some(known) = BUILT_IN.iter().find(|policy| policy.arn() == arn) {
            return Self::BuiltIn(known);
        }
        let Some((owner, resource)) = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':')) else {
            return Self::Malformed;
        };
        if !resource.starts_with("policy/") || resource.contains('\0') {
            return Self::Malformed;
        }
        if owner == account.as_str() { Self::Account } else { Self::Elsewhere }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_ours_the_services_somebody_elses_or_none() {
        let account = AccountId::parse("123456789012").unwrap();
        let read = |arn: &str| PolicyArn::read(arn, &account);
        assert_eq!(read("arn:aws:iam::123456789012:policy/a/p"), PolicyArn::Account);
        assert_eq!(read("arn:aws:iam::999999999999:policy/p"), PolicyArn::Elsewhere);
        assert_eq!(read("arn:aws:iam::aws:policy/NoSuchPolicy"), PolicyArn::Elsewhere);
        assert!(
            matches!(read("arn:aws:iam::aws:policy/AdministratorAccess"), PolicyArn::BuiltIn(p) if p.name == "AdministratorAccess")
        );
        for bad in ["", "p", "arn:aws:iam::123456789012:role/r", "arn:aws:s3:::123456789012:policy/p"] {
            assert_eq!(read(bad), PolicyArn::Malformed, "{bad}");
        }
    }
}

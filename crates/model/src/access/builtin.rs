//! The managed policies every account has: `arn:aws:iam::aws:policy/…`. They are text of the program, not rows.

use super::PolicyVersion;
use kernel::Time;

/// A policy of the service's own. It can be attached and read, never changed.
#[derive(Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// `ANPA` and seventeen characters, for good.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Since when there is such a policy, in seconds.
    pub created_secs: i64,
    /// The document.
    pub document: &'static str,
}

impl BuiltIn {
    /// Its only version.
    pub const VERSION: i64 = 1;

    /// `arn:aws:iam::aws:policy/NAME`.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/{}", self.name)
    }

    /// The document as a version.
    #[must_use]
    pub fn version(&self) -> PolicyVersion {
        PolicyVersion { number: Self::VERSION, document: self.document.to_owned(), created: self.created() }
    }

    /// Since when there is such a policy.
    #[must_use]
    pub const fn created(&self) -> Time {
        Time::from_secs(self.created_secs)
    }
}

/// 2026-01-01T00:00:00Z.
const SINCE: i64 = 1_767_225_600;

/// All of them, by name.
pub static BUILT_IN: [BuiltIn; 7] = [
    BuiltIn {
        id: "ANPAADMINISTRATORACCE",
        name: "AdministratorAccess",
        description: "Everything, everywhere.",
        created_secs: SINCE,
        document: r#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }]
}"#,
    },
    BuiltIn {
        id: "ANPACOGNITODEVELOPERA",
        name: "AmazonCognitoDeveloperAuthenticatedIdentities",
        description: "What a back end needs that vouches for its users by itself.",
        created_secs: SINCE,
        document: r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": [
      "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
      "cognito-identity:LookupDeveloperIdentity",
      "cognito-identity:MergeDeveloperIdentities",
      "cognito-identity:UnlinkDeveloperIdentity"
    ],
    "Resource": "*"
  }]
}"#,
    },
    BuiltIn {
        id: "ANPACOGNITOPOWERUSERA",
        name: "AmazonCognitoPowerUser",
        description: "Everything of user pools, identity pools and sync, and reading the roles and providers they name.",
        created_secs: SINCE,
        document: r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": [
      "cognito-identity:*",
      "cognito-idp:*",
      "cognito-sync:*",
      "iam:GetRole",
      "iam:GetSAMLProvider",
      "iam:ListOpenIDConnectProviders",
      "iam:ListRoles",
      "iam:ListSAMLProviders"
    ],
    "Resource": "*"
  }]
}"#,
    },
    BuiltIn {
        id: "ANPACOGNITOREADONLYAA",
        name: "AmazonCognitoReadOnly",
        description: "Reading user pools, identity pools and sync.",
        created_secs: SINCE,
        document: r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": [
      "cognito-identity:Describe*",
      "cognito-identity:Get*",
      "cognito-identity:List*",
      "cognito-idp:AdminGet*",
      "cognito-idp:AdminList*",
      "cognito-idp:Describe*",
      "cognito-idp:Get*",
      "cognito-idp:List*",
      "cognito-sync:Describe*",
      "cognito-sync:Get*",
      "cognito-sync:List*",
      "iam:ListOpenIDConnectProviders",
      "iam:ListRoles"
    ],
    "Resource": "*"
  }]
}"#,
    },
    // identity-pools.md 8: what guests of the enhanced flow may reach, whatever their role says.
    BuiltIn {
        id: "ANPACOGNITOUNAUTHEDSE",
        name: "AmazonCognitoUnAuthedIdentitiesSessionPolicy",
        description: "The bounds of guests' sessions.",
        created_secs: SINCE,
        document: r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": [
      "comprehend:*",
      "firehose:*",
      "geo:*DevicePosition*",
      "geo:*Geofence",
      "geo:*Geofences",
      "geo:CalculateRoute*",
      "geo:GetMap*",
      "geo:GetPlace",
      "geo:SearchPlaceIndex*",
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
      "mobiletargeting:*",
      "personalize:*",
      "polly:*",
      "rekognition:*",
      "rum:PutRumEvents",
      "sagemaker:InvokeEndpoint",
      "transcribe:*",
      "translate:*"
    ],
    "Resource": "*"
  }]
}"#,
    },
    BuiltIn {
        id: "ANPACOGNITOUNAUTHENTI",
        name: "AmazonCognitoUnauthenticatedIdentities",
        description: "What guests may do by themselves.",
        created_secs: SINCE,
        document: r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": "rum:PutRumEvents",
    "Resource": "*"
  }]
}"#,
    },
    BuiltIn {
        id: "ANPAREADONLYACCESSAAA",
        name: "ReadOnlyAccess",
        description: "Reading everything that is served.",
        created_secs: SINCE,
        document: r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": [
      "cognito-identity:Describe*",
      "cognito-identity:GetIdentityPoolRoles",
      "cognito-identity:GetPrincipalTagAttributeMap",
      "cognito-identity:List*",
      "cognito-idp:AdminGet*",
      "cognito-idp:AdminList*",
      "cognito-idp:Describe*",
      "cognito-idp:Get*",
      "cognito-idp:List*",
      "cognito-sync:Describe*",
      "cognito-sync:Get*",
      "cognito-sync:List*",
      "iam:Get*",
      "iam:List*",
      "iam:Simulate*",
      "sts:GetAccessKeyInfo",
      "sts:GetCallerIdentity"
    ],
    "Resource": "*"
  }]
}"#,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::entropy::BASE32;
    use std::collections::BTreeSet;

    #[test]
    fn each_has_an_id_of_its_own_and_a_document_that_is_json() {
        let ids: BTreeSet<&str> = BUILT_IN.iter().map(|policy| policy.id).collect();
        assert_eq!(ids.len(), BUILT_IN.len());
        for policy in &BUILT_IN {
            let drawn = policy.id.strip_prefix("ANPA").unwrap_or_default();
            assert!(drawn.len() == 17 && drawn.bytes().all(|b| BASE32.contains(&b)), "{}", policy.id);
            let document: serde_json::Value = serde_json::from_str(policy.document).unwrap();
            assert_eq!(document["Version"], "2012-10-17", "{}", policy.name);
        }
        assert!(BUILT_IN.is_sorted_by_key(|policy| policy.name));
    }
}

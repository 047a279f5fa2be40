//! What guests of the enhanced flow may reach at most, whatever their role says (identity-pools.md 8, last paragraph).
//! Two session policies are passed, and what either allows is within bounds.

/// The managed one: a built-in policy ([`crate::BUILT_IN`]).
pub const GUEST_MANAGED_POLICY: &str = "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy";

/// Whose actions the inline one allows: of the developer guide's list, the services that there are here.
pub const GUEST_SERVICES: [&str; 7] =
    ["cognito-identity", "cognito-idp", "cognito-sync", "dynamodb", "execute-api", "lambda", "s3"];

/// The inline one, for the services of a list: [`GUEST_SERVICES`] unless the operator says otherwise.
#[must_use]
pub fn guest_policy<S: AsRef<str>>(services: &[S]) -> String {
    let actions: Vec<String> = services.iter().map(|service| format!("{}:*", service.as_ref())).collect();
    let statement = serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BUILT_IN;

    #[test]
    fn id_30_the_bounds_are_the_services_of_the_list_and_a_built_in_policy() {
        let policy: serde_json::Value = serde_json::from_str(&guest_policy(&GUEST_SERVICES)).unwrap();
        let actions = policy["Statement"][0]["Action"].as_array().unwrap();
        assert_eq!(actions.len(), GUEST_SERVICES.len());
        assert!(actions.iter().any(|action| action == "s3:*") && !actions.iter().any(|action| action == "iam:*"));
        assert!(actions.iter().all(|action| action != "*" && action != "sts:*"));
        assert!(BUILT_IN.iter().any(|policy| policy.arn() == GUEST_MANAGED_POLICY));
    }
}

//! Names and ids of what IAM keeps.

use kernel::entropy::BASE32;
use kernel::{AccountId, Entropy, EntropyExt};

/// A name as it is compared: names of a kind differ in more than case (credentials-and-iam.md 3).
#[must_use]
pub fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// A new unique id, 21 characters: the four of its kind and seventeen drawn ones. A thing made anew under an old name
/// has another, so that nothing of the old one's clings to it.
#[must_use]
pub fn unique_id(prefix: &str, entropy: &dyn Entropy) -> String {
    format!("{prefix}{}", entropy.text(BASE32, 17))
}

/// `arn:aws:iam::ACCOUNT:kind/path/NAME`. A path begins and ends with a slash.
pub(super) fn arn(account: &AccountId, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{kind}{path}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    #[test]
    fn an_id_has_twenty_one_characters_of_base_32() {
        let id = unique_id("AROA", &SystemEntropy);
        assert_eq!(id.len(), 21);
        assert!(id.strip_prefix("AROA").is_some_and(|rest| rest.bytes().all(|b| BASE32.contains(&b))));
    }

    #[test]
    fn the_path_stands_in_the_arn_and_the_case_does_not_count_in_a_name() {
        let account = AccountId::parse("123456789012").unwrap();
        assert_eq!(arn(&account, "role", "/", "r"), "arn:aws:iam::123456789012:role/r");
        assert_eq!(arn(&account, "role", "/a/b/", "r"), "arn:aws:iam::123456789012:role/a/b/r");
        assert_eq!(folded("Admin"), folded("aDMIN"));
    }
}

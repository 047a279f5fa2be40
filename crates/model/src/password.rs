//! What a pool asks of a password (user-pools.md 13).

/// The symbols that satisfy RequireSymbols; a space counts when it is neither first nor last.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

/// A pool's password policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub minimum_length: i64,
    /// Asks for one of A to Z.
    pub uppercase: bool,
    /// Asks for one of a to z.
    pub lowercase: bool,
    /// Asks for one of 0 to 9.
    pub numbers: bool,
    /// Asks for a symbol.
    pub symbols: bool,
    /// How long a temporary password is good, in days.
    pub temporary_validity_days: i64,
    /// How many earlier passwords are refused; 0 for none.
    pub history_size: i64,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 8,
            uppercase: true,
            lowercase: true,
            numbers: true,
            symbols: true,
            temporary_validity_days: 7,
            history_size: 0,
        }
    }
}

impl PasswordPolicy {
    /// The rule that `password` breaks first, in the service's words.
    ///
    /// Characters outside ASCII are allowed and count for no class.
    #[must_use]
    pub fn broken_rule(&self, password: &str) -> Option<&'static str> {
        let has = |class: fn(&char) -> bool| password.chars().any(|c| class(&c));
        let long_enough = i64::try_from(password.chars().count()).unwrap_or(i64::MAX) >= self.minimum_length;
        if !long_enough {
            Some("Password not long enough")
        } else if self.uppercase && !has(char::is_ascii_uppercase) {
            Some("Password must have uppercase characters")
        } else if self.lowercase && !has(char::is_ascii_lowercase) {
            Some("Password must have lowercase characters")
        } else if self.numbers && !has(char::is_ascii_digit) {
            Some("Password must have numeric characters")
        } else if self.symbols
            && !(password.chars().any(|c| SYMBOLS.contains(c)) || password.trim_matches(' ').contains(' '))
        {
            Some("Password must have symbol characters")
        } else {
            None
        }
    }

    /// A temporary password that satisfies the policy, from letters that are not mistaken for one another.
    #[must_use]
    pub fn draw_temporary(&self, entropy: &dyn kernel::Entropy) -> kernel::Secret<String> {
        use kernel::EntropyExt;
        let classes: [&[u8]; 4] =
            [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnpqrstuvwxyz", b"23456789", b"!@#%&*+-=?"];
        let all: Vec<u8> = classes.concat();
        let length = usize::try_from(self.minimum_length).unwrap_or(8).max(12);
        // Drawn whole and thrown away whole until every class is there: no position is more likely to hold a class.
        loop {
            let text = entropy.text(&all, length);
            let full = Self { uppercase: true, lowercase: true, numbers: true, symbols: true, ..*self };
            // A first character that is a symbol is easily lost when a mail is read aloud or copied.
            if full.broken_rule(&text).is_none() && text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                return kernel::Secret::new(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_37_the_first_broken_rule_is_named_in_the_documented_order() {
        let policy = PasswordPolicy::default();
        for (password, rule) in [
            ("aA1!", Some("Password not long enough")),
            ("aaaaaaa1!", Some("Password must have uppercase characters")),
            ("AAAAAAA1!", Some("Password must have lowercase characters")),
            ("aaaaaaaA!", Some("Password must have numeric characters")),
            ("aaaaaaaA1", Some("Password must have symbol characters")),
            ("Corr3ct-horse", None),
        ] {
            assert_eq!(policy.broken_rule(password), rule, "{password}");
        }
    }

    #[test]
    fn a_space_is_a_symbol_only_inside() {
        let policy = PasswordPolicy::default();
        assert_eq!(policy.broken_rule("Corr3ct horse"), None);
        assert!(policy.broken_rule("Corr3cthorse ").is_some());
        assert!(policy.broken_rule(" Corr3cthorse").is_some());
    }

    #[test]
    fn letters_outside_ascii_count_for_length_only() {
        let policy = PasswordPolicy::default();
        assert_eq!(policy.broken_rule("ÄÄÄÄÄÄÄÄ"), Some("Password must have uppercase characters"));
        assert_eq!(
            PasswordPolicy { minimum_length: 3, ..policy }.broken_rule("äöA"),
            Some("Password must have lowercase characters")
        );
    }

    #[test]
    fn drawn_temporary_passwords_satisfy_even_the_longest_policy() {
        for length in [6, 8, 20, 99] {
            let policy = PasswordPolicy { minimum_length: length, ..PasswordPolicy::default() };
            let drawn = policy.draw_temporary(&kernel::SystemEntropy);
            assert_eq!(policy.broken_rule(drawn.reveal()), None);
        }
    }
}

//! `SECRET_HASH`: a client's proof that it knows its secret (authentication.md 1.2).

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use data_encoding::BASE64;
use kernel::Secret;

/// `base64(HMAC-SHA256(secret, username ‖ client id))`.
#[must_use]
pub fn secret_hash(secret: &Secret<String>, username: &str, client_id: &str) -> String {
    let mut context = Context::with_key(&Key::new(HMAC_SHA256, secret.reveal().as_bytes()));
    context.update(username.as_bytes());
    context.update(client_id.as_bytes());
    BASE64.encode(context.sign().as_ref())
}

/// Whether `offered` is the hash; in constant time.
#[must_use]
pub fn secret_hash_matches(offered: &str, secret: &Secret<String>, username: &str, client_id: &str) -> bool {
    constant_time_eq(offered.as_bytes(), secret_hash(secret, username, client_id).as_bytes())
}

/// Whether two byte strings are equal; the time tells their lengths and nothing else.
#[must_use]
pub fn constant_time_eq(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn au_03_the_vector_matches_and_its_neighbours_do_not() {
        let secret = Secret::from("51chmkc8pv7h9ksdlf8bjvqt4qbq1c6mqi4m2fvp0s3nbqvd4u6");
        let hash = secret_hash(&secret, "janedoe", "1example23456789");
        assert_eq!(hash, "lRXhIRmALuAj0XLf6JvvI+JcYsiLx6D8VXHvJ6ZrXXM=");
        assert!(secret_hash_matches(&hash, &secret, "janedoe", "1example23456789"));
        assert!(!secret_hash_matches(&hash, &secret, "janedo", "1example23456789"));
        assert!(!secret_hash_matches(&hash, &Secret::from("other"), "janedoe", "1example23456789"));
        for strange in ["", "=", "lRXhIRmALuAj0XLf6JvvI+JcYsiLx6D8VXHvJ6ZrXXM", &"A".repeat(100_000)] {
            assert!(!secret_hash_matches(strange, &secret, "janedoe", "1example23456789"));
        }
    }
}

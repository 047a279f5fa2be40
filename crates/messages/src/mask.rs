//! Destinations as strangers may see them (user-pools.md 2), and made-up ones for people who do not exist.

use crypto::{Keyring, MacPurpose};
use kernel::UserPoolId;
use model::Contact;

/// `j***@e***`.
#[must_use]
pub fn mask_email(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    format!("{}***@{}***", first(local), first(domain))
}

/// `+*******0199`: as many stars as digits are hidden, the last four stay.
#[must_use]
pub fn mask_phone(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    // A number so short that four digits would tell most of it keeps half to itself.
    let shown = 4.min(digits.len() / 2);
    let hidden = digits.len() - shown;
    format!("+{}{}", "*".repeat(hidden), digits.into_iter().skip(hidden).collect::<String>())
}

/// Initials about as often as they occur among real people; none is missing, or it would tell a real person.
const DOMAIN_INITIALS: &[u8] = b"gggggggghhyyoomicwaepstxbdfjklnqruvz";
const NAME_INITIALS: &[u8] = b"aaabcddefghijjjkllmmmnoprrssstvwquxyz";

/// What a person without an account would have been told, the same each time for the same pool and name.
///
/// A name that is itself an address or a number is masked like a real one: anything else would give it away.
#[must_use]
pub fn simulated(keyring: &Keyring, pool: &UserPoolId, name: &str, contact: Contact) -> String {
    match contact {
        Contact::Email if name.contains('@') => return mask_email(name),
        Contact::Phone if name.starts_with('+') => return mask_phone(name),
        Contact::Email | Contact::Phone => {}
    }
    let parts = [b"destination".as_slice(), pool.as_str().as_bytes(), contact.attribute().as_bytes(), name.as_bytes()];
    let [a, b, c, d, ..] = keyring.mac(MacPurpose::Masking, &parts);
    let letter = |from: &[u8], at: u8| from.get(usize::from(at) % from.len()).copied().map_or('a', char::from);
    match contact {
        Contact::Email => format!("{}***@{}***", letter(NAME_INITIALS, a), letter(DOMAIN_INITIALS, b)),
        Contact::Phone => format!("+*******{:04}", u32::from_be_bytes([a, b, c, d]) % 10_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    #[test]
    fn up_29_destinations_are_masked_as_the_service_does() {
        assert_eq!(mask_email("jane@example.com"), "j***@e***");
        assert_eq!(mask_email("élan@ünder.example"), "é***@ü***");
        assert_eq!(mask_email("\"a@b\"@c.example"), "\"***@c***");
        assert_eq!(mask_email("nobody"), "n***@***");
        assert_eq!(mask_phone("+15550100199"), "+*******0199");
        assert_eq!(mask_phone("+4930901820"), "+******1820");
        assert_eq!(mask_phone("+123"), "+**3");
        assert_eq!(mask_phone(""), "+");
    }

    #[test]
    fn a_person_who_does_not_exist_is_told_the_same_every_time() {
        let keyring = Keyring::draw(&SystemEntropy);
        let pool = |text: &str| UserPoolId::parse(text).unwrap();
        let ask = |p: &str, name: &str, contact| simulated(&keyring, &pool(p), name, contact);
        assert_eq!(ask("r_a", "ana", Contact::Phone), ask("r_a", "ana", Contact::Phone));
        let different = (0..50).filter(|n| {
            let name = format!("ghost{n}");
            ask("r_a", &name, Contact::Phone) != ask("r_b", &name, Contact::Phone)
        });
        assert!(different.count() > 40, "two pools do not tell the same story");
        let phone = ask("r_a", "ana", Contact::Phone);
        assert!(phone.starts_with("+*******") && phone.len() == 12, "{phone}");
        let mail = ask("r_a", "ana", Contact::Email);
        assert_eq!((mail.len(), mail.get(1..5), mail.get(6..)), (9, Some("***@"), Some("***")));
        assert_eq!(ask("r_a", "jane@example.com", Contact::Email), "j***@e***");
        assert_eq!(ask("r_a", "+15550100199", Contact::Phone), "+*******0199");
    }
}

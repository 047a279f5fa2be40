//! The keyring as text. Its form is described at [`Keyring::parse`].

use super::master::{KeyId, Master};
use super::{Keyring, KeyringError};
use crate::kdf::Key32;
use data_encoding::BASE64;
use kernel::Secret;
use std::fmt::Write;
use std::sync::Arc;

const TITLE: &str = "cognate-keyring 1";

impl Keyring {
    /// Reads a keyring from its text:
    ///
    /// ```text
    /// # comment
    /// cognate-keyring 1
    /// mac <base64 of 32 bytes>
    /// key <id> active <base64 of 32 bytes>
    /// key <id> opens <base64 of 32 bytes>
    /// ```
    /// One `mac` line; one or more `key` lines, exactly one of them `active`. An id is eight hex digits made from its
    /// key, so that a damaged line is noticed. The whole is a secret.
    ///
    /// # Errors
    /// [`KeyringError::Malformed`] names the first line that is wrong, never its contents.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut reader = Reader::default();
        for (number, line) in text.lines().enumerate() {
            let words: Vec<&str> = line.split_whitespace().collect();
            reader.line(line.trim(), &words).map_err(|why| KeyringError::Malformed { line: number + 1, why })?;
        }
        reader.finish()
    }

    /// Writes the keyring as text: everything a thief of the database would need.
    #[must_use]
    pub fn to_text(&self) -> Secret<String> {
        let mut out = format!("{TITLE}\nmac {}\n", BASE64.encode(self.mac_root.reveal()));
        for master in &self.masters {
            let state = if master.id() == self.active_id() { "active" } else { "opens" };
            let _ = writeln!(out, "key {} {state} {}", master.id(), BASE64.encode(master.bytes().reveal()));
        }
        Secret::new(out)
    }
}

#[derive(Default)]
struct Reader {
    titled: bool,
    mac: Option<Secret<Key32>>,
    masters: Vec<Arc<Master>>,
    active: Option<KeyId>,
}

impl Reader {
    fn line(&mut self, line: &str, words: &[&str]) -> Result<(), &'static str> {
        match words {
            _ if line.is_empty() || line.starts_with('#') => Ok(()),
            ["cognate-keyring", "1"] if !self.titled => {
                self.titled = true;
                Ok(())
            }
            _ if !self.titled => Err("the first line must be `cognate-keyring 1`"),
            ["mac", key] if self.mac.is_none() => {
                self.mac = Some(key32(key)?);
                Ok(())
            }
            ["key", id, state, key] => self.key(id, state, key),
            _ => Err("neither `mac` nor `key`, or a second `mac`"),
        }
    }

    fn key(&mut self, id: &str, state: &str, key: &str) -> Result<(), &'static str> {
        let master = Master::new(key32(key)?);
        if KeyId::parse(id) != Some(master.id()) {
            return Err("the id does not belong to this key: the line is damaged");
        }
        if self.masters.iter().any(|m| m.id() == master.id()) {
            return Err("this key stands in the ring twice");
        }
        match state {
            "active" if self.active.is_none() => self.active = Some(master.id()),
            "active" => return Err("a second active key"),
            "opens" => {}
            _ => return Err("a key is `active` or `opens`"),
        }
        self.masters.push(Arc::new(master));
        Ok(())
    }

    fn finish(self) -> Result<Keyring, KeyringError> {
        let mac = self.mac.ok_or(KeyringError::Incomplete("a `mac` line"))?;
        let active = self.active.ok_or(KeyringError::Incomplete("an active key"))?;
        Keyring::assemble(self.masters, active, mac).ok_or(KeyringError::Incomplete("an active key"))
    }
}

fn key32(text: &str) -> Result<Secret<Key32>, &'static str> {
    let bytes = BASE64.decode(text.as_bytes()).map_err(|_| "a key is not base64")?;
    bytes.try_into().map(Secret::new).map_err(|_| "a key is not 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    #[test]
    fn a_keyring_survives_being_written_and_read() {
        let (ring, _) = Keyring::draw(&SystemEntropy).add(&SystemEntropy);
        let text = ring.to_text().expose();
        let again = Keyring::parse(&format!("# by hand\n\n{text}")).unwrap();
        assert_eq!(again.to_text().expose(), text);
        assert_eq!(again.fingerprint(), ring.fingerprint());
    }

    #[test]
    fn of_two_active_keys_the_second_is_the_wrong_line() {
        let (ring, _) = Keyring::draw(&SystemEntropy).add(&SystemEntropy);
        let text = ring.to_text().expose().replace(" opens ", " active ");
        let error = Keyring::parse(&text).expect_err("two keys cannot both seal");
        assert_eq!(error.to_string(), "keyring, line 4: a second active key");
    }

    #[test]
    fn a_damaged_text_is_refused_with_the_line_and_without_its_secret() {
        let text = Keyring::draw(&SystemEntropy).to_text().expose();
        let lines: Vec<&str> = text.lines().collect();
        let [title, mac, key] = lines[..] else { panic!("three lines") };
        let secret = key.rsplit(' ').next().unwrap();
        let cases = [
            String::new(),
            title.to_owned(),
            format!("{title}\n{mac}"),
            format!("{title}\n{key}"),
            format!("{mac}\n{key}"),
            format!("{title}\n{title}\n{mac}\n{key}"),
            format!("{title}\n{mac}\n{mac}\n{key}"),
            format!("{title}\n{mac}\n{key}\n{key}"),
            format!("{title}\n{mac}\n{}", key.replace("active", "opens")),
            format!("{title}\n{mac}\n{}", key.replace("active", "asleep")),
            format!("{title}\n{mac}\n{}", key.replace(secret, &BASE64.encode(&[1; 32]))),
            format!("{title}\n{mac}\n{}", key.replace(secret, "AAAA")),
            format!("{title}\n{mac}\n{}", key.replace(secret, "no base64")),
            format!("{title}\nmac x\n{key}"),
        ];
        for case in cases {
            let error = Keyring::parse(&case).err().unwrap_or_else(|| panic!("accepted: {case}"));
            assert!(!error.to_string().contains(secret), "{error}");
        }
    }
}

//! Configuration: one table of keys, three layers. File < environment < flags; a key nobody knows is refused.

mod keys;
mod layers;
mod setting;
mod suggest;

pub use keys::{KEYS, Settings};
pub use layers::{Layers, environment};
pub use setting::{
    Address, Format, HeaderLines, Issuer, KeyringAt, MailSecurity, Raw, RegionList, Setting, Storage, Tiers,
    TokenAlgorithm,
};

/// A key of the configuration, as `cognate config` explains it.
#[derive(Debug)]
pub struct Key {
    /// Its name in the file, `database.url`.
    pub name: &'static str,
    /// What it is when nobody says otherwise; empty means not set.
    pub default: &'static str,
    /// What it decides.
    pub says: &'static str,
    /// What a value looks like.
    pub form: &'static str,
}

impl Key {
    /// Its name in the environment, `COGNATE_DATABASE_URL`.
    #[must_use]
    pub fn environment(&self) -> String {
        format!("COGNATE_{}", self.name.replace('.', "_").to_uppercase())
    }
}

/// A configuration that cannot be used. The text says which key, where it stands, and what would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// The system's or the parser's word.
        problem: String,
    },
    /// A key that does not exist.
    #[error("{place}: there is no key {name:?}{}", .suggestion.as_ref().map(|s| format!("; did you mean {s:?}?")).unwrap_or_default())]
    UnknownKey {
        /// File or environment.
        place: String,
        /// The key as written.
        name: String,
        /// The nearest key there is.
        suggestion: Option<String>,
    },
    /// A value that does not fit its key. The value itself is not repeated: it may be a password.
    #[error("{place}: {name}: {problem}")]
    Value {
        /// File, environment or flag.
        place: String,
        /// The key.
        name: String,
        /// What is wrong and what is expected.
        problem: String,
    },
    /// Keys that do not go together.
    #[error("{0}")]
    Together(String),
}

/// Every key with its meaning, default and environment name; as a file that could be used as it is.
#[must_use]
pub fn explain() -> String {
    let mut page = String::from(
        "# Every key of Cognate with its default. Each can also be given in the environment (the name in brackets),\n\
         # which wins over the file; flags of the command line win over both.\n",
    );
    let mut section = "";
    let (top, nested): (Vec<&Key>, Vec<&Key>) = KEYS.iter().partition(|key| !key.name.contains('.'));
    for key in top.into_iter().chain(nested) {
        let (table, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if table != section {
            section = table;
            page.push_str(&format!("\n[{table}]\n"));
        }
        page.push_str(&format!("\n# {} ({})\n# {} [{}]\n", key.says, key.form, key.name, key.environment()));
        if key.default.is_empty() {
            page.push_str(&format!("#{name} = \n"));
        } else {
            page.push_str(&format!("{name} = {:?}\n", key.default));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_file(text: &str) -> Result<Settings, ConfigError> {
        Layers::default().with_text("cognate.toml", text)?.settle()
    }

    #[test]
    fn an_empty_file_is_the_defaults_and_the_explanation_is_a_file() {
        let settings = from_file("").unwrap();
        assert_eq!(settings.account_id.as_str(), "123456789012");
        assert_eq!(format!("{:?}", from_file(&explain()).unwrap()), format!("{settings:?}"));
        for key in KEYS {
            assert!(explain().contains(&key.environment()), "{}", key.name);
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_one() {
        let error = from_file("[database]\nulr = \"sqlite:x\"\n").unwrap_err();
        assert_eq!(error.to_string(), "cognate.toml: there is no key \"database.ulr\"; did you mean \"database.url\"?");
        let error = from_file("acount_id = \"1\"").unwrap_err();
        assert!(error.to_string().ends_with("did you mean \"account_id\"?"), "{error}");
        let error = from_file("zzzzzzzzzzzzzzzz = 1").unwrap_err();
        assert_eq!(error.to_string(), "cognate.toml: there is no key \"zzzzzzzzzzzzzzzz\"");
        let error = Layers::default().with_environment([("COGNATE_PUBLIC_ULR".into(), "x".into())]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment: there is no key \"COGNATE_PUBLIC_ULR\"; did you mean \"COGNATE_PUBLIC_URL\"?"
        );
    }

    #[test]
    fn flags_win_over_the_environment_and_the_environment_over_the_file() {
        let file = "regions = [\"eu-west-1\"]\nlog.level = \"warn\"\naccount_id = \"111111111111\"\n";
        let layers = Layers::default().with_text("f", file).unwrap();
        let environment = [
            ("COGNATE_LOG_LEVEL".to_owned(), "debug".to_owned()),
            ("COGNATE_ACCOUNT_ID".into(), "222222222222".into()),
            ("PATH".into(), "/bin".into()),
        ];
        let layers = layers.with_environment(environment).unwrap().with_flag("account_id", "333333333333");
        let settings = layers.settle().unwrap();
        assert_eq!(settings.account_id.as_str(), "333333333333");
        assert_eq!(settings.log_level, "debug");
        assert_eq!(settings.regions, RegionList::Only(vec![kernel::Region::parse("eu-west-1").unwrap()]));
    }

    #[test]
    fn a_bad_value_names_key_place_and_form_and_never_itself() {
        let error = from_file("account_id = \"s3cret\"").unwrap_err().to_string();
        assert!(error.starts_with("cognate.toml: account_id: expected twelve digits"), "{error}");
        assert!(!error.contains("s3cret"));
        assert!(from_file("regions = 7").is_err());
        assert!(from_file("account_id = {}").is_err());
        assert!(from_file("not toml").is_err());
        assert!(!from_file("smtp.password = \"s3cret").unwrap_err().to_string().contains("s3cret"));
    }

    #[test]
    fn headers_of_the_gateway_may_hold_commas_and_are_never_printed() {
        let file = "sms.headers = [\"Authorization: Basic a:b,c\", \"X-App: 7\"]";
        let from_list = from_file(file).unwrap();
        let lines = "Authorization: Basic a:b,c\nX-App: 7".to_owned();
        let layers = Layers::default().with_environment([("COGNATE_SMS_HEADERS".to_owned(), lines)]).unwrap();
        for settings in [&from_list, &layers.settle().unwrap()] {
            let plain: Vec<_> = settings.sms_headers.0.iter().map(|(n, v)| (n.as_str(), v.reveal().as_str())).collect();
            assert_eq!(plain, [("Authorization", "Basic a:b,c"), ("X-App", "7")]);
        }
        assert!(!format!("{from_list:?}").contains("Basic"));
        let error = from_file("sms.headers = \"s3cret\"").unwrap_err().to_string();
        assert_eq!(error, "cognate.toml: sms.headers: expected a list of `Name: value`");
    }

    #[test]
    fn keys_that_need_each_other_are_asked_for() {
        assert!(from_file("tls.certificate = \"a.pem\"").unwrap_err().to_string().contains("tls.key"));
        assert!(from_file("smtp.username = \"a\"").unwrap_err().to_string().contains("smtp.password"));
    }
}

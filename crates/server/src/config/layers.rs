//! Where values come from, and which one counts.

use super::suggest::nearest;
use super::{ConfigError, KEYS, Raw, Setting};
use std::collections::HashMap;
use std::path::Path;

/// Values by key, each with the place it stands in; what is laid later covers what was laid before.
#[derive(Debug, Clone, Default)]
pub struct Layers(HashMap<&'static str, (String, Raw)>);

/// The process's environment: the one place where it is read.
#[must_use]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

impl Layers {
    /// Lays a TOML file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn with_file(self, path: &Path) -> Result<Self, ConfigError> {
        let place = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::File { file: place.clone(), problem: error.to_string() })?;
        self.with_text(&place, &text)
    }

    /// Lays the text of a TOML file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn with_text(mut self, place: &str, text: &str) -> Result<Self, ConfigError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            // The parser's own text quotes the line, which may hold a password: only the position is repeated.
            let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
            let line = before.lines().count().max(1);
            ConfigError::File { file: place.to_owned(), problem: format!("line {line} is not TOML") }
        })?;
        let mut flat = Vec::new();
        flatten("", &table, &mut flat);
        for (name, value) in flat {
            let known =
                known(&name).ok_or_else(|| unknown(place, &name, KEYS.iter().map(|key| key.name.to_owned())))?;
            let raw = raw(value).ok_or_else(|| ConfigError::Value {
                place: place.to_owned(),
                name,
                problem: "expected text, a number, true or false, or a list of those".to_owned(),
            })?;
            self.0.insert(known, (place.to_owned(), raw));
        }
        Ok(self)
    }

    /// Lays the variables that start with `COGNATE_`. Empty ones count as not set.
    ///
    /// # Errors
    /// [`ConfigError::UnknownKey`].
    pub fn with_environment(
        mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let named: Vec<String> = super::KEYS.iter().map(super::Key::environment).collect();
        for (variable, value) in variables {
            // COGNATE_TEST_* steers the test suite, COGNATE_KEYRING is the name offered for keyring.source = env:…
            let ours = variable.starts_with("COGNATE_") && !variable.starts_with("COGNATE_TEST_");
            if !ours || variable == "COGNATE_KEYRING" || value.is_empty() {
                continue;
            }
            let at = named.iter().position(|name| *name == variable);
            let key = at
                .and_then(|at| KEYS.get(at))
                .ok_or_else(|| unknown("environment", &variable, named.iter().cloned()))?;
            self.0.insert(key.name, (variable, Raw::Text(value)));
        }
        Ok(self)
    }

    /// Lays one value from the command line.
    #[must_use]
    pub fn with_flag(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Some(known) = known(name) {
            self.0.insert(known, ("command line".to_owned(), Raw::Text(value.into())));
        }
        self
    }

    /// As [`Layers::with_flag`], where a flag was given at all.
    #[must_use]
    pub fn with_flag_if(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with_flag(name, value),
            None => self,
        }
    }

    /// Gives a key another default.
    #[must_use]
    pub fn with_default(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Some(known) = known(name) {
            self.0.entry(known).or_insert_with(|| ("default".to_owned(), Raw::Text(value.into())));
        }
        self
    }

    /// Whether anybody set this key.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn value<T: Setting>(&self, name: &'static str, default: &str) -> Result<T, ConfigError> {
        let fallback = ("default".to_owned(), Raw::Text(default.to_owned()));
        let (place, raw) = self.0.get(name).unwrap_or(&fallback);
        T::read(raw).ok_or_else(|| ConfigError::Value {
            place: place.clone(),
            name: name.to_owned(),
            problem: format!("expected {}", T::FORM),
        })
    }
}

fn known(name: &str) -> Option<&'static str> {
    KEYS.iter().map(|key| key.name).find(|known| *known == name)
}

fn unknown(place: &str, name: &str, known: impl Iterator<Item = String>) -> ConfigError {
    let known: Vec<String> = known.collect();
    let suggestion = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    ConfigError::UnknownKey { place: place.to_owned(), name: name.to_owned(), suggestion }
}

fn flatten<'t>(prefix: &str, table: &'t toml::Table, out: &mut Vec<(String, &'t toml::Value)>) {
    for (name, value) in table {
        let full = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) if known(&full).is_none() => flatten(&full, inner, out),
            value => out.push((full, value)),
        }
    }
}

fn raw(value: &toml::Value) -> Option<Raw> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    };
    match value {
        toml::Value::Array(items) => items.iter().map(text).collect::<Option<_>>().map(Raw::List),
        other => text(other).map(Raw::Text),
    }
}

//! Every difference between the engines has its name here. `if sqlite` appears nowhere else.
//!
//! A question is written once, with `$1`, `$2` … for its values and `{names}` for what differs.

use foldhash::fast::RandomState;
use std::borrow::Cow;
use std::collections::HashMap;

/// How an engine spells SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// What `{name}` stands for; None for a name nobody gave.
    fn word(self, name: &str) -> Option<&'static str> {
        let (sqlite, postgres) = match name {
            // Column types. Text compares bytewise on both; case folding happens in Rust.
            "text" => ("TEXT", "TEXT COLLATE \"C\""),
            "int" => ("INTEGER", "BIGINT"),
            "bool" => ("INTEGER", "BOOLEAN"),
            "blob" => ("BLOB", "BYTEA"),
            "json" => ("TEXT", "TEXT"), // kept bytewise as written: both engines give back what they were given
            // What follows the column list of a table. Rows lie in key order, so that a pool's rows are neighbours.
            "table" => ("STRICT, WITHOUT ROWID", ""),
            // Rows that carry large values are kept out of the key's tree.
            "wide_table" => ("STRICT", ""),
            // SQLite has one writer: a row that was read cannot move under the transaction.
            "for_update" => ("", "FOR UPDATE"),
            "for_update_skip_locked" => ("", "FOR UPDATE SKIP LOCKED"),
            // Two nodes that start together: one migrates, the other waits and finds it done. LOCK TABLE, since it
            // takes no snapshot: what the first one did is seen. (An advisory lock is a SELECT, and would take one.)
            "migration_lock" => ("SELECT 1", "LOCK TABLE schema_version IN EXCLUSIVE MODE"),
            "table_exists" => (
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1",
                "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1",
            ),
            _ => return None,
        };
        Some(match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        })
    }

    /// Spells a question for this engine.
    ///
    /// On SQLite `$1` would be a *named* parameter, numbered by first appearance, and bind to the wrong place in
    /// silence; `?1` is what we mean. Text in single quotes is left alone.
    pub(crate) fn spell(self, sql: &str) -> Cow<'_, str> {
        if self == Self::Postgres && !sql.contains('{') {
            return Cow::Borrowed(sql);
        }
        let mut out = String::with_capacity(sql.len() + 16);
        let mut quoted = false;
        let mut rest = sql;
        while let Some(at) = rest.find(['\'', '$', '{']) {
            let (before, found) = rest.split_at(at);
            out.push_str(before);
            let mut chars = found.chars();
            let mark = chars.next();
            rest = chars.as_str();
            match mark {
                Some('\'') => {
                    quoted = !quoted;
                    out.push('\'');
                }
                Some('$') if !quoted && self == Self::Sqlite => out.push('?'),
                Some('{') if !quoted => match rest.split_once('}').and_then(|(n, r)| Some((self.word(n)?, r))) {
                    Some((word, after)) => {
                        out.push_str(word);
                        rest = after;
                    }
                    None => out.push('{'), // the engine will refuse it, naming the place
                },
                Some(other) => out.push(other),
                None => {}
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

/// Questions already spelled, one set per connection: a look-up instead of a scan and an allocation. The texts are long, and
/// the standard library's hash would take as long as finding a row.
#[derive(Debug, Default)]
pub(crate) struct Spelled(HashMap<String, String, RandomState>);

impl Spelled {
    /// Statements made up at run time (filters) are bounded like everything else a stranger can influence.
    const MOST: usize = 1024;

    pub(crate) fn get(&mut self, dialect: Dialect, sql: &str) -> &str {
        if !self.0.contains_key(sql) {
            if self.0.len() >= Self::MOST {
                self.0.clear();
            }
            self.0.insert(sql.to_owned(), dialect.spell(sql).into_owned());
        }
        self.0.get(sql).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_numbers_on_sqlite() {
        assert_eq!(Dialect::Sqlite.spell("a = $2 AND b = $1"), "a = ?2 AND b = ?1");
        assert_eq!(Dialect::Postgres.spell("a = $2 AND b = $1"), "a = $2 AND b = $1");
    }

    #[test]
    fn quoted_text_is_left_alone() {
        assert_eq!(Dialect::Sqlite.spell("x = '$1 {int} it''s' AND y = $1"), "x = '$1 {int} it''s' AND y = ?1");
    }

    #[test]
    fn differences_are_spelled_by_name() {
        assert_eq!(Dialect::Sqlite.spell("id {text} PRIMARY KEY"), "id TEXT PRIMARY KEY");
        assert_eq!(Dialect::Postgres.spell("id {text} PRIMARY KEY"), "id TEXT COLLATE \"C\" PRIMARY KEY");
        assert_eq!(Dialect::Postgres.spell("{unheard_of}"), "{unheard_of}");
    }
}

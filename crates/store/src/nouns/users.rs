//! People.

use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::{Sub, UserPoolId};
use model::{Group, Refusal, User, UserStatus};

/// What ListUsers can filter by (user-pools.md 16). Each has an index that starts with the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchColumn {
    /// The lasting id.
    Sub,
    /// The canonical username.
    Username,
    /// `email`.
    Email,
    /// `phone_number`.
    PhoneNumber,
    /// `name`.
    Name,
    /// `given_name`.
    GivenName,
    /// `family_name`.
    FamilyName,
    /// `preferred_username`.
    PreferredUsername,
    /// `cognito:user_status`.
    Status,
}

/// Which people a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserFilter {
    /// All of them.
    All,
    /// Those whose column holds exactly this.
    Is(SearchColumn, String),
    /// Those whose column starts with this.
    StartsWith(SearchColumn, String),
    /// Those switched on, or off.
    Enabled(bool),
}

/// People, by pool and sub.
#[derive(Debug)]
pub struct Users<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT pool, sub, username, attributes, status, disabled_since, created_at, modified_at, generation \
             FROM users ",
            $rest
        )
    };
}

/// The two questions of a searchable column, in the order of the column's index so that a page costs its rows only.
macro_rules! by_column {
    ($column:literal) => {
        [
            select!(concat!("WHERE pool = $1 AND ", $column, " = $2 AND sub > $3 ORDER BY sub LIMIT $4")),
            // The pair is the only lower bound: it leads straight to where the page before ended, also among a million
            // people of one name. A bound on the column beside it would be preferred and walked from its start.
            select!(concat!(
                "WHERE pool = $1 AND (",
                $column,
                ", sub) > ($2, $3) AND ",
                $column,
                " < $4 ORDER BY ",
                $column,
                ", sub LIMIT $5"
            )),
        ]
    };
}

impl SearchColumn {
    fn questions(self) -> [&'static str; 2] {
        match self {
            Self::Sub => by_column!("sub"),
            Self::Username => by_column!("username"),
            Self::Email => by_column!("email"),
            Self::PhoneNumber => by_column!("phone_number"),
            Self::Name => by_column!("name"),
            Self::GivenName => by_column!("given_name"),
            Self::FamilyName => by_column!("family_name"),
            Self::PreferredUsername => by_column!("preferred_username"),
            Self::Status => by_column!("status"),
        }
    }

    /// A person's value in this column: what a list's cursor quotes.
    #[must_use]
    pub fn of(self, user: &User) -> Option<&str> {
        match self {
            Self::Sub => Some(user.sub.as_str()),
            Self::Username => Some(&user.username),
            Self::Email => user.attribute("email"),
            Self::PhoneNumber => user.attribute("phone_number"),
            Self::Name => user.attribute("name"),
            Self::GivenName => user.attribute("given_name"),
            Self::FamilyName => user.attribute("family_name"),
            Self::PreferredUsername => user.attribute("preferred_username"),
            Self::Status => Some(user.status.as_str()),
        }
    }
}

impl Users<'_> {
    /// A person.
    pub async fn get(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<Option<User>, StoreError> {
        if unstorable(sub.as_str()) {
            return Ok(None);
        }
        self.tx.row(select!("WHERE pool = $1 AND sub = $2"), vals![pool, sub]).await?.map(read).transpose()
    }

    /// The person whose id comes next after one that is nobody's. Whoever looks for a person and finds none reads this
    /// row and forgets it, so that a look costs the same whether or not it finds anybody (ST-11).
    pub async fn next_after(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<Option<User>, StoreError> {
        let sql = select!("WHERE pool = $1 AND sub > $2 ORDER BY sub LIMIT 1");
        self.tx.row(sql, vals![pool, sub]).await?.map(read).transpose()
    }

    /// A person, locked until the end of the transaction.
    pub async fn get_for_update(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<Option<User>, StoreError> {
        if unstorable(sub.as_str()) {
            return Ok(None);
        }
        let sql = select!("WHERE pool = $1 AND sub = $2 {for_update}");
        self.tx.row(sql, vals![pool, sub]).await?.map(read).transpose()
    }

    /// A person that must be there, locked until the end of the transaction: for a change that follows.
    pub async fn require(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<User, Refusal> {
        self.get_for_update(pool, sub).await?.ok_or(Refusal::NoSuchUser)
    }

    /// Adds a person. Names are claimed beside it (`tx.names()`), in the same transaction.
    pub async fn insert(&mut self, user: &User) -> Result<(), StoreError> {
        let sql = "INSERT INTO users (pool, sub, username, status, enabled, disabled_since, generation, created_at, \
            modified_at, attributes, email, phone_number, name, given_name, family_name, preferred_username) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
        let u = user;
        let attributes = document(u)?;
        let all = vals![
            &u.pool,
            &u.sub,
            &u.username,
            u.status.as_str(),
            u.enabled(),
            u.disabled_since,
            u.generation,
            u.created,
            u.modified,
            &attributes,
            searchable(u, "email"),
            searchable(u, "phone_number"),
            searchable(u, "name"),
            searchable(u, "given_name"),
            searchable(u, "family_name"),
            searchable(u, "preferred_username"),
        ];
        self.tx.execute(sql, all).await?;
        self.count(&u.pool, &u.sub, 1).await
    }

    /// Writes a person back; false when gone.
    pub async fn save(&mut self, user: &User) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET status = $3, enabled = $4, disabled_since = $5, generation = $6, \
            modified_at = $7, attributes = $8, email = $9, phone_number = $10, name = $11, given_name = $12, \
            family_name = $13, preferred_username = $14 WHERE pool = $1 AND sub = $2";
        let u = user;
        let attributes = document(u)?;
        let all = vals![
            &u.pool,
            &u.sub,
            u.status.as_str(),
            u.enabled(),
            u.disabled_since,
            u.generation,
            u.modified,
            &attributes,
            searchable(u, "email"),
            searchable(u, "phone_number"),
            searchable(u, "name"),
            searchable(u, "given_name"),
            searchable(u, "family_name"),
            searchable(u, "preferred_username"),
        ];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// Removes a person and everything that is theirs: names, passwords, codes, what waits for them, families,
    /// memberships. False when gone already.
    pub async fn delete(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<bool, StoreError> {
        if self.tx.execute("DELETE FROM users WHERE pool = $1 AND sub = $2", vals![pool, sub]).await? == 0 {
            return Ok(false);
        }
        for sql in [
            "DELETE FROM names WHERE pool = $1 AND sub = $2",
            "DELETE FROM credentials WHERE pool = $1 AND sub = $2",
            "DELETE FROM password_history WHERE pool = $1 AND sub = $2",
            "DELETE FROM codes WHERE pool = $1 AND sub = $2",
            "DELETE FROM pending_attributes WHERE pool = $1 AND sub = $2",
            "DELETE FROM families WHERE pool = $1 AND sub = $2",
            "DELETE FROM group_members WHERE pool = $1 AND sub = $2",
        ] {
            self.tx.execute(sql, vals![pool, sub]).await?;
        }
        self.count(pool, sub, -1).await?;
        Ok(true)
    }

    /// People by (column, sub), or by sub where no column is asked for: those behind `after`, the last of the page
    /// before. Stable while people come and go.
    pub async fn list(
        &mut self,
        pool: &UserPoolId,
        filter: &UserFilter,
        after: Option<(&str, &Sub)>,
        limit: u32,
    ) -> Result<Page<User>, StoreError> {
        let wanted = match filter {
            UserFilter::Is(_, value) | UserFilter::StartsWith(_, value) => value,
            UserFilter::All | UserFilter::Enabled(_) => "",
        };
        let (last, behind) = after.map_or(("", ""), |(value, sub)| (value, sub.as_str()));
        if [wanted, last, behind].into_iter().any(unstorable) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let most = one_more(limit);
        let rows = match filter {
            UserFilter::All => {
                let sql = select!("WHERE pool = $1 AND sub > $2 ORDER BY sub LIMIT $3");
                self.tx.rows(sql, vals![pool, behind, most]).await?
            }
            UserFilter::Enabled(on) => {
                let sql = select!("WHERE pool = $1 AND enabled = $2 AND sub > $3 ORDER BY sub LIMIT $4");
                self.tx.rows(sql, vals![pool, on, behind, most]).await?
            }
            UserFilter::Is(column, value) => {
                let [equal, _] = column.questions();
                self.tx.rows(equal, vals![pool, value, behind, most]).await?
            }
            UserFilter::StartsWith(column, prefix) => {
                let [_, starts] = column.questions();
                let from = last.max(prefix);
                let end = behind_prefix(prefix);
                self.tx.rows(starts, vals![pool, from, behind, &end, most]).await?
            }
        };
        Page::of(rows, limit, read)
    }

    /// The people in a group by sub, those behind `after`.
    pub async fn list_in_group(&mut self, group: &Group, after: &str, limit: u32) -> Result<Page<User>, StoreError> {
        if unstorable(after) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let sql = select!(
            "WHERE pool = $1 AND sub IN (SELECT sub FROM group_members \
             WHERE pool = $1 AND group_id = $2 AND sub > $3 ORDER BY sub LIMIT $4) ORDER BY sub"
        );
        let rows = self.tx.rows(sql, vals![&group.pool, &group.id, after, one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// A row of its own per change, so that sign-ups never wait for one another; a job rolls them up.
    async fn count(&mut self, pool: &UserPoolId, sub: &Sub, change: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO user_count_changes (pool, sub, change) VALUES ($1, $2, $3)";
        self.tx.execute(sql, vals![pool, sub, change]).await?;
        Ok(())
    }
}

/// A value that no column can hold lives in the document, where JSON escapes it, and is not found by a search.
fn searchable<'u>(user: &'u User, attribute: &str) -> Option<&'u str> {
    user.attribute(attribute).filter(|value| !unstorable(value))
}

/// The first text that sorts behind everything that starts with `prefix`: its last character moved on by one.
fn behind_prefix(prefix: &str) -> String {
    let mut out = prefix.to_owned();
    while let Some(last) = out.pop() {
        let next = (u32::from(last) + 1..=0x0010_FFFF).find_map(char::from_u32);
        if let Some(next) = next {
            out.push(next);
            return out;
        }
    }
    // Nothing but the very last character: whatever follows it sorts before two of them.
    "\u{10FFFF}\u{10FFFF}".to_owned()
}

fn document(user: &User) -> Result<String, StoreError> {
    let unreadable = |e: serde_json::Error| StoreError::Unreadable { what: "attributes", why: e.to_string() };
    serde_json::to_string(&user.attributes).map_err(unreadable)
}

fn read(mut row: Row) -> Result<User, StoreError> {
    let attributes = serde_json::from_str(&row.get::<String>(3)?);
    Ok(User {
        pool: row.get(0)?,
        sub: row.get(1)?,
        username: row.get(2)?,
        attributes: attributes.map_err(|e| StoreError::Unreadable { what: "attributes", why: e.to_string() })?,
        status: UserStatus::parse(&row.get::<String>(4)?),
        disabled_since: row.get(5)?,
        created: row.get(6)?,
        modified: row.get(7)?,
        generation: row.get(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::behind_prefix;

    #[test]
    fn the_end_of_a_prefix_sorts_behind_all_that_start_with_it() {
        assert_eq!(behind_prefix("an"), "ao");
        assert_eq!(behind_prefix("a\u{10FFFF}"), "b");
        assert_eq!(behind_prefix("\u{D7FF}"), "\u{E000}", "surrogates are no characters");
        assert!(behind_prefix("").as_str() > "\u{10FFFF}z");
    }
}

//! Identity providers the account trusts.

use super::iam_text::{listed, unlisted};
use super::unstorable;
use crate::{Row, StoreError, Tx, vals};
use kernel::AccountId;
use model::access::folded;
use model::{OidcProvider, SamlProvider};

/// OpenID Connect providers by account and url, SAML providers by account and folded name.
#[derive(Debug)]
pub struct IamProviders<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select_oidc {
    ($rest:literal) => {
        concat!("SELECT account, url, client_ids, thumbprints, tags, created_at FROM iam_oidc_providers ", $rest)
    };
}

macro_rules! select_saml {
    ($rest:literal) => {
        concat!("SELECT account, name, metadata, created_at, valid_until, tags FROM iam_saml_providers ", $rest)
    };
}

/// Most providers that one list shows.
const LIST_MAX: i64 = 1_000;

impl IamProviders<'_> {
    /// An OIDC provider by its url without `https://`.
    pub async fn get_oidc(&mut self, account: &AccountId, url: &str) -> Result<Option<OidcProvider>, StoreError> {
        if unstorable(url) {
            return Ok(None);
        }
        let sql = select_oidc!("WHERE account = $1 AND url = $2");
        self.tx.row(sql, vals![account, url]).await?.map(read_oidc).transpose()
    }

    /// The same, locked until the end of the transaction: for a change that follows.
    pub async fn get_oidc_for_update(
        &mut self,
        account: &AccountId,
        url: &str,
    ) -> Result<Option<OidcProvider>, StoreError> {
        if unstorable(url) {
            return Ok(None);
        }
        let sql = select_oidc!("WHERE account = $1 AND url = $2 {for_update}");
        self.tx.row(sql, vals![account, url]).await?.map(read_oidc).transpose()
    }

    /// Adds an OIDC provider; false when there is one of that url.
    pub async fn insert_oidc(&mut self, provider: &OidcProvider) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_oidc_providers (account, url, client_ids, thumbprints, tags, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, url) DO NOTHING RETURNING 1";
        let p = provider;
        let (clients, prints, tags) = (listed(&p.client_ids)?, listed(&p.thumbprints)?, listed(&p.tags)?);
        let all = vals![&p.account, &p.url, &clients, &prints, &tags, p.created];
        Ok(self.tx.row(sql, all).await?.is_some())
    }

    /// Writes an OIDC provider back; false when it is gone.
    pub async fn save_oidc(&mut self, provider: &OidcProvider) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_oidc_providers SET client_ids = $3, thumbprints = $4, tags = $5 \
            WHERE account = $1 AND url = $2";
        let p = provider;
        let (clients, prints, tags) = (listed(&p.client_ids)?, listed(&p.thumbprints)?, listed(&p.tags)?);
        Ok(self.tx.execute(sql, vals![&p.account, &p.url, &clients, &prints, &tags]).await? == 1)
    }

    /// Removes an OIDC provider; false when there is none of that url.
    pub async fn delete_oidc(&mut self, account: &AccountId, url: &str) -> Result<bool, StoreError> {
        if unstorable(url) {
            return Ok(false);
        }
        let sql = "DELETE FROM iam_oidc_providers WHERE account = $1 AND url = $2";
        Ok(self.tx.execute(sql, vals![account, url]).await? == 1)
    }

    /// The OIDC providers, by url.
    pub async fn list_oidc(&mut self, account: &AccountId) -> Result<Vec<OidcProvider>, StoreError> {
        let sql = select_oidc!("WHERE account = $1 ORDER BY url LIMIT $2");
        self.tx.rows(sql, vals![account, LIST_MAX]).await?.into_iter().map(read_oidc).collect()
    }

    /// A SAML provider, spelled as it was made.
    pub async fn get_saml(&mut self, account: &AccountId, name: &str) -> Result<Option<SamlProvider>, StoreError> {
        if unstorable(name) {
            return Ok(None);
        }
        let sql = select_saml!("WHERE account = $1 AND folded = $2 AND name = $3");
        self.tx.row(sql, vals![account, &folded(name), name]).await?.map(read_saml).transpose()
    }

    /// The same, locked until the end of the transaction: for a change that follows.
    pub async fn get_saml_for_update(
        &mut self,
        account: &AccountId,
        name: &str,
    ) -> Result<Option<SamlProvider>, StoreError> {
        if unstorable(name) {
            return Ok(None);
        }
        let sql = select_saml!("WHERE account = $1 AND folded = $2 AND name = $3 {for_update}");
        self.tx.row(sql, vals![account, &folded(name), name]).await?.map(read_saml).transpose()
    }

    /// Adds a SAML provider; false when the name is taken.
    pub async fn insert_saml(&mut self, provider: &SamlProvider) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_saml_providers (account, folded, name, metadata, valid_until, tags, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, folded) DO NOTHING RETURNING 1";
        let (p, folded, tags) = (provider, folded(&provider.name), listed(&provider.tags)?);
        let all = vals![&p.account, &folded, &p.name, &p.metadata, p.valid_until, &tags, p.created];
        Ok(self.tx.row(sql, all).await?.is_some())
    }

    /// Writes a SAML provider back; false when it is gone.
    pub async fn save_saml(&mut self, provider: &SamlProvider) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_saml_providers SET metadata = $3, valid_until = $4, tags = $5 \
            WHERE account = $1 AND folded = $2";
        let (p, folded, tags) = (provider, folded(&provider.name), listed(&provider.tags)?);
        Ok(self.tx.execute(sql, vals![&p.account, &folded, &p.metadata, p.valid_until, &tags]).await? == 1)
    }

    /// Removes a SAML provider; false when there is none of that name.
    pub async fn delete_saml(&mut self, account: &AccountId, name: &str) -> Result<bool, StoreError> {
        if unstorable(name) {
            return Ok(false);
        }
        let sql = "DELETE FROM iam_saml_providers WHERE account = $1 AND folded = $2 AND name = $3";
        Ok(self.tx.execute(sql, vals![account, &folded(name), name]).await? == 1)
    }

    /// The SAML providers, by name.
    pub async fn list_saml(&mut self, account: &AccountId) -> Result<Vec<SamlProvider>, StoreError> {
        let sql = select_saml!("WHERE account = $1 ORDER BY folded LIMIT $2");
        self.tx.rows(sql, vals![account, LIST_MAX]).await?.into_iter().map(read_saml).collect()
    }

    /// How many providers of both kinds the account has.
    pub async fn get_count(&mut self, account: &AccountId) -> Result<i64, StoreError> {
        let sql = "SELECT CAST((SELECT count(*) FROM iam_oidc_providers WHERE account = $1) \
            + (SELECT count(*) FROM iam_saml_providers WHERE account = $1) AS {int})";
        let row = self.tx.row(sql, vals![account]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }
}

fn read_oidc(mut row: Row) -> Result<OidcProvider, StoreError> {
    Ok(OidcProvider {
        account: row.get(0)?,
        url: row.get(1)?,
        client_ids: unlisted(&row.get::<String>(2)?)?,
        thumbprints: unlisted(&row.get::<String>(3)?)?,
        tags: unlisted(&row.get::<String>(4)?)?,
        created: row.get(5)?,
    })
}

fn read_saml(mut row: Row) -> Result<SamlProvider, StoreError> {
    Ok(SamlProvider {
        account: row.get(0)?,
        name: row.get(1)?,
        metadata: row.get(2)?,
        created: row.get(3)?,
        valid_until: row.get(4)?,
        tags: unlisted(&row.get::<String>(5)?)?,
    })
}

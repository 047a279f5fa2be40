//! App clients and their secrets.

use super::{Page, one_more};
use crate::document::{from_document, to_document};
use crate::{Row, StoreError, Tx, vals};
use contract::cognito_idp::types::UserPoolClientType;
use kernel::{ClientId, UserPoolId};
use model::{Client, ClientSecret, Refusal};

/// Clients, by pool and id; `client_directory` leads from an id alone to its pool.
#[derive(Debug)]
pub struct Clients<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.pool, c.id, c.name, c.settings, c.confidential, c.created_at, c.modified_at FROM clients AS c ",
            $rest
        )
    };
}

impl Clients<'_> {
    /// A client of a pool.
    pub async fn get(&mut self, pool: &UserPoolId, id: &ClientId) -> Result<Option<Client>, StoreError> {
        let sql = select!("WHERE c.pool = $1 AND c.id = $2");
        self.tx.row(sql, vals![pool, id]).await?.map(read).transpose()
    }

    /// A client of a pool, locked until the end of the transaction.
    pub async fn get_for_update(&mut self, pool: &UserPoolId, id: &ClientId) -> Result<Option<Client>, StoreError> {
        let sql = select!("WHERE c.pool = $1 AND c.id = $2 {for_update}");
        self.tx.row(sql, vals![pool, id]).await?.map(read).transpose()
    }

    /// A client of a pool that must be there.
    pub async fn require(&mut self, pool: &UserPoolId, id: &ClientId) -> Result<Client, Refusal> {
        self.get(pool, id).await?.ok_or_else(|| Refusal::NoSuchClient(id.to_string()))
    }

    /// A client by its id alone, as public operations name it.
    pub async fn get_anywhere(&mut self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        let sql = select!("JOIN client_directory AS d ON d.pool = c.pool AND d.client = c.id WHERE d.client = $1");
        self.tx.row(sql, vals![id]).await?.map(read).transpose()
    }

    /// Adds a client; `Taken` when the id is, in whatever pool.
    pub async fn insert(&mut self, client: &Client) -> Result<(), StoreError> {
        self.tx.touch_settings();
        let directory = "INSERT INTO client_directory (client, pool) VALUES ($1, $2)";
        self.tx.execute(directory, vals![&client.id, &client.pool]).await?;
        let sql = "INSERT INTO clients (pool, id, name, settings, confidential, created_at, modified_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let settings = to_document(client.settings.clone());
        let c = client;
        self.tx.execute(sql, vals![&c.pool, &c.id, &c.name, &settings, c.confidential, c.created, c.modified]).await?;
        Ok(())
    }

    /// Writes a client back; false when it is gone.
    pub async fn save(&mut self, client: &Client) -> Result<bool, StoreError> {
        self.tx.touch_settings();
        let sql = "UPDATE clients SET name = $3, settings = $4, confidential = $5, modified_at = $6 \
            WHERE pool = $1 AND id = $2";
        let settings = to_document(client.settings.clone());
        let c = client;
        Ok(self.tx.execute(sql, vals![&c.pool, &c.id, &c.name, &settings, c.confidential, c.modified]).await? == 1)
    }

    /// Removes a client and its secrets; false when there is none.
    pub async fn delete(&mut self, pool: &UserPoolId, id: &ClientId) -> Result<bool, StoreError> {
        self.tx.touch_settings();
        if self.tx.execute("DELETE FROM clients WHERE pool = $1 AND id = $2", vals![pool, id]).await? == 0 {
            return Ok(false);
        }
        self.tx.execute("DELETE FROM client_secrets WHERE pool = $1 AND client = $2", vals![pool, id]).await?;
        self.tx.execute("DELETE FROM client_directory WHERE client = $1", vals![id]).await?;
        Ok(true)
    }

    /// The clients of a pool by id, those behind `after`.
    pub async fn list(&mut self, pool: &UserPoolId, after: &str, limit: u32) -> Result<Page<Client>, StoreError> {
        let sql = select!("WHERE c.pool = $1 AND c.id > $2 ORDER BY c.id LIMIT $3");
        let rows = self.tx.rows(sql, vals![pool, after, one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// A client's secrets, oldest first. Read per request, never cached.
    pub async fn list_secrets(
        &mut self,
        pool: &UserPoolId,
        client: &ClientId,
    ) -> Result<Vec<ClientSecret>, StoreError> {
        let sql = "SELECT id, secret, created_at FROM client_secrets WHERE pool = $1 AND client = $2 \
            ORDER BY created_at, id LIMIT 10";
        let rows = self.tx.rows(sql, vals![pool, client]).await?;
        let secrets = rows
            .into_iter()
            .map(|mut row| Ok(ClientSecret { id: row.get(0)?, sealed: row.get(1)?, created: row.get(2)? }));
        secrets.collect()
    }

    /// Adds a secret.
    pub async fn insert_secret(
        &mut self,
        pool: &UserPoolId,
        client: &ClientId,
        secret: &ClientSecret,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO client_secrets (pool, client, id, secret, created_at) VALUES ($1, $2, $3, $4, $5)";
        self.tx.execute(sql, vals![pool, client, &secret.id, &secret.sealed, secret.created]).await?;
        Ok(())
    }

    /// Removes a secret; false when there is none of that id.
    pub async fn delete_secret(&mut self, pool: &UserPoolId, client: &ClientId, id: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM client_secrets WHERE pool = $1 AND client = $2 AND id = $3";
        Ok(self.tx.execute(sql, vals![pool, client, id]).await? == 1)
    }
}

fn read(mut row: Row) -> Result<Client, StoreError> {
    Ok(Client {
        pool: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        settings: from_document::<UserPoolClientType>("client settings", &row.get::<String>(3)?)?,
        confidential: row.get(4)?,
        created: row.get(5)?,
        modified: row.get(6)?,
    })
}

//! How a client proves that it holds its secret (authentication.md 1.2). Secrets are read for this request.

use crate::{Accounts, Through};
use crypto::{Context, MacPurpose, Purpose};
use kernel::{ClientId, Secret, Sub, Time, UserPoolId};
use model::{Client, ClientSecret, Pool, Refusal, User};
use store::work;

/// Where a client secret is sealed to.
#[must_use]
pub fn secret_context<'a>(key: &'a [&'a str; 3]) -> Context<'a> {
    Context { purpose: Purpose::ClientSecret, table: "client_secrets", key, column: "sealed", version: 1 }
}

impl Accounts {
    /// The client's active secrets, unsealed; none for a public client.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when they cannot be read or unsealed.
    pub async fn client_secrets(&self, client: &Client) -> Result<Vec<Secret<String>>, Refusal> {
        let rows = self.client_secret_rows(client).await?;
        rows.iter().map(|row| self.opened_client_secret(client, row)).collect()
    }

    /// The client's active secrets as they are stored, oldest first.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when they cannot be read.
    pub async fn client_secret_rows(&self, client: &Client) -> Result<Vec<ClientSecret>, Refusal> {
        if !client.confidential {
            return Ok(Vec::new());
        }
        let (pool, id): (UserPoolId, ClientId) = (client.pool.clone(), client.id.clone());
        self.store.read(work!(|tx, pool, id| -> Refusal { Ok(tx.clients().list_secrets(pool, id).await?) })).await
    }

    /// The secret the client was made with, while it is active: the only one that is ever shown again (UP-28).
    ///
    /// # Errors
    /// [`Refusal::Internal`] when it cannot be read or unsealed.
    pub async fn original_client_secret(&self, client: &Client) -> Result<Option<Secret<String>>, Refusal> {
        let (rows, id) = (self.client_secret_rows(client).await?, client.original_secret_id());
        rows.iter().find(|row| row.id == id).map(|row| self.opened_client_secret(client, row)).transpose()
    }

    fn opened_client_secret(&self, client: &Client, row: &ClientSecret) -> Result<Secret<String>, Refusal> {
        let key = [client.pool.as_str(), client.id.as_str(), row.id.as_str()];
        let opened = self.keyring.open(&secret_context(&key), &row.sealed).map_err(Refusal::internal)?;
        String::from_utf8(opened.reveal().clone()).map(Secret::new).map_err(Refusal::internal)
    }

    /// A secret as it is stored.
    #[must_use]
    pub fn sealed_client_secret(
        &self,
        client: &Client,
        id: String,
        secret: &Secret<String>,
        created: Time,
    ) -> ClientSecret {
        let key = [client.pool.as_str(), client.id.as_str(), id.as_str()];
        let sealed = self.keyring.seal(&secret_context(&key), secret.reveal().as_bytes(), &*self.entropy);
        ClientSecret { id, sealed, created }
    }

    /// Checks SECRET_HASH over what the request carries as the name. Any active secret will do; a hash sent for a client
    /// without secret is refused too.
    ///
    /// # Errors
    /// [`Refusal::SecretHashMissing`], [`Refusal::SecretHashWrong`].
    pub async fn prove_client(&self, through: &Through, name: &str, hash: Option<&str>) -> Result<(), Refusal> {
        self.prove_client_over(through, &[name], hash).await
    }

    /// The same where several names of one person are accepted: what was typed, the canonical username, the sub.
    ///
    /// # Errors
    /// [`Refusal::SecretHashMissing`], [`Refusal::SecretHashWrong`].
    pub async fn prove_client_over(
        &self,
        through: &Through,
        names: &[&str],
        hash: Option<&str>,
    ) -> Result<(), Refusal> {
        let id = through.client.id.as_str();
        let secrets = self.client_secrets(&through.client).await?;
        let Some(hash) = hash else {
            // The client may be a second old, its secrets are not: one that lost them proves itself by nothing.
            return if through.client.confidential { Err(Refusal::SecretHashMissing(id.to_owned())) } else { Ok(()) };
        };
        // Every pair is compared, so that the time tells neither which secret nor which name fitted.
        let mut fits = false;
        for secret in &secrets {
            for name in names {
                fits |= crypto::secret_hash_matches(hash, secret, name, id);
            }
        }
        if fits { Ok(()) } else { Err(Refusal::SecretHashWrong(id.to_owned())) }
    }

    /// Whether a client proved itself with the secret itself; a public client proves itself by sending none.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the secrets cannot be read.
    pub async fn client_secret_fits(&self, through: &Through, given: Option<&Secret<String>>) -> Result<bool, Refusal> {
        let secrets = self.client_secrets(&through.client).await?;
        Ok(match given {
            None => !through.client.confidential,
            Some(given) => secrets.iter().fold(false, |fits, secret| fits | secret.matches(given.reveal())),
        })
    }

    /// The stand-in for the sub of a name nobody has: constant per pool and folded name, different across pools, and
    /// to look at like any sub (AU-33).
    #[must_use]
    pub fn unknown_key(&self, pool: &Pool, name: &str) -> String {
        let folded = pool.fold(name);
        let mac = self.keyring.mac(MacPurpose::Attempt, &[pool.id.as_str().as_bytes(), folded.as_bytes()]);
        let mut bytes = [0u8; 16];
        for (to, from) in bytes.iter_mut().zip(mac) {
            *to = from;
        }
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// The same as a sub.
    ///
    /// # Errors
    /// [`Refusal::Internal`].
    pub(crate) fn nobody(&self, pool: &Pool, name: &str) -> Result<Sub, Refusal> {
        Sub::parse(&self.unknown_key(pool, name)).map_err(Refusal::internal)
    }

    /// The names over which a known person's client may have hashed.
    #[must_use]
    pub fn hashable<'a>(typed: &'a str, user: Option<&'a User>) -> Vec<&'a str> {
        let mut names = vec![typed];
        if let Some(user) = user {
            names.extend([user.username.as_str(), user.sub.as_str()]);
        }
        names
    }
}

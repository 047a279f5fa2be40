//! What a pool publishes: its key set and its metadata (oauth-oidc.md 9).

use crate::Tokens;
use bytes::Bytes;
use kernel::UserPoolId;
use model::Refusal;
use serde_json::json;

impl Tokens {
    /// The pool's key set, or `None` for an unknown pool.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the keys cannot be read.
    pub async fn jwks(&self, pool: &UserPoolId) -> Result<Option<Bytes>, Refusal> {
        if self.store.pool(pool).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.pool_keys(pool).await?.jwks.clone()))
    }

    /// The pool's OpenID Connect metadata, or `None` for an unknown pool.
    ///
    /// Endpoints of a domain are named once the pool has one; without it they are absent.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the pool cannot be read.
    pub async fn discovery(&self, pool: &UserPoolId) -> Result<Option<Bytes>, Refusal> {
        if self.store.pool(pool).await?.is_none() {
            return Ok(None);
        }
        let issuer = self.issuer.of(pool);
        let document = json!({
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "claims_parameter_supported": false,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
        });
        Ok(Some(Bytes::from(document.to_string())))
    }
}

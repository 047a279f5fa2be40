//! The token engines' published documents, as the edge asks for them.

use bytes::Bytes;
use contract::Fault;
use edge::well_known::Published;
use kernel::{BoxFuture, UserPoolId};
use tokens::{IdentityTokens, Tokens};

/// Key sets and discovery documents of the token engines.
#[derive(Debug)]
pub(crate) struct PublishedTokens {
    /// Of user pools.
    pub(crate) tokens: Tokens,
    /// Of identity pools.
    pub(crate) identity: IdentityTokens,
}

impl Published for PublishedTokens {
    fn jwks<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>> {
        Box::pin(async move { Ok(self.tokens.jwks(pool).await?) })
    }

    fn discovery<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>> {
        Box::pin(async move { Ok(self.tokens.discovery(pool).await?) })
    }

    fn identity_jwks(&self) -> BoxFuture<'_, Result<Bytes, Fault>> {
        Box::pin(async move { Ok(self.identity.jwks().await?) })
    }

    fn identity_discovery(&self) -> Bytes {
        self.identity.discovery()
    }
}

//! The token engine's published documents, as the edge asks for them.

use bytes::Bytes;
use contract::Fault;
use edge::well_known::Published;
use kernel::{BoxFuture, UserPoolId};
use tokens::Tokens;

/// Key sets and discovery documents of the token engine.
#[derive(Debug)]
pub(crate) struct PublishedTokens(pub(crate) Tokens);

impl Published for PublishedTokens {
    fn jwks<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>> {
        Box::pin(async move { Ok(self.0.jwks(pool).await?) })
    }

    fn discovery<'a>(&'a self, pool: &'a UserPoolId) -> BoxFuture<'a, Result<Option<Bytes>, Fault>> {
        Box::pin(async move { Ok(self.0.discovery(pool).await?) })
    }
}

//! Who calls, and the table entry a call is dispatched to.

use crate::AwsSession;
use contract::{Fault, OperationMeta, Value};
use kernel::{AccountId, BoxFuture, Region};
use std::net::IpAddr;
use std::sync::Arc;

/// Who signed the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Nobody: public and token operations.
    Anonymous,
    /// The account's root, by one of its keys.
    Root {
        /// The key that signed.
        access_key_id: String,
    },
    /// An IAM user, by one of their keys.
    User {
        /// The key that signed.
        access_key_id: String,
        /// The user's unique id, `AIDA…`.
        id: String,
    },
    /// Temporary credentials.
    Session(Arc<AwsSession>),
}

impl Principal {
    /// The key that signed.
    #[must_use]
    pub fn access_key_id(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Root { access_key_id } | Self::User { access_key_id, .. } => Some(access_key_id),
            Self::Session(session) => Some(&session.access_key_id),
        }
    }
}

/// What is known about a request besides its body.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The id sent back in `x-amzn-RequestId`.
    pub request_id: uuid::Uuid,
    /// Region the request is addressed to.
    pub region: Region,
    /// Whether it came over TLS, here or at a trusted proxy.
    pub secure: bool,
    /// Account the server answers for.
    pub account: AccountId,
    /// The client's address (behind a trusted proxy: what it forwarded).
    pub source_ip: Option<IpAddr>,
    /// The client's own word about itself.
    pub user_agent: Option<String>,
    /// Who signed.
    pub principal: Principal,
}

/// The boxed call of an operation: generated, so that the table needs no generics.
pub type Run<S> = for<'a> fn(&'a S, &'a Caller, Value) -> BoxFuture<'a, Result<Value, Fault>>;

/// An operation that is served: what is known about it and what answers it. The tables are generated from the files present.
#[derive(Debug)]
pub struct Served<S: 'static> {
    /// The operation.
    pub meta: &'static OperationMeta,
    /// What answers it.
    pub run: Run<S>,
}

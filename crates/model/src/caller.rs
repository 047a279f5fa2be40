//! Who calls, and the table entry a call is dispatched to.

use contract::{Fault, OperationMeta, Value};
use kernel::{AccountId, BoxFuture, Region};
use std::net::IpAddr;

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
}

/// What is known about a request besides its body.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The id sent back in `x-amzn-RequestId`.
    pub request_id: uuid::Uuid,
    /// Region the request is addressed to.
    pub region: Region,
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

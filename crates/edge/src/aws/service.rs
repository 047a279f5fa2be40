//! A service as the door sees it: all operations of its contract, and those that have a handler.

use contract::{Fault, OperationMeta, ServiceMeta, Value};
use crypto::sigv4::Family;
use kernel::BoxFuture;
use model::caller::Run;
use model::{Caller, Served};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use wire::aws_query::Form;

/// An operation with the state it runs on, its type forgotten: the door serves services that do not know each other.
trait Bound: Send + Sync {
    fn run<'a>(&'a self, caller: &'a Caller, input: Value) -> BoxFuture<'a, Result<Value, Fault>>;
}

struct OnState<S: 'static> {
    state: Arc<S>,
    run: Run<S>,
}

impl<S: Send + Sync + 'static> Bound for OnState<S> {
    fn run<'a>(&'a self, caller: &'a Caller, input: Value) -> BoxFuture<'a, Result<Value, Fault>> {
        (self.run)(&self.state, caller, input)
    }
}

/// An operation of the contract, with or without a handler.
pub(crate) struct Entry {
    pub(crate) meta: &'static OperationMeta,
    handler: Option<Box<dyn Bound>>,
}

impl Entry {
    /// Runs the handler; `None` when nobody has written it yet.
    pub(crate) fn run<'a>(&'a self, caller: &'a Caller, input: Value) -> Option<BoxFuture<'a, Result<Value, Fault>>> {
        self.handler.as_ref().map(|handler| handler.run(caller, input))
    }

    pub(crate) fn is_served(&self) -> bool {
        self.handler.is_some()
    }
}

/// A service of the JSON 1.1 or of the Query protocol.
pub struct AwsService {
    meta: &'static ServiceMeta,
    operations: HashMap<&'static str, Entry>,
}

impl AwsService {
    /// A service that knows its contract and serves none of it yet.
    #[must_use]
    pub fn of(meta: &'static ServiceMeta) -> Self {
        let operations = meta.operations.iter().map(|&meta| (meta.name, Entry { meta, handler: None })).collect();
        Self { meta, operations }
    }

    /// Serves the operations of a table on a state.
    #[must_use]
    pub fn serving<S: Send + Sync + 'static>(mut self, state: &Arc<S>, table: &'static [Served<S>]) -> Self {
        for served in table {
            let handler: Box<dyn Bound> = Box::new(OnState { state: state.clone(), run: served.run });
            self.operations.insert(served.meta.name, Entry { meta: served.meta, handler: Some(handler) });
        }
        self
    }

    /// How it words requests and answers.
    pub(crate) fn family(&self) -> Family {
        if self.meta.protocol == "query" { Family::Query } else { Family::Json }
    }

    /// Its contract.
    pub(crate) fn meta(&self) -> &'static ServiceMeta {
        self.meta
    }

    /// The name in a signature's scope.
    pub(crate) fn signing_name(&self) -> &'static str {
        self.meta.name
    }

    /// The operation a target names, when the target is this service's.
    pub(crate) fn named(&self, target: &str) -> Option<&Entry> {
        let (prefix, name) = target.split_once('.')?;
        if Some(prefix) == self.meta.target_prefix { self.operations.get(name) } else { None }
    }

    /// The operation a form asks for, when it asks this service: the version it names tells services apart that share
    /// an address.
    pub(crate) fn asked(&self, form: &Form) -> Option<&Entry> {
        let ours = self.family() == Family::Query;
        let right = form.version().is_none_or(|version| version == self.meta.api_version);
        if ours && right { self.operations.get(form.action()?) } else { None }
    }
}

impl fmt::Debug for AwsService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsService").field("name", &self.meta.name).field("operations", &self.operations.len()).finish()
    }
}

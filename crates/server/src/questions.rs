//! Operators' questions, handed to the rooms that answer them.

use contract::Fault;
use edge::aws::desk::Operations;
use identity::Identity;
use kernel::BoxFuture;
use model::Caller;
use serde_json::Value;
use std::sync::Arc;

/// Who answers operators.
#[derive(Debug)]
pub(crate) struct Questions(pub(crate) Arc<Identity>);

impl Operations for Questions {
    fn ask<'a>(
        &'a self,
        caller: &'a Caller,
        question: &'a str,
        input: &'a Value,
    ) -> BoxFuture<'a, Option<Result<Value, Fault>>> {
        Box::pin(self.0.ask(caller, question, input))
    }
}

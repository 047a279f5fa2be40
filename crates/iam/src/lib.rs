//! The policy language: documents in, decisions and their reasons out.
//!
//! Knows: policy documents, their statements, conditions and variables, and how the policies that concern one request
//! are combined. Never knows: I/O, the present moment, where policies are stored, what an action does.
//! To add a condition operator: a line in `operator.rs`, its comparison in `wanted.rs`, rows in `operators_test.rs`.

mod arn;
mod cache;
mod condition;
mod context;
mod decide;
mod document;
mod element;
mod explain;
pub mod fuzzing;
mod glob;
mod json;
mod malformed;
mod moment;
mod number;
mod operator;
mod policy;
mod principal;
mod rename;
mod sentence;
mod statement;
mod template;
mod typed;
mod wanted;

#[cfg(test)]
mod combine_test;
#[cfg(test)]
mod hostile_test;
#[cfg(test)]
mod operators_test;
#[cfg(test)]
mod refusals_test;
#[cfg(test)]
mod statements_test;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod variables_test;

pub use cache::Cache;
pub use context::Context;
pub use decide::{Decision, Policies, Request, Source, decide, trust};
pub use explain::{Explanation, FailedCondition, Looked, Outcome, StatementName, explain};
pub use glob::glob_matches;
pub use malformed::Malformed;
pub use policy::{Kind, Named, Policy, context_keys};
pub use principal::PrincipalIds;
pub use rename::with_principals;
pub use sentence::denied_sentence;
pub use statement::Effect;
pub use typed::ValueType;

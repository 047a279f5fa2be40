//! The operations as types, each with both ways between values and its input and output.

use contract::{FromValue, Misshapen, OperationMeta, ToValue, Value};

mod operations;

pub use operations::OPERATIONS;

/// Into the type and out again.
type BothWays = fn(Value) -> Result<Value, Misshapen>;

/// An operation.
pub struct Typed {
    pub meta: &'static OperationMeta,
    pub input: BothWays,
    pub output: BothWays,
}

fn both_ways<T: FromValue + ToValue>(value: Value) -> Result<Value, Misshapen> {
    T::from_value(value).map(T::to_value)
}

macro_rules! typed {
    ($(contract::$service:ident::$operation:ident),* $(,)?) => {
        &[$(super::Typed {
            meta: &contract::$service::$operation::META,
            input: super::both_ways::<contract::$service::$operation::Input>,
            output: super::both_ways::<contract::$service::$operation::Output>,
        }),*]
    };
}
use typed;

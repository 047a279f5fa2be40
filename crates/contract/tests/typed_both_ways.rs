//! Every generated type takes over what a request or answer holds and gives it back unchanged.

#![allow(clippy::panic)]

mod draw;
mod typed;

use contract::{Service, Shape, Value};
use draw::Draw;

/// Values per type and run.
const CASES: u64 = 30;

fn survives(shape: &'static Shape, both_ways: fn(Value) -> Result<Value, contract::Misshapen>, name: &str) {
    for seed in 0..CASES {
        let value = Draw::typed(seed).value(shape);
        match both_ways(value.clone()) {
            Ok(again) => assert!(again == value, "{name} {} loses something, seed {seed}", shape.name),
            Err(error) => panic!("{name} {} does not take seed {seed}: {error}", shape.name),
        }
    }
}

#[test]
fn every_type_gives_back_what_it_took() {
    let count: usize = Service::ALL.iter().map(|service| service.meta().operations.len()).sum();
    assert_eq!(typed::OPERATIONS.len(), count);
    for operation in typed::OPERATIONS {
        survives(operation.meta.input, operation.input, operation.meta.name);
        if let Some(shape) = operation.meta.output {
            survives(shape, operation.output, operation.meta.name);
        }
    }
}

#[test]
fn a_type_refuses_what_lacks_a_required_member_or_is_of_another_kind() {
    for operation in typed::OPERATIONS {
        assert!((operation.input)(Value::Text("text".to_owned())).is_err(), "{}", operation.meta.name);
        let contract::Kind::Struct { members } = operation.meta.input.kind else { panic!("inputs are structures") };
        let empty = Value::Struct(members.iter().map(|_| None).collect());
        assert_eq!(
            (operation.input)(empty).is_ok(),
            members.iter().all(|member| !member.required),
            "{}",
            operation.meta.name
        );
    }
}

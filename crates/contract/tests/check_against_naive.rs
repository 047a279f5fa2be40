//! Random requests for every operation: our checks against a separate naive checker that reads the facts themselves.

#![allow(clippy::panic)]

mod draw;
mod naive;

use contract::{OperationMeta, Service, Value, check, json};
use draw::Draw;
use naive::Naive;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Requests per operation and run.
const CASES: u32 = 100;

fn for_every_request(service: Service, property: impl Fn(&'static OperationMeta, Value) -> Result<(), TestCaseError>) {
    for meta in service.meta().operations {
        let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
        let result =
            TestRunner::new(config).run(&any::<u64>(), |seed| property(meta, Draw::new(seed).value(meta.input)));
        if let Err(error) = result {
            panic!("{} {}: {error}", service.meta().name, meta.name);
        }
    }
}

fn told_alike(service: Service) {
    let naive = Naive::of(service.meta().name);
    for_every_request(service, |meta, value| {
        let request = json::encode(meta.input, &value);
        let violations = check::check(meta.input, &value);
        if violations.len() < check::VIOLATIONS_MAX {
            prop_assert_eq!(check::message(&violations), naive.sentence(meta.name, &request), "request {}", request);
        }
        Ok(())
    });
}

#[test]
fn up_07_user_pools_are_checked_as_the_facts_say() {
    told_alike(Service::CognitoIdp);
}

#[test]
fn identity_pools_are_checked_as_the_facts_say() {
    told_alike(Service::CognitoIdentity);
}

#[test]
fn sync_is_checked_as_the_facts_say() {
    told_alike(Service::CognitoSync);
}

#[test]
fn sts_is_checked_as_the_facts_say() {
    told_alike(Service::Sts);
}

#[test]
fn iam_is_checked_as_the_facts_say() {
    told_alike(Service::Iam);
}

#[test]
fn every_request_survives_the_way_through_json() {
    for service in Service::ALL {
        for_every_request(service, |meta, value| {
            let text = json::encode_vec(meta.input, &value);
            prop_assert!(
                json::decode_slice(meta.input, &text).as_ref() == Ok(&value),
                "{}",
                String::from_utf8_lossy(&text)
            );
            prop_assert!(json::decode(meta.input, &json::encode(meta.input, &value)).as_ref() == Ok(&value));
            Ok(())
        });
    }
}

#[test]
fn a_spoiled_request_is_refused_or_read_and_never_a_panic() {
    let places: std::cell::Cell<(u32, u32)> = std::cell::Cell::default();
    for service in Service::ALL {
        for meta in service.meta().operations {
            for seed in 0..u64::from(CASES) {
                let mut draw = Draw::new(seed);
                let mut request = json::encode(meta.input, &draw.value(meta.input));
                draw.spoil(&mut request);
                let (mut read, mut refused) = places.get();
                match json::decode_slice(meta.input, request.to_string().as_bytes()) {
                    Ok(value) => {
                        let _ = check::check(meta.input, &value);
                        read += 1;
                    }
                    Err(_) => refused += 1,
                }
                places.set((read, refused));
            }
        }
    }
    let (read, refused) = places.get();
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused: the test no longer tries both");
}

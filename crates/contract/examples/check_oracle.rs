//! Writes random requests with our verdict on each, one JSON object per line, for `e2e/python/contract_oracle.py`.
//!
//! Arguments: a seed and the number of requests per operation.

#![allow(clippy::print_stdout)]

#[path = "../tests/draw/mod.rs"]
mod draw;

use contract::{OperationMeta, Service, check, json};
use draw::Draw;
use serde_json::{Value as Json, json};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let (Some(Ok(seed)), Some(Ok(count))) = (numbers.next(), numbers.next()) else {
        println!("usage: check_oracle SEED REQUESTS_PER_OPERATION");
        return;
    };
    for service in Service::ALL {
        for meta in service.meta().operations {
            for at in 0..count {
                let mut draw = Draw::new(seed.wrapping_mul(1_000_003).wrapping_add(at));
                let mut request = json::encode(meta.input, &draw.value(meta.input));
                // Every third request has a JSON type wrong somewhere.
                if at % 3 == 2 {
                    draw.spoil(&mut request);
                }
                println!("{}", verdict(service, meta, &request));
            }
        }
    }
}

fn verdict(service: Service, meta: &OperationMeta, request: &Json) -> Json {
    let verdict = match json::decode_slice(meta.input, request.to_string().as_bytes()) {
        Ok(value) => {
            let violations = check::check(meta.input, &value);
            let told =
                violations.iter().map(|violation| json!({"path": violation.path, "constraint": violation.constraint}));
            json!({"violations": told.collect::<Json>(), "cut": violations.len() >= check::VIOLATIONS_MAX})
        }
        Err(error) => json!({"misfit": {"path": error.path, "expected": error.expected}}),
    };
    json!({"service": service.meta().name, "operation": meta.name, "request": request, "verdict": verdict})
}

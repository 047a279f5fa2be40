//! Runs checks in the order they are written, and counts them in the words `run.py` reads.

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use std::fmt::Debug;
use std::time::Instant;

/// How a check ends: an `Err` says what it saw.
pub type Outcome = Result<(), String>;

/// The running count.
#[derive(Debug, Default)]
pub struct Checks {
    passed: u32,
    failed: u32,
}

impl Checks {
    /// Runs one titled check.
    pub async fn run(&mut self, title: &str, body: impl Future<Output = Outcome>) {
        let began = Instant::now();
        match body.await {
            Ok(()) => {
                self.passed += 1;
                println!("ok     {title} ({:.2} s)", began.elapsed().as_secs_f64());
            }
            Err(found) => {
                self.failed += 1;
                println!("FAILED {title}\n    {found}");
            }
        }
    }

    /// The closing line; answers the exit code that goes with it.
    #[must_use]
    pub fn close(&self, name: &str) -> i32 {
        println!("{name}: {} passed, {} failed", self.passed, self.failed);
        i32::from(self.failed > 0 || self.passed == 0)
    }
}

/// The answer of a call that must succeed.
pub fn taken<T, E: ProvideErrorMetadata + Debug, R: Debug>(answer: Result<T, SdkError<E, R>>) -> Result<T, String> {
    answer.map_err(|error| match error.as_service_error() {
        Some(refusal) => format!("refused: {:?}: {:?}", refusal.code(), refusal.message()),
        None => format!("{error:?}"),
    })
}

/// A call that must be refused with this code and, when given, exactly this sentence; answers the error by its type.
pub fn refused<T: Debug, E: ProvideErrorMetadata + Debug, R: Debug>(
    answer: Result<T, SdkError<E, R>>,
    code: &str,
    sentence: Option<&str>,
) -> Result<E, String> {
    match answer {
        Ok(answer) => Err(format!("expected {code}, but it was accepted: {answer:?}")),
        Err(SdkError::ServiceError(context)) => {
            let error = context.into_err();
            same(error.code(), Some(code), "code")?;
            if sentence.is_some() {
                same(error.message(), sentence, "sentence")?;
            }
            Ok(error)
        }
        Err(other) => Err(format!("expected {code}, got {other:?}")),
    }
}

/// Equality that says what it saw.
pub fn same<T: PartialEq<U> + Debug, U: Debug>(got: T, wanted: U, what: &str) -> Outcome {
    if got == wanted { Ok(()) } else { Err(format!("{what}: wanted {wanted:?}, got {got:?}")) }
}

/// A condition that says what it was.
pub fn truth(condition: bool, what: &str) -> Outcome {
    if condition { Ok(()) } else { Err(what.to_owned()) }
}

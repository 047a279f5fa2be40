//! What the readers of one request share: the way down to a mistake, what was wrong, and how much room is left.

use crate::budget::Budget;
use crate::place::{Step, located};
use serde::de::Error;
use std::cell::RefCell;

/// Gathers the steps while an error travels up.
#[derive(Debug, Default)]
pub struct Trail {
    steps: RefCell<Vec<Step>>,
    problem: RefCell<Option<String>>,
    budget: Budget,
}

impl Trail {
    /// Notes what is wrong and starts the way up. The error itself is a carrier only: its text is never shown.
    pub fn stop<E: Error>(&self, problem: impl Into<String>) -> E {
        self.problem.borrow_mut().get_or_insert_with(|| problem.into());
        E::custom("noted in the trail")
    }

    /// Notes a step on the way up.
    pub fn up<E>(&self, step: Step) -> impl FnOnce(E) -> E {
        move |error| {
            self.steps.borrow_mut().push(step);
            error
        }
    }

    /// Takes room for `places` values.
    ///
    /// # Errors
    /// When the request holds more than any honest one.
    pub fn room<E: Error>(&self, places: usize) -> Result<(), E> {
        if self.budget.take(places) { Ok(()) } else { Err(self.stop("The request holds too many values")) }
    }

    /// The problem with its place; none when the error came from the JSON text itself.
    pub fn told(&self) -> Option<String> {
        let problem = self.problem.borrow_mut().take()?;
        Some(located(problem, self.steps.borrow().iter().rev().copied()))
    }
}

//! Statements on record: a test asks which statements a request ran, and sees that two requests that must look alike from
//! outside are alike inside as well.

use std::sync::{Mutex, PoisonError};

/// Writes down the statements of every transaction, by their texts in the source.
#[derive(Debug, Default)]
pub struct Statements {
    seen: Mutex<Vec<&'static str>>,
}

impl Statements {
    /// What was run since the last time, in its order.
    pub fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn note(&self, statement: &'static str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
    }
}

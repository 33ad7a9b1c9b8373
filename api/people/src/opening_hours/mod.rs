//! When a centre is open: its calendar as it is written, and what follows from it.

pub mod calendar;
pub mod rules;
pub mod term;

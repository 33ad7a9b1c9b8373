//! Placeholder.

pub mod protect;

//! The tokens of a session: what they say, and how they are read again. Whose they are is found out elsewhere.

pub mod access;
pub mod refresh;
mod seen;

//! Who may do what: the authorization matrix over every operation of the contract, and that what is out of scope looks
//! exactly like what does not exist.

mod callers;
mod held;
mod matrix;
mod references;

pub use callers::{Caller, Callers};

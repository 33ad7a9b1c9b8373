//! Demonstration data: two centres, their staff, a dozen participants and their appointments of the coming days. Everybody in
//! it is invented. The demonstration runs the service as it is; only its data directory, its passwords and its permission to
//! push to this machine are its own.

mod people;
mod seed;

pub use people::{PASSWORD, STAFF};
pub use seed::{Demonstration, seed};

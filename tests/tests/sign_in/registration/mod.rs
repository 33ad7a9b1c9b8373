//! What the sweeps go through of signing in.

mod canaries;
pub mod enrolment;
pub mod factors;
pub mod sessions;

pub use canaries::STAFF_NAME;

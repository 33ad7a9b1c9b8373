//! Plan templates: who writes which, their versions, and what is refused.

mod registration;
mod writing;

pub use registration::{FEATURE, template};
pub use writing::{content, make, phase};

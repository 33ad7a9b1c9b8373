//! Who people are to the service: passwords, second factors and devices of staff, codes that make a phone a participant's, sessions and
//! their tokens, and what somebody sees and changes of themselves. Whom they accompany is none of its business.

pub mod callers;
pub mod enrolment;
pub mod passwords;
mod services;
pub mod session;
pub mod sign_in;
pub mod things;
pub mod tokens;
pub mod typed;

pub use services::{Identity, SignInServices, StartError};

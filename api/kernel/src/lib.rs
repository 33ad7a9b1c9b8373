//! What every operation needs, whatever it is about: who is calling and what they may see, the unit of work with its line in the audit
//! log, readings that are recorded, what a handler takes from a request and answers, sealed fields, time that passes by itself, and how a
//! feature says what phones get of it. It knows no feature; Cargo sees to that, since it depends on none.

pub mod access;
pub mod agenda;
pub mod audit;
pub mod audit_repeat;
pub mod caching;
pub mod door;
pub mod error;
pub mod extract;
pub mod first_id;
pub mod heartbeat;
mod idempotency;
mod kernel;
pub mod legible;
pub mod page;
pub mod problems;
pub mod protect;
pub mod reading;
pub mod reply;
pub mod request_id;
pub mod supervise;
pub mod sync_form;
pub mod things;
pub mod work;

pub use error::{Error, Result};
pub use kernel::{Bells, Kernel, Keys, Services};

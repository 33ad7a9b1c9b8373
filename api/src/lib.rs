//! Muwakaba's service: the library behind the binary `muwakaba`.
//!
//! One feature is one folder of short files: `mod.rs` says what it is and holds its router, `http.rs` reads as the journey's
//! sentence (parse, authorize, rule, store, reply), `rules.rs` is pure, `store.rs` is SQL only. `serve` puts them together.

pub mod access;
pub mod agenda;
pub mod app;
pub mod appointment;
pub mod assignment;
pub mod audit;
pub mod audit_log;
pub mod audit_repeat;
pub mod background;
mod buttons;
pub mod centre;
pub mod command_line;
pub mod device;
pub mod doctor;
pub mod documentation;
pub mod emergency_access;
pub mod enrolment;
pub mod error;
pub mod extract;
pub mod heartbeat;
mod idempotency;
pub mod legible;
pub mod life;
pub mod notification;
pub mod openapi;
pub mod page;
pub mod participant;
pub mod protect;
pub mod push;
pub mod reading;
pub mod reply;
pub mod retention;
pub mod serve;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod staff;
pub mod sync;
mod sync_form;
pub mod telemetry;
pub mod things;
pub mod work;

pub use app::App;
pub use error::{Error, Result};

//! What the service is for, one folder a feature: who is accompanied by whom, what they agreed on, and what they are told.
//!
//! In a feature, `mod.rs` says what it is and holds its router, `http.rs` reads as the journey's sentence (parse, authorize, rule, store,
//! reply), `rules.rs` is pure, `store.rs` is SQL only.

pub mod app;
pub mod appointment;
pub mod assignment;
pub mod audit_log;
mod buttons;
pub mod centre;
pub mod device;
pub mod emergency_access;
pub mod life;
mod mutation;
pub mod notification;
pub mod participant;
pub mod push;
pub mod staff;
pub mod sync;

pub use app::App;

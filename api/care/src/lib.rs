//! What the service is for, one folder a feature: who is accompanied by whom, what they agreed on, and what they are told.
//!
//! In a feature, `mod.rs` says what it is and what everything else needs to know of it ([`app::Feature`]), `http.rs` reads as the journey's
//! sentence (parse, authorize, rule, store, reply), `rules.rs` is pure, `store.rs` is SQL only. A feature that has a line in [`FEATURES`] is
//! in the service; one that has none is not.

pub mod accompanied;
pub mod app;
pub mod calling;
pub mod life;
pub mod names;
pub mod opening_hours;
mod public_text;
pub mod push;

pub mod absence;
pub mod appointment;
pub mod assignment;
pub mod audit_log;
pub mod centre;
pub mod check_in;
pub mod consent;
pub mod contact;
pub mod contact_attempt;
pub mod custom_questions;
pub mod device;
pub mod emergency_access;
pub mod employer;
pub mod impression;
pub mod need;
pub mod notification;
pub mod participant;
pub mod placement;
pub mod posting;
pub mod questionnaire;
pub mod readiness;
pub mod referral;
pub mod staff;
pub mod sync;
pub mod timeline;
pub mod visit;
pub mod visit_question;
pub mod work_item;

pub use app::App;

/// Every feature. Where one thing follows from another, as when a participant moves to another centre, they take part in this order.
pub const FEATURES: &[&app::Feature] = &[
    &centre::FEATURE,
    &staff::FEATURE,
    &participant::FEATURE,
    &appointment::FEATURE,
    &impression::FEATURE,
    &visit::FEATURE,
    &employer::FEATURE,
    &placement::FEATURE,
    &readiness::FEATURE,
    &referral::FEATURE,
    &consent::FEATURE,
    &questionnaire::FEATURE,
    &custom_questions::FEATURE,
    &check_in::FEATURE,
    &visit_question::FEATURE,
    &need::FEATURE,
    &contact_attempt::FEATURE,
    &contact::FEATURE,
    &posting::FEATURE,
    &absence::FEATURE,
    &assignment::FEATURE,
    &work_item::FEATURE,
    &emergency_access::FEATURE,
    &device::FEATURE,
    &notification::FEATURE,
    &sync::FEATURE,
    &timeline::FEATURE,
    &audit_log::FEATURE,
];

/// The pages of features for people who have no account.
pub const PAGES: &[app::Pages] = &[referral::page::PAGES];

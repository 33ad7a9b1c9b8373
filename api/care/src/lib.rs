//! The features, all of them in one list, and those that look at all the others: centres, what phones are told, the timeline, the audit log.
//!
//! A feature is a folder of one of four crates. Its `mod.rs` says what it is and what everything else needs to know of it ([`app::Feature`]),
//! `http.rs` reads as the journey's sentence (parse, authorize, rule, store, reply), `rules.rs` is pure, `store.rs` is SQL only. A feature
//! that has a line in [`FEATURES`] is in the service; one that has none is not.

pub mod audit_log;
pub mod centre;
pub mod digest;
pub mod hand_over;
pub mod merging;
pub mod recurrence;

pub mod plan;
pub mod plan_template;
pub mod sync;
pub mod timeline;

pub use meetings::{
    appointment, check_in, custom_questions, impression, notification, outage, questionnaire, visit,
    visit_question,
};
pub use people::{
    App, absence, accompanied, app, assignment, calling, consent, contact, contact_way, device,
    emergency_access, life, names, opening_hours, participant, posting, push, recorded, staff, work_item,
};
pub use support::{call, contact_attempt, employer, goal, need, placement, readiness, referral};

use people::public_text;

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
    &plan_template::FEATURE,
    // What it holds it holds before its check-ins.
    &plan::FEATURE,
    &check_in::FEATURE,
    &outage::FEATURE,
    &visit_question::FEATURE,
    &need::FEATURE,
    &goal::FEATURE,
    &contact_attempt::FEATURE,
    &call::FEATURE,
    &contact::FEATURE,
    &hand_over::FEATURE,
    &contact_way::FEATURE,
    &posting::FEATURE,
    &absence::FEATURE,
    &assignment::FEATURE,
    &merging::FEATURE,
    &work_item::FEATURE,
    &digest::FEATURE,
    &emergency_access::FEATURE,
    &device::FEATURE,
    &notification::FEATURE,
    &sync::FEATURE,
    &timeline::FEATURE,
    &audit_log::FEATURE,
];

/// The pages of features for people who have no account.
pub const PAGES: &[app::Pages] = &[referral::page::PAGES];

//! Every test of the service through its real surface, on both databases.

mod absences;
mod access;
mod aftercare_plans;
mod appointments;
mod architecture;
mod check_ins;
mod command_line;
mod consents;
mod contacts;
mod contract;
mod digests;
mod door;
mod emergency_access;
mod fcm;
mod goals;
mod hand_overs;
mod impressions;
mod input;
mod merging;
mod needs;
mod notifications;
mod operations;
mod outages;
mod people;
mod placements;
mod plan_templates;
mod plans;
mod postings;
mod privacy;
mod questionnaires;
mod races;
mod reaching;
mod readiness;
mod referrals;
mod registry;
mod sign_in;
mod simulation;
mod storage;
mod sync;
mod timeline;
mod tokens;
mod upgrade;
mod visits;
mod work_items;

/// The features, for the sweeps that go through all of them: each stands after those that it needs. What one tells of itself, and what
/// that is for, is in `registry`.
const FEATURES: &[&registry::Feature] = &[
    &appointments::FEATURE,
    &impressions::FEATURE,
    &people::registration::audit_log::FEATURE,
    &notifications::registration::messages::FEATURE,
    &sync::FEATURE,
    &visits::FEATURE,
    &placements::EMPLOYERS,
    &placements::FEATURE,
    &readiness::FEATURE,
    &consents::FEATURE,
    &referrals::FEATURE,
    &questionnaires::FEATURE,
    &check_ins::FEATURE,
    &outages::FEATURE,
    &plan_templates::FEATURE,
    &aftercare_plans::FEATURE,
    &visits::questions::FEATURE,
    &needs::FEATURE,
    &goals::FEATURE,
    &contacts::FEATURE,
    &reaching::FEATURE,
    &people::registration::assignments::FEATURE,
    &absences::FEATURE,
    &hand_overs::FEATURE,
    &work_items::FEATURE,
    &digests::FEATURE,
    &postings::FEATURE,
    &people::registration::centres::FEATURE,
    &notifications::registration::devices::FEATURE,
    &emergency_access::FEATURE,
    &sign_in::registration::enrolment::FEATURE,
    &sign_in::registration::factors::FEATURE,
    &sign_in::registration::sessions::FEATURE,
    &people::registration::participants::FEATURE,
    &merging::FEATURE,
    &people::registration::staff::FEATURE,
    &storage::FEATURE,
];

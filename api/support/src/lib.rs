//! What somebody is helped with: work and papers, needs and strengths, referrals to partners, and what was tried to reach them.

pub mod call;
pub mod contact_attempt;
pub mod employer;
pub mod goal;
pub mod need;
pub mod placement;
pub mod readiness;
pub mod referral;

use people::{
    App, accompanied, app, consent, contact, contact_way, opening_hours, participant, posting, public_text,
    work_item,
};

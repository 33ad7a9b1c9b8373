//! What people agree to meet for and are asked: appointments, visits and check-ins, what was said of them, and the messages about them.

pub mod appointment;
pub mod check_in;
pub mod custom_questions;
pub mod impression;
pub mod notification;
pub mod outage;
pub mod questionnaire;
pub mod visit;
pub mod visit_question;

use people::{
    App, accompanied, app, assignment, calling, contact, emergency_access, life, opening_hours, participant,
    posting, public_text, recorded, work_item,
};

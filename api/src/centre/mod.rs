//! Accompaniment centres: their name, zone, calendar of opening hours and closed days, and their own reminder policy. Every
//! participant and every staff member belongs to one.
//!
//! Administrators run all centres. A manager reads and changes the calendar and the policy of their own centre; mentors and
//! counsellors read theirs, to know when it is open.

pub mod calendar;
pub mod rules;

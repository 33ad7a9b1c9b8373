//! What the sweeps go through of the people themselves. They are there from the start; what is here is what can be done about them.

pub mod assignments;
pub mod audit_log;
pub mod centres;
pub mod participants;
pub mod staff;

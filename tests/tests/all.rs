//! Every test of the service through its real surface, on both databases.

mod access;
mod appointments;
mod architecture;
mod command_line;
mod contract;
mod door;
mod emergency_access;
mod fcm;
mod input;
mod notifications;
mod operations;
mod people;
mod plans;
mod privacy;
mod races;
mod sign_in;
mod storage;
mod sync;
mod tokens;
mod upgrade;

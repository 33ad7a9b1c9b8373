//! Every test of the service through its real surface, on both databases.

mod access;
mod appointments;
mod architecture;
mod fcm;
mod input;
mod operations;
mod privacy;
mod storage;
mod tokens;

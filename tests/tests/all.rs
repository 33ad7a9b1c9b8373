//! Every test of the service through its real surface, on both databases.

mod appointments;
mod contract;
mod door;
mod fcm;
mod sign_in;
mod storage;

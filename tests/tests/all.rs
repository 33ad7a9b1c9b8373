//! Every test of the service through its real surface, on both databases.

mod appointments;
mod notifications;

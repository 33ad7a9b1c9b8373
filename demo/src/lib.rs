//! Trying Muwakaba out: the service with demonstration data, and a phone in a terminal. The library behind the binary
//! `muwakaba-demo`, which is apart from the program that ships: that has neither invented people nor a way to print a code of
//! somebody's authenticator, and links nothing that only a terminal needs.
//!
//! The data are three centres, their staff, two hundred participants with a year of history, and what lies ahead of them. Everybody
//! in them is invented. The demonstration runs the service as it is; only its data directory, its passwords and its permission to push to
//! this machine are its own.

mod arguments;
mod authenticator;
pub mod command_line;
mod credentials;
mod guide;
mod people;
pub mod phone;
pub mod seed;
mod service;

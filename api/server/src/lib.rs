//! Muwakaba's service: the library behind the binary `muwakaba`. It puts the parts together, opens the door to them, and does what is
//! done without being asked.

pub mod assemble;
pub mod background;
pub mod command_line;
pub mod constant;
pub mod contract;
pub mod doctor;
pub mod documentation;
pub mod health;
pub mod limits;
pub mod operations;
pub mod outcome;
pub mod proxies;
pub mod retention;
pub mod serve;
pub mod service;
pub mod settings;
pub mod start;
pub mod telemetry;

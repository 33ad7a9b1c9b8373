//! What the sweeps go through of notifications and of the devices that they are sent to.

pub mod devices;
pub mod messages;

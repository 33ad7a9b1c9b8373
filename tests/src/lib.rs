//! Test support: doubles of the services that Muwakaba talks to, for tests, benchmarks and the demonstration.

pub mod fcm_double;

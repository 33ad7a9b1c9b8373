//! Every test that needs more than one crate, in one binary, which links once.

#[cfg(test)]
mod fcm;

//! What time must keep to: the tables of real changes of the clock, and the laws that hold for every moment.

mod clock;
mod imprecise;
#[cfg(feature = "storage")]
mod storage;
mod text;
mod version;
mod zones;

use super::{Instant, LocalDateTime, ZoneName};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn local(text: &str) -> LocalDateTime {
    text.parse().unwrap()
}

fn zone(text: &str) -> ZoneName {
    text.parse().unwrap()
}

//! Time as this service means it. What people agree on is a [`LocalDateTime`] in a zone ([`ZoneName`]): "ten o'clock in
//! Casablanca". That is the stored truth. The [`Instant`] at which it happens is derived from it by [`Zones`], which holds
//! the rules of every zone, and is derived again when those rules change: Morocco's did in 2026. Nothing in the service asks
//! the system what time it is; whoever needs to know is handed a [`Clock`].

mod clock;
mod digits;
mod imprecise;
mod instant;
mod local;
#[cfg(feature = "storage")]
mod storage;
mod text;
mod version;
mod zone_name;
mod zones;

#[cfg(test)]
mod tests;

pub use clock::{Clock, Delay, ManualClock, ManualDelay, SystemClock};
pub use imprecise::{ImpreciseDate, InvalidImpreciseDate};
pub use instant::{Instant, InvalidInstant};
pub use local::{InvalidLocalDateTime, LocalDateTime};
pub use version::ZoneDataVersion;
pub use zone_name::{InvalidZoneName, ZoneName};
pub use zones::{Adjustment, Resolved, ZoneDataUnreadable, ZoneSource, ZoneUnknown, Zones};

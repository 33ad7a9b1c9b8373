//! When a centre is open, as it lies in its table.

use contract::time::ZoneName;

/// When a centre is open.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpeningHours {
    /// As JSON.
    pub calendar: String,
    /// On whose wall they are meant.
    #[sqlx(rename = "centre_zone")]
    pub zone: ZoneName,
}

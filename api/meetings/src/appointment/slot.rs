//! One of the times that are offered for an appointment.

use super::time::{AgreedTime, TimeAdjustment};
use contract::{
    AppointmentId, IdSource, SlotId, SlotState,
    time::{Instant, LocalDateTime, ZoneName},
};

/// One of the times that are offered.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Slot {
    /// Its id.
    pub id: SlotId,
    /// For which appointment.
    pub appointment_id: AppointmentId,
    /// Start on the wall.
    pub local_start: LocalDateTime,
    /// End on the wall.
    pub local_end: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// Start, derived.
    pub starts_at: Instant,
    /// End, derived.
    pub ends_at: Instant,
    /// Whether the host or the participant has another appointment then; not asked of times that are over.
    pub is_taken: bool,
    /// What had to be done to it; known only while it is being offered.
    #[sqlx(skip)]
    pub adjustment: Option<TimeAdjustment>,
}

impl Slot {
    /// A new one.
    pub fn new(ids: &dyn IdSource, appointment: AppointmentId, time: &AgreedTime) -> Self {
        Self {
            id: SlotId::new(ids),
            appointment_id: appointment,
            local_start: time.local_start,
            local_end: time.local_end,
            zone: time.zone.clone(),
            starts_at: time.starts_at,
            ends_at: time.ends_at,
            is_taken: false,
            adjustment: time.adjustment,
        }
    }

    /// Whether it can be chosen at `now`.
    pub fn state(&self, now: Instant) -> SlotState {
        if self.starts_at <= now {
            SlotState::Past
        } else if self.is_taken {
            SlotState::Taken
        } else {
            SlotState::Open
        }
    }

    /// As the time of its appointment.
    pub fn time(&self) -> AgreedTime {
        AgreedTime {
            local_start: self.local_start,
            local_end: self.local_end,
            zone: self.zone.clone(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            adjustment: None,
        }
    }
}

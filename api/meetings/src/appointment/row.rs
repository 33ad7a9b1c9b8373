//! An appointment as it lies in its table.

use super::{
    request::MIN_MINUTES,
    slot::Slot,
    standing::{Standing, Stored},
    time::AgreedTime,
};
use contract::{
    AppointmentId, AppointmentKind, AppointmentState, CentreId, ParticipantId, PlaceKind, StaffId,
    TimeOrigin,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::protect::seal::{Sealed, WrappedKey};

/// The columns of a [`Row`] but for its key, in its order, of a table that is called `a`.
macro_rules! columns {
    () => {
        "a.id, a.centre_id, a.participant_id, a.host_id, a.kind, a.state, a.local_start, a.local_end, a.zone, a.starts_at, \
         a.ends_at, a.time_origin, a.holds_time, a.place_kind, a.place_sealed, a.guidance_sealed, a.change_wish_sealed, \
         a.reason_sealed, a.created_at, a.version, a.group_versions, a.outcome, a.outcome_side, a.outcome_cause, a.outcome_late, \
         a.outcome_tried, a.outcome_version, "
    };
}
pub(super) use columns;

/// An appointment as it lies in its table, with its participant's data key.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: AppointmentId,
    /// Its centre.
    pub centre_id: CentreId,
    /// Who comes.
    pub participant_id: ParticipantId,
    /// Whom they come to.
    pub host_id: StaffId,
    /// What it is for.
    pub kind: AppointmentKind,
    /// Where it stands.
    #[sqlx(flatten, try_from = "Stored")]
    pub standing: Standing,
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
    /// How that time came about. While several are offered, the time above is the first of them.
    pub time_origin: TimeOrigin,
    /// Whether it takes its time in the calendars of host and participant.
    pub holds_time: bool,
    /// The times that are offered.
    #[sqlx(skip)]
    pub slots: Vec<Slot>,
    /// How the two meet.
    pub place_kind: PlaceKind,
    /// Where, sealed.
    pub place_sealed: Option<Sealed>,
    /// What to bring, sealed.
    pub guidance_sealed: Option<Sealed>,
    /// The wish for another time, sealed.
    pub change_wish_sealed: Option<Sealed>,
    /// Why it stands as it does, sealed.
    pub reason_sealed: Option<Sealed>,
    /// When it was made.
    pub created_at: Instant,
    /// Counts its changes.
    pub version: i64,
    /// When its groups of fields changed last, as [`GroupVersions`](super::groups::GroupVersions) keeps it.
    pub group_versions: Option<String>,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// In which state it is.
    pub const fn state(&self) -> AppointmentState {
        self.standing.state()
    }

    /// Whether it offers several times.
    pub fn is_offering(&self) -> bool {
        self.time_origin == TimeOrigin::Offered
    }

    /// When the latest of the times that it has or offers is over.
    pub fn ends_last(&self) -> Instant {
        self.slots.iter().map(|slot| slot.ends_at).fold(self.ends_at, Instant::max)
    }

    /// How long it takes.
    pub fn minutes(&self) -> u16 {
        u16::try_from(self.ends_at.since(self.starts_at).num_minutes()).unwrap_or(MIN_MINUTES)
    }

    /// When it is.
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

    /// Puts it at this time.
    pub fn set_time(&mut self, time: AgreedTime) {
        self.local_start = time.local_start;
        self.local_end = time.local_end;
        self.zone = time.zone;
        self.starts_at = time.starts_at;
        self.ends_at = time.ends_at;
    }
}

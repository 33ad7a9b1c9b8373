//! What callers get to see of an appointment.

use super::{
    ending::Ending,
    row::Row,
    rules::{ActingAs, Situation, Timing, possible},
    slot,
    time::TimeAdjustment,
    words::{OutcomeAttempt, OutcomeCause, OutcomeSide},
};
use contract::{
    AppointmentCommand, AppointmentId, AppointmentKind, AppointmentOutcome, AppointmentState, NoteId,
    NoteVisibility, ParticipantId, PersonKind, PlaceKind, SlotId, SlotState, StaffId, TimeOrigin,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::Kernel;
use kernel::{
    access::Actor,
    error::Result,
    protect::{
        privacy::{Address, Note, expose_in_answer, expose_in_answer_if_any},
        seal::{DataKey, Field, Sealed},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// Where the two meet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    /// How they meet.
    pub kind: PlaceKind,
    /// The address and how to get there, the number that will call, or the link.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub details: Option<Address>,
}

/// One of the times that are offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Slot {
    /// Its id, by which it is chosen.
    pub id: SlotId,
    /// Whether it can be chosen now.
    pub state: SlotState,
    /// Start on the wall. Show it as it is.
    pub local_start: LocalDateTime,
    /// End on the wall.
    pub local_end: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// Start, as an instant.
    pub starts_at: Instant,
    /// End, as an instant.
    pub ends_at: Instant,
    /// In the answer to the request that offered it: what had to be done to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_adjustment: Option<TimeAdjustment>,
}

impl Slot {
    fn seen(slot: &slot::Slot, now: Instant) -> Self {
        Self {
            id: slot.id,
            state: slot.state(now),
            local_start: slot.local_start,
            local_end: slot.local_end,
            zone: slot.zone.clone(),
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
            time_adjustment: slot.adjustment,
        }
    }
}

/// How a meeting ended, beside the word for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outcome {
    /// On whose side it lay, if there was no meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<OutcomeSide>,
    /// Why, from the list of that side. Only for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<OutcomeCause>,
    /// Whether what kept the participant away was accepted.
    pub accepted: bool,
    /// Whether the participant came late.
    pub late: bool,
    /// What was tried. Only for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 7)]
    pub tried: Option<Vec<OutcomeAttempt>>,
    /// Whether it counts as an absence of the participant. Count by this, and by nothing else: what the service caused is nobody's absence.
    pub counts_as_absence: bool,
}

impl Outcome {
    /// As staff see it.
    pub fn to_staff(ending: &Ending) -> Self {
        Self { cause: ending.cause, tried: Some(ending.tried.clone()), ..Self::to_participant(ending) }
    }

    /// As the participant sees it.
    pub fn to_participant(ending: &Ending) -> Self {
        Self {
            side: ending.side,
            cause: None,
            accepted: ending.is_accepted,
            late: ending.is_late,
            tried: None,
            counts_as_absence: ending.counts(),
        }
    }
}

/// How an appointment was said to have ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordedOutcome {
    /// How.
    pub outcome: AppointmentOutcome,
    /// The rest of it.
    pub said: Outcome,
    /// Why, in the words of whoever recorded it; of a correction, why the entry before was wrong.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// When.
    pub recorded_at: Instant,
    /// The word in which the first release recorded it: `attended`, `no_show` or `excused`. Absent in what was recorded since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_as: Option<&'static str>,
}

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Who comes.
    pub participant_id: ParticipantId,
    /// Whom they come to.
    pub host_id: StaffId,
    /// What it is for.
    pub kind: AppointmentKind,
    /// Where it stands.
    pub state: AppointmentState,
    /// How its time came about. `offered`: none is agreed on yet, and the time below is only the first of `slots`.
    pub time_origin: TimeOrigin,
    /// Start, as it was agreed on the wall. Show it as it is.
    pub local_start: LocalDateTime,
    /// End on the wall.
    pub local_end: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// Start, as an instant.
    pub starts_at: Instant,
    /// End, as an instant.
    pub ends_at: Instant,
    /// The times to choose from, in their order; absent where there is no choice to make.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    /// In the answer to the request that set the time: what had to be done to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_adjustment: Option<TimeAdjustment>,
    /// Where they meet.
    pub place: Place,
    /// What the participant should know or bring.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub guidance: Option<Note>,
    /// The wish of a participant who asked for another time.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub change_wish: Option<Note>,
    /// How the meeting ended, beside what `state` says; absent until that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Why it was declined, cancelled or ended as it did. Only for staff.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// What this caller can do with it now.
    pub possible_commands: Vec<AppointmentCommand>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl Appointment {
    /// As this caller may see it.
    pub fn seen_by(actor: &Actor, row: &Row, kernel: &Kernel, now: Instant) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let is_staff = actor.kind() == PersonKind::Staff;
        let seen = row.slots.iter().map(|slot| Slot::seen(slot, now)).collect();
        let text = Opener { key: &key, row: row.id };
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            host_id: row.host_id,
            kind: row.kind,
            state: row.state(),
            time_origin: row.time_origin,
            local_start: row.local_start,
            local_end: row.local_end,
            zone: row.zone.clone(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            slots: if row.state().is_open() { seen } else { Vec::new() },
            time_adjustment: None,
            place: Place {
                kind: row.place_kind,
                details: text.open("place_sealed", row.place_sealed.as_ref())?,
            },
            guidance: text.open("guidance_sealed", row.guidance_sealed.as_ref())?,
            change_wish: text.open("change_wish_sealed", row.change_wish_sealed.as_ref())?,
            outcome: row.standing.ending().map(if is_staff {
                Outcome::to_staff
            } else {
                Outcome::to_participant
            }),
            reason: if is_staff { text.open("reason_sealed", row.reason_sealed.as_ref())? } else { None },
            possible_commands: possible(situation(actor, row, now)),
            version: row.version,
            created_at: row.created_at,
        })
    }
}

/// What the rules need to know of a row and its caller.
pub fn situation(actor: &Actor, row: &Row, now: Instant) -> Situation {
    let acting_as = match actor.kind() {
        PersonKind::Participant => ActingAs::Participant,
        PersonKind::Staff => ActingAs::Staff,
    };
    Situation { state: row.state(), timing: timing(row, now), acting_as }
}

fn timing(row: &Row, now: Instant) -> Timing {
    match row.time_origin {
        TimeOrigin::Set | TimeOrigin::Chosen if row.starts_at <= now => Timing::Started,
        TimeOrigin::Set | TimeOrigin::Chosen => Timing::Ahead,
        TimeOrigin::Offered if row.slots.iter().any(|slot| slot.state(now) == SlotState::Open) => {
            Timing::Offered
        }
        TimeOrigin::Offered => Timing::Exhausted,
    }
}

struct Opener<'a> {
    key: &'a DataKey,
    row: AppointmentId,
}

impl Opener<'_> {
    fn open<T: kernel::protect::privacy::PrivateText>(
        &self,
        column: &'static str,
        sealed: Option<&Sealed>,
    ) -> Result<Option<T>> {
        let field = Field::new("appointment", column, self.row.0);
        Ok(sealed.map(|sealed| self.key.open_text(field, sealed)).transpose()?)
    }
}

/// A note on an appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentNote {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it.
    pub author_id: StaffId,
    /// Who may read it.
    pub visibility: NoteVisibility,
    /// What it says.
    #[serde(serialize_with = "expose_in_answer")]
    pub body: Note,
    /// When it was written.
    pub created_at: Instant,
}

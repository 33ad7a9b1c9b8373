//! What callers get.

use super::{
    causes::part_of_day,
    list::urgency,
    rules::{self, By, Responsible},
    store::Row,
    words::{PartOfDay, WorkCause, WorkItemCommand, WorkItemId, WorkItemState, WorkUrgency},
};
use contract::{
    AppointmentId, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Name, expose_in_answer_if_any},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Until when somebody should have seen to something. Say it in words ("until Thursday afternoon"), not as a time by the minute.
#[derive(Debug, Serialize, ToSchema)]
pub struct Window {
    /// Its end on the wall of the centre. Show it as it is.
    pub local_end: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// The same as an instant.
    pub ends_at: Instant,
    /// In which part of that day it ends; midnight is the evening before.
    pub part_of_day: PartOfDay,
}

/// An appointment at which the participant will be met anyway.
#[derive(Debug, Serialize, ToSchema)]
pub struct Booked {
    /// Which.
    pub appointment_id: AppointmentId,
    /// When it begins, on the wall.
    pub local_start: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
}

/// Something that somebody of the staff must act on.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkItem {
    /// Its id.
    pub id: WorkItemId,
    /// Whom it is about; absent where an answer is wanted of somebody who may not have them (`hand_over_asked`): what they need to know stands with
    /// what is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_id: Option<ParticipantId>,
    /// How they want to be called; absent likewise.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub participant_name: Option<Name>,
    /// Why somebody is needed.
    pub cause: WorkCause,
    /// What raised it: the check-in, the appointment, the placement, the hand-over, or the participant.
    pub subject_id: Uuid,
    /// Where it stands.
    pub state: WorkItemState,
    /// How soon. In a list and where one is read it is less where an appointment is booked already; in a pull it is as the cause has it, since a
    /// phone knows the appointments that it has.
    pub urgency: WorkUrgency,
    /// Whether it is one step less urgent where an appointment with the participant is booked.
    pub eased_by_appointment: bool,
    /// Until when.
    pub window: Window,
    /// How often its cause came.
    #[schema(minimum = 1)]
    pub times: i64,
    /// When it was opened.
    pub opened_at: Instant,
    /// When its cause came last.
    pub raised_at: Instant,
    /// Whose it is; absent if it is the managers', because nobody else is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible_id: Option<StaffId>,
    /// Who is asked to take it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_id: Option<StaffId>,
    /// Who asks that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<StaffId>,
    /// Until when it is out of sight, on the wall of the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_snoozed_until: Option<LocalDateTime>,
    /// The same as an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Instant>,
    /// For how many days it may be put out of sight.
    pub snoozable_days: Vec<u32>,
    /// At which appointment the participant will be met anyway; not in a pull.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booked: Option<Booked>,
    /// When somebody first did something about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responded_at: Option<Instant>,
    /// When it was overdue, and rose to the managers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rose_at: Option<Instant>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// By whom; absent if its cause went away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<StaffId>,
    /// Why it was dismissed, waits, or was resolved in a way that its cause does not say: a word of `DismissalReason`, `SnoozeReason` or
    /// `ResolutionReason`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the caller can do with it now.
    pub possible_commands: Vec<WorkItemCommand>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

impl WorkItem {
    /// A row as this caller sees it, with the participant's name opened.
    pub fn of(kernel: &Kernel, row: &Row, by: By, now: Instant) -> Result<Self> {
        let name = Field::new("participant", "name_sealed", row.participant_id.0);
        let participant_name = if row.cause.is_for_an_answer() {
            None
        } else {
            let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
            Some(key.open_text(name, &row.name_sealed)?)
        };
        let booked = row.booked.as_ref().map(|booking| Booked {
            appointment_id: booking.id,
            local_start: booking.local_start,
            zone: booking.zone.clone(),
        });
        Ok(Self {
            id: row.id,
            participant_id: (!row.cause.is_for_an_answer()).then_some(row.participant_id),
            participant_name,
            cause: row.cause,
            subject_id: row.subject_id,
            state: row.state,
            urgency: urgency(row),
            eased_by_appointment: row.cause.demand().is_eased_by_appointment,
            window: Window {
                local_end: row.local_due,
                zone: row.zone.clone(),
                ends_at: row.due_at,
                part_of_day: part_of_day(row.local_due),
            },
            times: row.times,
            opened_at: row.opened_at,
            raised_at: row.raised_at,
            responsible_id: match row.responsible() {
                Responsible::Staff(staff) => Some(staff),
                Responsible::Managers => None,
            },
            asked_id: row.asked(),
            asked_by: row.asked_by.filter(|_| row.asked_stays),
            local_snoozed_until: row.local_snoozed,
            snoozed_until: row.snoozed_until,
            snoozable_days: row.cause.demand().snoozes().collect(),
            booked,
            responded_at: row.responded_at,
            rose_at: row.rose_at,
            closed_at: row.closed_at,
            closed_by: row.closed_by,
            reason: row.reason.clone(),
            possible_commands: rules::possible(&row.standing(), by, now),
            version: row.version,
        })
    }
}

/// How much of one cause is open.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CauseCount {
    /// Which cause.
    pub cause: WorkCause,
    /// How many items are open.
    #[schema(minimum = 0)]
    pub open: u32,
    /// How many of them nobody has taken.
    #[schema(minimum = 0)]
    pub untaken: u32,
    /// How many of them are overdue.
    #[schema(minimum = 0)]
    pub overdue: u32,
    /// How many of them are out of sight for now.
    #[schema(minimum = 0)]
    pub snoozed: u32,
}

/// How a centre's work stands: what a manager looks at once a week. It counts items, and compares nobody with anybody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "as_of": "2026-11-23T10:00:00Z",
    "by_cause": [{"cause": "check_in_missed", "open": 4, "untaken": 3, "overdue": 1, "snoozed": 0}],
    "people_accompanied": 63,
    "people_without_lead": 2
}))]
pub struct WorkItemSummary {
    /// When this was so.
    pub as_of: Instant,
    /// What is open, by cause: the most frequent first.
    pub by_cause: Vec<CauseCount>,
    /// How many people the centre accompanies.
    #[schema(minimum = 0)]
    pub people_accompanied: i64,
    /// How many of them nobody accompanies in person.
    #[schema(minimum = 0)]
    pub people_without_lead: i64,
}

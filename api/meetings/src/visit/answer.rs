//! What callers get.

use super::{
    corrections::Former,
    parts::VisitPart,
    store::Row,
    words::{VisitId, VisitKind, VisitReaders},
};
use crate::recorded::MutationResult;
use contract::{
    ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Note, expose_in_answer_if_any},
        seal::{DataKey, Field, Sealed},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// What is to be done next.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextStep {
    /// What; absent for whoever may not read it.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub what: Option<Note>,
    /// By when, as its author read it on the wall of the visit's zone. Show it as it is.
    pub local_due: LocalDateTime,
    /// The same as an instant.
    pub due_at: Instant,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Instant>,
    /// Who said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_by: Option<StaffId>,
}

/// A visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Visit {
    /// Its id.
    pub id: VisitId,
    /// Who was met.
    pub participant_id: ParticipantId,
    /// Who logged it.
    pub author_id: StaffId,
    /// How they met.
    pub kind: VisitKind,
    /// When it began, as its author read it on the wall. Show it as it is.
    pub local_start: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When it began, as an instant.
    pub starts_at: Instant,
    /// How long it took.
    #[schema(minimum = 1, maximum = 720)]
    pub duration_minutes: i64,
    /// Who may read what is written.
    pub readers: VisitReaders,
    /// What was found and agreed; absent for whoever may not read it.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub narrative: Option<Note>,
    /// What is to be done next, or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step: Option<NextStep>,
    /// When the service learnt of it: later than it was, if the phone had no network.
    pub recorded_at: Instant,
    /// When its author's phone recorded it, by its own clock; absent if it was not sent through `pushMutations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted_at: Option<Instant>,
    /// When it was corrected last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Instant>,
    /// When it was withdrawn as entered by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<StaffId>,
    /// Why; absent for whoever may not read what is written of it.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// What became of what was sent with it, one for each in its order; in the answer to `recordVisit` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub parts: Option<Vec<MutationResult>>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// A visit that was entered by mistake, and what was recorded together with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnVisit {
    /// The visit.
    pub visit: Visit,
    /// What came of it, in its order: all of it stays. What is wrong as well is withdrawn by the operations of its own kind.
    #[schema(max_items = 50)]
    pub parts: Vec<VisitPart>,
    /// Whether there are more, which `listVisitParts` tells.
    pub more_parts: bool,
}

/// What a visit said before it was corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerVisit {
    /// The version that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// Who corrected it.
    pub corrected_by: StaffId,
    /// Why; absent for whoever may not read it.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// How they were said to have met.
    pub kind: VisitKind,
    /// When it was said to have begun, on the wall.
    pub local_start: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// The same as an instant.
    pub starts_at: Instant,
    /// How long it was said to have taken.
    #[schema(minimum = 1, maximum = 720)]
    pub duration_minutes: i64,
    /// Who could read what was written.
    pub readers: VisitReaders,
    /// What was written; absent for whoever may not read it.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub narrative: Option<Note>,
    /// What was to be done next; absent for whoever may not read it.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub next_step: Option<Note>,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step_local_due: Option<LocalDateTime>,
    /// When it was done by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step_done_at: Option<Instant>,
}

/// Where a text of a visit lies. What it said before lies there, too: it is moved as it is sealed.
pub const fn field(column: &'static str, id: VisitId) -> Field {
    Field::new("visit", column, id.0)
}

fn open(key: &DataKey, id: VisitId, column: &'static str, sealed: Option<&Sealed>) -> Result<Option<Note>> {
    Ok(sealed.map(|sealed| key.open_text(field(column, id), sealed)).transpose()?)
}

impl Visit {
    /// A row with its texts opened, as far as they were given out.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let text = |column, sealed| open(&key, row.id, column, sealed);
        let next_step = match (row.next_step_local, row.next_step_at) {
            (Some(local_due), Some(due_at)) => Some(NextStep {
                what: text("next_step_sealed", row.next_step_sealed.as_ref())?,
                local_due,
                due_at,
                done_at: row.next_step_done_at,
                done_by: row.next_step_done_by,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            author_id: row.author_id,
            kind: row.kind,
            local_start: row.local_start,
            zone: row.zone.clone(),
            starts_at: row.starts_at,
            duration_minutes: row.duration_minutes,
            readers: row.readers,
            narrative: text("narrative_sealed", row.narrative_sealed.as_ref())?,
            next_step,
            recorded_at: row.recorded_at,
            noted_at: row.noted_at,
            corrected_at: row.corrected_at,
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by,
            withdrawal_reason: text("withdrawal_sealed", row.withdrawal_sealed.as_ref())?,
            parts: None,
            version: row.version,
        })
    }
}

impl FormerVisit {
    /// What `visit` said, with its texts opened, as far as they were given out.
    pub fn of(kernel: &Kernel, visit: &Row, former: Former) -> Result<Self> {
        let key = kernel.keys.participants.key(visit.participant_id.0, &visit.data_key)?;
        let text = |column, sealed| open(&key, visit.id, column, sealed);
        Ok(Self {
            version: former.version,
            corrected_at: former.corrected_at,
            corrected_by: former.corrected_by,
            reason: text("reason_sealed", former.reason_sealed.as_ref())?,
            kind: former.kind,
            local_start: former.local_start,
            zone: former.zone,
            starts_at: former.starts_at,
            duration_minutes: former.duration_minutes,
            readers: former.readers,
            narrative: text("narrative_sealed", former.narrative_sealed.as_ref())?,
            next_step: text("next_step_sealed", former.next_step_sealed.as_ref())?,
            next_step_local_due: former.next_step_local,
            next_step_done_at: former.next_step_done_at,
        })
    }
}

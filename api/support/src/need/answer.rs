//! What callers get of one need.

use super::{
    facts::open_area,
    store::Row,
    words::{NeedArea, NeedId, NeedState},
};
use crate::opening_hours::calendar::CalendarDate;
use contract::{ParticipantId, StaffId, time::Instant};
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::{
        privacy::{Note, expose_in_answer, expose_in_answer_if_any},
        seal::{DataKey, Field, Sealed},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that somebody needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Need {
    /// Its id.
    pub id: NeedId,
    /// Who needs it.
    pub participant_id: ParticipantId,
    /// Of which area of life it is.
    pub area: NeedArea,
    /// What it is.
    #[serde(serialize_with = "expose_in_answer")]
    pub what: Note,
    /// How far it has come.
    pub state: NeedState,
    /// When it was found, on the calendar of the centre.
    pub found_on: CalendarDate,
    /// Who found it; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_by: Option<StaffId>,
    /// Since when somebody sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_hand_on: Option<CalendarDate>,
    /// Who; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_hand_by: Option<StaffId>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<CalendarDate>,
    /// By whom; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<StaffId>,
    /// What helped, or why nothing did; for staff.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub helped: Option<Note>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When the phone of whoever found it recorded it, by its own clock; absent if it was not sent through `pushMutations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted_at: Option<Instant>,
    /// When it was withdrawn as entered by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// Why; for staff.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// Where a text of a need lies. How it stood before lies there, too: it is moved as it is sealed.
pub const fn field(column: &'static str, id: NeedId) -> Field {
    Field::new("need", column, id.0)
}

/// A day as it is stored.
pub fn day(stored: &str) -> Result<CalendarDate> {
    stored.parse().map_err(Error::internal)
}

impl Need {
    /// A row with its texts opened, for staff.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        Self::opened(&key, row, true)
    }

    /// The same with the participant's key, for staff or for the participant: who did what, and what was noted of it, is staff's.
    pub fn opened(key: &DataKey, row: &Row, is_for_staff: bool) -> Result<Self> {
        let noted = |column, sealed: Option<&Sealed>| {
            let sealed = sealed.filter(|_| is_for_staff);
            sealed.map(|sealed| key.open_text(field(column, row.id), sealed)).transpose()
        };
        let who = |staff: Option<StaffId>| staff.filter(|_| is_for_staff);
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            area: open_area(key, field("area_sealed", row.id), &row.area_sealed)?,
            what: key.open_text(field("what_sealed", row.id), &row.what_sealed)?,
            state: row.state,
            found_on: day(&row.found_on)?,
            found_by: who(Some(row.found_by)),
            in_hand_on: row.in_hand_on.as_deref().map(day).transpose()?,
            in_hand_by: who(row.in_hand_by),
            closed_on: row.closed_on.as_deref().map(day).transpose()?,
            closed_by: who(row.closed_by),
            helped: noted("helped_sealed", row.helped_sealed.as_ref())?,
            recorded_at: row.recorded_at,
            noted_at: row.noted_at,
            withdrawn_at: row.withdrawn_at,
            withdrawal_reason: noted("withdrawal_sealed", row.withdrawal_sealed.as_ref())?,
            version: row.version,
        })
    }
}

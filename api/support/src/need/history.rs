//! How needs stood before each change, in the database and for callers.

use super::{
    answer::{day, field},
    facts::open_area,
    store::Row,
    words::{NeedArea, NeedCommand, NeedId, NeedState},
};
use crate::opening_hours::calendar::CalendarDate;
use contract::{StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    Kernel,
    error::Result,
    legible::Entry,
    page::Paging,
    protect::{
        privacy::{Note, expose_in_answer, expose_in_answer_if_any},
        seal::Sealed,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// How a need stood.
#[derive(Debug, sqlx::FromRow)]
pub struct Former {
    version: i64,
    changed_at: Instant,
    changed_by: StaffId,
    command: NeedCommand,
    reason_sealed: Option<Sealed>,
    area_sealed: Sealed,
    what_sealed: Sealed,
    state: NeedState,
    found_on: String,
    in_hand_by: Option<StaffId>,
    in_hand_on: Option<String>,
    closed_by: Option<StaffId>,
    closed_on: Option<String>,
    helped_sealed: Option<Sealed>,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version that stood so.
    pub version: i64,
}

/// How a need stood before it was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerNeed {
    /// The version that stood so.
    pub version: i64,
    /// When it was changed.
    pub changed_at: Instant,
    /// By whom.
    pub changed_by: StaffId,
    /// What was done to it.
    pub command: NeedCommand,
    /// Why, if that was said.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// Of which area of life it was.
    pub area: NeedArea,
    /// What it was.
    #[serde(serialize_with = "expose_in_answer")]
    pub what: Note,
    /// How far it had come.
    pub state: NeedState,
    /// When it was found.
    pub found_on: CalendarDate,
    /// Who saw to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_hand_by: Option<StaffId>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_hand_on: Option<CalendarDate>,
    /// Who had closed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<StaffId>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<CalendarDate>,
    /// What had helped.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub helped: Option<Note>,
}

impl FormerNeed {
    /// How `need` stood, with its texts opened.
    pub fn of(kernel: &Kernel, need: &Row, former: Former) -> Result<Self> {
        let key = kernel.keys.participants.key(need.participant_id.0, &need.data_key)?;
        let open = |column, sealed: Option<&Sealed>| {
            sealed.map(|sealed| key.open_text(field(column, need.id), sealed)).transpose()
        };
        Ok(Self {
            version: former.version,
            changed_at: former.changed_at,
            changed_by: former.changed_by,
            command: former.command,
            reason: open("reason_sealed", former.reason_sealed.as_ref())?,
            area: open_area(&key, field("area_sealed", need.id), &former.area_sealed)?,
            what: key.open_text(field("what_sealed", need.id), &former.what_sealed)?,
            state: former.state,
            found_on: day(&former.found_on)?,
            in_hand_by: former.in_hand_by,
            in_hand_on: former.in_hand_on.as_deref().map(day).transpose()?,
            closed_by: former.closed_by,
            closed_on: former.closed_on.as_deref().map(day).transpose()?,
            helped: open("helped_sealed", former.helped_sealed.as_ref())?,
        })
    }
}

/// Keeps how a need stands until now, and what is done to it.
pub async fn keep(
    tx: &mut Tx,
    need: NeedId,
    by: StaffId,
    (command, reason): (NeedCommand, Option<&Sealed>),
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO need_history (need_id, version, changed_at, changed_by, command, reason_sealed, area_sealed, what_sealed, state,
                                   found_on, in_hand_by, in_hand_on, closed_by, closed_on, helped_sealed)
         SELECT id, version, $2, $3, $4, $5, area_sealed, what_sealed, state, found_on, in_hand_by, in_hand_on, closed_by, closed_on,
                helped_sealed
         FROM need WHERE id = $1"
    ))
    .bind(need)
    .bind(now)
    .bind(by)
    .bind(command)
    .bind(reason)
    .execute()
    .await?;
    Ok(())
}

/// How a need stood before, the latest first, with one more than the page holds. The caller has seen that it is in scope.
pub async fn list(
    tx: &mut Tx,
    need: NeedId,
    paging: Paging<i64>,
) -> db::Result<Vec<Entry<ByVersion, Former>>> {
    tx.query(sql!(
        "SELECT version, changed_at, changed_by, command, reason_sealed, area_sealed, what_sealed, state, found_on, in_hand_by, in_hand_on,
                closed_by, closed_on, helped_sealed
         FROM need_history WHERE need_id = $1 AND version < $3 ORDER BY version DESC LIMIT ",
        lite "+",
        "$2"
    ))
    .bind(need)
    .bind(paging.rows())
    .bind(paging.after.unwrap_or(i64::MAX))
    .all()
    .await
}

//! What phones get of appointments and the notes on them.

use super::things::{APPOINTMENT, STAFF_NOTES};
use super::{
    answer::{Appointment, AppointmentNote},
    named::of_named,
    notes,
    row::{Row, columns},
    slots,
};
use contract::{AppointmentId, ParticipantId, time::Instant};
use db::{Statement, Tx, piece};
use kernel::{
    access::{Actor, Scope, ScopeKind},
    error::Result,
    legible::{ById, Entry},
    sync_form::{Answer, Form, Loading, Told, Window},
    things::Thing,
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is near enough in time.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Appointment;
    const LIST: &'static str = "appointments";
    const ABOUT: &'static str = "Appointments that start within the last 30 days and the next 90, as `readAppointment` gives them. What `possible_commands` and the\nstates of `slots` say depends on the time as well: it holds as of this answer.";
    const KINDS: &'static [&'static Thing] = &[&APPOINTMENT];

    fn is_for(_: &Actor) -> bool {
        true
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Appointment>>> {
        let mut entries = named(loading.tx, loading.scope, ids).await?;
        entries.retain(|entry| entry.row.as_ref().is_none_or(|row| loading.window.holds(row.starts_at)));
        let rows = entries.iter_mut().filter_map(|entry| entry.row.as_mut());
        slots::fill(loading.tx, rows, loading.now).await?;
        let told = entries.into_iter().map(|entry| {
            let is_told = |row: &Row| loading.told.is_some_and(|told| told.holds(row.starts_at));
            let about = entry.row.as_ref().map(|row| row.participant_id);
            if entry.row.as_ref().is_some_and(is_told) {
                return Told { id: entry.key.id, participant: about, answer: Answer::ToldBefore };
            }
            let read = |row| Appointment::seen_by(loading.actor, &row, loading.kernel, loading.now);
            Told::of(entry.key.id, about, entry.row, read)
        });
        Ok(told.collect())
    }
}

/// The notes on an appointment that the caller may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotesOfAppointment {
    /// On which appointment.
    pub appointment_id: AppointmentId,
    /// The notes, oldest first.
    #[schema(max_items = 200)]
    pub items: Vec<AppointmentNote>,
}

/// The notes on what is near enough in time.
#[derive(Debug)]
pub struct NotesSyncForm;

impl Form for NotesSyncForm {
    type Answer = NotesOfAppointment;
    const LIST: &'static str = "appointment_notes";
    const ABOUT: &'static str = "The notes on those appointments, as `listAppointmentNotes` gives them: all of each appointment whenever there is a new one.";
    const KINDS: &'static [&'static Thing] = &[&APPOINTMENT, &STAFF_NOTES];
    const AMONG_STAFF: &'static [&'static Thing] = &[&STAFF_NOTES];
    const MAY_GO: bool = false;

    fn is_for(_: &Actor) -> bool {
        true
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<NotesOfAppointment>>> {
        let mut of_each: BTreeMap<AppointmentId, (ParticipantId, Vec<Option<notes::WholeNote>>)> =
            BTreeMap::new();
        for Entry { key, row } in notes::named(loading, ids).await? {
            let of_this =
                of_each.entry(key.appointment_id).or_insert_with(|| (key.participant_id, Vec::new()));
            of_this.1.push(row);
        }
        let told = of_each.into_iter().map(|(appointment_id, (participant, notes))| {
            let notes: Option<Vec<_>> = notes.into_iter().collect();
            Told::of(appointment_id.0, Some(participant), notes, |notes| {
                let items = notes.into_iter().map(|note| note.open(loading.kernel)).collect::<Result<_>>()?;
                Ok(NotesOfAppointment { appointment_id, items })
            })
        });
        Ok(told.collect())
    }
}

/// Those of the named appointments that are in scope, in no order.
async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> db::Result<Vec<Entry<ById, Row>>> {
    let whole = Statement::new(piece!("SELECT ", columns!(), "p.data_key"));
    tx.query_built(of_named(whole, None, scope, ids)).all().await
}

/// Which appointment is when, and who comes.
#[derive(Debug, sqlx::FromRow)]
pub struct Starting {
    /// When it starts.
    pub starts_at: Instant,
    /// Its id.
    pub id: Uuid,
    /// Who comes.
    pub participant_id: Uuid,
}

/// The appointments in scope that start within this time, by their start.
pub async fn starting(
    tx: &mut Tx,
    scope: Scope,
    within: Window,
    after: Option<(i64, Uuid)>,
    rows: i64,
) -> db::Result<Vec<Starting>> {
    let from = after.and_then(|(micros, id)| Some((Instant::from_micros(micros)?, id)));
    let from = from.unwrap_or((within.from, Uuid::nil()));
    let statement = starting_in(scope)
        .bind(from.0)
        .bind(from.1)
        .then(piece!(" AND own.starts_at < ?"))
        .bind(within.to)
        .then(piece!(" ORDER BY own.starts_at, own.id"))
        .limit(rows);
    tx.query_built(statement).all().await
}

/// The two values of the place behind which they start are bound next.
fn starting_in(scope: Scope) -> Statement<'static> {
    let statement = match scope.kind() {
        ScopeKind::Own => Statement::new(piece!(
            "SELECT own.starts_at, own.id, own.participant_id FROM appointment AS own
             WHERE own.participant_id = ? AND (own.starts_at, own.id) > (?, ?)"
        )),
        ScopeKind::Centre => Statement::new(piece!(
            "SELECT own.starts_at, own.id, own.participant_id FROM appointment AS own
             WHERE own.centre_id = ? AND (own.starts_at, own.id) > (?, ?)"
        )),
        ScopeKind::Assigned => Statement::new(piece!(
            "SELECT own.starts_at, own.id, own.participant_id FROM assignment AS caseload ",
            lite "CROSS ",
            "JOIN appointment AS own ON own.participant_id = caseload.participant_id
             WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND (own.starts_at, own.id) > (?, ?)"
        )),
    };
    statement.bind(scope.id())
}

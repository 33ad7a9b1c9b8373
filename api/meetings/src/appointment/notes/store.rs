//! Notes in the database.

use crate::appointment::{answer::AppointmentNote, named::of_named};
use contract::{
    AppointmentId, EmergencyAccessId, NoteId, NoteVisibility, ParticipantId, StaffId, time::Instant,
};
use db::{Statement, Tx, piece, sql};
use kernel::{
    Kernel,
    access::Actor,
    error::Result,
    legible::Entry,
    protect::seal::{Sealed, WrappedKey},
    sync_form::{Loading, Window},
};
use uuid::Uuid;

/// A note.
#[derive(sqlx::FromRow)]
pub struct NoteRow {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it.
    pub author_id: StaffId,
    /// Who may read it.
    pub visibility: NoteVisibility,
    /// What it says.
    pub body_sealed: Sealed,
    /// When it was written.
    pub created_at: Instant,
}

/// The notes that this caller may read. `emergency` is checked by the statement itself: it opens what it was opened for, to
/// whoever opened it, while it is running.
pub async fn readable(
    tx: &mut Tx,
    actor: &Actor,
    id: AppointmentId,
    emergency: Option<EmergencyAccessId>,
    now: Instant,
) -> Result<Vec<Entry<(), NoteRow>>> {
    Ok(tx
        .query(sql!(
            "SELECT note.id, note.author_id, note.visibility, note.body_sealed, note.created_at
             FROM appointment_note AS note JOIN appointment ON appointment.id = note.appointment_id
             WHERE note.appointment_id = $1
               AND (note.visibility = 'everyone' OR (note.visibility = 'staff' AND $2 = 'staff') OR note.author_id = $3
                    OR EXISTS (SELECT 1 FROM emergency_access AS access
                               WHERE access.id = $4 AND access.staff_id = $3 AND access.ended_at IS NULL AND access.ends_at > $5
                                 AND access.participant_id = appointment.participant_id))
             ORDER BY note.id LIMIT 200"
        ))
        .bind(id)
        .bind(actor.kind())
        .bind(actor.person())
        .bind(emergency)
        .bind(now)
        .all()
        .await?)
}

/// Keeps one.
pub async fn insert(tx: &mut Tx, appointment: AppointmentId, note: &NoteRow) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO appointment_note (id, appointment_id, author_id, visibility, body_sealed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(note.id)
    .bind(appointment)
    .bind(note.author_id)
    .bind(note.visibility)
    .bind(&note.body_sealed)
    .bind(note.created_at)
    .execute()
    .await?;
    Ok(())
}

/// On what a note is.
#[derive(Clone, Copy, sqlx::FromRow)]
pub struct NoteKey {
    /// On which appointment.
    pub appointment_id: AppointmentId,
    /// Of whom.
    pub participant_id: ParticipantId,
}

/// A note with what is needed to open it.
#[derive(sqlx::FromRow)]
pub struct WholeNote {
    participant_id: ParticipantId,
    data_key: WrappedKey,
    #[sqlx(flatten)]
    note: NoteRow,
}

impl WholeNote {
    /// As its readers see it.
    pub fn open(self, app: &Kernel) -> Result<AppointmentNote> {
        super::open(app, self.participant_id, &self.data_key, self.note)
    }
}

/// The notes that this person may read on those of the named appointments that a phone gets, oldest first, as many of each as the list has.
/// Nothing that an emergency access opens: that is read online, and remains nowhere.
pub async fn named(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Entry<NoteKey, WholeNote>>> {
    let nothing = Window { from: Instant::MAX, to: Instant::MIN };
    let told = loading.told.unwrap_or(nothing);
    let selected = Statement::new(piece!(
        "SELECT * FROM (
         SELECT note.id, note.author_id, note.visibility, note.body_sealed, note.created_at, a.id AS appointment_id,
                a.participant_id, p.data_key, row_number() OVER (PARTITION BY note.appointment_id ORDER BY note.id) AS nth"
    ));
    let joined = piece!(" JOIN appointment_note AS note ON note.appointment_id = a.id");
    let statement = of_named(selected, Some(joined), loading.scope, ids)
        .then(piece!(
            " AND a.starts_at >= ? AND a.starts_at < ? AND NOT (a.starts_at >= ? AND a.starts_at < ?)
              AND (note.visibility = 'everyone' OR (note.visibility = 'staff' AND ? = 'staff') OR note.author_id = ?)
            ) AS readable WHERE nth <= 200 ORDER BY id"
        ))
        .bind(loading.window.from)
        .bind(loading.window.to)
        .bind(told.from)
        .bind(told.to)
        .bind(loading.actor.kind())
        .bind(loading.actor.person());
    Ok(loading.tx.query_built(statement).all().await?)
}

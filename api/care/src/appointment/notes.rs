//! Notes on an appointment. Who may read one is decided in SQL: what a counsellor writes for themself nobody else reads, but for
//! a manager while an emergency access of theirs is running.

use super::{answer::AppointmentNote, request::NewNote, store, sync::of_named};
use crate::{App, emergency_access};
use axum::{extract::State, response::Response};
use contract::{
    AppointmentId, EmergencyAccessId, NoteId, NoteVisibility, ParticipantId, StaffId, StaffRole,
    time::Instant,
};
use db::{Change, Statement, Tx, piece, sql};
use kernel::{
    Kernel,
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Path},
    legible::{self, Entry},
    openapi::{CreateProblems, ReadProblems},
    page::Page,
    protect::{
        privacy::Note,
        seal::{Field, Sealed, WrappedKey},
    },
    reply::Reply,
    sync_form::{Loading, Window},
    things::ThingKind,
};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct NoteRow {
    id: NoteId,
    author_id: StaffId,
    visibility: NoteVisibility,
    body_sealed: Sealed,
    created_at: Instant,
}

/// Read the notes on an appointment
///
/// A participant sees those written for everyone; staff in scope also those for staff; a counsellor also their own. A manager
/// sees those that counsellors wrote for themselves alone while their own emergency access to this participant is running.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}/notes", tag = "appointments", operation_id = "listAppointmentNotes",
    params(("appointment_id" = AppointmentId, Path)),
    responses((status = 200, description = "The notes that the caller may read, oldest first", body = Page<AppointmentNote>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Path(id): Path<AppointmentId>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let row = store::load(&mut reading.tx, scope, id, now).await?.ok_or_else(Error::not_found)?;
    let emergency =
        emergency_access::store::running(&mut reading.tx, &call.actor, row.participant_id, now).await?;
    let notes = legible::of_all(readable(&mut reading.tx, &call.actor, id, emergency, now).await?);
    let items = notes
        .into_iter()
        .map(|note| open(&app, row.participant_id, &row.data_key, note))
        .collect::<Result<Vec<_>>>()?;
    let mut audit =
        Audit::new("appointment.read_notes", id.0).about(row.participant_id).with("count", items.len());
    if let Some(emergency) = emergency {
        audit = audit.with("emergency_access_id", emergency.to_string());
    }
    reading.finish(audit, Reply::ok(&Page::only(items))?).await
}

/// The notes that this caller may read. `emergency` is checked by the statement itself: it opens what it was opened for, to
/// whoever opened it, while it is running.
async fn readable(
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

/// On what a note is.
#[derive(Clone, Copy, sqlx::FromRow)]
pub(super) struct NoteKey {
    /// On which appointment.
    pub appointment_id: AppointmentId,
    /// Of whom.
    pub participant_id: ParticipantId,
}

/// A note with what is needed to open it.
#[derive(sqlx::FromRow)]
pub(super) struct WholeNote {
    participant_id: ParticipantId,
    data_key: WrappedKey,
    #[sqlx(flatten)]
    note: NoteRow,
}

impl WholeNote {
    /// As its readers see it.
    pub fn open(self, app: &Kernel) -> Result<AppointmentNote> {
        open(app, self.participant_id, &self.data_key, self.note)
    }
}

/// The notes that this person may read on those of the named appointments that a phone gets, oldest first, as many of each as the list has.
/// Nothing that an emergency access opens: that is read online, and remains nowhere.
pub(super) async fn named(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Entry<NoteKey, WholeNote>>> {
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

fn open(
    app: &Kernel,
    participant: ParticipantId,
    data_key: &WrappedKey,
    note: NoteRow,
) -> Result<AppointmentNote> {
    let key = app.keys.participants.key(participant.0, data_key)?;
    let body: Note =
        key.open_text(Field::new("appointment_note", "body_sealed", note.id.0), &note.body_sealed)?;
    Ok(AppointmentNote {
        id: note.id,
        author_id: note.author_id,
        visibility: note.visibility,
        body,
        created_at: note.created_at,
    })
}

/// Write a note on an appointment
///
/// For mentors and counsellors of the participant and the manager of their centre. A note for the author alone is for
/// counsellors.
#[utoipa::path(
    post, path = "/appointments/{appointment_id}/notes", tag = "appointments", operation_id = "writeAppointmentNote",
    request_body = NewNote,
    params(
        ("appointment_id" = AppointmentId, Path),
        Call
    ),
    responses((status = 201, description = "Written", body = AppointmentNote, headers(("Location" = String))), CreateProblems)
)]
pub async fn write(
    State(app): State<App>,
    call: Call,
    Path(id): Path<AppointmentId>,
    body: Body<NewNote>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let new = body.value;
    // Held, or a note could be written, and told, at a centre that its participant is leaving.
    let held = store::load_for_change(&mut work.tx, scope, id, work.now).await?;
    let row = held.ok_or_else(Error::not_found)?.row;
    let (answer, audit) = add(&app, &mut work.tx, &call.actor, &row, new, work.now).await?;
    let reply = Reply::created(format!("/v1/appointments/{id}/notes"), &answer)?;
    work.finish(audit, reply).await
}

/// Adds a note of this caller's, and the line of the audit log that says so.
pub(super) async fn add(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &store::Row,
    new: NewNote,
    now: Instant,
) -> Result<(AppointmentNote, Audit)> {
    let Actor::Staff { id: author_id, role, .. } = *actor else { return Err(Error::not_found()) };
    if new.visibility == NoteVisibility::Author && role != StaffRole::Counsellor {
        return Err(Error::field(
            "/visibility",
            "not_allowed",
            "only a counsellor writes notes for themself alone",
        ));
    }
    let id = new.id.unwrap_or_else(|| NoteId::new(&*app.ids));
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let sealed =
        key.seal_text(Field::new("appointment_note", "body_sealed", id.0), &new.body, &*app.random)?;
    tx.query(sql!(
        "INSERT INTO appointment_note (id, appointment_id, author_id, visibility, body_sealed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(id)
    .bind(row.id)
    .bind(author_id)
    .bind(new.visibility)
    .bind(sealed)
    .bind(now)
    .execute()
    .await?;
    tx.changed(told_of(row, author_id, new.visibility));
    let audit = Audit::new("appointment.write_note", row.id.0)
        .about(row.participant_id)
        .at(row.centre_id)
        .with("visibility", new.visibility.as_str());
    Ok((
        AppointmentNote { id, author_id, visibility: new.visibility, body: new.body, created_at: now },
        audit,
    ))
}

/// What the change feed tells of a new note. Whoever may not read it hears nothing, and not that there is one either.
fn told_of(row: &store::Row, author: StaffId, visibility: NoteVisibility) -> Change {
    let among_staff = ThingKind::StaffNotes.changed(row.centre_id.0, Some(row.participant_id.0), row.id.0);
    match visibility {
        NoteVisibility::Everyone => super::commands::change(row),
        NoteVisibility::Staff => among_staff,
        NoteVisibility::Author => Change { audience: Some(author.0), ..among_staff },
    }
}

//! Notes on an appointment. Who may read one is decided in SQL: what a counsellor writes for themself nobody else reads, but for
//! a manager while an emergency access of theirs is running.

use super::{
    answer::AppointmentNote,
    request::NewNote,
    store::{self, Row},
};
use crate::{
    access::Actor,
    app::App,
    audit::Audit,
    emergency_access,
    error::{Error, Result},
    extract::{Body, Call, Path},
    legible::{self, Entry},
    openapi::{CreateProblems, ReadProblems},
    page::Page,
    protect::{
        privacy::Note,
        seal::{Field, Sealed},
    },
    reply::Reply,
};
use axum::{extract::State, response::Response};
use contract::{
    AppointmentId, EmergencyAccessId, NoteId, NoteVisibility, PersonKind, StaffId, StaffRole, time::Instant,
};
use db::{Tx, sql};

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
    let items = notes.into_iter().map(|note| open(&app, &row, note)).collect::<Result<Vec<_>>>()?;
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

fn open(app: &App, row: &Row, note: NoteRow) -> Result<AppointmentNote> {
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
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
    let Actor::Staff { id: author_id, role, .. } = call.actor else { return Err(Error::not_found()) };
    debug_assert_eq!(call.actor.kind(), PersonKind::Staff);
    if new.visibility == NoteVisibility::Author && role != StaffRole::Counsellor {
        return Err(Error::field(
            "/visibility",
            "not_allowed",
            "only a counsellor writes notes for themself alone",
        ));
    }
    let note_id = new.id.unwrap_or_else(|| NoteId::new(&*app.ids));
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let sealed =
        key.seal_text(Field::new("appointment_note", "body_sealed", note_id.0), &new.body, &*app.random)?;
    work.tx
        .query(sql!(
            "INSERT INTO appointment_note (id, appointment_id, author_id, visibility, body_sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)"
        ))
        .bind(note_id)
        .bind(id)
        .bind(author_id)
        .bind(new.visibility)
        .bind(sealed)
        .bind(work.now)
        .execute()
        .await?;
    work.tx.changed(super::commands::change(&row));
    let answer = AppointmentNote {
        id: note_id,
        author_id,
        visibility: new.visibility,
        body: new.body,
        created_at: work.now,
    };
    let reply = Reply::created(format!("/v1/appointments/{id}/notes"), &answer)?;
    let audit = Audit::new("appointment.write_note", id.0)
        .about(row.participant_id)
        .with("visibility", new.visibility.as_str());
    work.finish(audit, reply).await
}

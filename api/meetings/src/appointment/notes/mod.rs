//! Notes on an appointment. Who may read one is decided in SQL: what a counsellor writes for themself nobody else reads, but for
//! a manager while an emergency access of theirs is running.

use super::things::{APPOINTMENT, STAFF_NOTES};
mod store;

pub(super) use store::{WholeNote, named};

use super::{
    answer::AppointmentNote,
    request::NewNote,
    row::Row,
    store::{load, load_for_change},
};
use crate::{App, emergency_access};
use axum::{extract::State, response::Response};
use contract::{AppointmentId, NoteId, NoteVisibility, ParticipantId, StaffId, StaffRole, time::Instant};
use db::{Change, Tx};
use kernel::{
    Kernel,
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Path},
    legible,
    page::Page,
    problems::{CreateProblems, ReadProblems},
    protect::{
        privacy::Note,
        seal::{Field, WrappedKey},
    },
    reply::Reply,
};
use store::NoteRow;

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
    let row = load(&mut reading.tx, scope, id, now).await?.ok_or_else(Error::not_found)?;
    let emergency =
        emergency_access::store::running(&mut reading.tx, &call.actor, row.participant_id, now).await?;
    let notes = legible::of_all(store::readable(&mut reading.tx, &call.actor, id, emergency, now).await?);
    let items = notes
        .into_iter()
        .map(|note| open(&app, row.participant_id, &row.data_key, note))
        .collect::<Result<Vec<_>>>()?;
    let mut audit =
        Audit::new(&APPOINTMENT, "read_notes", id.0).about(row.participant_id).with("count", items.len());
    if let Some(emergency) = emergency {
        audit = audit.with("emergency_access_id", emergency.to_string());
    }
    reading.finish(audit, Reply::ok(&Page::only(items))?).await
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
    let held = load_for_change(&mut work.tx, scope, id, work.now).await?;
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
    row: &Row,
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
    let note = NoteRow { id, author_id, visibility: new.visibility, body_sealed: sealed, created_at: now };
    store::insert(tx, row.id, &note).await?;
    tx.changed(told_of(row, author_id, new.visibility));
    let audit = Audit::new(&APPOINTMENT, "write_note", row.id.0)
        .about(row.participant_id)
        .at(row.centre_id)
        .with("visibility", new.visibility.as_str());
    Ok((
        AppointmentNote { id, author_id, visibility: new.visibility, body: new.body, created_at: now },
        audit,
    ))
}

/// What the change feed tells of a new note. Whoever may not read it hears nothing, and not that there is one either.
fn told_of(row: &Row, author: StaffId, visibility: NoteVisibility) -> Change {
    let among_staff = STAFF_NOTES.changed(row.centre_id.0, Some(row.participant_id.0), row.id.0);
    match visibility {
        NoteVisibility::Everyone => super::commands::change(row),
        NoteVisibility::Staff => among_staff,
        NoteVisibility::Author => Change { audience: Some(author.0), ..among_staff },
    }
}

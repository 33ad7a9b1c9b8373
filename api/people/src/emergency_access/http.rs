//! The operations on emergency accesses.

use super::things::EMERGENCY_ACCESS;
use super::{
    answer::{EmergencyAccess, reason_field},
    request::{Filter, NewEmergencyAccess},
    store::{self, ParticipantFacts, Row},
};
use crate::App;
use axum::{extract::State, response::Response};
use chrono::TimeDelta;
use contract::{
    CentreId, EmergencyAccessId, ParticipantId, ProblemCode, StaffId, StaffRole, Subject, SubjectKind,
};
use kernel::{
    access::{Actor, not_for_this_role},
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path, Query, fields::new_id},
    page::Page,
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};
use notifications::{
    outbox,
    plan::{diff, plan},
    policy::ReminderPolicy,
    subjects::emergency_access::EmergencyAccessFacts,
};

/// How many emergency accesses one manager opens in an hour. Each rings at every administrator's.
const AN_HOUR: i64 = 10;

/// Open an emergency access to a participant's notes
///
/// For the manager of the participant's centre. Until it ends, this manager's reading of notes on appointments of this participant
/// includes those that counsellors wrote for themselves alone. Every administrator is told at once, the authors are told, and
/// the participant sees it. At most 10 in an hour.
#[utoipa::path(
    post, path = "/participants/{participant_id}/emergency-access", tag = "emergency_access", operation_id = "openEmergencyAccess",
    request_body = NewEmergencyAccess,
    params(
        ("participant_id" = ParticipantId, Path),
        Call
    ),
    responses((status = 201, description = "Opened", body = EmergencyAccess, headers(("ETag" = String))), CreateProblems)
)]
pub async fn open(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<NewEmergencyAccess>,
) -> Result<Response> {
    let (manager, ..) = call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.caseload()?;
    let new = body.value;
    let id = EmergencyAccessId(new_id(new.id, &*app.ids));
    let mut work = app.begin(&call, body.digest).await?;
    let about = store::participant(&mut work.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    match store::opener(&mut work.tx, manager).await? {
        Some(StaffRole::Manager) => limit(&mut work, manager).await?,
        // Their account was closed, or their role changed, since they were let in.
        _ => return Err(Error::new(ProblemCode::Unauthenticated)),
    }
    let key = app.keys.participants.key(participant.0, &about.data_key)?;
    let row = Row {
        id,
        centre_id: about.centre_id,
        participant_id: participant,
        staff_id: manager,
        reason_sealed: key.seal_text(reason_field(id), &new.reason, &*app.random)?,
        started_at: work.now,
        ends_at: work.now.saturating_add(TimeDelta::minutes(new.minutes.into())),
        ended_at: None,
        version: 1,
        data_key: about.data_key.clone(),
    };
    store::close_run_out(&mut work.tx, manager, participant, work.now).await?;
    store::insert(&mut work.tx, &row).await.map_err(taken)?;
    tell(&app, &mut work, &row, about).await?;
    work.tx.changed(row.changed());
    let reply = Reply { status: 201, ..Reply::ok(&EmergencyAccess::of(&app, &row, work.now)?)? };
    let audit = Audit::new(&EMERGENCY_ACCESS, "open", id.0).about(participant).with("minutes", new.minutes);
    work.finish(audit, reply.version(row.version)).await
}

async fn limit(work: &mut Work, manager: StaffId) -> Result<()> {
    let hour = TimeDelta::hours(1);
    let since = work.now.saturating_sub(hour);
    let (opened, first) = store::opened_since(&mut work.tx, manager, since).await?;
    if opened < AN_HOUR {
        return Ok(());
    }
    Err(Error::too_many(work.now.until(first.unwrap_or(work.now).saturating_add(hour))))
}

fn taken(error: db::Error) -> Error {
    if error.violates("emergency_access_staff_id_participant_id_key") {
        return Error::with_detail(ProblemCode::AlreadyExists, "one is running already");
    }
    error.into()
}

/// Plans what everybody hears of it, in the transaction that opens it.
async fn tell(app: &App, work: &mut Work, row: &Row, about: ParticipantFacts) -> Result<()> {
    let policy = ReminderPolicy::of_centre(about.reminder_policy.as_deref()).map_err(Error::internal)?;
    let facts = EmergencyAccessFacts {
        id: row.id,
        centre_id: row.centre_id,
        participant_id: row.participant_id,
        administrators: store::administrators(&mut work.tx).await?,
        authors: store::authors(&mut work.tx, row.participant_id, row.staff_id).await?,
        opened_at: work.now,
        shown: EmergencyAccessFacts::shown_at(work.now, &about.zone, &app.zones),
        zone: about.zone,
    };
    let wanted = plan(&facts, &policy, &app.zones, work.now);
    Ok(outbox::apply(&mut work.tx, &diff(&[], &wanted), work.now, &*app.ids).await?)
}

/// List emergency accesses
///
/// Who opened one, to whose notes, why, and until when; the newest first. Managers see those of their centre, administrators all.
/// The reading is audited as one.
#[utoipa::path(
    get, path = "/emergency-access", tag = "emergency_access", operation_id = "listEmergencyAccesses",
    params(Filter),
    responses((status = 200, description = "A page of emergency accesses", body = Page<EmergencyAccess>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let only = reach(&call.actor)?;
    let paging = filter.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = store::list(&mut reading.tx, only, &filter, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.id)?
        .legible()
        .map(|row| EmergencyAccess::of(&app, &row, reading.now))?;
    let audit = Audit::new(&EMERGENCY_ACCESS, "list", None).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// The only centre whose accesses this person oversees; `None` for every centre.
fn reach(actor: &Actor) -> Result<Option<CentreId>> {
    match actor {
        Actor::Staff { role: StaffRole::Administrator, .. } => Ok(None),
        Actor::Staff { role: StaffRole::Manager, centre, .. } => Ok(Some(*centre)),
        _ => Err(not_for_this_role()),
    }
}

/// End an emergency access before its time
///
/// For managers of the centre, and for administrators. It takes effect with the next reading.
#[utoipa::path(
    post, path = "/emergency-access/{emergency_access_id}/end", tag = "emergency_access", operation_id = "endEmergencyAccess",
    params(
        ("emergency_access_id" = EmergencyAccessId, Path),
        Call
    ),
    responses((status = 200, description = "Ended", body = EmergencyAccess, headers(("ETag" = String))), CreateProblems)
)]
pub async fn end(State(app): State<App>, call: Call, Path(id): Path<EmergencyAccessId>) -> Result<Response> {
    let only = reach(&call.actor)?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut row = store::load_for_change(&mut work.tx, only, id).await?.ok_or_else(Error::not_found)?;
    if !row.is_running(work.now) {
        let subject = Subject { kind: SubjectKind::EmergencyAccess, id: id.0 };
        return Err(Error::command_refused(subject, "the emergency access has ended", &[] as &[&str]));
    }
    row.ended_at = Some(work.now);
    row.version += 1;
    store::end(&mut work.tx, &row, call.actor.person()).await?;
    work.tx.changed(row.changed());
    let reply = Reply::ok(&EmergencyAccess::of(&app, &row, work.now)?)?.version(row.version);
    let audit = Audit::new(&EMERGENCY_ACCESS, "end", id.0).about(row.participant_id).at(row.centre_id);
    work.finish(audit, reply).await
}

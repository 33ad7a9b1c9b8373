//! The operations on postings.

use super::{
    PostingId,
    answer::Posting,
    ending,
    request::{Filter, NewPosting, PostingEnd},
    rules::{self, Sight},
    store::{self, Row},
    things::POSTING,
    timers::POSTINGS,
};
use crate::{
    app::{App, life::Coming},
    life,
    opening_hours::term::Term,
    staff::{rules::Reach, store as accounts},
};
use axum::{extract::State, response::Response};
use contract::{AuditId, StaffId};
use kernel::{
    agenda,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Path, Query, fields::new_id},
    page::Page,
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
};

/// Post a mentor or counsellor to another centre
///
/// For whoever runs the account: administrators, and the manager of the person's own centre. From the first day on the managers of the other
/// centre may assign people to them and name them as host, until the last day is over. Nobody is posted to one centre twice at a time, nor
/// has more than four postings that have not ended.
#[utoipa::path(
    post, path = "/staff/{staff_id}/postings", tag = "postings", operation_id = "postStaffMember",
    request_body = NewPosting,
    params(
        ("staff_id" = StaffId, Path),
        Call
    ),
    responses((status = 201, description = "Posted", body = Posting, headers(("ETag" = String))), CreateProblems)
)]
pub async fn create(
    State(app): State<App>,
    call: Call,
    Path(staff): Path<StaffId>,
    body: Body<NewPosting>,
) -> Result<Response> {
    let reach = Reach::of(&call.actor)?;
    let new = body.value;
    let id = PostingId(new_id(new.id, &*app.ids));
    let term = Term { from: new.from, until: new.until };
    let mut work = app.begin(&call, body.digest).await?;
    let zone = store::zone_of(&mut work.tx, new.centre_id).await?;
    // Held: two for one person are made one after the other, and none for an account that is being closed.
    let member = accounts::load_for_change(&mut work.tx, reach, staff).await?.ok_or_else(Error::not_found)?;
    if !member.active || !member.role.accompanies() {
        return Err(Error::field("{staff_id}", "not_allowed", "is no active mentor or counsellor"));
    }
    if member.centre_id == new.centre_id {
        return Err(Error::field("/centre_id", "not_allowed", "is their own centre"));
    }
    let zone = zone.ok_or_else(|| Error::field("/centre_id", "unknown", "is no centre"))?;
    term.check(&app.zones, &zone, work.now)?;
    rules::fits(&store::lasting(&mut work.tx, staff, work.now).await?, new.centre_id, term)?;
    let (starts_at, ends_at) = term.instants(&app.zones, &zone)?;
    let row = Row {
        id,
        staff_id: staff,
        home_id: member.centre_id,
        centre_id: new.centre_id,
        from_day: term.from.to_string(),
        until_day: term.until.map(|until| until.to_string()),
        starts_at,
        ends_at,
        ended_at: None,
        version: 1,
        role: member.role,
        data_key: member.data_key,
        name_sealed: member.name_sealed,
    };
    store::insert(&mut work.tx, &row, call.actor.person(), work.now).await?;
    if let Some(ends_at) = ends_at {
        agenda::note(&mut work.tx, POSTINGS, row.centre_id, &[id.0], ends_at).await?;
    }
    row.tell(&mut work.tx);
    let reply = Reply { status: 201, ..Reply::ok(&Posting::of(&app, &row, work.now)?)? }.version(row.version);
    let at_home = Audit::new(&POSTING, "send", id.0).at(row.home_id);
    at_home.write(&mut work.tx, Some(&call.actor), AuditId::new(&*app.ids), work.now).await?;
    let audit = Audit::new(&POSTING, "create", id.0).at(row.centre_id).with("role", row.role.as_str());
    work.finish(audit, reply).await
}

/// List postings
///
/// The newest first. Administrators see all. Managers see who is posted to their centre, and, asked for one of their own people by
/// `staff_id`, where that one is posted. Mentors and counsellors see their own.
#[utoipa::path(
    get, path = "/postings", tag = "postings", operation_id = "listPostings",
    params(Filter),
    responses((status = 200, description = "A page of postings", body = Page<Posting>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let sight = Sight::of(&call.actor)?;
    let paging = filter.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = store::list(&mut reading.tx, sight, &filter, paging).await?;
    let page =
        paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Posting::of(&app, &row, reading.now))?;
    let audit = Audit::new(&POSTING, "list", None).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// End a posting before its time
///
/// For administrators, for the manager of the person's own centre and for the manager of the centre to which they are posted. They see
/// nobody of that centre from now on, unless another posting of theirs to it runs. If open appointments there lie ahead of them, this is refused with 409 `still_open` unless
/// `appointments_to` names who takes them over; the participants keep their times.
#[utoipa::path(
    post, path = "/postings/{posting_id}/end", tag = "postings", operation_id = "endPosting",
    request_body = PostingEnd,
    params(
        ("posting_id" = PostingId, Path),
        Call
    ),
    responses((status = 200, description = "Ended", body = Posting, headers(("ETag" = String))), CreateProblems)
)]
pub async fn end(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PostingId>,
    body: Body<PostingEnd>,
) -> Result<Response> {
    let only = rules::ends_at_centre(&call.actor)?;
    let successor = body.value.appointments_to;
    let mut work = app.begin(&call, body.digest).await?;
    // Asked before anything is held: whom it makes wait would tell of another centre's people.
    let known = store::load(&mut work.tx, only, id).await?.ok_or_else(Error::not_found)?;
    let coming = Coming::PostingEnds(known.staff_id, known.centre_id);
    life::is_about_to(&app, &mut work.tx, coming, work.now).await?;
    let mut row = store::load_for_change(&mut work.tx, only, id).await?.ok_or_else(Error::not_found)?;
    if !row.lasts(work.now) {
        return Err(Error::command_refused(None, "the posting has ended", &[] as &[&str]));
    }
    let ended_by = (Some(&call.actor), successor);
    let consequences = ending::end(&app, &mut work.tx, &mut row, ended_by, work.now).await?;
    let reply = Reply::ok(&Posting::of(&app, &row, work.now)?)?.version(row.version);
    let at_home = Audit::new(&POSTING, "return", id.0).at(row.home_id);
    at_home.write(&mut work.tx, Some(&call.actor), AuditId::new(&*app.ids), work.now).await?;
    let audit = Audit::new(&POSTING, "end", id.0)
        .at(row.centre_id)
        .with("assignments_ended", consequences.count("assignments_ended"))
        .with("appointments_handed_over", consequences.count("appointments_handed_over"));
    work.finish(audit, reply).await
}

//! The operations on work items.

use super::{
    answer::{WorkItem, WorkItemSummary},
    deeds::{self, Deed},
    list::{self, Place, Whose},
    request::{Dismissal, Filter, Snooze, WorkItemHandOver},
    store::{self, Row, Wanted},
    summary,
    things::WORK_ITEM,
    words::WorkItemId,
};
use crate::{App, assignment::store::centre_of};
use axum::{extract::State, response::Response};
use contract::StaffRole;
use kernel::{
    access::not_for_this_role,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, Paging},
    problems::{ChangeProblems, ReadProblems},
    reply::Reply,
};

/// List what needs one
///
/// What is most urgent first, then what is to be seen to soonest. For mentors and counsellors what is theirs: of those whom they lead, what
/// they took or was meant for them, and what they are asked to take over. For managers what is nobody else's, and what was overdue and has risen to them.
#[utoipa::path(
    get, path = "/work-items", tag = "work_items", operation_id = "listWorkItems",
    params(Filter),
    responses((status = 200, description = "A page of what is open", body = Page<WorkItem>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let by = deeds::by(&call.actor)?;
    let scope = call.actor.staff_caseload()?;
    let paging: Paging<Place> = filter.paging()?;
    if filter.staff_id.is_some_and(|staff| staff != by.staff) && !by.is_manager {
        return Err(not_for_this_role());
    }
    let mut reading = app.begin_reading(&call).await?;
    if let Some(participant) = filter.participant_id {
        centre_of(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    }
    let whose = match (filter.staff_id, filter.participant_id) {
        (Some(staff), _) => Whose::Of(staff),
        (None, Some(_)) => Whose::Everybodys,
        (None, None) => Whose::Own(by),
    };
    let now = reading.now;
    let wanted = match (filter.participant_id, filter.staff_id) {
        (Some(participant), _) => Wanted::About(participant),
        (None, Some(staff)) => Wanted::Of(staff),
        (None, None) => Wanted::Own(by.staff),
    };
    let rows = open(&mut reading.tx, scope, wanted, now).await?;
    let with_snoozed = filter.snoozed == Some(true);
    let rows = rows.into_iter().filter(|row| list::is_on(row, whose, with_snoozed, now)).collect();
    let page =
        paging.page(list::page(rows, &paging), Place::of)?.map(|row| WorkItem::of(&app, &row, by, now))?;
    let audit = Audit::new(&WORK_ITEM, "list", None).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

async fn open(
    tx: &mut db::Tx,
    scope: kernel::access::Scope,
    wanted: Wanted,
    now: contract::time::Instant,
) -> Result<Vec<Row>> {
    let entries = store::open(tx, scope, wanted).await?;
    let mut rows: Vec<Row> = entries.into_iter().filter_map(|entry| entry.row).collect();
    store::look_up_bookings(tx, rows.iter_mut().collect(), now).await?;
    Ok(rows)
}

/// See how the centre's work stands
///
/// For managers: how much is open by cause, taken by nobody, overdue or out of sight, and how many people the centre accompanies. It
/// names nobody and compares nobody.
#[utoipa::path(
    get, path = "/work-items/summary", tag = "work_items", operation_id = "summarizeWorkItems",
    responses((status = 200, description = "The counts", body = WorkItemSummary), ReadProblems)
)]
pub async fn summarize(State(app): State<App>, call: Call) -> Result<Response> {
    let (_, _, centre) = call.actor.staff(&[StaffRole::Manager])?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let by_cause = summary::by_cause(&mut reading.tx, centre, now).await?;
    let (people_accompanied, people_without_lead) = summary::people(&mut reading.tx, centre).await?;
    let answer = WorkItemSummary { as_of: now, by_cause, people_accompanied, people_without_lead };
    reading.finish(Audit::new(&WORK_ITEM, "summarize", None).as_one(), Reply::ok(&answer)?).await
}

/// Read a work item
///
/// For the mentors and counsellors of the participant and the manager of their centre, whosever it is, also when it is closed.
#[utoipa::path(
    get, path = "/work-items/{work_item_id}", tag = "work_items", operation_id = "readWorkItem",
    params(("work_item_id" = WorkItemId, Path)),
    responses((status = 200, description = "The item", body = WorkItem, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<WorkItemId>) -> Result<Response> {
    let by = deeds::by(&call.actor)?;
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let mut row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    store::look_up_bookings(&mut reading.tx, vec![&mut row], now).await?;
    let audit = Audit::new(&WORK_ITEM, "read", id.0).about(row.participant_id);
    let reply = Reply::ok(&WorkItem::of(&app, &row, by, now)?)?.version(row.version);
    reading.finish(audit, reply).await
}

/// A command: the item is loaded in scope and held, then it is done.
async fn change_by(
    app: &App,
    call: &Call,
    id: WorkItemId,
    seen: &IfMatch,
    (digest, deed): (Digest, Deed),
) -> Result<Response> {
    let by = deeds::by(&call.actor)?;
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(call, digest).await?;
    let now = work.now;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let audit = deeds::carry_out(app, &mut work.tx, &call.actor, &mut row, deed, now).await?;
    store::look_up_bookings(&mut work.tx, vec![&mut row], now).await?;
    let reply = Reply::ok(&WorkItem::of(app, &row, by, now)?)?.version(row.version);
    work.finish(audit, reply).await
}

macro_rules! commands {
    ($($(#[doc = $about:literal])* $name:ident, $path:literal, $operation:literal, $done:literal, $deed:expr;)+) => { $(
        $(#[doc = $about])*
        #[utoipa::path(
            post, path = $path, tag = "work_items", operation_id = $operation,
            params(
                ("work_item_id" = WorkItemId, Path),
                IfMatch,
                Call
            ),
            responses((status = 200, description = $done, body = WorkItem, headers(("ETag" = String))), ChangeProblems)
        )]
        pub async fn $name(
            State(app): State<App>,
            call: Call,
            Path(id): Path<WorkItemId>,
            seen: IfMatch,
        ) -> Result<Response> {
            change_by(&app, &call, id, &seen, (Digest::empty(), $deed)).await
        }
    )+ };
}

commands! {
    /// Take a work item
    ///
    /// "I see to it." For the mentors and counsellors of the participant; a manager takes it from whoever has it.
    take, "/work-items/{work_item_id}/take", "takeWorkItem", "It is yours", Deed::Take;
    /// Release a work item
    ///
    /// It is the lead's again. For whoever took it, and managers.
    release, "/work-items/{work_item_id}/release", "releaseWorkItem", "It is free", Deed::Release;
    /// Take over a work item
    ///
    /// For the mentor, counsellor or manager who was asked to.
    accept, "/work-items/{work_item_id}/accept", "acceptWorkItem", "It is yours", Deed::Accept;
    /// Refuse to take over a work item
    ///
    /// For the mentor, counsellor or manager who was asked to. It stays with whoever has it.
    refuse, "/work-items/{work_item_id}/refuse", "refuseWorkItem", "It stays where it was", Deed::Refuse;
    /// Withdraw the hand-over of a work item
    ///
    /// For whoever asked, and managers.
    withdraw_hand_over, "/work-items/{work_item_id}/withdraw-hand-over", "withdrawWorkItemHandOver", "Nobody is asked any more", Deed::WithdrawHandOver;
    /// Finish a work item
    ///
    /// Somebody saw to it. For whoever has the participant in their caseload, whosever the item is. For 10 minutes it can be undone.
    finish, "/work-items/{work_item_id}/finish", "finishWorkItem", "It is done", Deed::Finish;
    /// Open a work item again
    ///
    /// For the mentor, counsellor or manager who finished or dismissed it, within 10 minutes, unless its cause went away meanwhile.
    undo, "/work-items/{work_item_id}/undo", "undoWorkItem", "It is open again", Deed::Undo;
}

/// Ask somebody to take over a work item
///
/// It stays where it is until they accept. For whoever has it, and managers.
#[utoipa::path(
    post, path = "/work-items/{work_item_id}/hand-over", tag = "work_items", operation_id = "handOverWorkItem",
    request_body = WorkItemHandOver,
    params(
        ("work_item_id" = WorkItemId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "They are asked", body = WorkItem, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn hand_over(
    State(app): State<App>,
    call: Call,
    Path(id): Path<WorkItemId>,
    seen: IfMatch,
    body: Body<WorkItemHandOver>,
) -> Result<Response> {
    change_by(&app, &call, id, &seen, (body.digest, Deed::HandOver(body.value))).await
}

/// Dismiss a work item
///
/// Nothing is to be done, for this reason. For whoever has the participant in their caseload. For 10 minutes it can be undone.
#[utoipa::path(
    post, path = "/work-items/{work_item_id}/dismiss", tag = "work_items", operation_id = "dismissWorkItem",
    request_body = Dismissal,
    params(
        ("work_item_id" = WorkItemId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "Nothing is to be done", body = WorkItem, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn dismiss(
    State(app): State<App>,
    call: Call,
    Path(id): Path<WorkItemId>,
    seen: IfMatch,
    body: Body<Dismissal>,
) -> Result<Response> {
    change_by(&app, &call, id, &seen, (body.digest, Deed::Dismiss(body.value))).await
}

/// Put a work item out of sight
///
/// Until the morning some days later, as many as its `snoozable_days` say; its window is then anew. For the mentors and counsellors of the participant and the
/// manager of their centre. Alarms cannot be put out of sight.
#[utoipa::path(
    post, path = "/work-items/{work_item_id}/snooze", tag = "work_items", operation_id = "snoozeWorkItem",
    request_body = Snooze,
    params(
        ("work_item_id" = WorkItemId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "Until when", body = WorkItem, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn snooze(
    State(app): State<App>,
    call: Call,
    Path(id): Path<WorkItemId>,
    seen: IfMatch,
    body: Body<Snooze>,
) -> Result<Response> {
    change_by(&app, &call, id, &seen, (body.digest, Deed::Snooze(body.value))).await
}

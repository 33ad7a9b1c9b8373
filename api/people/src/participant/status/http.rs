//! The operations on where a file stands.

use super::{
    answer::StatusEntry,
    deeds::{self, Order},
    request::{DeathRecord, DeathReversal, FilePause, StatusChange},
    store,
    words::FileCommand,
};
use crate::{
    App,
    participant::{answer::ParticipantSummary, store as files},
};
use axum::{extract::State, response::Response};
use contract::ParticipantId;
use identity::things::PARTICIPANT;
use kernel::{
    access::not_for_this_role,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, ReadProblems},
    reply::Reply,
};

/// Every command: authorise, carry out, reply.
async fn command(
    app: App,
    call: Call,
    (id, seen): (ParticipantId, IfMatch),
    order: Order,
    digest: Digest,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let role = order.authorised(&call.actor)?;
    let mut work = app.begin(&call, digest).await?;
    let (row, audit) =
        deeds::carry_out(&app, &mut work.tx, (&call.actor, scope, role), (id, &seen), order, work.now)
            .await?;
    let reply = Reply::ok(&ParticipantSummary::of(&app, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}

/// Say that somebody is there, and begin
///
/// For the mentors and counsellors of the participant and the manager of their centre, of a file that is being prepared.
#[utoipa::path(
    post, path = "/participants/{participant_id}/activate", tag = "participants", operation_id = "activateParticipant",
    params(
        ("participant_id" = ParticipantId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = ParticipantSummary, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn activate(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ParticipantId>,
    seen: IfMatch,
) -> Result<Response> {
    command(app, call, (id, seen), Order::plain(FileCommand::Activate), Digest::empty()).await
}

/// Let a file go on
///
/// For the mentors and counsellors of the participant and the manager of their centre; what a manager paused, a manager resumes. What lies
/// ahead is reminded of again, and nothing that was due meanwhile is sent late.
#[utoipa::path(
    post, path = "/participants/{participant_id}/resume", tag = "participants", operation_id = "resumeParticipant",
    params(
        ("participant_id" = ParticipantId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = ParticipantSummary, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn resume(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ParticipantId>,
    seen: IfMatch,
) -> Result<Response> {
    command(app, call, (id, seen), Order::plain(FileCommand::Resume), Digest::empty()).await
}

macro_rules! commands {
    ($($(#[doc = $about:literal])* $name:ident($body:ident), $path:literal, $operation:literal, $order:expr;)+) => { $(
        $(#[doc = $about])*
        #[utoipa::path(
            post, path = $path, tag = "participants", operation_id = $operation,
            request_body = $body,
            params(
                ("participant_id" = ParticipantId, Path),
                IfMatch,
                Call
            ),
            responses((status = 200, description = "How it stands now", body = ParticipantSummary, headers(("ETag" = String))), ChangeProblems)
        )]
        pub async fn $name(
            State(app): State<App>,
            call: Call,
            Path(id): Path<ParticipantId>,
            seen: IfMatch,
            body: Body<$body>,
        ) -> Result<Response> {
            let order: fn($body) -> Result<Order> = $order;
            command(app, call, (id, seen), order(body.value)?, body.digest).await
        }
    )+ };
}

commands! {
    /// Let a file rest
    ///
    /// For the mentors and counsellors of the participant and the manager of their centre, of an active file. From then on nobody is reminded of
    /// anything about the participant, on any device; their appointments stand. Only managers say and read why.
    pause(FilePause), "/participants/{participant_id}/pause", "pauseParticipant", |new| Ok(Order::pause(new));
    /// Close a file whose goal is reached
    ///
    /// For the manager of the centre; the reason is `goal_reached`. Whatever is open is closed: the appointments that lie ahead are cancelled, the
    /// phones of the participant are signed out, and nobody is reminded any more.
    complete(StatusChange), "/participants/{participant_id}/complete", "completeParticipant", |new| Order::for_reason(FileCommand::Complete, new);
    /// Close a file before its goal is reached
    ///
    /// For the manager of the centre; the reasons are `asked_to_stop`, `moved_away`, `service_ended` and, with how often they were tried to be
    /// reached, `not_reached`. It has the consequences of `complete`.
    withdraw(StatusChange), "/participants/{participant_id}/withdraw", "withdrawParticipant", |new| Order::for_reason(FileCommand::Withdraw, new);
    /// Close a file since a body outside this service accompanies them
    ///
    /// For the manager of the centre; the reasons are `moved_away` and `served_elsewhere`. It has the consequences of `complete`. Moving to another
    /// centre of this service is `askCentre`.
    transfer(StatusChange), "/participants/{participant_id}/transfer", "transferParticipant", |new| Order::for_reason(FileCommand::Transfer, new);
    /// Record that somebody died
    ///
    /// For the mentors and counsellors of the participant and the manager of their centre, who type the name. Every message stops at once, on every
    /// device and channel. A manager can reverse it.
    record_death(DeathRecord), "/participants/{participant_id}/record-death", "recordDeath", |new| Ok(Order::death(new));
    /// Open a closed file again
    ///
    /// For the manager of the centre; the reasons are `came_back` and `closed_by_mistake`. What was cancelled stays cancelled, and phones enrol
    /// anew. Whoever died is not opened again but by `reverseDeath`.
    reopen(StatusChange), "/participants/{participant_id}/reopen", "reopenParticipant", |new| Order::for_reason(FileCommand::Reopen, new);
    /// Say that somebody did not die
    ///
    /// For the manager of the centre. The file stands where it stood before; what was cancelled stays cancelled, and nothing that was stopped is
    /// sent late.
    reverse_death(DeathReversal), "/participants/{participant_id}/reverse-death", "reverseDeath", |new| Ok(Order::no_death(new));
}

/// List where a file stood
///
/// The latest first. For the mentors and counsellors of the participant and the manager of their centre. Only managers read why it rested
/// and what was noted.
#[utoipa::path(
    get, path = "/participants/{participant_id}/status-history", tag = "participants", operation_id = "listStatusHistory",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of where the file stood", body = Page<StatusEntry>), ReadProblems)
)]
pub async fn history(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let role = call.actor.role().ok_or_else(not_for_this_role)?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let file = files::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let key = app.keys.participants.key(id.0, &file.data_key)?;
    let rows = store::list(&mut reading.tx, id, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.version)?
        .legible()
        .map(|change| StatusEntry::seen_by(role, &key, id, &change))?;
    let audit = Audit::new(&PARTICIPANT, "list_status", id.0).about(id).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

//! The operation.

use super::{
    cursor::{Cursor, Holder, Unreadable},
    forms::{Changed, ListedThing},
    pack,
    pull::{self, Given},
    seen,
};
use crate::{
    App,
    recorded::{self, Mutation, MutationResult},
};
use axum::{extract::State, http::HeaderMap, response::Response};
use contract::{ParticipantId, PersonKind, SyncStart};
use kernel::{
    error::{Error, Result},
    extract::{Body, Call, Query},
    page::MAX_LIMIT,
    problems::{PushProblems, ReadProblems},
    reply::Reply,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// How far the phone is.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Pull {
    /// Where to go on: `cursor` of the answer before. Absent: from the beginning.
    #[validate(length(max = "Cursor::MAX_CHARACTERS"))]
    #[param(max_length = 1536)]
    cursor: Option<String>,
    /// How many changes to look at for one answer. It tells no more things than that of each kind.
    #[validate(range(min = 1, max = "MAX_LIMIT"))]
    #[param(minimum = 1, maximum = 200, default = 200)]
    limit: Option<u16>,
}

/// What changed since the phone last asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncPage {
    /// Only in the first answer of a start: why everything is told from the beginning. What the phone has and this start does not tell is to
    /// be forgotten when `more` is false for the first time, except for what it recorded and the service has not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<SyncStart>,
    /// What is new or different.
    pub changed: Changed,
    /// What is no more, or no longer near enough in time. A phone may be told so of things that it never had.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub gone: Vec<ListedThing>,
    /// What is there and cannot be read right now, such as during an update: keep what the phone has of it, and read it by itself later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub unread: Vec<ListedThing>,
    /// The participants who left the caller's scope. Send first what was recorded about them, then erase all that is about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub revoked: Vec<ParticipantId>,
    /// Where the phone goes on. To be kept when all of this answer is.
    #[schema(max_length = 1536)]
    pub cursor: String,
    /// Whether there is more now. If not, ask again later.
    pub more: bool,
}

/// What changed since the phone last asked
///
/// For participants, and for mentors, counsellors and managers: what is new or different in their scope since `cursor` was given out, what is
/// no more, and whom they no longer see. Without a cursor everything is told from the beginning, the appointments of the next 14 days
/// first; a start goes on where it was interrupted. Of appointments a phone gets those of the last 30 days and the next 90. A phone that was
/// away for more than 400 days, sees something else than before, or comes with what an older copy of the database does not know, is told from
/// the beginning again, and `started` says why. An answer that told staff something is one line in the audit log; the access log of everybody in
/// it shows the last one of each phone and day. Answers are compressed for those who accept gzip, and filled up to multiples of 4 KiB.
#[utoipa::path(
    get, path = "/sync", tag = "sync", operation_id = "pullChanges",
    params(Pull),
    responses((status = 200, description = "What changed", body = SyncPage), ReadProblems)
)]
pub async fn pull(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query<Pull>,
) -> Result<Response> {
    let given = given(&call, query.cursor.as_deref())?;
    let now = app.clock.now();
    let page = pull::pull(&app, &call.actor, given, query.limit.unwrap_or(MAX_LIMIT)).await?;
    let (people, count) = (page.loaded.people, page.loaded.changed.count());
    let is_filled = count > 0
        || !page.loaded.gone.is_empty()
        || !page.loaded.unread.is_empty()
        || !page.revoked.is_empty();
    let answer = SyncPage {
        started: page.started,
        changed: page.loaded.changed,
        gone: page.loaded.gone,
        unread: page.loaded.unread,
        revoked: page.revoked,
        cursor: page.next.write().map_err(Error::internal)?,
        more: page.more,
    };
    let reply = Reply::ok(&answer)?;
    if call.actor.kind() == PersonKind::Staff && count > 0 {
        seen::record(&app, &call.actor, &people, count, now).await?;
    }
    pack::packed(reply, pack::accepts_gzip(&headers), is_filled)
}

/// What a phone recorded without network.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mutations": [{
    "id": "01936f6e-4d00-7000-8000-00000000000a",
    "recorded_at": "2026-11-23T10:00:00Z",
    "operation": "recordAppointmentOutcome",
    "subject_id": "01936f6e-4d00-7000-8000-000000000004",
    "base_version": 2,
    "body": {"outcome": "took_place"}
}]}))]
pub struct Push {
    /// In the order in which it was recorded.
    #[validate(length(min = 1, max = 100))]
    #[schema(value_type = Vec<Mutation>, min_items = 1, max_items = 100)]
    mutations: Vec<serde_json::Value>,
}

/// What became of all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushResult {
    /// One for each, in their order.
    #[schema(max_items = 100)]
    pub results: Vec<MutationResult>,
}

/// Send what was recorded without network
///
/// For participants, and for mentors, counsellors and managers. Each mutation is carried out in its order and for itself, as the operation that
/// it names would be: one that is refused stops no other. Sent again, whole or in part, nothing happens again: a mutation is known by its id for
/// as long as its subject lives. It is in conflict if what it relies on was changed behind `base_version`: for an answer to an appointment
/// its time, place and host; for an outcome or a cancellation its time; for a note nothing. What is refused or in conflict changed nothing. A
/// note or an outcome about somebody who was taken out of the caller's caseload after it was recorded is taken for 30 days. If the service
/// cannot answer right now (429, 503, 507), send all of it again. What was recorded together with a visit names it (`visit_id`) and stands
/// behind it. A request has at most 64 KiB: send more in several, in their order.
#[utoipa::path(
    post, path = "/sync", tag = "sync", operation_id = "pushMutations",
    request_body = Push,
    responses((status = 200, description = "What became of each", body = PushResult), PushProblems)
)]
pub async fn push(State(app): State<App>, call: Call, body: Body<Push>) -> Result<Reply> {
    call.actor.caseload()?;
    let mut results = Vec::with_capacity(body.value.mutations.len());
    for sent in &body.value.mutations {
        results.push(recorded::carry_out(&app, &call.actor, sent).await?);
    }
    Reply::ok(&PushResult { results })
}

fn given(call: &Call, cursor: Option<&str>) -> Result<Given> {
    let Some(text) = cursor else { return Ok(Given::Nothing(SyncStart::First)) };
    match Cursor::read(text) {
        Ok(cursor) if cursor.holder.person == Holder::of(&call.actor).person => Ok(Given::Cursor(cursor)),
        Ok(_) => Err(Error::field("?cursor", "not_yours", "was given to somebody else")),
        Err(Unreadable::OtherVersion) => Ok(Given::Nothing(SyncStart::ScopeChanged)),
        Err(Unreadable::Bent) => {
            Err(Error::field("?cursor", "value", "is not a cursor of this operation, or not all of it"))
        }
    }
}

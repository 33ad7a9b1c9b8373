//! Who accompanies them now, as participants are told: by first name, in their app alone and never in a notification.

use super::{given_name::given_name, held, store::Row, things::ASSIGNMENT};
use crate::app::App;
use axum::{extract::State, response::Response};
use contract::{AssignmentId, StaffRole, time::Instant};
use kernel::{
    Kernel,
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Query},
    page::{Page, PageQuery, Paging},
    problems::ReadProblems,
    protect::{
        privacy::{Name, expose_in_answer},
        seal::Field,
    },
    reply::Reply,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Somebody who accompanies the participant now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000003",
    "given_name": "Youssef",
    "role": "mentor",
    "leads": true,
    "since": "2026-11-23T10:00:00Z"
}))]
pub struct Companion {
    /// The id of the assignment.
    pub id: AssignmentId,
    /// Their first name.
    #[serde(serialize_with = "expose_in_answer")]
    pub given_name: Name,
    /// Their role.
    pub role: StaffRole,
    /// Whether they are the one to turn to first.
    pub leads: bool,
    /// Since when.
    pub since: Instant,
}

impl Companion {
    /// Opens the name of a row.
    fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.staff.key(row.staff_id.0, &row.data_key)?;
        let name: Name =
            key.open_text(Field::new("staff", "name_sealed", row.staff_id.0), &row.name_sealed)?;
        Ok(Self {
            id: row.id,
            given_name: given_name(&name).map_err(Error::internal)?,
            role: row.role,
            leads: row.leads,
            since: row.started_at,
        })
    }
}

/// See who accompanies one now
///
/// By first name, the latest first. For the participant themself.
#[utoipa::path(
    get, path = "/me/companions", tag = "assignments", operation_id = "listOwnCompanions",
    params(PageQuery),
    responses((status = 200, description = "A page of those who accompany the caller", body = Page<Companion>), ReadProblems)
)]
pub async fn list_own(
    State(app): State<App>,
    call: Call,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let me = call.actor.participant()?;
    let scope = call.actor.caseload()?;
    let paging: Paging<Uuid> = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = held::lasting_of(&mut reading.tx, scope, me, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Companion::of(&app, &row))?;
    reading.finish(Audit::new(&ASSIGNMENT, "list_own", None).about(me), Reply::ok(&page)?).await
}

/// Who accompanies them, for the participant's own phone.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Companion;
    const LIST: &'static str = "companions";
    const ABOUT: &'static str = "Who accompanies the participant now, by first name, as `listOwnCompanions` gives them; for participants alone.";
    const KINDS: &'static [&'static Thing] = &[&ASSIGNMENT];

    fn is_for(actor: &Actor) -> bool {
        actor.participant().is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Companion>>> {
        let me = loading.actor.participant()?;
        let entries = held::lasting_among(loading.tx, me, ids).await?;
        let told = entries.into_iter().map(|entry| {
            Told::of(entry.key.id, Some(me), entry.row, |row| Companion::of(loading.kernel, &row))
        });
        Ok(told.collect())
    }
}

//! What plans of the demonstration are made from, and starting one: weekly for eight weeks, every two weeks to month six, monthly to month
//! twenty-four, with a conversation a month.

use care::{
    App,
    plan::{deeds, request::NewPlan},
    plan_template::{
        PlanTemplateId,
        content::PlanContent,
        store::{self, Row},
    },
};
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::Tx;
use kernel::{Error, Result, access::Actor};
use serde_json::{Value, json};

/// What it says.
fn content() -> Result<PlanContent> {
    let phase = |id: &str, (count, unit): (u32, &str), since_start: bool, recurrence: &str| -> Value {
        json!({"id": id, "lasts": {"count": count, "unit": unit}, "since_start": since_start, "check_ins": {"recurrence": recurrence, "window": {
            "opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}}})
    };
    let content = json!({
        "name": {"ar": "خطة مواكبتكم", "fr": "Votre accompagnement", "zgh": "ⴰⵎⵓⵏ ⵏⵏⵓⵏ", "en": "Your accompaniment"},
        "phases": [
            phase("first_weeks", (8, "weeks"), false, "FREQ=WEEKLY;BYDAY=TU"),
            phase("first_months", (6, "months"), true, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
            phase("later", (24, "months"), true, "FREQ=MONTHLY;BYMONTHDAY=1"),
        ],
        "series": [{"id": "talks", "kind": "social_counselling", "minutes": 45, "recurrence": "FREQ=MONTHLY;BYMONTHDAY=15"}],
        "readiness": ["national_card", "residence_certificate", "cv", "bank_account"],
        "pathways": [{"kind": "apprenticeship", "stages": ["application", "interview", "start"]}],
    });
    serde_json::from_value(content).map_err(Error::internal)
}

/// Keeps a template of this centre, as its manager would write it.
pub async fn template(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    centre: CentreId,
    author: StaffId,
) -> Result<PlanTemplateId> {
    let row = Row {
        id: PlanTemplateId::new(&*app.ids),
        centre_id: Some(centre),
        number: 1,
        created_at: now,
        created_by: author,
        retired_at: None,
        retired_by: None,
        version: 1,
        content: store::stored(&content()?)?,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed(centre));
    Ok(row.id)
}

/// Starts a plan for somebody, from today on.
pub async fn start(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    actor: &Actor,
    participant: ParticipantId,
    template: PlanTemplateId,
) -> Result<()> {
    let today = app.zones.to_local(now, &ZoneName::CASABLANCA).map_err(Error::internal)?.date();
    let new = NewPlan {
        id: None,
        participant_id: participant,
        plan_template_id: template,
        template_number: None,
        starts_on: today.into(),
        phases: Vec::new(),
    };
    deeds::start(app, tx, (actor, actor.staff_caseload()?), new, now).await.map(drop)
}

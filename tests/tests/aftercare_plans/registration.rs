//! What the sweeps go through of plans and their conversations.

use super::{FIRST, new_plan, template, usual};
use crate::{
    appointments::{registration::appointment, schedule},
    operations::{Ids, Stage},
    plan_templates,
    plans::{CHUNK, Crowd},
    races::{By, deed},
    registry::{Feature, Phones, State, Subject, about, found, instead},
    visits::phones::about as recorded,
};
use care::plan::{PlanId, PlanSessionId};
use contract::CentreId;
use db::sql;
use futures_util::future::LocalBoxFuture;
use muwakaba_tests::{SignedIn, http::Request};
use serde_json::{Value, json};
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            needed_by: &["listPlans"],
            version: Some(sql!("SELECT version FROM plan WHERE id = $1")),
            ..Subject::new("plan_id", |stage, _, ids| Box::pin(plan(stage, ids)))
        },
        Subject {
            version: Some(sql!("SELECT version FROM plan_session WHERE id = $1")),
            ..Subject::new("plan_session_id", |stage, _, ids| Box::pin(session(stage, ids)))
        },
    ],
    states: &[
        State { operation: "startPlan", make: |stage, _, ids| Box::pin(none(stage, ids)) },
        State { operation: "linkPlanSession", make: |stage, _, ids| Box::pin(appointment(stage, ids)) },
    ],
    bodies: &[
        instead("previewPlanChange", |_| on_thursdays()),
        found("changePlan", |stage, _| Box::pin(previewed(stage))),
    ],
    deeds: &[
        deed("start a plan", "startPlan", By::Mentor),
        deed("preview a plan", "previewPlanChange", By::Mentor),
        deed("change a plan", "changePlan", By::Manager).sent(change),
        deed("end a plan", "endPlan", By::Mentor),
        deed("arrange a conversation", "linkPlanSession", By::Mentor),
        deed("drop a conversation", "cancelPlanSession", By::Manager),
    ],
    never: &[
        "SELECT 'a plan left behind: ' || pl.id FROM plan AS pl JOIN participant AS p ON p.id = pl.participant_id
         WHERE pl.centre_id <> p.centre_id",
        "SELECT 'a conversation left behind: ' || s.id FROM plan_session AS s JOIN plan AS pl ON pl.id = s.plan_id
         WHERE s.centre_id <> pl.centre_id OR s.participant_id <> pl.participant_id",
        "SELECT 'a plan of a closed file runs: ' || pl.id FROM plan AS pl JOIN participant AS p ON p.id = pl.participant_id
         WHERE pl.ended_at IS NULL AND NOT p.active",
        "SELECT 'follows a version that there is not: ' || pl.id FROM plan AS pl
         WHERE NOT EXISTS (SELECT 1 FROM plan_version AS v WHERE v.plan_id = pl.id AND v.number = pl.number)",
        "SELECT 'asked to arrange what is not to be: ' || w.id FROM work_item AS w JOIN plan_session AS s ON s.id = w.subject_id
         WHERE w.cause = 'session_to_arrange' AND w.closed_at IS NULL AND (s.dropped_at IS NOT NULL OR s.cancelled_at IS NOT NULL)",
        "SELECT 'planned and taken away: ' || c.id FROM plan_check_in AS pc JOIN check_in AS c ON c.id = pc.check_in_id
         WHERE pc.dropped_at IS NOT NULL AND c.settled = 'unanswered'",
    ],
    versioned: &["plan", "plan_session"],
    counted: &[
        "plan.start",
        "plan.change",
        "plan.end",
        "plan_session.plan",
        "plan_session.link",
        "plan_session.cancel",
    ],
    tables: &[
        about("plan", "plan", Phones::Get(&["plans"])),
        about("plan_version", "plan", Phones::GetNothing("read online, by whoever wants to know what was before")),
        about("plan_check_in", "plan", Phones::Get(&["plans"])),
        about("plan_session", "conversation of a plan", Phones::Get(&["plans"])),
    ],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    recorded: &[
        |app| {
            Box::pin(async {
                let session = first_session(app).await;
                let appointment = schedule(app, "2026-12-02T10:00:00").await.string("/id");
                let body = json!({"appointment_id": appointment});
                (app.world.mentor.clone(), recorded(app, "linkPlanSession", &session, 1, &body))
            })
        },
        |app| {
            Box::pin(async {
                let session = another_session(app).await;
                (app.world.mentor.clone(), recorded(app, "cancelPlanSession", &session, 1, &Value::Null))
            })
        },
    ],
    ..Feature::NOTHING
};

fn on_thursdays() -> Value {
    json!({"phases": [{"phase_id": "first", "recurrence": "FREQ=WEEKLY;BYDAY=TH"}]})
}

async fn first_session(app: &muwakaba_tests::TestApp) -> String {
    let path = usual(app).await;
    super::seen(app, &app.world.mentor, &path).await["sessions"][0]["id"].as_str().expect("one").to_owned()
}

/// One to which there is no appointment yet, of the plan that runs if one does.
async fn another_session(app: &muwakaba_tests::TestApp) -> String {
    let mut tx = app.app.db.read().await.expect("a transaction");
    let found: Option<Uuid> = tx
        .query(sql!(
            "SELECT id FROM plan_session WHERE participant_id = $1 AND appointment_id IS NULL AND dropped_at IS NULL ORDER BY id LIMIT 1"
        ))
        .bind(app.world.participant.id)
        .optional_scalar()
        .await
        .expect("conversations");
    drop(tx);
    match found {
        Some(id) => id.to_string(),
        None => first_session(app).await,
    }
}

/// No plan of theirs runs.
async fn none(stage: &Stage, ids: Ids) -> Ids {
    let mut tx = stage.app.app.db.read().await.expect("a transaction");
    let running: Vec<(PlanId, i64)> = tx
        .query(sql!("SELECT id, version FROM plan WHERE participant_id = $1 AND ended_at IS NULL"))
        .bind(ids.participant)
        .all()
        .await
        .expect("plans");
    drop(tx);
    for (plan, version) in running {
        let manager = stage.manager_of(&ids).await;
        let end = stage.app.post(&format!("/v1/plans/{plan}/end")).by(&manager).if_match(version);
        end.json(json!({"reason": "replaced"})).expect(200).await;
    }
    ids
}

/// One of the target's.
async fn plan(stage: &Stage, ids: Ids) -> Ids {
    let ids = plan_templates::template(stage, none(stage, ids).await).await;
    let companion = stage.companion_of(&ids).await;
    let body = json!({
        "participant_id": ids.participant, "plan_template_id": ids.of("plan_template_id"), "starts_on": FIRST,
    });
    let made = stage.app.post("/v1/plans").by(&companion).json(body).expect(201).await;
    let id: Uuid = made.string("/sessions/0/id").parse().expect("an id");
    ids.with("plan_id", made.string("/id").parse().expect("an id")).with("plan_session_id", id)
}

/// One of a plan of the target's.
async fn session(stage: &Stage, ids: Ids) -> Ids {
    plan(stage, ids).await
}

/// What was shown of the plan that was made last.
async fn previewed(stage: &Stage) -> Value {
    let mut tx = stage.app.app.db.read().await.expect("a transaction");
    let last: Option<(PlanId, CentreId, i64)> = tx
        .query(sql!(
            "SELECT id, centre_id, version FROM plan WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1"
        ))
        .optional()
        .await
        .expect("a plan");
    drop(tx);
    let mut body = on_thursdays();
    body["fingerprint"] = json!("nothing");
    let Some((plan, centre, version)) = last else { return body };
    let world = &stage.app.world;
    let manager = if centre == world.centre { &world.manager } else { &world.other_manager };
    let manager = manager.on_another_device(&stage.app.app).await;
    let path = format!("/v1/plans/{plan}/preview");
    let shown = stage.app.post(&path).by(&manager).if_match(version).json(on_thursdays()).send().await;
    if shown.status == 200 {
        body["fingerprint"] = json!(shown.string("/fingerprint"));
    }
    body
}

/// Changes the plan as it is shown just now.
fn change<'a>(stage: &'a Stage, ids: &'a Ids, caller: Option<&'a SignedIn>) -> LocalBoxFuture<'a, Request> {
    Box::pin(async move {
        let (caller, path) = (caller.expect("somebody"), format!("/v1/plans/{}", ids.of("plan_id")));
        let caller = caller.on_another_device(&stage.app.app).await;
        let version = stage.app.get(&path).by(&caller).expect(200).await.version();
        let preview = stage.app.post(&format!("{path}/preview")).by(&caller).if_match(version);
        let shown = preview.json(on_thursdays()).expect(200).await;
        let mut body = on_thursdays();
        body["fingerprint"] = json!(shown.string("/fingerprint"));
        stage.app.post(&format!("{path}/change")).by(&caller).if_match(version).json(body)
    })
}

/// One of every participant, long over, with what it asked for; and one that runs.
async fn fill(crowd: &mut Crowd) {
    let mentor = crowd.app.world.mentor.again(&crowd.app.app);
    let made = template(&crowd.app).await;
    let started = super::start(&crowd.app, &mentor, new_plan(&crowd.app, &made)).await;
    crowd.made("plan_id", started.string("/id").parse().expect("an id"));
    crowd.made("plan_session_id", started.string("/sessions/0/id").parse().expect("an id"));
    let template: Uuid = made.parse().expect("an id");
    let (app, then) = (&crowd.app, crowd.long_ago());
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let plans: Vec<PlanId> = chunk.iter().map(|_| PlanId::new(&*app.app.ids)).collect();
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO plan (id, centre_id, participant_id, number, starts_on, pauses, started_at, started_by, ended_at, end_reason, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            11,
        );
        for ((participant, centre, _), plan) in chunk.iter().zip(&plans) {
            query = query
                .bind(*plan)
                .bind(*centre)
                .bind(*participant)
                .bind(1_i64)
                .bind("2024-12-24")
                .bind("[]")
                .bind(then)
                .bind(crowd.staff[0].0)
                .bind(then)
                .bind("completed")
                .bind(2_i64);
        }
        query.execute().await.expect("plans");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO plan_version (plan_id, number, participant_id, template_id, template_number, adjustments, effective_on, made_at, made_by)
                 VALUES {rows}"
            ),
            chunk.len(),
            9,
        );
        for ((participant, ..), plan) in chunk.iter().zip(&plans) {
            query = query
                .bind(*plan)
                .bind(1_i64)
                .bind(*participant)
                .bind(template)
                .bind(1_i64)
                .bind("[]")
                .bind("2024-12-24")
                .bind(then)
                .bind(crowd.staff[0].0);
        }
        query.execute().await.expect("versions");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO plan_session (id, plan_id, centre_id, participant_id, series, original_on, planned_on, minutes, shape, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            10,
        );
        for ((participant, centre, _), plan) in chunk.iter().zip(&plans) {
            query = query
                .bind(PlanSessionId::new(&*app.app.ids))
                .bind(*plan)
                .bind(*centre)
                .bind(*participant)
                .bind("talks")
                .bind("2024-12-24")
                .bind("2024-12-23")
                .bind(45_i64)
                .bind("45")
                .bind(1_i64);
        }
        query.execute().await.expect("conversations");
    }
    // Those check-ins that the plans before had asked for.
    let ids: Vec<Uuid> =
        tx.query(sql!("SELECT id FROM check_in ORDER BY id LIMIT 2000")).scalars().await.expect("check-ins");
    let taken: Vec<Uuid> =
        tx.query(sql!("SELECT check_in_id FROM plan_check_in")).scalars().await.expect("taken");
    let plan: PlanId =
        tx.query(sql!("SELECT id FROM plan ORDER BY id LIMIT 1")).scalar().await.expect("a plan");
    let free: Vec<Uuid> = ids.into_iter().filter(|id| !taken.contains(id)).collect();
    let mut query = tx.query_rows(
        sql!("INSERT INTO plan_check_in (check_in_id, plan_id, original_on, planned_on, shape, dropped_at) VALUES {rows}"),
        free.len(),
        6,
    );
    for id in free {
        query = query.bind(id).bind(plan).bind("2024-12-24").bind("2024-12-24").bind("x").bind(then);
    }
    query.execute().await.expect("check-ins of plans");
    tx.commit().await.expect("plans");
}

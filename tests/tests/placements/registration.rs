//! What the sweeps go through of placements.

use super::{command, phones};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor},
    consents::{contact, give},
    operations::{self, Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Asked, Canary, Feature, Phones, State, Subject, about, fill, over},
};
use care::placement::PlacementId;
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp};
use serde_json::{Value, json};

/// Why it was entered by mistake.
const WITHDRAWN: &str = "Qanari-cousin: the job was hers";
/// Why it was corrected.
const REASON: &str = "Qanari-placement: the contract says so";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listPlacements", "readWork"],
        version: Some(sql!("SELECT version FROM placement WHERE id = $1")),
        ..Subject::new("placement_id", |stage, operation, ids| {
            let body = if operation.id == "recordPlacementStage" {
                json!({"stage": "offer", "on": "2026-11-10"})
            } else {
                // Its first milestone can be verified.
                json!({"on": "2026-10-10"})
            };
            Box::pin(placement(stage, ids, body))
        })
    }],
    states: &[
        State { operation: "correctMilestone", make: |stage, _, ids| Box::pin(verified(stage, ids)) },
        State { operation: "withdrawMilestone", make: |stage, _, ids| Box::pin(verified(stage, ids)) },
    ],
    bodies: &[over("recordPlacementStage", |_| json!({"on": "2026-11-16"}))],
    deeds: &[
        deed("record a placement", "recordPlacement", By::Mentor),
        deed("record a stage", "recordPlacementStage", By::Mentor),
        deed("verify a milestone", "verifyMilestone", By::Counsellor),
        deed("correct a milestone", "correctMilestone", By::Mentor),
        deed("withdraw a milestone", "withdrawMilestone", By::Manager),
        deed("agree on what an employer may know", "agreeEmployerKnowledge", By::Mentor),
        deed("correct a placement", "correctPlacement", By::Mentor),
        deed("correct the start of a placement", "correctPlacement", By::Manager)
            .with(|_| json!({"reason": "It was later", "from": "2026-10-20"})),
        deed("end a placement", "endPlacement", By::Manager),
        deed("withdraw a placement", "withdrawPlacement", By::Mentor),
    ],
    never: &[
        "SELECT 'a placement left behind: ' || x.id FROM placement AS x JOIN participant AS p ON p.id = x.participant_id
         WHERE x.centre_id <> p.centre_id",
        "SELECT 'reminded of a closed file: ' || r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.subject_kind = 'placement' AND NOT p.active AND r.state = 'planned'",
        "SELECT 'begun without milestones: ' || x.id FROM placement AS x
         WHERE x.started IS NOT NULL AND (SELECT count(*) FROM milestone AS m WHERE m.placement_id = x.id) <> 4",
        "SELECT 'held by nothing: ' || m.placement_id FROM milestone AS m
         WHERE (m.state = 'achieved') <> (m.evidence IS NOT NULL) OR (m.state = 'achieved') <> (m.verified_by IS NOT NULL)",
        "SELECT 'asked about what never was: ' || x.id FROM placement AS x JOIN work_item AS w ON w.subject_id = x.id
         WHERE x.state = 'withdrawn' AND w.closed_at IS NULL",
    ],
    versioned: &["placement"],
    counted: &[
        "placement.record",
        "placement.record_stage",
        "placement.verify_milestone",
        "placement.correct_milestone",
        "placement.withdraw_milestone",
        "placement.agree_employer_knowledge",
        "placement.end_employer_knowledge",
        "placement.correct",
        "placement.end",
        "placement.withdraw",
        "placement.miss_milestone",
    ],
    planned: &["placement"],
    tables: &[
        about("placement", "placement", Phones::Get(&["placements"])),
        about("placement_stage", "placement", Phones::Get(&["placements"])),
        about("milestone", "placement", Phones::Get(&["placements"])),
        about(
            "placement_correction",
            "placement",
            Phones::GetNothing("what a placement said before is looked up where there is a network"),
        ),
        about(
            "placement_agreement",
            "placement",
            Phones::GetNothing("the latest that was agreed stands in the placement"),
        ),
        about("placement_fact", "placement", Phones::GetNothing("which of its versions changed a placement itself")),
    ],
    canaries: &[
        Canary { text: WITHDRAWN, columns: &["placement.withdrawal_sealed"], readers: &[Mentor, Counsellor, Manager] },
        Canary {
            text: REASON,
            columns: &["placement_correction.reason_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
    ],
    unsung: &[
        ("placement.end_reason_sealed", "a word of a list"),
        ("placement_correction.end_reason_sealed", "a word of a list"),
        ("placement_correction.for_managers_sealed", "yes or no"),
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| {
            Box::pin(async {
                let body = super::over(super::new_placement(app), &json!({"id": app.app.ids.next()}));
                (app.world.mentor.clone(), phones::recorded(app, &body))
            })
        },
        |app| {
            let body = json!({"stage": "offer", "outcome": "refused", "on": "2026-11-20"});
            Box::pin(of_one(app, json!({"stage": "offer"}), "recordPlacementStage", body))
        },
        |app| {
            let body = json!({"milestone": "days_30", "evidence": "payslip", "confidence": "high", "on": "2026-11-20"});
            Box::pin(of_one(app, json!({"on": "2026-10-10"}), "verifyMilestone", body))
        },
        |app| {
            let body = json!({"milestone": "days_30", "reason": "r", "confidence": "low"});
            Box::pin(of_verified(app, "correctMilestone", body))
        },
        |app| {
            let body = json!({"milestone": "days_30", "reason": "It was the cousin's payslip"});
            Box::pin(of_verified(app, "withdrawMilestone", body))
        },
        |app| {
            Box::pin(async {
                let id = app.app.ids.next().to_string();
                give(app, &app.world.participant, contact(app, &id, "The bakery")).await;
                let body = json!({"employer_knowledge": "centre_helps", "agreed_on": "2026-11-20"});
                of_one(app, json!({"id": id}), "agreeEmployerKnowledge", body).await
            })
        },
        |app| Box::pin(of_one(app, json!({}), "correctPlacement", json!({"reason": "r", "hours_a_week": 30}))),
        |app| {
            let body = json!({"reason": "laid_off", "until": "2026-11-20"});
            Box::pin(of_one(app, json!({}), "endPlacement", body))
        },
        |app| Box::pin(of_one(app, json!({}), "withdrawPlacement", json!({"reason": "It was the cousin"}))),
    ],
    ..Feature::NOTHING
};

async fn of_one(app: &TestApp, fields: Value, operation: &str, body: Value) -> (SignedIn, Value) {
    let recorded =
        super::record(app, &app.world.mentor, super::over(super::new_placement(app), &fields)).await;
    let sent = crate::visits::phones::about(app, operation, &recorded.string("/id"), 1, &body);
    (app.world.mentor.clone(), sent)
}

/// What a phone sends of one whose first milestone was verified.
async fn of_verified(app: &TestApp, operation: &str, body: Value) -> (SignedIn, Value) {
    let fields = json!({"on": "2026-10-10"});
    let recorded =
        super::record(app, &app.world.mentor, super::over(super::new_placement(app), &fields)).await;
    command(app, &recorded, "verify-milestone", known()).await;
    let sent = crate::visits::phones::about(app, operation, &recorded.string("/id"), 2, &body);
    (app.world.mentor.clone(), sent)
}

/// By what the first milestone of one that can be is verified.
fn known() -> Value {
    json!({"milestone": "days_30", "evidence": "payslip", "confidence": "high", "on": "2026-11-20"})
}

/// One whose first milestone was verified.
async fn verified(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/placements/{}/verify-milestone", ids.of("placement_id"));
    stage.app.post(&path).by(&companion).if_match(1).json(known()).expect(200).await;
    ids
}

/// One that the companion recorded, with these fields.
async fn placement(stage: &Stage, ids: Ids, fields: Value) -> Ids {
    let record = operations::named("recordPlacement");
    let body = fill(&record, &Asked { ids: &ids, serial: 0 }, stage, None).await.expect("a body");
    let companion = stage.companion_of(&ids).await;
    let body = super::over(body, &fields);
    let recorded = stage.app.post("/v1/placements").by(&companion).json(body).expect(201).await;
    ids.with("placement_id", recorded.string("/id").parse().expect("an id"))
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let new = json!({
        "participant_id": ids.participant, "kind": "day_labour", "stage": "start", "on": "2026-10-10", "employer_id": ids.of("employer_id"),
    });
    let ended = app.post("/v1/placements").by(&world.mentor).json(new.clone()).expect(201).await;
    command(app, &ended, "end", json!({"reason": "season_over", "until": "2026-11-20"})).await;
    let mistaken = app.post("/v1/placements").by(&world.mentor).json(new).expect(201).await;
    let correction = json!({"reason": REASON, "hours_a_week": 20});
    app.patch(mistaken.header("location")).by(&world.mentor).if_match(1).json(correction).expect(200).await;
    command(app, &mistaken, "withdraw", json!({"reason": WITHDRAWN})).await;
    // The one that was entered by mistake is read by whoever knows which it is.
    ids.with("placement_id", mistaken.string("/id").parse().expect("an id"))
}

/// One of every participant, and one that was corrected.
async fn fill_crowd(crowd: &mut Crowd) {
    let corrected =
        super::record(&crowd.app, &crowd.app.world.mentor, super::new_placement(&crowd.app)).await;
    let correction = json!({"reason": "It was shorter", "hours_a_week": 20});
    let mentor = crowd.app.world.mentor.again(&crowd.app.app);
    crowd.app.patch(corrected.header("location")).by(&mentor).if_match(1).json(correction).expect(200).await;
    crowd.made("placement_id", corrected.string("/id").parse().expect("an id"));
    let (app, now) = (&crowd.app, crowd.app.now());
    let before = now.saturating_sub(TimeDelta::days(9));
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO placement (id, centre_id, participant_id, author_id, kind, employer_knowledge, state, started, recorded_at,
                                        changed_at, facts_version, version) VALUES {rows}"
            ),
            chunk.len(),
            12,
        );
        for (participant, centre, _) in chunk {
            query = query
                .bind(PlacementId::new(&*app.app.ids))
                .bind(*centre)
                .bind(*participant)
                .bind(crowd.staff[0].0)
                .bind("day_labour")
                .bind("nothing")
                .bind("running")
                .bind("2026-11-14")
                .bind(before)
                .bind(before)
                .bind(1_i64)
                .bind(1_i64);
        }
        query.execute().await.expect("placements");
    }
    for statement in [
        sql!(
            "INSERT INTO placement_stage (placement_id, number, stage, outcome, happened_on, recorded_at, recorded_by, participant_id)
             SELECT id, 1, 'start', 'reached', '2026-11-14', recorded_at, author_id, participant_id FROM placement
             WHERE corrected_at IS NULL"
        ),
        sql!(
            "INSERT INTO milestone (placement_id, milestone, state, local_due, zone, due_at, participant_id)
             SELECT id, 'days_365', 'pending', '2027-11-14T09:00:00', 'Africa/Casablanca', recorded_at, participant_id FROM placement
             WHERE corrected_at IS NULL"
        ),
        sql!(
            "INSERT INTO placement_correction (placement_id, version, corrected_at, corrected_by, reason_sealed, kind)
             SELECT pl.id, 1, pl.recorded_at, pl.author_id, p.data_key, pl.kind
             FROM placement AS pl JOIN participant AS p ON p.id = pl.participant_id WHERE pl.corrected_at IS NULL"
        ),
        sql!(
            "INSERT INTO placement_agreement (placement_id, version, employer_knowledge, recorded_at, recorded_by)
             SELECT id, 1, employer_knowledge, recorded_at, author_id FROM placement WHERE corrected_at IS NULL"
        ),
        sql!(
            "INSERT INTO placement_fact (placement_id, version) SELECT id, 1 FROM placement WHERE corrected_at IS NULL"
        ),
    ] {
        tx.query(statement).execute().await.expect("what belongs to them");
    }
    tx.commit().await.expect("placements");
}

//! What the sweeps go through of visits.

use super::{phones, with_step};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor},
    operations::{self, Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Asked, Canary, Feature, Phones, Subject, about, fill},
};
use care::visit::VisitId;
use chrono::TimeDelta;
use db::sql;
use kernel::protect::{privacy::Note, seal::Field};
use serde_json::{Value, json};

/// What was found.
const NARRATIVE: &str = "Qanari-visit: sleeps in the workshop";
/// What is to be done next.
const STEP: &str = "Qanari-step: ask the uncle";
/// What was found, for its author alone.
const OWN: &str = "Qanari-own-visit: afraid of the summer";
/// Why it was corrected.
const REASON: &str = "Qanari-correction: it was the aunt";

/// Why it was withdrawn, once a question on it was answered.
pub const MISTAKE: &str = "Qanari-visit-mistake: it was the cousin";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listVisits"],
        version: Some(sql!("SELECT version FROM visit WHERE id = $1")),
        ..Subject::new("visit_id", |stage, _, ids| Box::pin(visit(stage, ids)))
    }],
    deeds: &[
        deed("log a visit", "recordVisit", By::Mentor),
        deed("correct a visit", "correctVisit", By::Mentor),
        deed("finish a next step", "finishVisitNextStep", By::Manager),
        deed("withdraw a visit", "withdrawVisit", By::Mentor),
    ],
    never: &[
        "SELECT 'a visit left behind: ' || v.id FROM visit AS v JOIN participant AS p ON p.id = v.participant_id
         WHERE v.centre_id <> p.centre_id",
        "SELECT 'reminded of a closed file: ' || r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.subject_kind = 'visit' AND NOT p.active AND r.state = 'planned'",
        "SELECT 'reminded of a visit that was withdrawn: ' || r.id FROM reminder AS r JOIN visit AS v ON v.id = r.subject_id
         WHERE r.subject_kind = 'visit' AND v.withdrawn_at IS NOT NULL AND r.state = 'planned'",
        "SELECT 'asked about a visit that was withdrawn: ' || w.id FROM work_item AS w JOIN visit AS v ON v.id = w.subject_id
         WHERE w.cause = 'question_back' AND w.closed_at IS NULL AND v.withdrawn_at IS NOT NULL",
        "SELECT 'a withdrawn visit passes for a contact: ' || v.id FROM contact AS c JOIN visit AS v ON v.id = c.last_id
         WHERE v.withdrawn_at IS NOT NULL",
    ],
    versioned: &["visit"],
    counted: &["visit.record", "visit.correct", "visit.finish_next_step", "visit.withdraw"],
    planned: &["visit"],
    tables: &[
        about("visit", "visit", Phones::Get(&["visits"])),
        about(
            "visit_correction",
            "visit",
            Phones::GetNothing("what a visit said before is looked up where there is a network"),
        ),
        about("visit_part", "visit", Phones::GetNothing("the parts themselves are told, each in its own list")),
    ],
    canaries: &[
        Canary {
            text: NARRATIVE,
            columns: &["visit.narrative_sealed", "visit_correction.narrative_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: STEP,
            columns: &["visit.next_step_sealed", "visit_correction.next_step_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary { text: OWN, columns: &["visit.narrative_sealed"], readers: &[Counsellor] },
        Canary {
            text: REASON,
            columns: &["visit_correction.reason_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary { text: MISTAKE, columns: &["visit.withdrawal_sealed"], readers: &[Mentor, Counsellor, Manager] },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| {
            Box::pin(async {
                let body = super::over(super::new_visit(app), &json!({"id": app.app.ids.next()}));
                (app.world.mentor.clone(), phones::recorded(app, &body))
            })
        },
        |app| Box::pin(of_one(app, "correctVisit", json!({"reason": "It was longer", "duration_minutes": 90}))),
        |app| Box::pin(of_one(app, "finishVisitNextStep", json!({}))),
        |app| Box::pin(of_one(app, "withdrawVisit", json!({"reason": "It was somebody else"}))),
    ],
    ..Feature::NOTHING
};

async fn of_one(
    app: &muwakaba_tests::TestApp,
    operation: &str,
    body: Value,
) -> (muwakaba_tests::SignedIn, Value) {
    let logged = super::log(app, &app.world.mentor, with_step(app, "2026-12-01T09:30")).await;
    (app.world.mentor.clone(), phones::about(app, operation, &logged.string("/id"), 1, &body))
}

/// One of the companion's, with a next step.
async fn visit(stage: &Stage, ids: Ids) -> Ids {
    let record = operations::named("recordVisit");
    let body = fill(&record, &Asked { ids: &ids, serial: 0 }, stage, None).await.expect("a body");
    let companion = stage.companion_of(&ids).await;
    let logged = stage.app.post("/v1/visits").by(&companion).json(body).expect(201).await;
    ids.with("visit_id", logged.string("/id").parse().expect("an id"))
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let new = |narrative: &str, readers: &str| {
        json!({
            "participant_id": ids.participant, "kind": "workplace", "local_start": "2026-11-20T09:00:00", "duration_minutes": 30,
            "readers": readers, "narrative": narrative, "next_step": {"what": STEP, "local_due": "2026-12-01T09:00:00"},
        })
    };
    let logged = app.post("/v1/visits").by(&world.mentor).json(new(NARRATIVE, "staff")).expect(201).await;
    let own = over_step(new(OWN, "author"));
    app.post("/v1/visits").by(&world.counsellor).json(own).expect(201).await;
    let id = logged.string("/id");
    let correction = json!({"reason": REASON, "duration_minutes": 45});
    app.patch(&format!("/v1/visits/{id}")).by(&world.mentor).if_match(1).json(correction).expect(200).await;
    ids.with("visit_id", id.parse().expect("an id"))
}

fn over_step(mut body: Value) -> Value {
    body.as_object_mut().expect("an object").remove("next_step");
    body
}

/// One of every participant, and one that was corrected.
async fn fill_crowd(crowd: &mut Crowd) {
    let corrected = super::log(&crowd.app, &crowd.app.world.mentor, super::new_visit(&crowd.app)).await;
    let correction = json!({"reason": "It was longer", "duration_minutes": 90});
    let path = super::path_of(&corrected);
    let mentor = crowd.app.world.mentor.again(&crowd.app.app);
    crowd.app.patch(&path).by(&mentor).if_match(1).json(correction).expect(200).await;
    crowd.made("visit_id", corrected.string("/id").parse().expect("an id"));
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO visit (id, centre_id, participant_id, author_id, kind, local_start, zone, starts_at, duration_minutes, readers,
                                    narrative_sealed, recorded_at, version) VALUES {rows}"
            ),
            chunk.len(),
            13,
        );
        for (participant, centre, key) in chunk {
            let id = VisitId::new(&*app.app.ids);
            let narrative = Note::parse("It was fine").expect("a note");
            let field = Field::new("visit", "narrative_sealed", id.0);
            query = query
                .bind(id)
                .bind(*centre)
                .bind(*participant)
                .bind(crowd.staff[0].0)
                .bind("home")
                .bind("2026-11-14T10:00:00")
                .bind("Africa/Casablanca")
                .bind(now.saturating_sub(TimeDelta::days(9)))
                .bind(30_i64)
                .bind("staff")
                .bind(key.seal_text(field, &narrative, &*app.app.random).expect("sealed"))
                .bind(now.saturating_sub(TimeDelta::days(9)))
                .bind(1_i64);
        }
        query.execute().await.expect("visits");
    }
    tx.query(sql!(
        "INSERT INTO visit_correction (visit_id, version, corrected_at, corrected_by, reason_sealed, kind, local_start, zone, starts_at,
                                       duration_minutes, readers, narrative_sealed, readers_after)
         SELECT id, version, starts_at, author_id, narrative_sealed, kind, local_start, zone, starts_at, duration_minutes, readers,
                narrative_sealed, readers
         FROM visit WHERE corrected_at IS NULL"
    ))
    .execute()
    .await
    .expect("corrections");
    tx.commit().await.expect("visits");
}

//! What the sweeps go through of hand-overs.

use super::in_the_place;
use crate::{
    access::Caller::{Counsellor, Manager, Mentor},
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Canary, Feature, Phones, Subject, about, over},
    visits::phones,
};
use care::hand_over::HandOverId;
use db::{Tx, sql};
use kernel::protect::{privacy::Note, seal::Field};
use muwakaba_tests::{SignedIn, TestApp, http::Request};
use serde_json::{Value, json};
use uuid::Uuid;

/// What is written to whoever is asked.
const NOTE: &str = "Qanari-hand-over: she sings in the evening";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listHandOvers"],
        version: Some(sql!("SELECT version FROM hand_over WHERE id = $1")),
        ..Subject::new("hand_over_id", |stage, _, ids| Box::pin(hand_over(stage, ids)))
    }],
    bodies: &[
        over("askCompanion", |asked| json!({"staff_id": asked.ids.spare})),
        over("askCentre", |asked| json!({"centre_id": asked.ids.next_centre})),
    ],
    lists: &[("listHandOvers", "hand_over_id")],
    filters: &[("listHandOvers", "state", "refused")],
    deeds: &[
        deed("ask a colleague", "askCompanion", By::Manager),
        deed("ask another centre", "askCentre", By::Manager),
        deed("accept somebody", "acceptHandOver", By::Mentor),
        deed("refuse somebody", "refuseHandOver", By::Mentor),
        deed("withdraw what was asked", "withdrawHandOver", By::Manager),
        deed("move to another centre", "acceptHandOver", By::Manager)
            .sent(|stage, ids, _| Box::pin(move_to_another_centre(stage, ids))),
    ],
    never: &[
        "SELECT 'asked about a closed file: ' || h.id FROM hand_over AS h JOIN participant AS p ON p.id = h.participant_id
         WHERE h.state = 'asked' AND h.kind = 'companion' AND NOT p.active",
        "SELECT 'asked of a centre that is theirs not any more: ' || h.id FROM hand_over AS h JOIN participant AS p ON p.id = h.participant_id
         WHERE h.state = 'asked' AND h.from_centre_id <> p.centre_id",
        "SELECT 'asked in the place of nobody: ' || h.id FROM hand_over AS h JOIN assignment AS a ON a.id = h.from_assignment_id
         WHERE h.state = 'asked' AND a.ended_at IS NOT NULL",
        "SELECT 'asked of somebody who left: ' || h.id FROM hand_over AS h JOIN staff AS s ON s.id = h.to_staff_id
         WHERE h.state = 'asked' AND NOT (s.active AND s.role IN ('mentor', 'counsellor'))",
        "SELECT 'in nobodys list: ' || h.id FROM hand_over AS h WHERE h.state = 'asked' AND NOT EXISTS (
             SELECT 1 FROM work_item AS w WHERE w.subject_id = h.id AND w.cause = 'hand_over_asked' AND w.closed_at IS NULL)",
        "SELECT 'in a list and not asked: ' || w.id FROM work_item AS w WHERE w.cause = 'hand_over_asked' AND w.closed_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM hand_over AS h WHERE h.id = w.subject_id AND h.state = 'asked')",
        "SELECT 'another state for a side: ' || h.id FROM hand_over AS h JOIN hand_over_side AS s ON s.hand_over_id = h.id
         WHERE s.state <> h.state",
    ],
    versioned: &["hand_over"],
    counted: &["hand_over.ask", "hand_over.accept", "hand_over.refuse", "hand_over.withdraw", "hand_over.end"],
    tables: &[
        about("hand_over_side", "hand-over", Phones::MACHINERY),
        about("hand_over", "hand-over", Phones::Get(&["hand_overs"])),
    ],
    canaries: &[Canary {
        text: NOTE,
        columns: &["hand_over.note_sealed"],
        readers: &[Mentor, Counsellor, Manager],
    }],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| Box::pin(recorded(app, "acceptHandOver", json!({}))),
        |app| Box::pin(recorded(app, "refuseHandOver", json!({"reason": "no_time"}))),
        |app| Box::pin(recorded(app, "withdrawHandOver", json!({}))),
    ],
    reset: Some(|stage, tx| Box::pin(reset(stage, tx))),
    ..Feature::NOTHING
};

/// About somebody new each time: of one person only one thing is asked at a time.
async fn recorded(app: &TestApp, operation: &str, body: Value) -> (SignedIn, Value) {
    let (world, manager) = (&app.world, app.world.manager.again(&app.app));
    let new =
        json!({"name": format!("Handed Over {}", Uuid::now_v7().as_u128() % 1_000_000), "language": "fr"});
    let participant = app.post("/v1/participants").by(&manager).json(new).expect(201).await.string("/id");
    let path = format!("/v1/participants/{participant}/assignments");
    let assigned = app.post(&path).by(&manager).json(json!({"staff_id": world.mentor.id})).expect(201).await;
    let path = format!("/v1/assignments/{}/hand-over", assigned.string("/id"));
    let asked = app.post(&path).by(&manager).json(in_the_place(world.other_mentor.id)).expect(201).await;
    let person = if operation == "withdrawHandOver" { &world.manager } else { &world.other_mentor };
    (person.clone(), phones::about(app, operation, &asked.string("/id"), 1, &body))
}

/// The manager asks whoever accompanies the participant to take over from somebody who is no caller of the tests.
async fn hand_over(stage: &Stage, ids: Ids) -> Ids {
    let (outsider, assignment, now) = (stage.outsider_to(&ids), Uuid::now_v7(), stage.app.now());
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    close_all(&mut tx, ids.participant).await;
    tx.query(sql!("UPDATE assignment SET ended_at = started_at, ended_by = started_by WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL"))
        .bind(outsider)
        .bind(ids.participant)
        .execute()
        .await
        .expect("the former one");
    tx.query(sql!(
        "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version) VALUES ($1, $2, $3, $4, $3, 1)"
    ))
    .bind(assignment)
    .bind(ids.participant)
    .bind(outsider)
    .bind(now)
    .execute()
    .await
    .expect("an assignment");
    tx.commit().await.expect("an assignment");
    let manager = stage.manager_of(&ids).await;
    let ask = stage.app.post(&format!("/v1/assignments/{assignment}/hand-over")).by(&manager);
    let asked = ask.json(in_the_place(ids.companion)).expect(201).await;
    ids.with("hand_over_id", asked.string("/id").parse().expect("an id"))
}

/// Nothing is asked about this participant any more.
async fn close_all(tx: &mut Tx, participant: Uuid) {
    tx.query(sql!(
        "UPDATE hand_over_side SET state = 'withdrawn'
         WHERE hand_over_id IN (SELECT id FROM hand_over WHERE participant_id = $1 AND state = 'asked')"
    ))
    .bind(participant)
    .execute()
    .await
    .expect("sides");
    tx.query(sql!(
        "UPDATE hand_over SET state = 'withdrawn', decided_at = asked_at WHERE participant_id = $1 AND state = 'asked'"
    ))
    .bind(participant)
    .execute()
    .await
    .expect("hand-overs");
    tx.query(sql!(
        "UPDATE work_item SET state = 'resolved', closed_at = opened_at
         WHERE participant_id = $1 AND cause = 'hand_over_asked' AND closed_at IS NULL"
    ))
    .bind(participant)
    .execute()
    .await
    .expect("work items");
}

async fn reset(stage: &Stage, tx: &mut Tx) {
    for ids in [&stage.own, &stage.centre, &stage.elsewhere] {
        close_all(tx, ids.participant).await;
    }
}

/// What the manager of the other centre sends who was asked to have them.
async fn move_to_another_centre(stage: &Stage, ids: &Ids) -> Request {
    let (app, world) = (&stage.app, &stage.app.world);
    let mut tx = app.app.db.write().await.expect("a transaction");
    close_all(&mut tx, ids.participant).await;
    tx.commit().await.expect("nothing is asked");
    let manager = stage.manager_of(ids).await;
    let other = if ids.next_centre == world.centre.0 { &world.manager } else { &world.other_manager };
    let ask = app.post(&format!("/v1/participants/{}/hand-over", ids.participant)).by(&manager);
    let asked = ask.json(json!({"centre_id": ids.next_centre})).expect(201).await;
    let other = other.on_another_device(&app.app).await;
    app.post(&format!("{}/accept", asked.header("location"))).by(&other).if_match(1)
}

/// The counsellor, who has the participant anyway, is asked to lead in the mentor's place.
async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let app = &aviary.stage.app;
    let assignment = super::assignment_of(app, app.world.mentor.id, ids.participant).await;
    let body =
        json!({"staff_id": app.world.counsellor.id, "takes_lead": true, "ends_former": false, "note": NOTE});
    let ask = app.post(&format!("/v1/assignments/{assignment}/hand-over")).by(&app.world.mentor);
    let asked = ask.json(body).expect(201).await;
    ids.with("hand_over_id", asked.string("/id").parse().expect("an id"))
}

/// One of every participant, long answered, few of them with a no.
async fn fill_crowd(crowd: &mut Crowd) {
    let (app, then) = (&crowd.app, crowd.long_ago());
    let mentor = app.world.mentor.id;
    let mut tx = app.app.db.write().await.expect("a transaction");
    let mut last = None;
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO hand_over (id, kind, participant_id, state, asked_by, from_centre_id, from_staff_id, to_staff_id, takes_lead,
                                        ends_former, note_sealed, asked_at, decided_at, decided_by, version) VALUES {rows}"
            ),
            chunk.len(),
            15,
        );
        for (participant, centre, key) in chunk {
            let id = HandOverId::new(&*app.app.ids);
            let note = Note::parse("Speaks little French").expect("a note");
            let field = Field::new("hand_over", "note_sealed", id.0);
            let sealed = key.seal_text(field, &note, &*app.app.random).expect("sealed");
            let is_refused = id.0.as_u128().is_multiple_of(50);
            last = Some(id);
            query = query
                .bind(id)
                .bind("companion")
                .bind(*participant)
                .bind(if is_refused { "refused" } else { "accepted" })
                .bind(crowd.staff[0].0)
                .bind(*centre)
                .bind(crowd.staff[0].0)
                .bind(mentor)
                .bind(true)
                .bind(true)
                .bind(sealed)
                .bind(then)
                .bind(then)
                .bind(mentor)
                .bind(2_i64);
        }
        query.execute().await.expect("hand-overs");
    }
    for statement in [
        sql!(
            "INSERT INTO hand_over_side (side_id, hand_over_id, state) SELECT from_centre_id, id, state FROM hand_over"
        ),
        sql!(
            "INSERT INTO hand_over_side (side_id, hand_over_id, state) SELECT from_staff_id, id, state FROM hand_over"
        ),
        sql!(
            "INSERT INTO hand_over_side (side_id, hand_over_id, state) SELECT to_staff_id, id, state FROM hand_over"
        ),
    ] {
        tx.query(statement).execute().await.expect("sides");
    }
    tx.commit().await.expect("hand-overs");
    crowd.made("hand_over_id", last.expect("participants").0);
}

//! What the sweeps go through of readiness lists.

use super::{phones, setting};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Canary, Feature, Phones, State, about, instead},
};
use chrono::TimeDelta;
use db::sql;
use serde_json::{Value, json};

/// What would have to change.
const CHANGE: &str = "Qanari-change: somebody for the mother";

/// Why what was said was a mistake.
const MISTAKE: &str = "Qanari-willing: it was the brother who said so";

/// What the sweeps go through. A list is the participant's own, and nothing need be made before something is said of it.
pub const FEATURE: Feature = Feature {
    file: file!(),
    states: &[State { operation: "withdrawWillingness", make: |stage, _, ids| Box::pin(said(stage, ids)) }],
    bodies: &[
        // Whatever was said before.
        instead("setReadinessItem", |_| json!({"item": "cv", "state": "missing", "on": "2026-11-20"})),
        instead("setWillingness", |_| json!({"willingness": "seeking"})),
        instead("withdrawWillingness", |_| json!({"reason": "It was the brother who said so"})),
    ],
    filters: &[("listMissingPapers", "item", "driving_licence")],
    deeds: &[
        deed("say where an item stands", "setReadinessItem", By::Mentor),
        deed("say that another item is there", "setReadinessItem", By::Counsellor)
            .with(|_| json!({"item": "phone", "state": "being_obtained", "on": "2026-11-20"})),
        deed("say whether somebody looks for work", "setWillingness", By::Manager),
        deed("take back whether somebody looks for work", "withdrawWillingness", By::Mentor),
    ],
    never: &[
        "SELECT 'a list left behind: ' || r.participant_id FROM readiness AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.centre_id <> p.centre_id",
        "SELECT 'an item left behind: ' || i.participant_id FROM readiness_item AS i JOIN participant AS p ON p.id = i.participant_id
         WHERE i.centre_id <> p.centre_id",
        "SELECT 'an item without its last step: ' || i.participant_id FROM readiness_item AS i
         WHERE NOT EXISTS (SELECT 1 FROM readiness_step AS s WHERE s.participant_id = i.participant_id AND s.item = i.item)",
        "SELECT 'said without being said: ' || r.participant_id FROM readiness AS r
         WHERE r.willingness IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM readiness_willingness AS w WHERE w.participant_id = r.participant_id AND w.withdrawn_at IS NULL)",
    ],
    tables: &[
        about("readiness", "readiness", Phones::Get(&["readiness"])),
        about("readiness_item", "readiness", Phones::Get(&["readiness"])),
        about("readiness_step", "readiness", Phones::Get(&["readiness"])),
        about(
            "readiness_willingness",
            "readiness",
            Phones::GetNothing("the latest that was said stands in the list"),
        ),
    ],
    canaries: &[
        Canary {
            text: CHANGE,
            columns: &["readiness.change_sealed", "readiness_willingness.change_sealed"],
            readers: &[Mentor, Counsellor, Manager, Participant],
        },
        Canary {
            text: MISTAKE,
            columns: &["readiness_willingness.withdrawal_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
    ],
    unsung: &[
        ("readiness_item.state_sealed", "a word of a list"),
        ("readiness_step.state_sealed", "a word of a list"),
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| {
            Box::pin(async {
                (app.world.mentor.clone(), phones::about(app, "setReadinessItem", &setting("cv", "missing", 0)))
            })
        },
        |app| Box::pin(async { (app.world.mentor.clone(), phones::about(app, "setWillingness", &willing())) }),
        |app| {
            Box::pin(async {
                let path = format!("/v1/participants/{}/willingness", app.world.participant.id);
                let mentor = app.world.mentor.again(&app.app);
                let said = json!({"willingness": "seeking"});
                let version = app.post(&path).by(&mentor).json(said).expect(201).await.json()["version"].clone();
                let body = json!({"reason": "r", "base_version": version});
                (app.world.mentor.clone(), phones::about(app, "withdrawWillingness", &body))
            })
        },
    ],
    reset: Some(|_, tx| {
        Box::pin(async {
            for statement in [
                sql!("DELETE FROM readiness_willingness"),
                sql!("DELETE FROM readiness_step"),
                sql!("DELETE FROM readiness_item"),
                sql!("DELETE FROM readiness"),
            ] {
                tx.query(statement).execute().await.expect("readiness lists");
            }
        })
    }),
    ..Feature::NOTHING
};

fn willing() -> Value {
    json!({"willingness": "seeking", "base_version": 0})
}

/// Of whom something was said.
async fn said(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/participants/{}/willingness", ids.participant);
    let body = json!({"willingness": "seeking"});
    stage.app.post(&path).by(&companion).json(body).expect(201).await;
    ids
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let app = &aviary.stage.app;
    let path = format!("/v1/participants/{}", ids.participant);
    let mentor = || app.world.mentor.again(&app.app);
    let body = json!({"willingness": "seeking", "base_version": 0});
    app.post(&format!("{path}/willingness")).by(&mentor()).json(body).expect(201).await;
    let body = json!({"reason": MISTAKE, "base_version": 1});
    app.post(&format!("{path}/withdraw-willingness")).by(&mentor()).json(body).expect(201).await;
    let body = json!({"willingness": "not_seeking", "reason": "care", "what_would_change": CHANGE, "base_version": 2});
    app.post(&format!("/v1/participants/{}/willingness", ids.participant))
        .by(&app.world.mentor)
        .json(body)
        .expect(201)
        .await;
    app.post(&format!("/v1/participants/{}/readiness", ids.participant))
        .by(&app.world.mentor)
        .json(setting("rehabilitation", "missing", 3))
        .expect(201)
        .await;
    ids
}

/// A list of everybody.
async fn fill_crowd(crowd: &mut Crowd) {
    super::say(&crowd.app, &crowd.app.world.mentor, setting("cv", "missing", 0)).await;
    let (app, now) = (&crowd.app, crowd.app.now());
    let before = now.saturating_sub(TimeDelta::days(9));
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!("INSERT INTO readiness (participant_id, centre_id, willing_version, changed_at, version) VALUES {rows}"),
            chunk.len(),
            5,
        );
        for (participant, centre, _) in chunk {
            query = query.bind(*participant).bind(*centre).bind(0_i64).bind(before).bind(1_i64);
        }
        query.execute().await.expect("lists");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO readiness_item (participant_id, centre_id, item, state, since, moved_at, recorded_by, version) VALUES {rows}"
            ),
            chunk.len() * 2,
            8,
        );
        for (number, (participant, centre, _)) in chunk.iter().enumerate() {
            let rare = if number % 40 == 0 { "driving_licence" } else { "phone" };
            for (item, state) in [("cv", "missing"), (rare, "being_obtained")] {
                query = query
                    .bind(*participant)
                    .bind(*centre)
                    .bind(item)
                    .bind(state)
                    .bind("2026-11-14")
                    .bind(before)
                    .bind(crowd.staff[0].0)
                    .bind(1_i64);
            }
        }
        query.execute().await.expect("items");
    }
    tx.query(sql!(
        "INSERT INTO readiness_step (participant_id, item, number, state, happened_on, recorded_at, recorded_by)
         SELECT participant_id, item, 1, state, since, moved_at, recorded_by FROM readiness_item WHERE true
         ON CONFLICT DO NOTHING"
    ))
    .execute()
    .await
    .expect("steps");
    tx.query(sql!(
        "INSERT INTO readiness_willingness (participant_id, version, willingness, recorded_at, recorded_by)
         SELECT participant_id, 1, 'seeking', moved_at, recorded_by FROM readiness_item WHERE item = 'cv'"
    ))
    .execute()
    .await
    .expect("what was said");
    tx.commit().await.expect("readiness lists");
}

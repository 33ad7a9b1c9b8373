//! What the sweeps go through of emergency accesses.

use crate::{
    access::Caller::{Administrator, Manager},
    operations::{self, Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Asked, Canary, Feature, Phones, Subject, about, fill},
};
use chrono::TimeDelta;
use contract::EmergencyAccessId;
use db::{Tx, sql};
use kernel::protect::{privacy::Note, seal::Field};
use serde_json::json;

/// Why a manager opened one.
const REASON: &str = "Qanari-emergency: nobody answers the door";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listEmergencyAccesses"],
        is_shared: false,
        ..Subject::new("emergency_access_id", |stage, _, ids| Box::pin(running(stage, ids)))
    }],
    lists: &[("listEmergencyAccesses", "emergency_access_id")],
    deeds: &[
        deed("open an emergency access", "openEmergencyAccess", By::Manager),
        deed("end an emergency access", "endEmergencyAccess", By::Administrator),
    ],
    never: &[
        "SELECT 'an emergency access of somebody who left: ' || e.id FROM emergency_access AS e JOIN staff AS s ON s.id = e.staff_id
         WHERE e.ended_at IS NULL AND NOT (s.active AND s.role = 'manager')",
        "SELECT 'an emergency access left behind: ' || e.id FROM emergency_access AS e JOIN participant AS p ON p.id = e.participant_id
         WHERE e.centre_id <> p.centre_id",
    ],
    tables: &[about("emergency_access", "emergency access", Phones::ONLINE)],
    canaries: &[Canary {
        text: REASON,
        columns: &["emergency_access.reason_sealed"],
        readers: &[Manager, Administrator],
    }],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    reset: Some(|stage, tx| Box::pin(reset(stage, tx))),
    ..Feature::NOTHING
};

/// One that is running, of the manager of the participant's centre.
async fn running(stage: &Stage, ids: Ids) -> Ids {
    stage.reset().await;
    let path = format!("/v1/participants/{}/emergency-access", ids.participant);
    let open = operations::named("openEmergencyAccess");
    let body = fill(&open, &Asked { ids: &ids, serial: 0 }, stage, None).await.expect("a body");
    let manager = stage.manager_of(&ids).await;
    let opened = stage.app.post(&path).by(&manager).json(body).expect(201).await;
    ids.with("emergency_access_id", opened.string("/id").parse().expect("an id"))
}

/// Long ago, so that they count towards no hour.
async fn reset(stage: &Stage, tx: &mut Tx) {
    tx.query(sql!("UPDATE emergency_access SET started_at = $1, ended_at = ends_at"))
        .bind(stage.app.now().saturating_sub(TimeDelta::days(1)))
        .execute()
        .await
        .expect("emergency accesses");
}

/// Ended at once: what it opened is closed again to everybody.
async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, manager) = (&aviary.stage.app, &aviary.stage.app.world.manager);
    let open = format!("/v1/participants/{}/emergency-access", ids.participant);
    let emergency = json!({"reason": REASON, "minutes": 5});
    let opened =
        app.post(&open).by(manager).header("idempotency-key", "k5").json(emergency).expect(201).await;
    let end = format!("/v1/emergency-access/{}/end", opened.string("/id"));
    app.post(&end).by(manager).expect(200).await;
    ids
}

/// One of every participant, which is over.
async fn fill_crowd(crowd: &Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO emergency_access (id, centre_id, participant_id, staff_id, reason_sealed, started_at, ends_at, ended_at,
                                               version) VALUES {rows}"
            ),
            chunk.len(),
            9,
        );
        for (participant, centre, key) in chunk {
            let id = EmergencyAccessId::new(&*app.app.ids);
            let reason = Note::parse("It was urgent").expect("a note");
            let field = Field::new("emergency_access", "reason_sealed", id.0);
            query = query
                .bind(id)
                .bind(*centre)
                .bind(*participant)
                .bind(crowd.staff[0].0)
                .bind(key.seal_text(field, &reason, &*app.app.random).expect("sealed"))
                .bind(now.saturating_sub(TimeDelta::days(9)))
                .bind(now.saturating_sub(TimeDelta::days(8)))
                .bind(Some(now.saturating_sub(TimeDelta::days(8))))
                .bind(1_i64);
        }
        query.execute().await.expect("emergency accesses");
    }
    tx.commit().await.expect("emergency accesses");
}

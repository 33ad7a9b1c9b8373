//! What the sweeps go through of impressions.

use crate::{
    appointments::registration::begun,
    operations::{Ids, Stage},
    plans::Crowd,
    races::{By, deed},
    registry::{Feature, Phones, State, about},
};
use db::sql;
use kernel::protect::seal::Field;
use serde_json::json;
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    states: &[
        State { operation: "sayImpression", make: |stage, _, ids| Box::pin(held(stage, ids)) },
        State { operation: "readImpression", make: |stage, _, ids| Box::pin(said(stage, ids)) },
    ],
    deeds: &[deed("say how a session was", "sayImpression", By::Participant)],
    tables: &[about(
        "impression",
        "impression",
        Phones::GetNothing(
            "nobody learns what somebody else said, and whoever said it asks where there is a network",
        ),
    )],
    unsung: &[("impression.said_sealed", "a face, a time and a keyed hash: no text")],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    recorded: &[|app| {
        Box::pin(async {
            let path = super::held(app).await;
            (app.world.participant.clone(), super::recorded(app, &path, "good"))
        })
    }],
    ..Feature::NOTHING
};

/// A session that took place.
async fn held(stage: &Stage, ids: Ids) -> Ids {
    let ids = begun(stage, ids).await;
    let path = format!("/v1/appointments/{}/record-outcome", ids.of("appointment_id"));
    let manager = stage.manager_of(&ids).await;
    stage.app.post(&path).by(&manager).if_match(1).json(json!({"outcome": "took_place"})).expect(200).await;
    ids
}

/// One of which its participant said something.
async fn said(stage: &Stage, ids: Ids) -> Ids {
    let ids = held(stage, ids).await;
    let path = format!("/v1/appointments/{}/impression", ids.of("appointment_id"));
    let participant = super::on_a_phone(&stage.app, &stage.manager_of(&ids).await, ids.participant).await;
    stage.app.post(&path).by(&participant).json(json!({"face": "good"})).expect(200).await;
    ids
}

/// Some in each of the last forty months, as if many had said something.
async fn fill(crowd: &mut Crowd) {
    let (app, world) = (&crowd.app.app, &crowd.app.world);
    let mut tx = app.db.write().await.expect("a transaction");
    for number in 0_u128..2_600 {
        // Most are another centre's.
        let centre = if number % 13 == 0 { world.centre } else { world.other_centre };
        let (id, month) = (Uuid::now_v7(), number % 40);
        let face = u8::try_from(number % 5).expect("a face");
        let mut plain = vec![face];
        plain.extend_from_slice(&crowd.app.now().as_micros().to_be_bytes());
        plain.extend_from_slice(Uuid::from_u128(number % 7).as_bytes());
        let field = Field::new("impression", "said_sealed", id);
        tx.query(sql!("INSERT INTO impression (id, centre_id, month, said_sealed) VALUES ($1, $2, $3, $4)"))
            .bind(id)
            .bind(centre)
            .bind(format!("{}-{:02}", 2022 + month / 12, 1 + month % 12))
            .bind(app.keys.impressions.seal(field, &plain, &*app.random).expect("sealed"))
            .execute()
            .await
            .expect("an impression");
    }
    tx.commit().await.expect("impressions");
}

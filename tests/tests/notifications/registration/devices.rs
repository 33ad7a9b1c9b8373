//! The devices that people are reached on.

use crate::{
    operations::{self, Ids, Operation, Stage},
    plans::Crowd,
    races::{By, deed},
    registry::{Asked, Feature, Phones, Small, Subject, about, fill, over},
};
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::SignedIn;
use serde_json::{Value, json};

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listDevices"],
        of_caller: Some(|stage, operation, ids, caller| Box::pin(device_of(stage, operation, ids, caller))),
        is_shared: false,
        ..Subject::new("device_id", |stage, operation, ids| Box::pin(device(stage, operation, ids)))
    }],
    bodies: &[
        over("registerWebPushDevice", subscription),
        over("refreshWebPushDevice", subscription),
        over("registerFcmDevice", token),
        over("refreshFcmDevice", token),
    ],
    // The name under which Google knows a device is kept as it is.
    public_fields: &[("registerFcmDevice", "token"), ("refreshFcmDevice", "token")],
    lists: &[("listDevices", "device_id")],
    deeds: &[
        deed("register a subscription", "registerWebPushDevice", By::Participant),
        deed("register a token", "registerFcmDevice", By::Participant),
        deed("refresh a subscription", "refreshWebPushDevice", By::Participant),
        deed("refresh a token", "refreshFcmDevice", By::Participant),
        deed("remove a device", "removeDevice", By::Participant),
    ],
    never: &[
        "SELECT 'a device of an ended session: ' || device.id FROM device JOIN session ON session.id = device.session_id
         WHERE device.gone_at IS NULL AND session.ended_at IS NOT NULL",
        "SELECT 'an address twice: ' || count(*) FROM device WHERE gone_at IS NULL
         GROUP BY COALESCE(endpoint, fcm_token) HAVING count(*) > 1",
    ],
    tables: &[about("device", "device", Phones::SECRET)],
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    small: Small { sorts: &[("FROM device", "person_id =")], ..Feature::NOTHING.small },
    ..Feature::NOTHING
};

fn subscription(asked: &Asked<'_>) -> Value {
    let endpoint =
        format!("https://updates.push.services.mozilla.com/wpush/v2/subscription-{}", asked.serial);
    json!({"endpoint": endpoint})
}

fn token(asked: &Asked<'_>) -> Value {
    json!({"token": format!("dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFB-{}", asked.serial)})
}

/// The participant's, unless they are the one of the callers: each of those has a device of their own.
async fn device(stage: &Stage, operation: &Operation, ids: Ids) -> Ids {
    if ids.participant == stage.own.participant {
        return ids;
    }
    let person = stage.participant_of(&ids).await;
    device_of(stage, operation, ids, &person).await
}

/// Newly registered.
async fn device_of(stage: &Stage, operation: &Operation, ids: Ids, person: &SignedIn) -> Ids {
    let (path, register) = if operation.path.ends_with("/fcm") {
        ("/v1/devices/fcm", "registerFcmDevice")
    } else {
        ("/v1/devices/web-push", "registerWebPushDevice")
    };
    let asked = Asked { ids: &stage.own, serial: stage.serial() };
    let body = fill(&operations::named(register), &asked, stage, None).await.expect("a body");
    let registered = stage.app.post(path).by(person).json(body).expect(201).await;
    ids.with("device_id", registered.string("/id").parse().expect("an id"))
}

/// A phone of every participant.
async fn fill_crowd(crowd: &Crowd) {
    let app = &crowd.app;
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.query(sql!(
        "INSERT INTO session (id, person_kind, participant_id, label, generation, rotated_at, created_at, expires_at)
         WITH person (k, id) AS (SELECT row_number() OVER (ORDER BY id), id FROM participant)
         SELECT ",
        lite "unhex(printf('%012x7%03x8%015x', k, 2, k))",
        pg "(lpad(to_hex(k), 12, '0') || '70028' || lpad(to_hex(k), 15, '0'))::uuid",
        ", 'participant', id, 'a phone', 1, $1, $1, $2 FROM person"
    ))
    .bind(app.now())
    .bind(app.now().saturating_add(TimeDelta::days(30)))
    .execute()
    .await
    .expect("sessions");
    tx.query(sql!(
        "INSERT INTO device (id, session_id, person_kind, person_id, channel, fcm_token, state, created_at, refreshed_at, version)
         SELECT id, id, 'participant', participant_id, 'fcm', ",
        lite "hex(id)",
        pg "id::text",
        ", 'active', created_at, created_at, 1 FROM session WHERE participant_id IS NOT NULL"
    ))
    .execute()
    .await
    .expect("devices");
    tx.commit().await.expect("phones");
}

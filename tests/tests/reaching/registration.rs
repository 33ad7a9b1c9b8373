//! What the sweeps go through of how people are reached.

use super::{
    new_way,
    phones::{said, to_call, to_call_about, told},
};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    appointments::registration::appointment,
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Canary, Feature, Phones, Small, State, Subject, about},
    visits::{about as sent_about, over},
};
use db::sql;
use kernel::protect::{
    privacy::Phone,
    seal::{DataKey, Field},
};
use muwakaba_tests::TestApp;
use serde_json::{Value, json};
use uuid::Uuid;

/// Where somebody is called.
const NUMBER: &str = "+212655443391";
/// Where they are never called again.
const FORMER: &str = "+212655443392";
/// Who passes on what is said.
const PERSON: &str = "Lalla Qanariya Wassila";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            needed_by: &["changeContactWay", "removeContactWay", "orderContactWays", "reportWrongNumber", "readContactWays"],
            version: Some(sql!(
                "SELECT version FROM contact_preference WHERE participant_id = (SELECT participant_id FROM contact_way WHERE id = $1)"
            )),
            ..Subject::new("contact_way_id", |stage, _, ids| Box::pin(way(stage, ids)))
        },
        Subject {
            version: Some(sql!("SELECT version FROM reminder_call WHERE id = $1")),
            ..Subject::new("reminder_call_id", |stage, _, ids| Box::pin(settled(stage, ids)))
        },
    ],
    states: &[State { operation: "listCallsToMake", make: |stage, _, ids| Box::pin(due(stage, ids)) }],
    lists: &[("listCallsToMake", "reminder_id")],
    deeds: &[
        deed("add a way to reach somebody", "addContactWay", By::Mentor),
        deed("change a way to reach somebody", "changeContactWay", By::Mentor),
        deed("take a way to reach somebody off", "removeContactWay", By::Manager),
        deed("say how somebody is to be reached", "orderContactWays", By::Participant),
        deed("report a wrong number", "reportWrongNumber", By::Counsellor),
        deed("settle a call", "settleCall", By::Mentor),
        deed("withdraw a call", "withdrawReminderCall", By::Mentor),
    ],
    never: &[
        "SELECT 'ways left behind: ' || w.id FROM contact_way AS w JOIN participant AS p ON p.id = w.participant_id
         WHERE w.centre_id <> p.centre_id",
        "SELECT 'an order left behind: ' || w.participant_id FROM contact_preference AS w JOIN participant AS p ON p.id = w.participant_id
         WHERE w.centre_id <> p.centre_id",
        "SELECT 'a call left behind: ' || t.id FROM reminder_call AS t JOIN participant AS p ON p.id = t.participant_id
         WHERE t.centre_id <> p.centre_id",
        "SELECT 'an order that does not begin with its first: ' || participant_id FROM contact_preference
         WHERE preference <> first AND preference NOT LIKE first || ',%'",
        "SELECT 'somebody is asked without consent: ' || w.id FROM contact_way AS w
         WHERE w.kind = 'person' AND NOT EXISTS (SELECT 1 FROM consent AS c WHERE c.participant_id = w.participant_id
               AND c.purpose = 'contact_relative' AND c.subject_id = w.id AND c.state = 'given')",
        "SELECT 'a number in two places: ' || w.id FROM contact_way AS w
         WHERE w.id = w.participant_id AND w.number_sealed IS NOT NULL",
    ],
    versioned: &["reminder_call"],
    counted: &[
        "reminder_call.settle",
        "reminder_call.withdraw",
        // These change the file as well.
        "contact_ways.change_file_number",
        "contact_ways.remove_file_number",
        "contact_ways.report_wrong_file_number",
    ],
    tables: &[
        about("contact_preference", "way to reach somebody", Phones::Get(&["contact_ways"])),
        about("contact_way", "way to reach somebody", Phones::Get(&["contact_ways"])),
        about("former_number", "former number", Phones::Get(&["contact_ways"])),
        about("reminder_call", "call", Phones::ONLINE),
    ],
    canaries: &[
        Canary {
            text: NUMBER,
            columns: &["contact_way.number_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: PERSON,
            columns: &["contact_way.name_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary { text: FORMER, columns: &["former_number.number_sealed"], readers: &[] },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    // Those of whom nobody is in charge are few, and put together before.
    small: Small { scans: &["mine"], ..Feature::NOTHING.small },
    recorded: &[
        |app| {
            Box::pin(async {
                let body = over(new_way(), &json!({"id": Uuid::now_v7()}));
                (app.world.mentor.clone(), said(app, "addContactWay", app.world.participant.id, &body))
            })
        },
        |app| Box::pin(of_one(app, "changeContactWay", |id| json!({"contact_way_id": id, "may_leave_message": true}))),
        |app| Box::pin(of_one(app, "removeContactWay", |id| json!({"contact_way_id": id}))),
        |app| Box::pin(of_one(app, "orderContactWays", |_| json!({"order": ["phone", "app"]}))),
        |app| {
            Box::pin(async {
                let id = Uuid::now_v7();
                super::add(app, &app.world.mentor, over(new_way(), &json!({"id": id}))).await;
                let body = json!({"contact_way_id": id, "number": "+212600000001"});
                (app.world.mentor.clone(), said(app, "reportWrongNumber", app.world.participant.id, &body))
            })
        },
        |app| Box::pin(async { (app.world.mentor.clone(), told(app, to_call(app).await)) }),
        |app| {
            Box::pin(async {
                let reminder = to_call_about(app, "2026-12-03T12:00:00").await;
                let path = format!("/v1/calls-to-make/{reminder}/settle");
                let mentor = app.world.mentor.again(&app.app);
                let made = app.post(&path).by(&mentor).json(json!({"how": "called"})).expect(201).await.string("/id");
                (app.world.mentor.clone(), sent_about(app, "withdrawReminderCall", &made, 1, &Value::Null))
            })
        },
    ],
    ..Feature::NOTHING
};

async fn of_one(
    app: &TestApp,
    operation: &str,
    body: fn(Uuid) -> Value,
) -> (muwakaba_tests::SignedIn, Value) {
    let id = Uuid::now_v7();
    super::add(app, &app.world.mentor, over(new_way(), &json!({"id": id}))).await;
    let version =
        super::ways(app, &app.world.mentor.again(&app.app)).await["version"].as_i64().expect("a version");
    let subject = app.world.participant.id.to_string();
    (app.world.mentor.clone(), sent_about(app, operation, &subject, version, &body(id)))
}

/// As many are kept as can be; those of former operations make room, and what they said of the number is not so.
async fn make_room(stage: &Stage, participant: Uuid) {
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    tx.query(sql!("DELETE FROM contact_way WHERE participant_id = $1 AND id <> $1"))
        .bind(participant)
        .execute()
        .await
        .expect("room for ways");
    tx.query(sql!("DELETE FROM former_number WHERE participant_id = $1"))
        .bind(participant)
        .execute()
        .await
        .expect("a number that can be used");
    tx.commit().await.expect("room");
}

/// A number of the target's, which their companion wrote down.
async fn way(stage: &Stage, ids: Ids) -> Ids {
    let id = Uuid::now_v7();
    make_room(stage, ids.participant).await;
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/participants/{}/contact-ways", ids.participant);
    stage.app.post(&path).by(&companion).json(over(new_way(), &json!({"id": id}))).expect(200).await;
    ids.with("contact_way_id", id)
}

/// What the target is to be told now.
async fn due(stage: &Stage, ids: Ids) -> Ids {
    let ids = appointment(stage, ids).await;
    let mut tx = stage.app.app.db.read().await.expect("a transaction");
    let reminder = tx
        .query(sql!("SELECT id FROM reminder WHERE subject_id = $1 AND recipient_kind = 'participant' AND due_at <= $2"))
        .bind(ids.of("appointment_id"))
        .bind(stage.app.now())
        .scalar()
        .await
        .expect("a reminder");
    ids.with("reminder_id", reminder)
}

/// The target was told.
async fn settled(stage: &Stage, ids: Ids) -> Ids {
    let ids = due(stage, ids).await;
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/calls-to-make/{}/settle", ids.of("reminder_id"));
    let made = stage.app.post(&path).by(&companion).json(json!({"how": "called"})).expect(201).await;
    ids.with("reminder_call_id", made.string("/id").parse().expect("an id"))
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, mentor) = (&aviary.stage.app, &aviary.stage.app.world.mentor);
    let path = format!("/v1/participants/{}/contact-ways", ids.participant);
    let (kept, former, person) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let number = |id: Uuid, number: &str| over(new_way(), &json!({"id": id, "number": number}));
    app.post(&path).by(mentor).json(number(kept, NUMBER)).expect(200).await;
    app.post(&path).by(mentor).json(number(former, FORMER)).expect(200).await;
    let wrong = json!({"contact_way_id": former, "number": FORMER});
    app.post(&format!("{path}/wrong-number")).by(mentor).json(wrong).expect(200).await;
    let consent = json!({
        "participant_id": ids.participant, "purpose": "contact_relative", "subject_id": person, "whom": "the aunt",
        "wording_version": "2026-11", "language": "ar",
    });
    for voice in ["participant", "guardian"] {
        let said = over(consent.clone(), &json!({"given_by": voice}));
        app.post("/v1/consents").by(mentor).json(said).expect(200).await;
    }
    let body = json!({"id": person, "kind": "person", "whose": "relative", "name": PERSON});
    app.post(&path).by(mentor).json(body).expect(200).await;
    settled(aviary.stage, ids.with("contact_way_id", kept)).await
}

/// One of each of every participant.
async fn fill_crowd(crowd: &mut Crowd) {
    let app = &crowd.app;
    let id = Uuid::now_v7();
    super::add(app, &app.world.mentor, over(new_way(), &json!({"id": id}))).await;
    let path = format!("/v1/calls-to-make/{}/settle", to_call(app).await);
    let mentor = app.world.mentor.again(&app.app);
    let made = app.post(&path).by(&mentor).json(json!({"how": "called"})).expect(201).await.string("/id");
    crowd.made("contact_way_id", id);
    crowd.made("reminder_call_id", made.parse().expect("an id"));
    let (app, now) = (&crowd.app, crowd.app.now());
    let number = Phone::parse("+212600000003").expect("a number");
    let sealed = |table, id, key: &DataKey| {
        key.seal_text(Field::new(table, "number_sealed", id), &number, &*app.app.random).expect("sealed")
    };
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!("INSERT INTO contact_preference (participant_id, centre_id, preference, first, version) VALUES {rows}"),
            chunk.len(),
            5,
        );
        for (participant, centre, _) in chunk {
            query = query.bind(*participant).bind(*centre).bind("phone,app").bind("phone").bind(2_i64);
        }
        query.execute().await.expect("orders");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO contact_way (participant_id, id, centre_id, kind, whose, number_sealed, may_leave_message, recorded_at)
                 VALUES {rows}"
            ),
            chunk.len(),
            8,
        );
        for (participant, centre, key) in chunk {
            let id = app.app.ids.next();
            query = query
                .bind(*participant)
                .bind(id)
                .bind(*centre)
                .bind("phone")
                .bind("neighbour")
                .bind(sealed("contact_way", id, key))
                .bind(false)
                .bind(now);
        }
        query.execute().await.expect("ways");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO former_number (id, participant_id, way_id, whose, number_sealed, why, ended_at) VALUES {rows}"
            ),
            chunk.len(),
            7,
        );
        for (participant, _, key) in chunk {
            let id = app.app.ids.next();
            query = query
                .bind(id)
                .bind(*participant)
                .bind(app.app.ids.next())
                .bind("own")
                .bind(sealed("former_number", id, key))
                .bind("replaced")
                .bind(now);
        }
        query.execute().await.expect("former numbers");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO reminder_call (id, centre_id, participant_id, reminder_id, staff_id, how, local_at, zone, at, recorded_at, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            11,
        );
        for (participant, centre, _) in chunk {
            query = query
                .bind(app.app.ids.next())
                .bind(*centre)
                .bind(*participant)
                .bind(app.app.ids.next())
                .bind(crowd.staff[0].0)
                .bind("called")
                .bind("2026-11-14T10:00:00")
                .bind("Africa/Casablanca")
                .bind(now)
                .bind(now)
                .bind(1_i64);
        }
        query.execute().await.expect("calls");
    }
    tx.commit().await.expect("how they are reached");
}

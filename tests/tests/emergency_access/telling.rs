//! Who hears of it.

use super::{REASON, appointment_with_notes, each, opened, opening};
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::{Value, json};

/// What this person was told about emergency accesses.
async fn told(app: &TestApp, person: &SignedIn) -> Vec<Value> {
    let list = app.get("/v1/notifications").by(&person.again(&app.app)).expect(200).await.json();
    let items = list["items"].as_array().expect("a list").iter();
    items.filter(|item| item["content"]["subject"]["kind"] == "emergency_access").cloned().collect()
}

fn purposes(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["content"]["purpose"].as_str().expect("a purpose")).collect()
}

both_databases! {
    async fn administrators_the_participant_and_the_author_are_told(app: TestApp) {
        let world = &app.world;
        appointment_with_notes(&app).await;
        let id = opened(&app, 30).await;
        for (person, purpose, state) in [
            (&world.administrator, "emergency_access_opened", "planned"),
            (&world.participant, "own_information_opened", "sent"),
            (&world.counsellor, "own_notes_opened", "planned"),
        ] {
            let items = told(&app, person).await;
            assert_eq!(purposes(&items), [purpose]);
            assert_eq!((&items[0]["state"], &items[0]["content"]["subject"]["id"]), (&json!(state), &json!(id)));
            assert_eq!(items[0]["content"]["time"]["local"], "2026-11-23T10:00:00");
            assert_eq!(items[0]["content"]["actions"], json!([]));
            assert!(!items[0].to_string().contains(REASON));
        }
        for person in [&world.mentor, &world.manager, &world.other_manager, &world.observer, &world.other_participant] {
            assert_eq!(told(&app, person).await, Vec::<Value>::new());
        }
        let log = app.get("/v1/audit").by(&world.participant).expect(200).await;
        let line = log.json()["items"][0].clone();
        assert_eq!((&line["action"], &line["subject_id"]), (&json!("emergency_access.open"), &json!(id)));
        assert_eq!(line["actor"], json!({"kind": "staff", "role": "manager"}));
    }

    async fn at_night_only_administrators_phones_ring(app: TestApp) {
        appointment_with_notes(&app).await;
        app.clock.advance(TimeDelta::hours(13));
        opened(&app, 30).await;
        let mut tx = app.database.db.read().await.expect("a transaction");
        let due: Vec<(String, Option<contract::time::Instant>)> = tx
            .query(sql!("SELECT purpose, ready_at FROM reminder WHERE subject_kind = 'emergency_access' ORDER BY purpose"))
            .all()
            .await
            .expect("reminders");
        let (night, morning) = ("2026-11-23T23:00:00Z".parse().ok(), "2026-11-24T08:00:00Z".parse().ok());
        assert_eq!(
            due,
            [
                ("emergency_access_opened".to_owned(), night),
                ("own_information_opened".to_owned(), None),
                ("own_notes_opened".to_owned(), morning),
            ]
        );
    }

    async fn whoever_wrote_nothing_for_themself_is_not_told(app: TestApp) {
        opened(&app, 30).await;
        assert_eq!(told(&app, &app.world.counsellor).await, Vec::<Value>::new());
        assert_eq!(told(&app, &app.world.administrator).await.len(), 1);
    }

    async fn a_refused_opening_tells_nobody(app: TestApp) {
        opening(&app, 30).by(&app.world.other_manager).expect(404).await;
        opening(&app, 30).by(&app.world.mentor).expect(403).await;
        assert_eq!(told(&app, &app.world.administrator).await, Vec::<Value>::new());
        assert_eq!(told(&app, &app.world.participant).await, Vec::<Value>::new());
        let log = app.get("/v1/audit").by(&app.world.administrator).expect(200).await;
        assert_eq!(each(&log, "/action"), Vec::<Value>::new());
    }
}

//! What it opens: the notes that counsellors wrote for themselves alone, to the manager who opened it, while it runs.

use super::{appointment_with_notes, each, end_of, opened, path_of};
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::{Value, json};

async fn read(app: &TestApp, notes: &str, person: &SignedIn) -> Vec<Value> {
    each(&app.get(notes).by(&person.again(&app.app)).expect(200).await, "/body")
}

both_databases! {
    async fn a_counsellors_own_note_is_read_while_it_runs(app: TestApp) {
        let (world, notes) = (&app.world, appointment_with_notes(&app).await);
        let (open, both) = ([json!("Open note")], [json!("Open note"), json!("Own note")]);
        assert_eq!(read(&app, &notes, &world.manager).await, open);
        opened(&app, 20).await;
        assert_eq!(read(&app, &notes, &world.manager).await, both);
        assert_eq!(read(&app, &notes, &world.mentor).await, open);
        assert_eq!(read(&app, &notes, &world.participant).await, open);
        app.clock.advance(TimeDelta::seconds(20 * 60 - 1));
        assert_eq!(read(&app, &notes, &world.manager).await, both);
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(read(&app, &notes, &world.manager).await, open);
        assert_eq!(read(&app, &notes, &world.counsellor).await, both);

        let id = opened(&app, 20).await;
        assert_eq!(read(&app, &notes, &world.manager).await, both);
        app.post(&end_of(&id)).by(&world.administrator.again(&app.app)).expect(200).await;
        assert_eq!(read(&app, &notes, &world.manager).await, open);
    }

    async fn it_opens_the_notes_about_one_person_to_one_manager(app: TestApp) {
        let (world, notes) = (&app.world, appointment_with_notes(&app).await);
        let other = app.post(&path_of(&world.other_participant)).by(&world.manager);
        other.json(json!({"reason": "Somebody else", "minutes": 60})).expect(201).await;
        assert_eq!(read(&app, &notes, &world.manager).await, [json!("Open note")]);

        opened(&app, 60).await;
        let new = json!({"name": "Second", "email": "second@example.org", "role": "manager", "language": "fr", "centre_id": world.centre});
        let added = app.post("/v1/staff").by(&world.administrator).json(new).expect(201).await;
        let id: uuid::Uuid = added.string("/staff_id").parse().expect("an id");
        let mut tx = app.app.db.write().await.expect("a transaction");
        tx.query(sql!("UPDATE staff SET password_change_due = FALSE WHERE id = $1")).bind(id).execute().await.expect("changed");
        tx.commit().await.expect("changed");
        let second = SignedIn { id, ..world.manager.clone() }.on_another_device(&app.app).await;
        assert_eq!(read(&app, &notes, &second).await, [json!("Open note")]);
        app.get(&notes).by(&world.other_manager).expect(404).await;
    }

    async fn each_reading_names_the_access_in_the_log(app: TestApp) {
        let (world, notes) = (&app.world, appointment_with_notes(&app).await);
        read(&app, &notes, &world.manager).await;
        let id = opened(&app, 10).await;
        read(&app, &notes, &world.manager).await;
        app.clock.advance(TimeDelta::minutes(10));
        read(&app, &notes, &world.manager).await;
        let log = app.get(&format!("/v1/audit?actor_id={}", world.manager.id)).by(&world.administrator.again(&app.app));
        let log = log.expect(200).await;
        let lines: Vec<_> = each(&log, "/action").into_iter().zip(each(&log, "/details/emergency_access_id")).collect();
        assert_eq!(
            lines,
            [
                (json!("appointment.read_notes"), Value::Null),
                (json!("appointment.read_notes"), json!(id)),
                (json!("emergency_access.open"), Value::Null),
                (json!("appointment.read_notes"), Value::Null),
            ]
        );
    }
}

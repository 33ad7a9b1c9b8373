//! During an update two versions work on one database. What the later one wrote and this one does not know is left to it: not
//! failed, not lost, and no list breaks over it.

use super::{dispatch, phone, plan, push_service, read};
use chrono::TimeDelta;
use contract::ReminderId;
use db::sql;
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::json;
use uuid::Uuid;

/// Writes what a later version might have: the words of one column of the reminders of one purpose.
async fn rewrite(app: &TestApp, statement: db::Sql, purpose: &str) {
    let mut tx = app.app.db.write().await.unwrap();
    let rows = tx.query(statement).bind(purpose).execute().await.unwrap();
    assert_eq!(rows, 1, "{purpose}");
    tx.commit().await.unwrap();
}

/// Where each reminder stands, and how often it was tried.
async fn standing(app: &TestApp) -> Vec<(String, String)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT purpose, state FROM reminder ORDER BY purpose")).all().await.unwrap()
}

/// The ids of a whole list, page by page: what is left out ends no list.
async fn all(app: &TestApp, list: &str, person: &SignedIn) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{list}{cursor}")).by(person).expect(200).await.json();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next_cursor"].as_str() else { return seen };
        cursor = format!("&cursor={next}");
    }
}

async fn of_tomorrow(app: &TestApp) -> String {
    let path = crate::appointments::schedule(app, "2026-12-08T10:00:00").await.header("location").to_owned();
    for (statement, purpose) in [
        (
            sql!("UPDATE reminder_facts SET facts = REPLACE(facts, 'appointment_scheduled', 'appointment_of_tomorrow')
                  WHERE reminder_id IN (SELECT id FROM reminder WHERE purpose = $1)"),
            "appointment_scheduled",
        ),
        (sql!("UPDATE reminder SET purpose = 'appointment_of_tomorrow' WHERE purpose = $1"), "appointment_scheduled"),
        (sql!("UPDATE reminder SET state = 'snoozed' WHERE purpose = $1"), "appointment_in_seven_days"),
        (sql!("UPDATE reminder SET subject_kind = 'visit', urgency = 'very_high' WHERE purpose = $1"), "appointment_in_three_days"),
        (
            sql!("UPDATE reminder_facts SET facts = REPLACE(facts, '\"purpose\"', '\"mood\":{\"of\":[1]},\"purpose\"')
                  WHERE reminder_id IN (SELECT id FROM reminder WHERE purpose = $1)"),
            "appointment_tomorrow",
        ),
        (sql!("UPDATE reminder SET recipient_kind = 'relative' WHERE purpose = $1"), "appointment_unconfirmed"),
    ] {
        rewrite(app, statement, purpose).await;
    }
    path
}

both_databases! {
    async fn what_it_cannot_read_it_leaves_to_others_until_it_expires(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        of_tomorrow(&app).await;
        // One of its own is sent all the same.
        crate::appointments::schedule(&app, "2026-12-09T10:00:00").await;
        let counts = dispatch(&app).await;
        assert_eq!((counts.delivered, counts.failed, counts.reminders_failed), (1, 0, 0), "{counts:?}");
        let of = |rows: &[(String, String)], purpose: &str| rows.iter().find(|row| row.0 == purpose).unwrap().1.clone();
        let rows = standing(&app).await;
        assert_eq!(of(&rows, "appointment_of_tomorrow"), "planned", "anybody may take it");
        // Not at once, or this one would do nothing else.
        assert_eq!(dispatch(&app).await.claimed, 0);
        app.clock.advance(TimeDelta::seconds(16));
        assert_eq!(dispatch(&app).await.claimed, 1);

        // A field that it does not know is left to others for two minutes; then what it understands is sent.
        app.clock.set("2026-12-07T10:00:00Z".parse().unwrap());
        let before = service.received().len();
        dispatch(&app).await;
        let tomorrow = |from: usize| service.received().iter().skip(from).map(read)
            .filter(|one| one.purpose == contract::ReminderPurpose::AppointmentTomorrow && one.time.local.to_string() == "2026-12-08T10:00:00").count();
        assert_eq!(tomorrow(before), 0);
        app.clock.advance(TimeDelta::seconds(121));
        dispatch(&app).await;
        assert_eq!(tomorrow(before), 1);

        app.clock.set("2026-12-08T10:00:00Z".parse().unwrap());
        dispatch(&app).await;
        let rows = standing(&app).await;
        assert_eq!(of(&rows, "appointment_of_tomorrow"), "expired");
        // The other appointment has a reminder of this purpose, too.
        let snoozed = ("appointment_in_seven_days".to_owned(), "snoozed".to_owned());
        assert!(rows.contains(&snoozed), "a state that it does not know is not its to change");
    }

    async fn lists_leave_out_what_they_do_not_know(app: TestApp) {
        of_tomorrow(&app).await;
        let path = crate::appointments::schedule(&app, "2026-12-09T10:00:00").await.header("location").to_owned();
        app.clock.set("2026-12-07T10:00:00Z".parse().unwrap());
        let person = app.world.participant.again(&app.app);
        // Page by page: what is left out ends no list.
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/v1/notifications?limit=1{cursor}")).by(&person).expect(200).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["content"]["purpose"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert!(seen.contains(&"appointment_scheduled".to_owned()) && seen.contains(&"appointment_tomorrow".to_owned()), "{seen:?}");
        assert!(!seen.contains(&"appointment_of_tomorrow".to_owned()), "{seen:?}");
        let mut tx = app.app.db.read().await.unwrap();
        let id: ReminderId = tx.query(sql!("SELECT id FROM reminder WHERE purpose = 'appointment_of_tomorrow'")).scalar().await.unwrap();
        drop(tx);
        app.get(&format!("/v1/notifications/{}", id.0)).by(&person).expect(404).await;
        assert!(plan(&app, &path).await.len() > 3);
        for of in ["/v1/notifications", "/v1/appointments", "/v1/devices"] {
            app.get(of).by(&person).expect(200).await;
        }
    }

    async fn one_row_that_is_unknown_hides_no_other(app: TestApp) {
        let paths = [
            crate::appointments::schedule(&app, "2026-12-08T10:00:00").await.header("location").to_owned(),
            crate::appointments::schedule(&app, "2026-12-09T10:00:00").await.header("location").to_owned(),
            crate::appointments::schedule(&app, "2026-12-10T10:00:00").await.header("location").to_owned(),
        ];
        let mentor = app.world.mentor.again(&app.app);
        for visibility in ["everyone", "staff"] {
            let note = json!({"visibility": visibility, "body": "Elle vient avec son frère."});
            app.post(&format!("{}/notes", paths[0])).by(&mentor).json(note).expect(201).await;
        }
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        let lists = ["/v1/appointments?limit=1", "/v1/participants?limit=1", "/v1/staff?limit=1", "/v1/devices"];
        let notes = format!("{}/notes", paths[0]);
        let manager = app.world.manager.again(&app.app);
        let person = app.world.participant.again(&app.app);
        let by = |list: &str| if list == "/v1/devices" { &person } else if list == notes { &mentor } else { &manager };
        let mut before = Vec::new();
        for list in lists.into_iter().chain([notes.as_str()]) {
            before.push(all(&app, list, by(list)).await);
        }

        let mut tx = app.app.db.write().await.unwrap();
        let middle = tx.query(sql!("SELECT id FROM appointment ORDER BY starts_at LIMIT 1 OFFSET 1"));
        let middle: Uuid = middle.scalar().await.unwrap();
        for statement in [
            sql!("UPDATE appointment SET state = 'dreamt_of' WHERE id = $1"),
            sql!("UPDATE appointment_note SET visibility = 'family' WHERE visibility = 'staff' AND id <> $1"),
            sql!("UPDATE device SET state = 'asleep' WHERE id <> $1"),
            sql!("UPDATE participant SET language = 'es'
                  WHERE id = (SELECT other.id FROM participant AS other WHERE other.id <> $1 ORDER BY other.id LIMIT 1)"),
        ] {
            tx.query(statement).bind(middle).execute().await.unwrap();
        }
        tx.commit().await.unwrap();

        for (list, before) in lists.into_iter().chain([notes.as_str()]).zip(before) {
            let after = all(&app, list, by(list)).await;
            let missing = before.iter().filter(|id| !after.contains(id)).count();
            let wanted = usize::from(!list.starts_with("/v1/staff"));
            assert_eq!((missing, after.len()), (wanted, before.len() - wanted), "{list}");
        }
        // Another node can read it.
        let answer = app.get(&paths[1]).by(&manager).expect(503).await;
        assert_eq!(answer.header("retry-after"), "1");
    }

    async fn a_command_withdraws_what_it_cannot_read_and_another_policy_does_not(app: TestApp) {
        let path = of_tomorrow(&app).await;
        let of_tomorrows = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let found = tx.query(sql!("SELECT state FROM reminder WHERE purpose = 'appointment_of_tomorrow'"));
            found.scalar::<String>().await.unwrap()
        };
        let manager = app.world.manager.again(&app.app);
        let policy = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "09:00"}}});
        app.patch(&format!("/v1/centres/{}", app.world.centre)).by(&manager).if_match(1).json(policy).expect(200).await;
        assert_eq!(of_tomorrows().await, "planned");
        let elsewhen = json!({"local_start": "2026-12-10T10:00"});
        app.post(&format!("{path}/move")).by(&manager).if_match(1).json(elsewhen).expect(200).await;
        assert_eq!(of_tomorrows().await, "superseded", "whether it is still so, nobody here knows");
    }
}

//! A phone that follows: every change once, nothing at little cost, and what enters or leaves its sight.

use super::{Phone, made};
use crate::appointments::schedule;
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::json;

async fn assign(app: &TestApp, participant: &SignedIn, staff: &SignedIn) -> String {
    let path = format!("/v1/participants/{}/assignments", participant.id);
    let manager = app.world.manager.again(&app.app);
    app.post(&path).by(&manager).json(json!({"staff_id": staff.id})).expect(201).await.string("/id")
}

async fn end(app: &TestApp, assignment: &str) {
    let manager = app.world.manager.again(&app.app);
    app.post(&format!("/v1/assignments/{assignment}/end")).by(&manager).expect(200).await;
}

async fn lines(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM audit")).scalar().await.unwrap()
}

both_databases! {
    async fn a_change_is_told_once_and_nothing_costs_one_statement(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        for person in [&world.mentor, &world.manager, &world.participant] {
            let mut phone = Phone::fresh(&app, person).await;
            let before = lines(&app).await;
            app.statements.take();
            let nothing = phone.ask(&app, person, 200).await;
            let statements = app.statements.take();
            let asked: Vec<_> = statements.iter().filter(|text| !text.contains("FROM session")).collect();
            assert_eq!(asked.len(), 1, "{statements:?}");
            assert!(nothing.body.len() < 1024, "{}", nothing.text());
            assert_eq!((&nothing.json()["changed"], &nothing.json()["more"]), (&json!({}), &json!(false)));
            assert_eq!(lines(&app).await, before);

            let version = app.get(&format!("/v1/appointments/{id}")).by(&world.participant).expect(200).await.version();
            let wish = json!({"wish": "later please"});
            let path = format!("/v1/appointments/{id}");
            let change = match version {
                1 => app.post(&format!("{path}/confirm")).by(&world.participant),
                2 => app.post(&format!("{path}/ask-to-move")).by(&world.participant).json(wish),
                _ => app.post(&format!("{path}/cancel")).by(&world.mentor).json(json!({})),
            };
            change.if_match(version).expect(200).await;
            let told = phone.ask(&app, person, 200).await.json();
            let read = app.get(&path).by(person).expect(200).await.json();
            assert_eq!(told["changed"], json!({"appointments": [read]}));
            assert_eq!(phone.ask(&app, person, 200).await.json()["changed"], json!({}));
        }
    }

    async fn who_comes_into_sight_comes_whole_and_who_leaves_it_is_revoked(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let other = &world.other_mentor;
        let mut phone = Phone::fresh(&app, other).await;
        let before = phone.things.clone();
        for _ in 0..2 {
            let assignment = assign(&app, &world.participant, other).await;
            // The first page of the person is told, the rest behind it, whatever happens between.
            phone.ask(&app, other, 1).await;
            app.patch(&format!("/v1/participants/{}", world.participant.id)).by(&world.mentor)
                .header("if-match", "*").json(json!({"language": "en"})).expect(200).await;
            phone.follow(&app, other, 1).await;
            assert_eq!(phone.ids("appointments"), [&*id]);
            assert_eq!(phone.things, Phone::fresh(&app, other).await.things);
            let mut fresh = Phone::fresh(&app, other).await;
            end(&app, &assignment).await;
            let page = phone.ask(&app, other, 200).await.json();
            assert_eq!(page["revoked"], json!([world.participant.id]));
            assert_eq!(phone.things, before);
            fresh.follow(&app, other, 1).await;
            assert_eq!(fresh.things, before);
        }
        // Gone and back while the phone slept: nothing is revoked, and all of it comes.
        let assignment = assign(&app, &world.participant, other).await;
        phone.follow(&app, other, 200).await;
        end(&app, &assignment).await;
        assign(&app, &world.participant, other).await;
        let page = phone.ask(&app, other, 200).await.json();
        assert_eq!(page.get("revoked"), None);
        assert_eq!(page["changed"]["appointments"][0]["id"], json!(id));
        assert_eq!(phone.things, Phone::fresh(&app, other).await.things);
        // A phone that begins has lost nobody.
        let mut fresh = Phone::default();
        while fresh.cursor.is_none() || fresh.started.is_empty() {
            assert_eq!(fresh.ask(&app, other, 1).await.json().get("revoked"), None);
        }
    }

    async fn appointments_come_near_as_days_pass_and_go_when_they_are_put_off(app: TestApp) {
        let world = &app.world;
        let near = made(&schedule(&app, "2027-02-20T10:00:00").await);
        let far = made(&schedule(&app, "2027-02-22T10:00:00").await);
        let mut phones = Vec::new();
        for person in [&world.mentor, &world.manager, &world.participant] {
            let phone = Phone::fresh(&app, person).await;
            assert_eq!(phone.ids("appointments"), [&*near]);
            phones.push((phone, person));
        }
        app.clock.advance(TimeDelta::days(1));
        for (phone, person) in &mut phones {
            let person = person.again(&app.app);
            phone.follow(&app, &person, 1).await;
            assert_eq!(phone.ids("appointments"), [&*near, &*far]);
            assert_eq!(phone.things, Phone::fresh(&app, &person).await.things);
        }
        let move_to = |id: &str, day: &str| app.post(&format!("/v1/appointments/{id}/move")).by(&world.mentor.again(&app.app))
            .header("if-match", "*").json(json!({"local_start": format!("{day}T10:00:00"), "duration_minutes": 45}));
        move_to(&near, "2027-05-04").expect(200).await;
        for (phone, person) in &mut phones {
            let person = person.again(&app.app);
            let page = phone.ask(&app, &person, 200).await.json();
            assert_eq!(page["gone"], json!([{"list": "appointments", "id": near}]));
            assert_eq!(phone.things, Phone::fresh(&app, &person).await.things);
        }
        // What is long over is read online; a phone forgets it by itself.
        app.clock.advance(TimeDelta::days(130));
        for (phone, person) in &mut phones {
            let person = person.again(&app.app);
            phone.follow(&app, &person, 200).await;
            phone.things.retain(|_, thing| thing["starts_at"].as_str().is_none_or(|start| start > "2027-03-04"));
            assert_eq!(phone.ids("appointments"), [&*near]);
            assert_eq!(phone.things, Phone::fresh(&app, &person).await.things);
        }
    }

    async fn what_is_no_more_is_told_as_gone(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.changed(db::Change {
            centre: world.centre.0,
            participant: Some(world.participant.id),
            audience: None,
            subject_kind: "appointment",
            subject: id.parse().unwrap(),
            operation: db::Operation::Delete,
        });
        tx.commit().await.unwrap();
        let page = phone.ask(&app, &world.mentor, 200).await.json();
        assert_eq!(page["gone"], json!([{"list": "appointments", "id": id}]));
        assert!(phone.ids("appointments").is_empty());
    }

    async fn who_leaves_and_comes_back_has_nobody_any_more(app: TestApp) {
        let world = &app.world;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        let path = format!("/v1/staff/{}", world.mentor.id);
        for change in [json!({"active": false}), json!({"active": true})] {
            app.patch(&path).by(&world.manager).header("if-match", "*").json(change).expect(200).await;
        }
        let again = world.mentor.on_another_device(&app.app).await;
        let page = phone.ask(&app, &again, 200).await.json();
        assert_eq!(page["revoked"], json!([world.participant.id]));
        phone.follow(&app, &again, 200).await;
        assert_eq!(phone.ids("participants"), Vec::<&str>::new());
        assert_eq!(phone.things, Phone::fresh(&app, &again).await.things);
    }

    async fn another_name_or_role_is_told_wherever_it_shows(app: TestApp) {
        let world = &app.world;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        let path = format!("/v1/staff/{}", world.counsellor.id);
        for change in [json!({"name": "Somebody Else"}), json!({"role": "mentor"})] {
            app.patch(&path).by(&world.manager).header("if-match", "*").json(change).expect(200).await;
            phone.follow(&app, &world.mentor, 200).await;
            assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
        }
        let shown: Vec<_> = phone.things.iter().filter(|(_, thing)| thing["staff_name"] == json!("Somebody Else")).collect();
        assert_eq!((shown.len(), &shown[0].1["staff_role"]), (1, &json!("mentor")));
    }

    async fn what_a_later_version_wrote_is_named_and_keeps_nothing_else_back(app: TestApp) {
        let world = &app.world;
        let (id, other) = (made(&schedule(&app, "2026-11-25T10:00:00").await), made(&schedule(&app, "2026-11-26T10:00:00").await));
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        let before = phone.things.clone();
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE appointment SET kind = 'of_tomorrow' WHERE id = $1")).bind(uuid::Uuid::parse_str(&id).unwrap()).execute().await.unwrap();
        tx.changed(db::Change {
            centre: world.centre.0,
            participant: Some(world.participant.id),
            audience: None,
            subject_kind: "appointment",
            subject: id.parse().unwrap(),
            operation: db::Operation::Upsert,
        });
        tx.commit().await.unwrap();
        let path = format!("/v1/appointments/{other}/confirm");
        app.post(&path).by(&world.participant).if_match(1).expect(200).await;
        let page = phone.ask(&app, &world.mentor, 200).await.json();
        assert_eq!(page["unread"], json!([{"list": "appointments", "id": id}]));
        assert_eq!(page["changed"]["appointments"][0]["id"], json!(other));
        assert_eq!(phone.things[&("appointments".to_owned(), id.clone())], before[&("appointments".to_owned(), id.clone())]);
        // What was recorded about it waits, and nothing else does.
        let confirm = |id: &str, base: i64| json!({
            "id": uuid::Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "declineAppointment", "subject_id": id,
            "base_version": base, "body": {},
        });
        let sent = json!({"mutations": [confirm(&id, 1), confirm(&other, 2)]});
        let results = app.post("/v1/sync").by(&world.participant).json(sent).expect(200).await.json();
        assert_eq!((&results["results"][0]["result"], &results["results"][1]["result"]), (&json!("failed"), &json!("applied")));
    }

    async fn nobody_hears_of_notes_that_are_not_for_them(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        // One that everybody reads: phones have something of this list already.
        let open = json!({"visibility": "everyone", "body": "For everybody"});
        app.post(&format!("/v1/appointments/{id}/notes")).by(&world.mentor).json(open).expect(201).await;
        let mut phones = Vec::new();
        for person in [&world.participant, &world.mentor, &world.manager, &world.counsellor] {
            phones.push((Phone::fresh(&app, person).await, person));
        }
        for (visibility, readers) in [("author", &[&world.counsellor][..]), ("staff", &[&world.mentor, &world.manager, &world.counsellor])] {
            let note = json!({"visibility": visibility, "body": "Not for everybody"});
            app.post(&format!("/v1/appointments/{id}/notes")).by(&world.counsellor).json(note).expect(201).await;
            for (phone, person) in &mut phones {
                let page = phone.ask(&app, person, 200).await.json();
                let is_told = page["changed"] != json!({});
                assert_eq!(is_told, readers.iter().any(|reader| reader.id == person.id), "{visibility} {page}");
                assert_eq!(page.get("gone"), None);
                assert_eq!(phone.things, Phone::fresh(&app, person).await.things);
            }
        }
        // Who gets the person anew gets their own notes, too.
        let history = app.get(&format!("/v1/participants/{}/assignments", world.participant.id)).by(&world.manager).expect(200).await.json();
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.counsellor.id)).unwrap();
        end(&app, own["id"].as_str().unwrap()).await;
        let (phone, counsellor) = phones.last_mut().unwrap();
        phone.follow(&app, counsellor, 200).await;
        assign(&app, &world.participant, counsellor).await;
        phone.follow(&app, counsellor, 1).await;
        assert_eq!(phone.things, Phone::fresh(&app, counsellor).await.things);
        assert_eq!(phone.things[&("appointment_notes".to_owned(), id)]["items"].as_array().unwrap().len(), 3);
    }
}

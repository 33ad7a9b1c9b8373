//! Recording an attempt and withdrawing it: what is taken, what is refused by name, and who reads it.

use super::{new_attempt, stands, tried};
use crate::{
    appointments::audited,
    consents::{give, relative, withdraw_contact},
    visits::{over, path_of, seen},
};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

async fn listed(app: &TestApp) -> Vec<Value> {
    let list = format!("/v1/participants/{}/contact-attempts", app.world.participant.id);
    seen(app, &app.world.mentor, &list).await["items"].as_array().unwrap().clone()
}

both_databases! {
    async fn an_attempt_is_read_as_it_was_recorded(app: TestApp) {
        let recorded = tried(&app, &app.world.mentor, new_attempt(&app)).await;
        assert_eq!(recorded.version(), 1);
        let path = path_of(&recorded);
        assert_eq!(seen(&app, &app.world.manager, &path).await, recorded.json());
        assert_eq!(listed(&app).await, [recorded.json()]);
        for (field, value) in [
            ("kind", json!("called")),
            ("aim", json!("next_step")),
            ("local_at", json!("2026-11-23T09:30:00")),
            ("zone", json!("Africa/Casablanca")),
            ("at", json!("2026-11-23T09:30:00Z")),
            ("author_id", json!(app.world.mentor.id)),
            ("note", json!("Nobody picked up")),
        ] {
            assert_eq!(recorded.json()[field], value, "{field}");
        }
        assert_eq!((audited(&app, "contact_attempt.record").await, audited(&app, "contact_attempt.list").await), (1, 1));
        // Neither how nor what for: the log is shown to those who accompany nobody.
        let mut tx = app.app.db.read().await.unwrap();
        let details: String = tx.query(sql!("SELECT details FROM audit WHERE action = 'contact_attempt.record'")).scalar().await.unwrap();
        assert!(!details.contains("called") && !details.contains("next_step"), "{details}");
    }

    async fn sent_twice_it_is_recorded_once(app: TestApp) {
        let body = over(new_attempt(&app), &json!({"id": Uuid::now_v7()}));
        let send = || app.post("/v1/contact-attempts").by(&app.world.mentor).header("idempotency-key", "one").json(body.clone());
        let (first, again) = (send().expect(201).await, send().expect(201).await);
        assert_eq!(first.json(), again.json());
        app.post("/v1/contact-attempts").by(&app.world.mentor).json(body.clone()).refused(ProblemCode::AlreadyExists).await;
        assert_eq!(listed(&app).await.len(), 1);
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        for (fields, pointer, code) in [
            (json!({"local_at": "2026-11-23T11:11:00"}), "/local_at", "future"),
            (json!({"local_at": "2020-11-23T10:00:00"}), "/local_at", "too_old"),
            (json!({"zone": "Mars/Olympus"}), "/zone", "value"),
            (json!({"kind": "dreamt"}), "/kind", "unknown_word"),
            (json!({"aim": "watch"}), "/aim", "unknown_word"),
            (json!({"kind": "through_family"}), "/relative_id", "required"),
            (json!({"kind": "through_family", "relative_id": Uuid::now_v7()}), "/relative_id", "no_consent"),
            (json!({"relative_id": Uuid::now_v7()}), "/relative_id", "not_allowed"),
        ] {
            let problem = app.post("/v1/contact-attempts").by(&world.mentor).json(over(new_attempt(&app), &fields)).refused(ProblemCode::Invalid).await;
            let told: Vec<_> = problem.errors.iter().map(|fault| (&*fault.pointer, &*fault.code)).collect();
            assert_eq!(told, [(pointer, code)], "{fields}");
        }
        let sister = Uuid::now_v7().to_string();
        give(&app, &world.participant, relative(&app, &sister, "The sister")).await;
        let through = over(new_attempt(&app), &json!({"kind": "through_family", "relative_id": sister}));
        let asked = tried(&app, &world.mentor, through.clone()).await.json();
        assert_eq!((&asked["relative_id"], &asked["consent"]), (&json!(sister), &json!("given")));
        // It is about this relative, and ends at once.
        let aunt = over(through.clone(), &json!({"relative_id": Uuid::now_v7()}));
        app.post("/v1/contact-attempts").by(&world.mentor).json(aunt).refused(ProblemCode::Invalid).await;
        withdraw_contact(&app, &world.participant, "contact_relative", &sister).await;
        let problem = app.post("/v1/contact-attempts").by(&world.mentor).json(through).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/relative_id", "no_consent"));
        for person in [&world.manager, &world.administrator, &world.participant, &world.observer] {
            app.post("/v1/contact-attempts").by(person).json(new_attempt(&app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor] {
            app.post("/v1/contact-attempts").by(person).json(new_attempt(&app)).refused(ProblemCode::NotFound).await;
        }
        assert_eq!(audited(&app, "contact_attempt.record").await, 1);
    }

    async fn who_reads_it(app: TestApp) {
        let world = &app.world;
        let path = path_of(&tried(&app, &world.mentor, new_attempt(&app)).await);
        let list = format!("/v1/participants/{}/contact-attempts", world.participant.id);
        let standing = format!("/v1/participants/{}/contacts", world.participant.id);
        for path in [&path, &list, &standing] {
            for person in [&world.mentor, &world.counsellor, &world.manager] {
                app.get(path).by(&person.again(&app.app)).expect(200).await;
            }
            for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
                app.get(path).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
            }
            for person in [&world.administrator, &world.observer, &world.participant] {
                app.get(path).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
            }
        }
        for person in [&world.mentor, &world.counsellor, &world.administrator, &world.participant] {
            app.get("/v1/contacts").by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn what_was_entered_by_mistake_leaves_every_list_and_figure(app: TestApp) {
        let world = &app.world;
        let path = path_of(&tried(&app, &world.mentor, new_attempt(&app)).await);
        app.clock.advance(chrono::TimeDelta::hours(1));
        assert_eq!(stands(&app).await["attempts_since"], json!(0), "it was before they were accompanied");
        let late = path_of(&tried(&app, &world.mentor, over(new_attempt(&app), &json!({"local_at": "2026-11-23T10:30:00"}))).await);
        assert_eq!(stands(&app).await["attempts_since"], json!(1));
        let withdraw = |person: &muwakaba_tests::SignedIn, path: &str, version, body: Value| {
            app.post(&format!("{path}/withdraw")).by(&person.again(&app.app)).if_match(version).json(body)
        };
        let body = json!({"reason": "It was somebody else's number"});
        let problem = withdraw(&world.mentor, &late, 1, json!({})).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/reason");
        withdraw(&world.counsellor, &late, 1, body.clone()).refused(ProblemCode::CommandRefused).await;
        withdraw(&world.other_mentor, &late, 1, body.clone()).refused(ProblemCode::NotFound).await;
        withdraw(&world.mentor, &late, 2, body.clone()).refused(ProblemCode::Changed).await;
        let withdrawn = withdraw(&world.mentor, &late, 1, body.clone()).expect(200).await;
        assert_eq!((withdrawn.version(), &withdrawn.json()["withdrawal_reason"]), (2, &json!("It was somebody else's number")));
        withdraw(&world.mentor, &late, 2, body.clone()).refused(ProblemCode::CommandRefused).await;
        assert_eq!((listed(&app).await.len(), stands(&app).await["attempts_since"].as_i64()), (1, Some(0)));
        // It stays where it is looked for by its id, and a manager withdraws what others recorded.
        assert_eq!(seen(&app, &world.counsellor, &late).await["withdrawn_by"], json!(world.mentor.id));
        withdraw(&world.manager, &path, 1, body).expect(200).await;
        assert!(listed(&app).await.is_empty());
        assert_eq!(audited(&app, "contact_attempt.withdraw").await, 2);
    }

    async fn the_latest_come_first_and_pages_go_on(app: TestApp) {
        for day in [20, 22, 21, 19] {
            tried(&app, &app.world.mentor, over(new_attempt(&app), &json!({"local_at": format!("2026-11-{day}T09:00:00")}))).await;
        }
        let list = format!("/v1/participants/{}/contact-attempts", app.world.participant.id);
        let first = seen(&app, &app.world.mentor, &format!("{list}?limit=3")).await;
        let rest = seen(&app, &app.world.mentor, &format!("{list}?limit=3&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        let days: Vec<&str> = [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap()).map(|item| &item["local_at"].as_str().unwrap()[8..10]).collect();
        assert_eq!(days, ["22", "21", "20", "19"]);
        assert_eq!(rest.get("next_cursor"), None);
    }

    async fn a_fault_anywhere_leaves_nothing(app: TestApp) {
        let counted = async || -> (i64, i64, i64, i64) {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!(
                "SELECT (SELECT count(*) FROM contact_attempt), (SELECT count(*) FROM contact), (SELECT count(*) FROM reminder),
                        (SELECT count(*) FROM audit)"
            )).one().await.unwrap()
        };
        let before = counted().await;
        for n in 1..60 {
            app.faults.arm(n);
            let answer = app.post("/v1/contact-attempts").by(&app.world.mentor).header("idempotency-key", "1").json(new_attempt(&app)).send().await;
            if app.faults.disarm() {
                assert_eq!((answer.status, n > 8), (201, true));
                let after = counted().await;
                assert_eq!((after.0, after.2 > before.2), (1, true), "{after:?}");
                return;
            }
            assert_eq!((answer.status, counted().await), (500, before), "fault {n}");
        }
        panic!("it never ended");
    }

    async fn nothing_of_it_lies_in_the_open(app: TestApp) {
        tried(&app, &app.world.mentor, new_attempt(&app)).await;
        let mut tx = app.app.db.read().await.unwrap();
        let sealed: Vec<u8> = tx.query(sql!("SELECT note_sealed FROM contact_attempt")).scalar().await.unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("picked"));
    }
}

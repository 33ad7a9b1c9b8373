//! The phone of somebody who works at two centres: what it is told of each, and what it forgets.

use super::{assign_foreign, end, posted, with_the_mentor};
use crate::{
    appointments::{new_appointment, schedule},
    sync::{Phone, made},
};
use care::sync::epoch;
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

const CHANGES: usize = 20;

/// Changes one appointment again and again, as its participant.
async fn write(app: Arc<TestApp>, participant: SignedIn, id: String, left: Arc<AtomicUsize>) {
    for number in 1..=CHANGES {
        let path = format!("/v1/appointments/{id}");
        let request = if number % 2 == 1 {
            app.post(&format!("{path}/ask-to-move"))
                .by(&participant)
                .json(json!({"wish": format!("wish {number}")}))
        } else {
            app.post(&format!("{path}/confirm")).by(&participant)
        };
        let answer = request.header("if-match", "*").send().await;
        assert!([200, 409, 503].contains(&answer.status), "{}", answer.text());
    }
    left.fetch_sub(1, Ordering::SeqCst);
}

/// The posting ends and begins again, and with it the assignment.
async fn come_and_go(app: Arc<TestApp>, left: Arc<AtomicUsize>) {
    for _ in 0..4 {
        let body = json!({"centre_id": app.world.other_centre, "from": "2026-11-23"});
        let path = super::path_of(&app.world.mentor);
        let begun = app.post(&path).by(&app.world.manager).json(body).expect(201).await;
        let assigned = assign_foreign(&app, app.world.mentor.id).send().await;
        assert!([201, 503].contains(&assigned.status), "{}", assigned.text());
        let to = json!({"appointments_to": app.world.foreign_mentor.id});
        end(&app, &begun.string("/id"), to).expect(200).await;
    }
    left.fetch_sub(1, Ordering::SeqCst);
}

fn has(phone: &Phone, list: &str, id: &str) -> bool {
    phone.ids(list).contains(&id)
}

both_databases! {
    async fn a_phone_gets_what_comes_with_a_posting_and_forgets_it_with_its_end(app: TestApp) {
        let world = &app.world;
        let foreign = world.foreign_participant.id.to_string();
        schedule(&app, "2026-12-02T10:00:00").await;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        let (mut older, plain) = (phone.clone(), phone.cursor.clone().unwrap());
        let posting = posted(&app, None).await;
        // Nobody is theirs there yet; when the centre is open they know.
        phone.follow(&app, &world.mentor, 200).await;
        assert!(has(&phone, "centres", &world.other_centre.to_string()) && !has(&phone, "participants", &foreign));
        assert!(phone.cursor.as_ref().unwrap().len() > plain.len());
        assert_eq!(phone.ask(&app, &world.mentor, 200).await.json()["changed"], json!({}));

        assign_foreign(&app, world.mentor.id).expect(201).await;
        let hosted = made(&app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-12-01T10:00:00")).expect(201).await);
        phone.follow(&app, &world.mentor, 1).await;
        assert!(has(&phone, "participants", &foreign) && has(&phone, "appointments", &hosted));
        assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
        // A cursor from before the posting goes on as well, and one that begins in small pages has the same.
        older.follow(&app, &world.mentor, 1).await;
        assert_eq!((&older.things, older.started.len()), (&phone.things, 1));
        let mut slow = Phone::default();
        slow.follow(&app, &world.mentor, 1).await;
        assert_eq!(slow.things, phone.things);
        assert_eq!(phone.ask(&app, &world.mentor, 200).await.json()["changed"], json!({}));

        app.post(&format!("/v1/appointments/{hosted}/confirm")).by(&world.foreign_participant).if_match(1).expect(200).await;
        let told = phone.ask(&app, &world.mentor, 200).await.json();
        assert_eq!((&told["changed"]["appointments"][0]["state"], &told["more"]), (&json!("confirmed"), &json!(false)));

        end(&app, &posting, json!({"appointments_to": world.foreign_mentor.id})).expect(200).await;
        let told = phone.ask(&app, &world.mentor, 200).await.json();
        assert_eq!((&told["revoked"], &told["more"]), (&json!([foreign]), &json!(false)));
        assert!(!has(&phone, "participants", &foreign) && !has(&phone, "appointments", &hosted));
        assert!(!has(&phone, "centres", &world.other_centre.to_string()));
        assert_eq!((phone.things.clone(), phone.started.clone()), (Phone::fresh(&app, &world.mentor).await.things, vec!["first".to_owned()]));
        assert_eq!(phone.cursor.as_ref().unwrap().len(), plain.len(), "it follows the own centre alone again");
    }

    async fn a_posting_that_runs_out_is_told_at_the_first_pull(app: TestApp) {
        let world = &app.world;
        posted(&app, Some("2026-11-24")).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        assert!(has(&phone, "participants", &world.foreign_participant.id.to_string()));
        app.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        let told = phone.ask(&app, &world.mentor.again(&app.app), 200).await.json();
        assert_eq!(told["revoked"], json!([world.foreign_participant.id]));
        assert!(!has(&phone, "participants", &world.foreign_participant.id.to_string()));
        assert_eq!(phone.started, ["first"]);
    }

    async fn nothing_new_costs_those_who_are_posted_nowhere_one_statement(app: TestApp) {
        let world = &app.world;
        posted(&app, None).await;
        for (person, count) in [(&world.counsellor, 1), (&world.manager, 1), (&world.mentor, 3)] {
            let mut phone = Phone::fresh(&app, person).await;
            app.statements.take();
            assert_eq!(phone.ask(&app, person, 200).await.json()["changed"], json!({}));
            let asked = app.statements.take().into_iter().filter(|text| !text.contains("FROM session")).count();
            assert_eq!(asked, count);
        }
    }

    async fn an_older_copy_is_noticed_by_the_other_centre_alone(app: TestApp) {
        let world = &app.world;
        epoch::begin(&app.app).await.unwrap();
        posted(&app, None).await;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        let mut tx = app.app.db.write().await.unwrap();
        let back = sql!("UPDATE change_counter SET position = position - 1 WHERE centre_id = $1");
        tx.query(back).bind(world.other_centre).execute().await.unwrap();
        tx.commit().await.unwrap();
        phone.follow(&app, &world.mentor, 200).await;
        assert_eq!(phone.started, ["first", "restored"]);
        let mut tx = app.app.db.write().await.unwrap();
        let forgotten = sql!("UPDATE change_counter SET position = position + 5, forgotten = position + 5 WHERE centre_id = $1");
        tx.query(forgotten).bind(world.other_centre).execute().await.unwrap();
        tx.commit().await.unwrap();
        phone.follow(&app, &world.mentor, 200).await;
        assert_eq!(phone.started, ["first", "restored", "too_old"]);
    }

    async fn writers_at_two_centres_and_a_phone_that_pulls_meanwhile(app: TestApp) {
        let app = Arc::new(app);
        let world = app.world.clone();
        let first = posted(&app, None).await;
        let mut ids: Vec<(SignedIn, String)> = Vec::new();
        for day in [8, 9] {
            let start = format!("2026-12-{day:02}T10:00:00");
            let own: Value = new_appointment(&app, &start);
            let made_own = made(&app.post("/v1/appointments").by(&world.mentor).json(own).expect(201).await);
            ids.push((world.participant.clone(), made_own));
            let there = with_the_mentor(&app, &format!("2026-12-{day:02}T12:00:00"));
            let made_there = made(&app.post("/v1/appointments").by(&world.other_manager).json(there).expect(201).await);
            ids.push((world.foreign_participant.clone(), made_there));
        }
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        end(&app, &first, json!({"appointments_to": world.foreign_mentor.id})).expect(200).await;
        let left = Arc::new(AtomicUsize::new(ids.len() + 1));
        let mut tasks: Vec<_> = ids
            .into_iter()
            .map(|(participant, id)| tokio::spawn(write(app.clone(), participant, id, left.clone())))
            .collect();
        tasks.push(tokio::spawn(come_and_go(app.clone(), left.clone())));
        let mut pulls = 0;
        while left.load(Ordering::SeqCst) > 0 {
            pulls += phone.follow(&app, &world.mentor, 3).await;
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert!(pulls > 10, "the phone pulled meanwhile: {pulls}");
        phone.follow(&app, &world.mentor, 3).await;
        assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
        posted(&app, None).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        app.clock.advance(TimeDelta::seconds(1));
        phone.follow(&app, &world.mentor, 3).await;
        assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
        assert_eq!(phone.started, ["first"]);
        assert_eq!(phone.ask(&app, &world.mentor, 200).await.json()["changed"], json!({}), "each change once");
    }
}

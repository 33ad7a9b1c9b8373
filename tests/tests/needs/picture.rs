//! All that is known of somebody, by areas: for those who accompany them, and for themselves.

use super::{area, done, found, new_need, new_strength, picture_path};
use crate::{
    appointments::audited,
    visits::{over, path_of, seen},
};
use contract::ProblemCode;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

fn answering(app: &TestApp, person: &SignedIn, name: &str, answer: &str) -> muwakaba_tests::http::Request {
    let path = format!("/v1/participants/{}/need-answers", app.world.participant.id);
    app.post(&path).by(&person.again(&app.app)).json(json!({"area": name, "answer": answer}))
}

async fn state(app: &TestApp, name: &str) -> Value {
    area(app, &app.world.manager, name).await["state"].clone()
}

both_databases! {
    async fn every_area_is_there_with_what_is_known_of_it(app: TestApp) {
        let world = &app.world;
        let need = path_of(&found(&app, new_need(&app)).await);
        app.post("/v1/strengths").by(&world.counsellor).json(new_strength(&app)).expect(201).await;
        answering(&app, &world.mentor, "education", "no_need").expect(200).await;
        let picture = seen(&app, &world.mentor, &picture_path(&app)).await;
        let states: Vec<_> = picture["areas"].as_array().unwrap().iter().map(|area| (area["area"].as_str().unwrap(), area["state"].as_str().unwrap())).collect();
        assert_eq!(states, [
            ("housing", "not_asked"), ("papers", "need"), ("health", "not_asked"), ("mental_health", "not_asked"), ("family", "not_asked"),
            ("income", "not_asked"), ("legal", "not_asked"), ("education", "no_need"), ("faith_and_meaning", "not_asked"),
            ("safety", "not_asked"), ("other", "not_asked"),
        ]);
        assert_eq!(area(&app, &world.mentor, "papers").await["needs"], json!([seen(&app, &world.mentor, &need).await]));
        assert_eq!(area(&app, &world.mentor, "family").await["strengths"][0]["what"], json!("A sister who stands by them"));
        assert_eq!(area(&app, &world.mentor, "education").await["no_need_said_at"], json!("2026-11-23T10:00:00Z"));
        assert_eq!((audited(&app, "needs.answer_area").await, audited(&app, "strength.record").await), (1, 1));
        assert!(audited(&app, "needs.read").await > 0);
    }

    async fn no_need_is_said_of_an_area_in_which_nothing_is_open(app: TestApp) {
        let world = &app.world;
        let need = path_of(&found(&app, new_need(&app)).await);
        answering(&app, &world.mentor, "papers", "no_need").refused(ProblemCode::CommandRefused).await;
        done(&app, &need, "close", 1, json!({"result": "declined"})).await;
        assert_eq!(state(&app, "papers").await, json!("need"), "it is there, though nothing is done about it");
        app.clock.advance(chrono::TimeDelta::hours(1));
        let known = answering(&app, &world.mentor, "papers", "no_need").expect(200).await.json();
        assert_eq!(known, seen(&app, &world.mentor, &picture_path(&app)).await);
        assert_eq!(state(&app, "papers").await, json!("no_need"));
        // Something is needed there again.
        app.clock.advance(chrono::TimeDelta::hours(1));
        done(&app, &need, "reopen", 2, json!({"reason": "They asked for it"})).await;
        assert_eq!(state(&app, "papers").await, json!("need"));
        done(&app, &need, "close", 3, json!({"result": "met"})).await;
        assert_eq!(state(&app, "papers").await, json!("no_need"));
        // Said by mistake, nobody asked.
        answering(&app, &world.mentor, "safety", "no_need").expect(200).await;
        answering(&app, &world.mentor, "safety", "not_asked").expect(200).await;
        assert_eq!(state(&app, "safety").await, json!("not_asked"));
        for (body, pointer) in [(json!({"area": "safety"}), "/answer"), (json!({"area": "x", "answer": "no_need"}), "/area"), (json!({"area": "safety", "answer": "need"}), "/answer")] {
            let path = format!("/v1/participants/{}/need-answers", world.participant.id);
            let problem = app.post(&path).by(&world.mentor.again(&app.app)).json(body).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer);
        }
        for person in [&world.manager, &world.participant, &world.administrator] {
            answering(&app, person, "safety", "no_need").refused(ProblemCode::NotForThisRole).await;
        }
        answering(&app, &world.other_mentor, "safety", "no_need").refused(ProblemCode::NotFound).await;
    }

    async fn the_participant_reads_what_they_need_and_not_what_was_noted_of_it(app: TestApp) {
        let world = &app.world;
        let need = path_of(&found(&app, new_need(&app)).await);
        done(&app, &need, "take-in-hand", 1, json!({})).await;
        done(&app, &need, "close", 2, json!({"result": "met", "helped": "Her uncle was asked"})).await;
        app.post("/v1/strengths").by(&world.counsellor).json(new_strength(&app)).expect(201).await;
        let own = seen(&app, &world.participant, &picture_path(&app)).await;
        let papers = own["areas"].as_array().unwrap().iter().find(|area| area["area"] == json!("papers")).unwrap();
        assert_eq!((&papers["needs"][0]["what"], &papers["needs"][0]["state"]), (&json!("A residence certificate"), &json!("met")));
        for hidden in ["uncle", &world.mentor.id.to_string(), &world.counsellor.id.to_string()] {
            assert!(!own.to_string().contains(hidden), "{hidden}");
        }
        let others = format!("/v1/participants/{}/needs", world.other_participant.id);
        app.get(&others).by(&world.participant).refused(ProblemCode::NotFound).await;
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.get(&picture_path(&app)).by(person).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&picture_path(&app)).by(person).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn a_strength_that_was_entered_by_mistake_leaves_the_picture(app: TestApp) {
        let world = &app.world;
        let made = app.post("/v1/strengths").by(&world.mentor).json(new_strength(&app)).expect(201).await;
        let path = path_of(&made);
        assert_eq!(seen(&app, &world.manager, &path).await, made.json());
        let withdraw = |person: &SignedIn, version, body: Value| app.post(&format!("{path}/withdraw")).by(&person.again(&app.app)).if_match(version).json(body);
        let body = json!({"reason": "Said of somebody else"});
        withdraw(&world.other_mentor, 1, body.clone()).refused(ProblemCode::NotFound).await;
        withdraw(&world.participant, 1, body.clone()).refused(ProblemCode::NotForThisRole).await;
        withdraw(&world.mentor, 2, body.clone()).refused(ProblemCode::Changed).await;
        let withdrawn = withdraw(&world.manager, 1, body.clone()).expect(200).await;
        assert_eq!((withdrawn.version(), &withdrawn.json()["withdrawal_reason"]), (2, &json!("Said of somebody else")));
        withdraw(&world.mentor, 2, body).refused(ProblemCode::CommandRefused).await;
        assert_eq!(area(&app, &world.mentor, "family").await["strengths"], json!([]));
    }

    async fn it_follows_whom_it_is_about(app: TestApp) {
        let world = &app.world;
        let need = path_of(&found(&app, new_need(&app)).await);
        answering(&app, &world.mentor, "education", "no_need").expect(200).await;
        crate::hand_overs::moved(&app, world.participant.id).await;
        app.get(&need).by(&world.manager.again(&app.app)).refused(ProblemCode::NotFound).await;
        app.get(&picture_path(&app)).by(&world.mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
        assert_eq!(seen(&app, &world.other_manager, &need).await["state"], json!("found"));
        assert_eq!(area(&app, &world.other_manager, "education").await["state"], json!("no_need"));
    }

    async fn what_is_said_again_and_again_does_not_grow_without_end(app: TestApp) {
        let world = &app.world;
        let sealed = async || -> usize {
            let mut tx = app.app.db.read().await.unwrap();
            let answers: Vec<u8> = tx.query(db::sql!("SELECT answers_sealed FROM need_answers")).scalar().await.unwrap();
            answers.len()
        };
        answering(&app, &world.mentor, "education", "no_need").expect(200).await;
        let one = sealed().await;
        answering(&app, &world.mentor, "safety", "no_need").expect(200).await;
        assert_eq!(sealed().await, one, "nothing tells how much was said");
        for _ in 0..20 {
            answering(&app, &world.mentor, "safety", "no_need").expect(200).await;
        }
        let most = sealed().await;
        for answer in ["not_asked", "no_need"].repeat(10) {
            app.clock.advance(chrono::TimeDelta::minutes(1));
            answering(&app, &world.mentor, "safety", answer).expect(200).await;
        }
        assert_eq!(sealed().await, most);
        // What was said of another area is not crowded out, and the last is what counts.
        assert_eq!((state(&app, "education").await, state(&app, "safety").await), (json!("no_need"), json!("no_need")));
    }

    async fn no_more_than_can_be_read_at_once_is_recorded(app: TestApp) {
        found(&app, new_need(&app)).await;
        let mut tx = app.app.db.write().await.unwrap();
        for _ in 0..99 {
            tx.query(db::sql!(
                "INSERT INTO need (id, centre_id, participant_id, area_sealed, what_sealed, state, found_by, found_on, recorded_at, changed_at, version)
                 SELECT $1, centre_id, participant_id, area_sealed, what_sealed, state, found_by, found_on, recorded_at, changed_at, version
                 FROM need WHERE withdrawn_at IS NULL LIMIT 1"
            )).bind(app.app.ids.next()).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        app.post("/v1/needs").by(&app.world.mentor.again(&app.app)).json(new_need(&app)).refused(ProblemCode::CommandRefused).await;
        let over_there = over(new_need(&app), &json!({"participant_id": app.world.other_participant.id}));
        app.post("/v1/needs").by(&app.world.other_mentor.again(&app.app)).json(over_there).expect(201).await;
    }
}

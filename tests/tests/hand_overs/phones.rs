//! What phones have of hand-overs, and answering without network.

use super::{answer, asked, asked_of_centre, assignment_of, opens_the_file, seen};
use crate::{
    sync::Phone,
    visits::phones::{about, push, words},
};
use chrono::TimeDelta;
use muwakaba_tests::{SignedIn, TestApp, both_databases, world::CANARY_NAME};
use serde_json::{Value, json};

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn known(phone: &Phone, id: &str) -> Option<Value> {
    phone.things.get(&("hand_overs".to_owned(), id.to_owned())).cloned()
}

async fn fresh(app: &TestApp, person: &SignedIn) -> Phone {
    Phone::fresh(app, &person.again(&app.app)).await
}

both_databases! {
    async fn both_sides_have_it_and_nobody_has_anything_else_by_it(app: TestApp) {
        let world = &app.world;
        let mut before = fresh(&app, &world.other_mentor).await;
        let path = asked(&app).await;
        before.follow(&app, &world.other_mentor.again(&app.app), 200).await;
        let anew = fresh(&app, &world.other_mentor).await;
        assert_eq!(before.things, anew.things);
        for person in [&world.mentor, &world.other_mentor, &world.manager] {
            assert_eq!(known(&fresh(&app, person).await, id_of(&path)), Some(seen(&app, person, &path).await));
        }
        for person in [&world.counsellor, &world.other_manager, &world.foreign_mentor, &world.participant] {
            assert_eq!(known(&fresh(&app, person).await, id_of(&path)), None);
        }
        // Of the participant whoever is asked has what is asked, and nothing under their id.
        let person = world.participant.id.to_string();
        assert!(!anew.ids("participants").contains(&person.as_str()));
        assert!(anew.things.values().all(|thing| !thing.to_string().contains(&person)));
        let items: Vec<_> = anew.things.iter().filter(|(key, _)| key.0 == "work_items").collect();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].1["cause"], "hand_over_asked");
    }

    async fn every_phone_follows_a_yes(app: TestApp) {
        let world = &app.world;
        let people = [&world.mentor, &world.other_mentor, &world.manager, &world.counsellor];
        let path = asked(&app).await;
        let mut phones = Vec::new();
        for person in people {
            phones.push(fresh(&app, person).await);
        }
        answer(&app, &path, &world.other_mentor, "accept").expect(200).await;
        for (phone, person) in phones.iter_mut().zip(people) {
            phone.follow(&app, &person.again(&app.app), 2).await;
            assert_eq!(phone.things, fresh(&app, person).await.things);
        }
        let has = |phone: &Phone| phone.ids("participants").contains(&&*world.participant.id.to_string());
        assert_eq!((has(&phones[0]), has(&phones[1])), (false, true));
        // Whoever handed them over keeps that it is done, and nothing of whom it was.
        let kept = known(&phones[0], id_of(&path)).unwrap();
        assert_eq!((&kept["state"], kept.get("person"), kept.get("participant_id")), (&json!("accepted"), None, None));
    }

    async fn every_phone_follows_a_no_and_a_person_who_was_theirs_before(app: TestApp) {
        let world = &app.world;
        // They accompanied them once: their phone was told to erase the person.
        let first = asked(&app).await;
        answer(&app, &first, &world.other_mentor, "accept").expect(200).await;
        let assignment = assignment_of(&app, world.other_mentor.id, world.participant.id).await;
        let back = json!({"staff_id": world.mentor.id, "takes_lead": true, "ends_former": true});
        let back = app.post(&format!("/v1/assignments/{assignment}/hand-over")).by(&world.other_mentor).json(back).expect(201).await;
        answer(&app, back.header("location"), &world.mentor, "accept").expect(200).await;
        let mut phone = fresh(&app, &world.other_mentor).await;
        let path = asked(&app).await;
        phone.follow(&app, &world.other_mentor.again(&app.app), 1).await;
        assert!(known(&phone, id_of(&path)).is_some(), "what is asked is not erased with what was theirs");
        assert_eq!(phone.things, fresh(&app, &world.other_mentor).await.things);
        answer(&app, &path, &world.other_mentor, "refuse").expect(200).await;
        phone.follow(&app, &world.other_mentor.again(&app.app), 1).await;
        assert_eq!(phone.things, fresh(&app, &world.other_mentor).await.things);
        assert!(phone.things.values().all(|thing| !thing.to_string().contains(CANARY_NAME)));
        assert!(phone.ids("work_items").is_empty());
        app.clock.advance(TimeDelta::days(32));
        assert_eq!(known(&fresh(&app, &world.other_mentor).await, id_of(&path)), None, "forgotten after a month");
    }

    async fn managers_of_both_centres_follow_a_move(app: TestApp) {
        let world = &app.world;
        let path = asked_of_centre(&app).await;
        let people = [&world.manager, &world.other_manager];
        let mut phones = Vec::new();
        for person in people {
            phones.push(fresh(&app, person).await);
        }
        assert!(phones[1].things.values().all(|thing| !thing.to_string().contains(CANARY_NAME)));
        answer(&app, &path, &world.other_manager, "accept").expect(200).await;
        for (phone, person) in phones.iter_mut().zip(people) {
            phone.follow(&app, &person.again(&app.app), 2).await;
            assert_eq!(phone.things, fresh(&app, person).await.things);
            assert_eq!(known(phone, id_of(&path)).unwrap()["state"], "accepted");
        }
    }

    async fn answered_without_network_it_is_answered_once_and_by_what_was_seen(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let id = id_of(&path);
        let accept = about(&app, "acceptHandOver", id, 1, &json!({}));
        app.clock.advance(TimeDelta::hours(5));
        assert_eq!(words(&push(&app, &world.other_mentor, &[&accept]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.other_mentor, &[&accept]).await), ["duplicate"]);
        assert!(opens_the_file(&app, &world.other_mentor).await);
        // The second phone says the same, and it is so; the mentor who withdraws comes too late.
        let second = about(&app, "acceptHandOver", id, 1, &json!({}));
        assert_eq!(words(&push(&app, &world.other_mentor, &[&second]).await), ["applied"]);
        let late = about(&app, "withdrawHandOver", id, 1, &json!({}));
        let results = push(&app, &world.mentor, &[&late]).await;
        assert_eq!((words(&results), &results[0]["version"]), (vec!["conflict"], &json!(2)));
        let assignments = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let lasting = assignments["items"].as_array().unwrap().iter().filter(|one| one.get("ended_at").is_none());
        assert_eq!(lasting.count(), 2, "the counsellor and the new mentor");
    }

    async fn refused_without_network_needs_a_reason_and_strangers_find_nothing(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let refuse = |body: Value| about(&app, "refuseHandOver", id_of(&path), 1, &body);
        let results = push(&app, &world.other_mentor, &[&refuse(json!({}))]).await;
        assert_eq!((words(&results), &results[0]["problem"]["errors"][0]["pointer"]), (vec!["refused"], &json!("/body/reason")));
        let results = push(&app, &world.counsellor, &[&refuse(json!({"reason": "no_time"}))]).await;
        assert_eq!((words(&results), &results[0]["problem"]["code"]), (vec!["refused"], &json!("not_found")));
        let results = push(&app, &world.other_mentor, &[&refuse(json!({"reason": "knows_them"}))]).await;
        assert_eq!(words(&results), ["applied"]);
        assert_eq!(seen(&app, &world.mentor, &path).await["refusal"], "knows_them");
    }
}

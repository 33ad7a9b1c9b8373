//! What phones have of check-ins, and what they send of them that was done without network.

use super::{answers, command, new_check_ins, open, over, plan, raised, save, seen};
use crate::{sync::Phone, visits::phones::about};
use chrono::TimeDelta;
use contract::time::Instant;
use muwakaba::background::reconciler;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

async fn push(app: &TestApp, person: &SignedIn, mutations: &[&Value]) -> Vec<Value> {
    let body = json!({"mutations": mutations});
    let answer = app.post("/v1/sync").by(&person.again(&app.app)).json(body).expect(200).await;
    answer.json()["results"].as_array().unwrap().clone()
}

fn words(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap()).collect()
}

fn known(phone: &Phone, id: &str) -> Option<Value> {
    phone.things.get(&("check_ins".to_owned(), id.to_owned())).cloned()
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(known(&phone, id_of(&path)), Some(seen(&app, person, &path).await));
        }
        for person in [&world.other_participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await, id_of(&path)), None);
        }
        // Whom to call is the participant's to know, without network as well.
        let own = known(&Phone::fresh(&app, &world.participant.again(&app.app)).await, id_of(&path)).unwrap();
        assert!(!own["help"]["emergency_phones"].as_array().unwrap().is_empty());
        assert!(!own["help"]["next_openings"].as_array().unwrap().is_empty());
    }

    async fn what_lies_far_ahead_comes_in_time_and_new_numbers_at_once(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-30"])).await.string("/items/0/id");
        let participant = || world.participant.again(&app.app);
        let mut phone = Phone::fresh(&app, &participant()).await;
        assert_eq!(known(&phone, &made), None);
        app.clock.set(at("2026-11-30T09:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        phone.follow(&app, &participant(), 200).await;
        assert_eq!(known(&phone, &made).unwrap()["state"], json!("planned"));
        app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager.again(&app.app)).if_match(1).json(json!({"phone": "0522123456"})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        phone.follow(&app, &participant(), 200).await;
        assert_eq!(known(&phone, &made).unwrap()["help"]["centre_phone"], json!("+212522123456"));
        for (moment, state) in [("2026-12-30T09:00:00Z", "open"), ("2027-01-03T20:00:00Z", "missed")] {
            app.clock.set(at(moment));
            reconciler::run(&app.app).await.unwrap();
            phone.follow(&app, &participant(), 200).await;
            assert_eq!(known(&phone, &made).unwrap()["state"], json!(state));
        }
    }

    async fn what_was_answered_without_network_is_taken_late_and_is_no_conflict(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let part = json!({"answers": [{"question_id": "worry", "option": "yes"}]});
        let saved = about(&app, "saveCheckInAnswers", id_of(&path), 1, &part);
        app.clock.advance(TimeDelta::hours(3));
        let whole = over(answers("very_bad"), &json!({"call_wanted": true}));
        let given = about(&app, "submitCheckIn", id_of(&path), 1, &whole);
        // It closes, it is missed, and somebody is asked to call, while the phone has no network.
        app.clock.set(at("2026-11-29T10:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(raised(&app).await, ["check_in_missed"]);
        assert_eq!(words(&push(&app, &world.participant, &[&saved, &given]).await), ["applied", "applied"]);
        assert_eq!(words(&push(&app, &world.participant, &[&saved, &given]).await), ["duplicate", "duplicate"]);
        let read = seen(&app, &world.mentor, &path).await;
        // It was answered in time, whenever it came.
        assert_eq!((&read["state"], &read["is_late"]), (&json!("submitted"), &json!(false)));
        assert_eq!((&read["answered_at"], &read["submitted_at"]), (&json!("2026-11-23T13:00:00Z"), &json!("2026-11-29T10:00:00Z")));
        assert_eq!(raised(&app).await, ["call_wanted", "check_in_alarm"]);
    }

    async fn a_participant_speaks_for_themself_whatever_was_done_meanwhile(app: TestApp) {
        let world = &app.world;
        // Somebody saved something for them.
        let path = open(&app).await;
        let given = about(&app, "submitCheckIn", id_of(&path), 1, &answers("good"));
        let part = json!({"answers": [{"question_id": "worry", "option": "yes"}]});
        save(&app, &world.mentor, &path, 1, part.clone()).expect(200).await;
        let saved = about(&app, "saveCheckInAnswers", id_of(&path), 1, &part);
        assert_eq!(words(&push(&app, &world.participant, &[&saved]).await), ["conflict"], "half an answer says less than what was saved");
        assert_eq!(words(&push(&app, &world.participant, &[&given]).await), ["applied"]);
        assert_eq!(seen(&app, &world.mentor, &path).await.get("answered_by"), None);
        // It was excused, or called off, by somebody who could not know.
        let ends = [("excuse", json!({"reason": "travel"})), ("cancel", json!({"reason": "mistake"}))];
        let paths = [open(&app).await, open(&app).await];
        app.clock.advance(TimeDelta::minutes(1));
        let whole = over(answers("good"), &json!({"call_wanted": true}));
        let given = paths.clone().map(|path| about(&app, "submitCheckIn", id_of(&path), 1, &whole));
        app.clock.advance(TimeDelta::days(7));
        for ((path, given), (verb, body)) in paths.iter().zip(given).zip(ends) {
            command(&app, &world.mentor, path, verb, 1).json(body).expect(200).await;
            assert_eq!(words(&push(&app, &world.participant, &[&given]).await), ["applied"], "{verb}");
            assert_eq!(seen(&app, &world.mentor, path).await["state"], json!("submitted"), "{verb}");
            assert!(raised(&app).await.contains(&"call_wanted".to_owned()), "{verb}");
            command(&app, &world.mentor, path, "review", 3).expect(200).await;
        }
    }

    async fn a_participant_is_heard_though_somebody_answered_for_them(app: TestApp) {
        let world = &app.world;
        for reviewed in [false, true] {
            let path = open(&app).await;
            let said = over(answers("very_bad"), &json!({"call_wanted": true}));
            let said = about(&app, "submitCheckIn", id_of(&path), 1, &said);
            app.clock.advance(TimeDelta::minutes(1));
            command(&app, &world.mentor, &path, "submit", 1).json(answers("good")).expect(200).await;
            if reviewed {
                command(&app, &world.mentor, &path, "review", 2).expect(200).await;
            }
            assert!(raised(&app).await.is_empty());
            assert_eq!(words(&push(&app, &world.participant, &[&said]).await), ["applied"]);
            assert_eq!(raised(&app).await, ["call_wanted", "check_in_alarm"]);
            let read = seen(&app, &world.mentor, &path).await;
            assert_eq!((&read["state"], read.get("answered_by"), read.get("reviewed_by")), (&json!("submitted"), None, None));
            assert_eq!(read["earlier_answers"][0]["answered_by"], json!(world.mentor.id));
            let version = read["version"].as_i64().unwrap();
            command(&app, &world.mentor, &path, "review", version).expect(200).await;
        }
    }

    async fn an_alarm_that_cannot_stand_is_heard(app: TestApp) {
        let world = &app.world;
        let alarm = json!({"answers": [{"question_id": "housing", "option": "nowhere"}]});
        // Somebody saved something else meanwhile, or called it off.
        for ends in [false, true] {
            let path = open(&app).await;
            let said = about(&app, "saveCheckInAnswers", id_of(&path), 1, &alarm);
            let again = about(&app, "saveCheckInAnswers", id_of(&path), 1, &alarm);
            app.clock.advance(TimeDelta::minutes(1));
            let refused = if ends {
                command(&app, &world.mentor, &path, "cancel", 1).json(json!({"reason": "mistake"})).expect(200).await;
                "refused"
            } else {
                let other = json!({"answers": [{"question_id": "housing", "option": "settled"}]});
                save(&app, &world.mentor, &path, 1, other).expect(200).await;
                "conflict"
            };
            assert_eq!(words(&push(&app, &world.participant, &[&said]).await), ["applied"]);
            assert_eq!(raised(&app).await, ["check_in_alarm"]);
            let read = seen(&app, &world.mentor, &path).await;
            assert_eq!((&read["state"], &read["alarms"]), (&json!(if ends { "cancelled" } else { "open" }), &json!(false)));
            assert_eq!((&read["earlier_answers"][0]["alarms"], &read["earlier_answers"][0]["stood"]), (&json!(true), &json!(false)));
            // It is heard once.
            assert_eq!(words(&push(&app, &world.participant, &[&again]).await), [refused]);
            let items = seen(&app, &world.mentor, "/v1/work-items").await;
            let id = items["items"][0]["id"].as_str().unwrap();
            app.post(&format!("/v1/work-items/{id}/dismiss")).by(&world.mentor.again(&app.app)).if_match(1)
                .json(json!({"reason": "handled_otherwise"})).expect(200).await;
        }
    }

    async fn a_clock_that_is_ahead_is_no_reason_to_refuse(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01"])).await.string("/items/0/id");
        app.clock.set(at("2026-12-01T07:49:59Z"));
        let given = about(&app, "submitCheckIn", &made, 1, &answers("good"));
        assert_eq!(words(&push(&app, &world.participant, &[&given]).await), ["refused"]);
        app.clock.set(at("2026-12-01T08:05:00Z"));
        let mut given = about(&app, "submitCheckIn", &made, 1, &answers("good"));
        given["recorded_at"] = json!("2026-12-01T09:05:00Z");
        assert_eq!(words(&push(&app, &world.participant, &[&given]).await), ["applied"]);
        let read = seen(&app, &world.mentor, &format!("/v1/check-ins/{made}")).await;
        assert_eq!(read["answered_at"], json!("2026-12-01T08:05:00Z"), "nobody answers in the future");
    }

    async fn staff_works_without_network_on_what_it_has_seen(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let for_them = about(&app, "submitCheckIn", id_of(&path), 1, &answers("good"));
        assert_eq!(words(&push(&app, &world.mentor, &[&for_them]).await), ["applied"]);
        assert_eq!(seen(&app, &world.manager, &path).await["answered_by"], json!(world.mentor.id));
        let unseen = about(&app, "reviewCheckIn", id_of(&path), 1, &json!({}));
        assert_eq!(words(&push(&app, &world.counsellor, &[&unseen]).await), ["conflict"], "the answers were not seen");
        let reviewed = about(&app, "reviewCheckIn", id_of(&path), 2, &json!({}));
        assert_eq!(words(&push(&app, &world.counsellor, &[&reviewed]).await), ["applied"]);
        let path = open(&app).await;
        app.clock.advance(TimeDelta::days(7));
        let excused = about(&app, "excuseCheckIn", id_of(&path), 1, &json!({"reason": "travel"}));
        assert_eq!(words(&push(&app, &world.participant, &[&excused]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&excused]).await), ["applied"]);
        // What is wrong stays on the phone, with its place.
        let wrong = about(&app, "submitCheckIn", id_of(&path), 2, &json!({"answers": [{"question_id": "debts", "option": "no"}]}));
        let results = push(&app, &world.participant, &[&wrong]).await;
        assert_eq!(results[0]["problem"]["errors"][0]["pointer"], json!("/body/answers/0/question_id"));
    }

    async fn what_somebody_heard_is_taken_though_they_lost_the_person_since(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let heard = about(&app, "submitCheckIn", id_of(&path), 1, &answers("good"));
        app.clock.advance(TimeDelta::hours(1));
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap().clone();
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        app.clock.advance(TimeDelta::hours(3));
        let afterwards = about(&app, "submitCheckIn", id_of(&path), 1, &answers("good"));
        assert_eq!(words(&push(&app, &world.mentor, &[&afterwards]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&heard]).await), ["applied"]);
        app.get(&path).by(&world.mentor.again(&app.app)).expect(404).await;
    }

    async fn what_somebody_heard_is_taken_though_they_have_another_role_now(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let said = over(answers("good"), &json!({"call_wanted": true}));
        let heard = about(&app, "submitCheckIn", id_of(&path), 1, &said);
        app.clock.advance(TimeDelta::hours(1));
        let account = format!("/v1/staff/{}", world.counsellor.id);
        app.patch(&account).by(&world.administrator.again(&app.app)).if_match(1).json(json!({"role": "manager"})).expect(200).await;
        app.clock.advance(TimeDelta::hours(3));
        // Another role ends the sessions of the former one.
        let heard_by = world.counsellor.on_another_device(&app.app).await;
        let afterwards = about(&app, "submitCheckIn", id_of(&path), 1, &said);
        assert_eq!(words(&push(&app, &heard_by, &[&afterwards]).await), ["refused"]);
        assert!(raised(&app).await.is_empty());
        assert_eq!(words(&push(&app, &heard_by, &[&heard]).await), ["applied"]);
        assert_eq!(raised(&app).await, ["call_wanted"], "whoever is in charge learns that a call is wanted");
        assert_eq!(seen(&app, &world.mentor, &path).await["answered_by"], json!(world.counsellor.id));
    }
}

//! How long somebody has been without contact: what counts, what it leads to as time passes, and who is told to try again.

use super::{new_attempt, stands, tried};
use crate::{
    appointments, check_ins,
    notifications::{dispatch, phone, push_service, read},
    visits::{log, new_visit, over, path_of, seen},
    work_items,
};
use chrono::TimeDelta;
use contract::{ProblemCode, time::Instant};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// When somebody is told to try again, in what state, and who.
async fn planned(app: &TestApp) -> Vec<(String, String, Uuid)> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(Instant, String, Uuid)> = tx
        .query(sql!("SELECT due_at, state, recipient_id FROM reminder WHERE subject_kind = 'contact' ORDER BY due_at, recipient_id, id"))
        .all()
        .await
        .unwrap();
    rows.into_iter().map(|(due, state, to)| (due.to_string(), state, to)).collect()
}

async fn still_planned(app: &TestApp) -> Vec<(String, Uuid)> {
    planned(app)
        .await
        .into_iter()
        .filter(|(_, state, _)| state == "planned")
        .map(|(due, _, to)| (due, to))
        .collect()
}

async fn attempt_at(app: &TestApp, local: &str) -> String {
    path_of(&tried(app, &app.world.mentor, over(new_attempt(app), &json!({"local_at": local}))).await)
}

/// Those whom the manager finds.
async fn without_contact(app: &TestApp, query: &str) -> Vec<Value> {
    let page = seen(app, &app.world.manager, &format!("/v1/contacts{query}")).await;
    page["items"].as_array().unwrap().clone()
}

both_databases! {
    async fn only_what_reached_them_counts(app: TestApp) {
        let world = &app.world;
        app.clock.advance(TimeDelta::days(20));
        attempt_at(&app, "2026-12-10T09:00:00").await;
        let nobody = stands(&app).await;
        assert_eq!((&nobody["days"], nobody.get("last"), &nobody["attempts_since"]), (&json!(20), None, &json!(1)));
        assert_eq!((&nobody["after_days"], &nobody["is_without_contact"]), (&json!(30), &json!(false)));

        let visit = log(&app, &world.mentor, over(new_visit(&app), &json!({"local_start": "2026-12-08T10:00:00"}))).await;
        let met = stands(&app).await;
        assert_eq!((&met["days"], &met["last"]["kind"], &met["last"]["id"]), (&json!(5), &json!("visit"), &visit.json()["id"]));
        assert_eq!(met["attempts_since"], json!(1), "the attempt was two days later");

        // A correction of when it was counts as well.
        let correction = json!({"reason": "A week before", "local_start": "2026-12-01T10:00:00"});
        app.patch(&path_of(&visit)).by(&world.mentor.again(&app.app)).if_match(1).json(correction).expect(200).await;
        assert_eq!(stands(&app).await["days"], json!(12));
    }

    async fn an_appointment_counts_once_it_took_place(app: TestApp) {
        let world = &app.world;
        let made = appointments::schedule(&app, "2026-12-01T10:00:00").await;
        let path = made.header("location").to_owned();
        app.clock.advance(TimeDelta::days(10));
        assert_eq!(stands(&app).await["days"], json!(10));
        let record = |outcome: &str, command: &str, version| {
            let body = json!({"outcome": outcome, "reason": "as it was"});
            app.post(&format!("{path}/{command}")).by(&world.mentor.again(&app.app)).if_match(version).json(body)
        };
        record("did_not_come", "record-outcome", 1).expect(200).await;
        assert_eq!(stands(&app).await["days"], json!(10));
        record("took_place", "correct-outcome", 2).expect(200).await;
        let met = stands(&app).await;
        assert_eq!((&met["days"], &met["last"]["kind"], &met["last"]["at"]), (&json!(2), &json!("appointment"), &json!("2026-12-01T10:00:00Z")));
        record("did_not_come", "correct-outcome", 3).expect(200).await;
        assert_eq!(stands(&app).await["days"], json!(10));
    }

    async fn a_check_in_counts_once_it_is_answered(app: TestApp) {
        let world = &app.world;
        let path = check_ins::open(&app).await;
        app.clock.advance(TimeDelta::days(1));
        check_ins::save(&app, &world.participant, &path, 1, json!({"answers": [{"question_id": "worry", "option": "no"}]})).expect(200).await;
        assert_eq!(stands(&app).await.get("last"), None, "not all of it yet");
        check_ins::command(&app, &world.participant, &path, "submit", 2).json(check_ins::answers("good")).expect(200).await;
        app.clock.advance(TimeDelta::days(3));
        let met = stands(&app).await;
        assert_eq!((&met["days"], &met["last"]["kind"], &met["last"]["at"]), (&json!(3), &json!("check_in"), &json!("2026-11-24T10:00:00Z")));
    }

    async fn a_manager_finds_whom_the_centre_lost_touch_with(app: TestApp) {
        let world = &app.world;
        log(&app, &world.mentor, new_visit(&app)).await;
        tried(&app, &world.other_mentor, over(new_attempt(&app), &json!({"participant_id": world.other_participant.id}))).await;
        app.clock.advance(TimeDelta::days(29));
        assert!(without_contact(&app, "").await.is_empty());
        app.clock.advance(TimeDelta::days(1));
        let lost = without_contact(&app, "").await;
        let of = |items: &[Value]| -> Vec<(Value, Value)> { items.iter().map(|one| (one["participant_id"].clone(), one["days"].clone())).collect() };
        assert_eq!(of(&lost), [(json!(world.participant.id), json!(30)), (json!(world.other_participant.id), json!(30))], "{lost:?}");
        // Whoever was longest without contact first, and pages go on.
        let first = seen(&app, &world.manager, "/v1/contacts?limit=1").await;
        let rest = seen(&app, &world.manager, &format!("/v1/contacts?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!(rest["items"][0]["participant_id"], json!(world.other_participant.id));
        assert!(seen(&app, &world.other_manager, "/v1/contacts").await["items"].as_array().unwrap().is_empty());

        let there = over(new_visit(&app), &json!({"local_start": "2026-12-23T09:00:00"}));
        log(&app, &world.mentor, there).await;
        assert_eq!(of(&without_contact(&app, "").await).len(), 1);
        assert_eq!(of(&without_contact(&app, "?days=1").await).len(), 1);
        for bad in ["?days=0", "?days=366", "?days=many"] {
            app.get(&format!("/v1/contacts{bad}")).by(&world.manager.again(&app.app)).refused(ProblemCode::Invalid).await;
        }
        // Nobody looks for whoever is no longer accompanied; opened again, they are counted from then.
        crate::people::close_file(&app, world.other_participant.id).await;
        assert!(without_contact(&app, "").await.is_empty());
        app.clock.advance(TimeDelta::days(100));
        crate::people::reopen_file(&app, world.other_participant.id).await;
        assert_eq!(of(&without_contact(&app, "").await).len(), 1);
        app.clock.advance(TimeDelta::days(31));
        assert_eq!(of(&without_contact(&app, "").await)[1], (json!(world.other_participant.id), json!(31)));
    }

    async fn whoever_is_registered_is_counted_from_then(app: TestApp) {
        let amina = app.post("/v1/participants").by(&app.world.manager).json(crate::people::amina()).expect(201).await.string("/id");
        app.clock.advance(TimeDelta::days(30));
        assert_eq!(without_contact(&app, "").await[0]["participant_id"], json!(amina));
    }

    async fn a_centre_says_after_how_many_days(app: TestApp) {
        let world = &app.world;
        let centre = format!("/v1/centres/{}", world.centre);
        let set = |version, days: Value| app.patch(&centre).by(&world.manager.again(&app.app)).if_match(version).json(json!({"no_contact_days": days}));
        for days in [json!(6), json!(366), json!("many")] {
            let problem = set(1, days).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, "/no_contact_days");
        }
        assert_eq!(set(1, json!(10)).expect(200).await.json()["no_contact_days"], json!(10));
        log(&app, &world.mentor, new_visit(&app)).await;
        app.clock.advance(TimeDelta::days(10));
        assert_eq!((&stands(&app).await["after_days"], &stands(&app).await["is_without_contact"]), (&json!(10), &json!(true)));
        assert_eq!(without_contact(&app, "").await.len(), 1);
        assert!(without_contact(&app, "?days=11").await.is_empty());
        assert_eq!(seen(&app, &world.mentor, &centre).await.get("no_contact_days"), None);
        assert_eq!(set(2, json!(null)).expect(200).await.json().get("no_contact_days"), None);
        assert!(without_contact(&app, "").await.is_empty());
    }

    async fn whoever_nobody_met_for_long_is_work_until_somebody_does(app: TestApp) {
        let world = &app.world;
        let look = async || reconciler::run(&app.app).await.unwrap();
        let wanted = async || -> Vec<Value> {
            let items = work_items::list(&app, &world.manager, &format!("?participant_id={}", world.participant.id)).await;
            items.into_iter().filter(|item| item["cause"] == json!("no_contact")).collect()
        };
        log(&app, &world.mentor, new_visit(&app)).await;
        app.clock.advance(TimeDelta::days(29));
        look().await;
        assert!(wanted().await.is_empty());
        // An attempt in vain is no contact.
        attempt_at(&app, "2026-12-22T09:00:00").await;
        app.clock.advance(TimeDelta::days(1));
        look().await;
        let items = wanted().await;
        assert_eq!((items.len(), &items[0]["times"], &items[0]["subject_id"]), (1, &json!(1), &json!(world.participant.id)));
        look().await;
        assert_eq!(wanted().await[0]["times"], json!(1));
        // As long again, it is counted once more.
        app.clock.advance(TimeDelta::days(30));
        look().await;
        let items = wanted().await;
        assert_eq!((items.len(), &items[0]["times"]), (1, &json!(2)));
        let there = over(new_visit(&app), &json!({"local_start": "2027-01-21T09:00:00"}));
        let visit = path_of(&log(&app, &world.counsellor, there).await);
        assert!(wanted().await.is_empty());
        // It was longer ago than was said, and so it is too long again.
        let correction = json!({"reason": "A month before", "local_start": "2026-12-21T09:00:00"});
        app.patch(&visit).by(&world.counsellor.again(&app.app)).if_match(1).json(correction).expect(200).await;
        look().await;
        assert_eq!(wanted().await.len(), 1);
        // A centre that says more days is not out of touch with them.
        let days = json!({"no_contact_days": 90});
        app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager.again(&app.app)).if_match(1).json(days).expect(200).await;
        look().await;
        assert!(wanted().await.is_empty());
    }

    async fn it_is_counted_by_time_and_not_by_what_happens_at_the_centre(app: TestApp) {
        let world = &app.world;
        let look = async || reconciler::run(&app.app).await.unwrap();
        let wanted = async || -> Vec<Value> {
            let items = work_items::list(&app, &world.manager, &format!("?participant_id={}", world.participant.id)).await;
            items.into_iter().filter(|item| item["cause"] == json!("no_contact")).collect()
        };
        let change = async |version: i64, centre: Value| {
            app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager.again(&app.app)).if_match(version).json(centre).expect(200).await;
            look().await;
        };
        let quiet = |until: &str| json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": until}}});
        log(&app, &world.mentor, new_visit(&app)).await;
        app.clock.advance(TimeDelta::days(30));
        look().await;
        assert_eq!(wanted().await[0]["times"], json!(1));
        // The centre has other nights: that is no news of anybody.
        change(1, quiet("11:00")).await;
        assert_eq!(wanted().await[0]["times"], json!(1));
        // What somebody set aside stays so, until as long has passed again.
        let item = wanted().await.remove(0);
        let (path, seen) = (work_items::path_of(&item), item["version"].as_i64().unwrap());
        app.post(&format!("{path}/dismiss")).by(&world.mentor.again(&app.app)).if_match(seen).json(json!({"reason": "nothing_wrong"})).expect(200).await;
        app.clock.advance(TimeDelta::days(10));
        change(2, quiet("10:00")).await;
        assert!(wanted().await.is_empty());
        // Nor does such a look put off when it is counted next.
        app.clock.advance(TimeDelta::days(20));
        look().await;
        assert_eq!(wanted().await.len(), 1);
    }

    async fn after_an_attempt_in_vain_they_are_told_to_try_again_once_a_month(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        attempt_at(&app, "2026-11-23T09:30:00").await;
        assert_eq!(still_planned(&app).await, [("2026-12-07T09:30:00Z".to_owned(), world.mentor.id)]);
        assert_eq!(stands(&app).await["try_again_at"], json!("2026-12-07T09:30:00Z"));
        // Another one before that takes its place.
        app.clock.advance(TimeDelta::days(5));
        let second = attempt_at(&app, "2026-11-28T09:00:00").await;
        assert_eq!(still_planned(&app).await, [("2026-12-12T09:00:00Z".to_owned(), world.mentor.id)]);
        // Withdrawn, it does not.
        app.post(&format!("{second}/withdraw")).by(&world.mentor.again(&app.app)).if_match(1).json(json!({"reason": "twice"})).expect(200).await;
        assert_eq!(still_planned(&app).await, [("2026-12-07T09:30:00Z".to_owned(), world.mentor.id)]);
        phone(&app, &service, &world.mentor).await;
        app.clock.advance(TimeDelta::days(10));
        dispatch(&app).await;
        let payload = read(service.received().last().unwrap());
        let said = format!("{} {}", payload.title, payload.body);
        assert!(said.contains("essayer") || said.contains("again"), "{said}");
        for word in ["Participant", "contact", "appel"] {
            assert!(!said.contains(word), "{said}");
        }
        assert!(planned(&app).await.iter().any(|(_, state, _)| state == "sent"));
        // Tried again at once, in vain: they are not told before a month has passed.
        attempt_at(&app, "2026-12-08T09:00:00").await;
        assert_eq!(still_planned(&app).await, [("2027-01-06T09:30:00Z".to_owned(), world.mentor.id)]);
        // Somebody was reached: nothing is to be tried.
        log(&app, &world.counsellor, over(new_visit(&app), &json!({"local_start": "2026-12-08T09:30:00"}))).await;
        assert!(still_planned(&app).await.is_empty());
        assert_eq!(stands(&app).await.get("try_again_at"), None);
    }

    async fn whoever_accompanies_them_tries_again_in_the_authors_place(app: TestApp) {
        let world = &app.world;
        attempt_at(&app, "2026-11-23T09:30:00").await;
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap();
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(still_planned(&app).await, [("2026-12-07T09:30:00Z".to_owned(), world.counsellor.id)]);
        // A file that is closed has nobody to be tried.
        crate::people::close_file(&app, world.participant.id).await;
        assert!(still_planned(&app).await.is_empty());
        crate::people::reopen_file(&app, world.participant.id).await;
        assert_eq!(still_planned(&app).await.len(), 1);
    }

    async fn another_policy_is_heeded_and_another_centre_takes_over(app: TestApp) {
        let world = &app.world;
        attempt_at(&app, "2026-11-23T09:30:00").await;
        let policy = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "11:00"}}});
        app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager.again(&app.app)).if_match(1).json(policy).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(still_planned(&app).await, [("2026-12-07T11:00:00Z".to_owned(), world.mentor.id)]);
        crate::hand_overs::moved(&app, world.participant.id).await;
        reconciler::run(&app.app).await.unwrap();
        app.clock.advance(TimeDelta::days(40));
        let there = seen(&app, &world.other_manager, "/v1/contacts").await;
        assert_eq!(there["items"][0]["participant_id"], json!(world.participant.id));
        assert!(without_contact(&app, "").await.is_empty());
        let list = format!("/v1/participants/{}/contact-attempts", world.participant.id);
        assert_eq!(seen(&app, &world.other_manager, &list).await["items"].as_array().unwrap().len(), 1);
        app.get(&list).by(&world.manager.again(&app.app)).refused(ProblemCode::NotFound).await;
    }
}

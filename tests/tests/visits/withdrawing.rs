//! Withdrawing a visit as entered by mistake: what it leaves, what stays, who may, and what a phone may do without network.

use super::{about, log, new_visit, over, path_of, push, recorded, seen, with_step, words};
use crate::{
    appointments::audited,
    contacts::stands,
    notifications::{button, dispatch, phone, press, push_service, read},
    sync::Phone,
    work_items,
};
use chrono::TimeDelta;
use contract::{NotificationAction::Done, ProblemCode};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{SignedIn, TestApp, both_databases, http::Request};
use serde_json::{Value, json};
use uuid::Uuid;

fn withdraw(app: &TestApp, person: &SignedIn, path: &str, version: i64) -> Request {
    let body = json!({"reason": "It was somebody else of the same name"});
    app.post(&format!("{path}/withdraw")).by(&person.again(&app.app)).if_match(version).json(body)
}

async fn listed(app: &TestApp, person: &SignedIn) -> Vec<Value> {
    let path = format!("/v1/participants/{}/visits", app.world.participant.id);
    seen(app, person, &path).await["items"].as_array().unwrap().clone()
}

async fn told(app: &TestApp) -> usize {
    let path = format!("/v1/participants/{}/timeline", app.world.participant.id);
    let page = seen(app, &app.world.manager, &path).await;
    page["items"].as_array().unwrap().iter().filter(|moment| moment["kind"] == json!("visit")).count()
}

async fn planned(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM reminder WHERE subject_kind = 'visit' AND state = 'planned'"))
        .scalar()
        .await
        .unwrap()
}

both_databases! {
    async fn what_was_entered_by_mistake_leaves_every_list_and_figure(app: TestApp) {
        let world = &app.world;
        app.clock.advance(TimeDelta::days(20));
        let earlier = log(&app, &world.mentor, over(new_visit(&app), &json!({"local_start": "2026-12-01T10:00:00"}))).await;
        let wrong = log(&app, &world.mentor, over(with_step(&app, "2026-12-20T09:30"), &json!({"local_start": "2026-12-10T10:00:00"}))).await;
        let path = path_of(&wrong);
        app.post(&format!("{path}/questions")).by(&world.manager.again(&app.app)).json(json!({"question": "Where was that?"})).expect(201).await;
        assert_eq!((stands(&app).await["last"]["id"].clone(), planned(&app).await), (wrong.json()["id"].clone(), 1));
        assert_eq!(work_items::causes(&app, &world.mentor).await, ["question_back"]);
        app.clock.advance(TimeDelta::minutes(1));
        let withdrawn = withdraw(&app, &world.mentor, &path, 1).expect(200).await;
        assert_eq!((withdrawn.version(), withdrawn.json()["parts"].clone(), withdrawn.json()["more_parts"].clone()), (2, json!([]), json!(false)));
        let visit = &withdrawn.json()["visit"];
        for (field, value) in [
            ("withdrawn_at", json!("2026-12-13T10:01:00Z")),
            ("withdrawn_by", json!(world.mentor.id)),
            ("withdrawal_reason", json!("It was somebody else of the same name")),
            ("narrative", json!("Lives with a brother for now")),
        ] {
            assert_eq!(visit[field], value, "{field}");
        }
        assert_eq!(listed(&app, &world.manager).await, [earlier.json()]);
        assert_eq!((told(&app).await, planned(&app).await), (1, 0));
        assert_eq!(stands(&app).await["last"]["id"], earlier.json()["id"], "what is left says when they were met");
        assert!(work_items::causes(&app, &world.mentor).await.is_empty());
        // By its id it is read as before, with the reason, and what was asked about it as well.
        assert_eq!(seen(&app, &world.counsellor, &path).await, *visit);
        assert_eq!(seen(&app, &world.manager, &format!("{path}/questions")).await["items"].as_array().unwrap().len(), 1);
        assert_eq!((audited(&app, "visit.record").await, audited(&app, "visit.withdraw").await), (2, 1));
        let mut tx = app.app.db.read().await.unwrap();
        let sealed: Vec<u8> = tx.query(sql!("SELECT withdrawal_sealed FROM visit WHERE withdrawn_at IS NOT NULL")).scalar().await.unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("same name"));
    }

    async fn who_withdraws_and_once(app: TestApp) {
        let world = &app.world;
        let path = path_of(&log(&app, &world.mentor, new_visit(&app)).await);
        let problem = app.post(&format!("{path}/withdraw")).by(&world.mentor.again(&app.app)).if_match(1).json(json!({})).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/reason");
        withdraw(&app, &world.counsellor, &path, 1).refused(ProblemCode::CommandRefused).await;
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            withdraw(&app, person, &path, 1).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.participant, &world.administrator, &world.observer] {
            withdraw(&app, person, &path, 1).refused(ProblemCode::NotForThisRole).await;
        }
        withdraw(&app, &world.mentor, &path, 2).refused(ProblemCode::Changed).await;
        withdraw(&app, &world.mentor, &path, 1).expect(200).await;
        withdraw(&app, &world.manager, &path, 2).refused(ProblemCode::CommandRefused).await;
        // Nothing more is done with it.
        let correction = json!({"reason": "r", "kind": "phone"});
        app.patch(&path).by(&world.mentor.again(&app.app)).if_match(2).json(correction).refused(ProblemCode::CommandRefused).await;
        app.post(&format!("{path}/finish-next-step")).by(&world.mentor.again(&app.app)).if_match(2).refused(ProblemCode::CommandRefused).await;
        app.post(&format!("{path}/questions")).by(&world.manager.again(&app.app)).json(json!({"question": "Why?"})).refused(ProblemCode::CommandRefused).await;
    }

    async fn a_manager_withdraws_without_reading_what_is_for_its_author_alone(app: TestApp) {
        let world = &app.world;
        let path = path_of(&log(&app, &world.counsellor, over(new_visit(&app), &json!({"readers": "author"}))).await);
        let withdrawn = withdraw(&app, &world.manager, &path, 1).expect(200).await;
        let visit = &withdrawn.json()["visit"];
        assert_eq!((visit.get("narrative"), visit.get("withdrawal_reason")), (None, None));
        let own = seen(&app, &world.counsellor, &path).await;
        assert_eq!(own["withdrawal_reason"], json!("It was somebody else of the same name"));
        assert_eq!(seen(&app, &world.mentor, &path).await.get("withdrawal_reason"), None);
    }

    async fn nobody_is_reminded_of_its_next_step_and_a_button_does_nothing(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        let path = path_of(&log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await);
        phone(&app, &service, &world.mentor).await;
        app.clock.advance(TimeDelta::days(8));
        dispatch(&app).await;
        let payload = read(service.received().last().unwrap());
        withdraw(&app, &world.mentor, &path, 1).expect(200).await;
        press(&app, &button(&payload, Done)).refused(ProblemCode::ActionExpired).await;
        // Whatever is planned again later, it stays so.
        let policy = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "11:00"}}});
        app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager.again(&app.app)).if_match(1).json(policy).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(planned(&app).await, 0);
    }

    async fn somebody_who_was_never_met_is_looked_for(app: TestApp) {
        let world = &app.world;
        app.clock.advance(TimeDelta::days(25));
        let path = path_of(&log(&app, &world.mentor, over(new_visit(&app), &json!({"local_start": "2026-12-17T10:00:00"}))).await);
        app.clock.advance(TimeDelta::days(6));
        let is_wanted = async || {
            let query = format!("?participant_id={}", world.participant.id);
            let items = work_items::list(&app, &world.manager, &query).await;
            items.iter().any(|item| item["cause"] == json!("no_contact"))
        };
        reconciler::run(&app.app).await.unwrap();
        assert!(!is_wanted().await);
        withdraw(&app, &world.mentor, &path, 1).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert!(is_wanted().await);
    }

    async fn its_parts_stay_and_are_named(app: TestApp) {
        let (world, id, need) = (&app.world, Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let visit = recorded(&app, &over(new_visit(&app), &json!({"id": id})));
        let found = json!({"id": need, "participant_id": world.participant.id, "area": "papers", "what": "A certificate"});
        let found = json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "findNeed", "visit_id": id, "body": found});
        assert_eq!(words(&push(&app, &world.mentor, &[&visit, &found]).await), ["applied"; 2]);
        let withdrawn = withdraw(&app, &world.mentor, &format!("/v1/visits/{id}"), 1).expect(200).await.json();
        let part = &withdrawn["parts"][0];
        assert_eq!((&part["operation"], &part["subject_kind"], &part["subject_id"]), (&json!("findNeed"), &json!("need"), &json!(need)));
        assert_eq!(seen(&app, &world.mentor, &format!("/v1/needs/{need}")).await["state"], json!("found"));
        assert_eq!(seen(&app, &world.manager, &format!("/v1/visits/{id}/parts")).await["items"], withdrawn["parts"]);
    }

    async fn what_was_recorded_with_it_and_comes_later_is_not_lost(app: TestApp) {
        let world = &app.world;
        let logged = log(&app, &world.mentor, new_visit(&app)).await;
        let check_in = crate::check_ins::open(&app).await.rsplit('/').next().unwrap().to_owned();
        withdraw(&app, &world.mentor, &path_of(&logged), 1).expect(200).await;
        let said = over(crate::check_ins::answers("good"), &json!({"call_wanted": true}));
        let part = over(about(&app, "submitCheckIn", &check_in, 1, &said), &json!({"visit_id": logged.json()["id"]}));
        assert_eq!(words(&push(&app, &world.mentor, &[&part]).await), ["applied"]);
        assert_eq!(work_items::causes(&app, &world.mentor).await, ["call_wanted"]);
        let parts = seen(&app, &world.manager, &format!("{}/parts", path_of(&logged))).await;
        assert_eq!(parts["items"][0]["subject_id"], json!(check_in));
    }

    async fn phones_forget_it_and_withdraw_without_network(app: TestApp) {
        let world = &app.world;
        let logged = log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await;
        let (id, path) = (logged.string("/id"), path_of(&logged));
        app.post(&format!("{path}/questions")).by(&world.manager.again(&app.app)).json(json!({"question": "Where?"})).expect(201).await;
        let mut phone = Phone::fresh(&app, &world.counsellor.again(&app.app)).await;
        assert_eq!((phone.ids("visits").len(), phone.ids("visit_questions").len()), (1, 1));
        let body = json!({"reason": "It was somebody else"});
        let ahead = about(&app, "withdrawVisit", &id, 9, &body);
        assert_eq!(words(&push(&app, &world.mentor, &[&ahead]).await), ["conflict"]);
        let strange = about(&app, "withdrawVisit", &id, 1, &body);
        assert_eq!(words(&push(&app, &world.counsellor, &[&strange]).await), ["refused"]);
        // Its author put right meanwhile what the manager found wrong.
        app.patch(&path).by(&world.mentor.again(&app.app)).if_match(1).json(json!({"reason": "r", "kind": "phone"})).expect(200).await;
        let by_manager = about(&app, "withdrawVisit", &id, 1, &body);
        assert_eq!(words(&push(&app, &world.manager, &[&by_manager]).await), ["conflict"]);
        let right = about(&app, "withdrawVisit", &id, 2, &body);
        assert_eq!(words(&push(&app, &world.mentor, &[&right, &right]).await), ["applied", "duplicate"]);
        // Somebody else says the same later: it is so.
        let again = about(&app, "withdrawVisit", &id, 2, &body);
        assert_eq!(words(&push(&app, &world.manager, &[&again]).await), ["applied"]);
        phone.follow(&app, &world.counsellor.again(&app.app), 200).await;
        assert!(phone.ids("visits").is_empty() && phone.ids("visit_questions").is_empty());
        assert!(Phone::fresh(&app, &world.mentor.again(&app.app)).await.ids("visits").is_empty());
        // What was done with it before on another phone is told, and changes nothing.
        let late = about(&app, "correctVisit", &id, 2, &json!({"reason": "r", "kind": "home"}));
        assert_eq!(words(&push(&app, &world.mentor, &[&late]).await), ["refused"]);
    }

    async fn whoever_lost_the_person_still_withdraws_what_they_entered(app: TestApp) {
        let (world, id) = (&app.world, Uuid::now_v7().to_string());
        let visit = recorded(&app, &over(new_visit(&app), &json!({"id": id})));
        let wrong = about(&app, "withdrawVisit", &id, 1, &json!({"reason": "It was somebody else"}));
        assert_eq!(words(&push(&app, &world.mentor, &[&visit]).await), ["applied"]);
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap();
        app.clock.advance(TimeDelta::hours(1));
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!(words(&push(&app, &world.mentor, &[&wrong]).await), ["applied"]);
        assert!(listed(&app, &world.manager).await.is_empty());
    }
}

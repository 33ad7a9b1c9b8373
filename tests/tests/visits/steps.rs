//! The next step of a visit: its author is reminded when it is due, once, by day, and says from the notification that it is done.

use super::{log, over, path_of, seen, with_step};
use crate::{
    appointments::audited,
    notifications::{button, dispatch, phone, press, push_service, read},
    people::{close_file, reopen_file},
};
use care::appointment::rederive;
use chrono::TimeDelta;
use contract::{
    NotificationAction::Done,
    ProblemCode,
    push::PushPayload,
    time::{ZoneDataVersion, Zones},
};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_demo::phone::push_service::PushService;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

/// When what is planned about visits is due, in its states.
async fn planned(app: &TestApp) -> Vec<(String, String)> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(contract::time::Instant, String)> = tx
        .query(sql!("SELECT due_at, state FROM reminder WHERE subject_kind = 'visit' ORDER BY due_at, id"))
        .all()
        .await
        .unwrap();
    rows.into_iter().map(|(due, state)| (due.to_string(), state)).collect()
}

fn one(due: &str, state: &str) -> Vec<(String, String)> {
    vec![(due.to_owned(), state.to_owned())]
}

/// What the author's phone is told when it is due.
async fn told(app: &TestApp, service: &PushService) -> PushPayload {
    phone(app, service, &app.world.mentor).await;
    app.clock.advance(TimeDelta::days(8));
    dispatch(app).await;
    let received = service.received();
    assert_eq!(received.len(), 1);
    read(received.last().unwrap())
}

async fn change(app: &TestApp, path: &str, version: i64, body: Value) {
    app.patch(path).by(&app.world.mentor.again(&app.app)).if_match(version).json(body).expect(200).await;
}

both_databases! {
    async fn its_author_is_reminded_and_says_that_it_is_done(app: TestApp) {
        let service = push_service(&app).await;
        let path = path_of(&log(&app, &app.world.mentor, with_step(&app, "2026-12-01T09:30")).await);
        assert_eq!(planned(&app).await, one("2026-12-01T09:30:00Z", "planned"));
        let payload = told(&app, &service).await;
        let said = format!("{} {}", payload.title, payload.body);
        for word in ["visit", "Visit", "brother", "office"] {
            assert!(!said.contains(word), "{said}");
        }
        let done = press(&app, &button(&payload, Done)).expect(200).await;
        assert_eq!((done.string("/subject/kind"), done.string("/state")), ("visit".to_owned(), "done".to_owned()));
        // A lost answer is given again.
        assert_eq!(press(&app, &button(&payload, Done)).expect(200).await.body, done.body);
        let visit = seen(&app, &app.world.manager, &path).await;
        assert_eq!((&visit["next_step"]["done_by"], &visit["version"]), (&json!(app.world.mentor.id), &json!(2)));
        assert_eq!(audited(&app, "visit.finish_next_step").await, 1);
        let mut tx = app.app.db.read().await.unwrap();
        let details: String = tx.query(sql!("SELECT details FROM audit WHERE action = 'visit.finish_next_step'")).scalar().await.unwrap();
        assert!(details.contains("notification"), "{details}");
    }

    async fn a_button_does_nothing_for_what_is_no_longer_so(app: TestApp) {
        let service = push_service(&app).await;
        let path = path_of(&log(&app, &app.world.mentor, with_step(&app, "2026-12-01T09:30")).await);
        let payload = told(&app, &service).await;
        change(&app, &path, 1, json!({"reason": "later", "next_step": {"what": "Call again", "local_due": "2026-12-05T09:30"}})).await;
        press(&app, &button(&payload, Done)).refused(ProblemCode::ActionExpired).await;
        assert_eq!(seen(&app, &app.world.mentor, &path).await["next_step"].get("done_at"), None);
    }

    async fn whoever_lost_the_person_answers_for_nothing_of_them(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        let path = path_of(&log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await);
        let payload = told(&app, &service).await;
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap();
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        press(&app, &button(&payload, Done)).refused(ProblemCode::ActionExpired).await;
        assert_eq!(seen(&app, &world.manager, &path).await["next_step"].get("done_at"), None);
    }

    async fn what_is_done_moved_or_dropped_is_not_reminded_of(app: TestApp) {
        let (world, night) = (&app.world, "2026-12-01T23:00");
        let path = path_of(&log(&app, &world.mentor, with_step(&app, night)).await);
        assert_eq!(planned(&app).await, one("2026-12-02T08:00:00Z", "planned"));
        change(&app, &path, 1, json!({"reason": "r", "next_step": {"what": "x", "local_due": "2026-12-03T12:00"}})).await;
        assert_eq!(planned(&app).await[1..], one("2026-12-03T12:00:00Z", "planned"));
        change(&app, &path, 2, json!({"reason": "r", "next_step": null})).await;
        assert!(planned(&app).await.iter().all(|(_, state)| state == "superseded"));
        app.post(&format!("{path}/finish-next-step")).by(&world.mentor).if_match(3).refused(ProblemCode::CommandRefused).await;
        change(&app, &path, 3, json!({"reason": "r", "next_step": {"what": "y", "local_due": "2026-12-04T12:00"}})).await;
        app.post(&format!("{path}/finish-next-step")).by(&world.manager).if_match(3).refused(ProblemCode::Changed).await;
        let finished = app.post(&format!("{path}/finish-next-step")).by(&world.manager).if_match(4).expect(200).await;
        assert_eq!(finished.json()["next_step"]["done_by"], json!(world.manager.id));
        assert!(planned(&app).await.iter().all(|(_, state)| state == "superseded"));
        app.post(&format!("{path}/finish-next-step")).by(&world.mentor).if_match(5).refused(ProblemCode::CommandRefused).await;
        // Corrected afterwards, it stays done.
        change(&app, &path, 5, json!({"reason": "r", "kind": "phone"})).await;
        assert!(seen(&app, &world.mentor, &path).await["next_step"].get("done_at").is_some());
    }

    async fn a_new_policy_is_one_row_however_many_steps_are_open_and_unfolds_in_pages(app: TestApp) {
        const MANY: usize = 101;
        let world = &app.world;
        let change = |version, from: &str| {
            let policy = json!({"reminder_policy": {"quiet_hours": {"from": from, "until": "09:00"}}});
            app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager).if_match(version).json(policy)
        };
        let noted = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let count = tx.query(sql!("SELECT count(*) FROM agenda WHERE subject_kind LIKE 'visit%'"));
            count.scalar::<i64>().await.unwrap()
        };
        change(1, "20:00").expect(200).await;
        assert_eq!(noted().await, 0, "nothing is to be done");
        reconciler::run(&app.app).await.unwrap();
        for _ in 0..MANY {
            log(&app, &world.mentor, with_step(&app, "2026-12-01T20:30")).await;
        }
        change(2, "21:00").expect(200).await;
        assert_eq!(noted().await, 1);
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(noted().await, 0);
        let mut due = planned(&app).await;
        due.retain(|(_, state)| state == "planned");
        assert_eq!(due, vec![("2026-12-01T20:30:00Z".to_owned(), "planned".to_owned()); MANY]);
    }

    async fn a_closed_file_is_not_reminded_of_until_it_is_opened_again(app: TestApp) {
        let world = &app.world;
        log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await;
        close_file(&app, world.participant.id).await;
        assert_eq!(planned(&app).await, one("2026-12-01T09:30:00Z", "superseded"));
        // What was seen before is still logged, and nobody is reminded.
        log(&app, &world.mentor, with_step(&app, "2026-12-02T09:30")).await;
        assert_eq!(planned(&app).await.len(), 1);
        reopen_file(&app, world.participant.id).await;
        reconciler::run(&app.app).await.unwrap();
        let mut planned = planned(&app).await;
        planned.retain(|(_, state)| state == "planned");
        assert_eq!(planned, [one("2026-12-01T09:30:00Z", "planned"), one("2026-12-02T09:30:00Z", "planned")].concat());
    }

    async fn another_centres_nights_and_another_policy_are_heeded(app: TestApp) {
        let world = &app.world;
        log(&app, &world.mentor, over(with_step(&app, "2026-12-01T09:30"), &json!({}))).await;
        let policy = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "11:00"}}});
        app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager).if_match(1).json(policy).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        let now: Vec<_> = planned(&app).await.into_iter().filter(|(_, state)| state == "planned").collect();
        assert_eq!(now, one("2026-12-01T11:00:00Z", "planned"));
    }

    async fn whoever_accompanies_them_next_is_reminded_in_the_authors_place(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        let path = path_of(&log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await);
        let own = over(with_step(&app, "2026-12-01T09:45"), &json!({"readers": "author"}));
        log(&app, &world.counsellor, own).await;
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        for staff in [&world.mentor, &world.counsellor] {
            let one = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(staff.id)).unwrap();
            app.post(&format!("/v1/assignments/{}/end", one["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        }
        let assigned = json!({"staff_id": world.other_mentor.id});
        app.post(&format!("/v1/participants/{}/assignments", world.participant.id)).by(&world.manager.again(&app.app)).json(assigned).expect(201).await;
        reconciler::run(&app.app).await.unwrap();
        let (mut tx, planned) = (app.app.db.read().await.unwrap(), sql!("SELECT recipient_id FROM reminder WHERE subject_kind = 'visit' AND state = 'planned'"));
        let listeners: Vec<uuid::Uuid> = tx.query(planned).scalars().await.unwrap();
        // What a counsellor noted for themself alone nobody else could do.
        assert_eq!(listeners, [world.other_mentor.id]);
        drop(tx);
        phone(&app, &service, &world.other_mentor).await;
        app.clock.advance(TimeDelta::days(8));
        dispatch(&app).await;
        press(&app, &button(&read(service.received().last().unwrap()), Done)).expect(200).await;
        assert_eq!(seen(&app, &world.manager, &path).await["next_step"]["done_by"], json!(world.other_mentor.id));
    }

    async fn new_zone_data_move_no_next_step_on_the_wall(app: TestApp) {
        // Zone data from before Morocco left its hour.
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
        let version = ZoneDataVersion::parse("2025b");
        let old = app.app.with_zones(Arc::new(Zones::from_directory(&directory, version).unwrap()));
        rederive::if_zone_data_changed(&old).await.unwrap();
        let id = log(&app, &app.world.mentor, with_step(&app, "2026-12-01T09:30")).await.string("/id");
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE visit SET next_step_at = $1 WHERE id = $2"))
            .bind("2026-12-01T08:30:00Z".parse::<contract::time::Instant>().unwrap())
            .bind(id.parse::<uuid::Uuid>().unwrap())
            .execute()
            .await
            .unwrap();
        tx.commit().await.unwrap();
        rederive::if_zone_data_changed(&app.app).await.unwrap();
        let visit = seen(&app, &app.world.mentor, &format!("/v1/visits/{id}")).await;
        assert_eq!((&visit["next_step"]["local_due"], &visit["next_step"]["due_at"]), (&json!("2026-12-01T09:30:00"), &json!("2026-12-01T09:30:00Z")));
        assert_eq!(planned(&app).await.last().unwrap().0, "2026-12-01T09:30:00Z");
    }

    async fn visits_follow_whom_they_are_about(app: TestApp) {
        let world = &app.world;
        let path = path_of(&log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await);
        crate::hand_overs::moved(&app, world.participant.id).await;
        app.get(&path).by(&world.manager).refused(ProblemCode::NotFound).await;
        app.get(&path).by(&world.mentor).refused(ProblemCode::NotFound).await;
        assert_eq!(seen(&app, &world.other_manager, &path).await["narrative"], json!("Lives with a brother for now"));
        assert_eq!(planned(&app).await, one("2026-12-01T09:30:00Z", "superseded"));
    }
}

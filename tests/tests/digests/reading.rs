//! What a week says, to whom, and who hears of it.

use super::{MADE_AT, listed, made, pass_until, path_of, usual_hours};
use crate::notifications::{dispatch, phone, push_service, read};
use care::work_item::WorkCause;
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// How what tells of digests stands with this person.
async fn told(app: &TestApp, person: Uuid) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT state FROM reminder WHERE subject_kind = 'digest' AND recipient_id = $1 ORDER BY id"
    ))
    .bind(person)
    .scalars()
    .await
    .unwrap()
}

both_databases! {
    async fn it_counts_what_is_open_whom_nobody_met_and_who_came_and_went(app: TestApp) {
        let world = &app.world;
        usual_hours(&app).await;
        crate::work_items::raise(&app, WorkCause::JobLost, &world.participant).await;
        crate::work_items::raise(&app, WorkCause::PaperStuck, &world.other_participant).await;
        crate::work_items::raise_about(&app, WorkCause::NoContact, world.foreign_participant.id, world.other_centre, Uuid::now_v7()).await;
        // Nobody met one of them for long.
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("INSERT INTO contact (participant_id, centre_id, opened_at, counted_from) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING"))
            .bind(world.participant.id).bind(world.centre).bind(app.now().saturating_sub(TimeDelta::days(60))).execute().await.unwrap();
        tx.query(sql!("UPDATE contact SET counted_from = $1 WHERE participant_id = $2"))
            .bind(app.now().saturating_sub(TimeDelta::days(60))).bind(world.participant.id).execute().await.unwrap();
        tx.commit().await.unwrap();
        // One is registered, and goes again.
        let new = json!({"name": "Somebody New", "language": "fr"});
        let file = app.post("/v1/participants").by(&world.manager.again(&app.app)).json(new).expect(201).await;
        let path = format!("/v1/participants/{}", file.string("/id"));
        app.post(&format!("{path}/withdraw")).by(&world.manager.again(&app.app)).if_match(1).json(json!({"reason": "moved_away"})).expect(200).await;
        pass_until(&app, "2026-11-25T10:00:00Z").await;
        pass_until(&app, MADE_AT).await;
        let digest = listed(&app, &world.manager).await[0].clone();
        let causes: Vec<&Value> = digest["work"]["by_cause"].as_array().unwrap().iter().map(|one| &one["cause"]).collect();
        assert_eq!(causes, [&json!("job_lost"), &json!("paper_stuck")], "in the order of the contract, and of this centre");
        assert_eq!(digest["work"]["by_cause"][0], json!({"cause": "job_lost", "open": 1, "overdue": 1, "risen": 1}));
        assert_eq!((&digest["work"]["open"], &digest["work"]["overdue"], &digest["work"]["list"]), (&json!(2), &json!(1), &json!("/v1/work-items")));
        assert_eq!(digest["without_contact"], json!({"people": 1, "after_days": 30, "list": "/v1/contacts?days=30"}));
        let found = app.get("/v1/contacts?days=30").by(&world.manager.again(&app.app)).expect(200).await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "the list says the same");
        let caseload = &digest["caseload"];
        assert_eq!(
            [&caseload["accompanied"], &caseload["without_companion"], &caseload["registered"], &caseload["closed"], &caseload["reopened"]],
            [&json!(2), &json!(0), &json!(3), &json!(1), &json!(0)]
        );
        let companions = caseload["companions"].as_array().unwrap();
        let names: Vec<&str> = companions.iter().map(|one| one["staff_name"].as_str().unwrap()).collect();
        let mut sorted = names.clone();
        sorted.sort_by_key(|name| name.to_lowercase());
        assert_eq!((names, companions.len()), (sorted, 3), "by name, never by number");
        assert!(companions.iter().all(|one| one["people"] == json!(1)), "{companions:?}");
        // Nobody is named of those who are accompanied.
        assert!(!digest.to_string().contains(muwakaba_tests::world::CANARY_NAME));
    }

    async fn who_has_two_files_counts_once(app: TestApp) {
        usual_hours(&app).await;
        let other = crate::merging::second(&app).await;
        crate::merging::merge(&app, app.world.participant.id, other, crate::merging::all_of_this()).expect(200).await;
        pass_until(&app, MADE_AT).await;
        let digest = listed(&app, &app.world.manager).await[0].clone();
        let caseload = &digest["caseload"];
        assert_eq!(
            [&caseload["accompanied"], &caseload["registered"], &caseload["closed"], &caseload["reopened"]],
            [&json!(2), &json!(2), &json!(0), &json!(0)]
        );
        let companions = caseload["companions"].as_array().unwrap();
        assert!(companions.iter().all(|one| one["people"] == json!(1)), "{companions:?}");
    }

    async fn it_is_the_managers_of_the_centre_and_nobody_elses(app: TestApp) {
        let (world, digest) = (&app.world, made(&app).await);
        let path = path_of(&digest);
        let read = app.get(&path).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!(read.json(), digest);
        app.get(&path).by(&world.other_manager.again(&app.app)).refused(ProblemCode::NotFound).await;
        assert_eq!(listed(&app, &world.other_manager).await.len(), 1, "their own");
        for nobody in [&world.mentor, &world.counsellor, &world.participant, &world.administrator, &world.observer, &world.foreign_mentor] {
            app.get(&path).by(&nobody.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
            app.get("/v1/digests").by(&nobody.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        app.get(&format!("/v1/digests/{}", Uuid::now_v7())).by(&world.manager.again(&app.app)).refused(ProblemCode::NotFound).await;
        app.get("/v1/digests?cursor=x").by(&world.manager.again(&app.app)).refused(ProblemCode::Invalid).await;
    }

    async fn earlier_weeks_come_page_by_page(app: TestApp) {
        made(&app).await;
        for monday in ["2026-12-07", "2026-12-14"] {
            pass_until(&app, &format!("{monday}T09:00:00Z")).await;
        }
        let (mut weeks, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/digests?limit=1{cursor}");
            let page = app.get(&path).by(&app.world.manager.again(&app.app)).expect(200).await.json();
            weeks.extend(page["items"].as_array().unwrap().iter().map(|one| one["week"].as_str().unwrap().to_owned()));
            match page.get("next_cursor") {
                Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
                None => break,
            }
        }
        assert_eq!(weeks, ["2026-12-14", "2026-12-07", "2026-11-30"]);
    }

    async fn a_manager_hears_of_it_by_no_figure_and_has_seen_it_by_reading_it(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.manager).await;
        phone(&app, &service, &world.mentor).await;
        let path = path_of(&made(&app).await);
        assert_eq!(told(&app, world.manager.id).await, ["planned"]);
        dispatch(&app).await;
        let received = service.received();
        assert_eq!(received.len(), 1, "the manager alone");
        let payload = read(&received[0]);
        let said = format!("{} {}", payload.title, payload.body);
        assert!(!said.contains(muwakaba_tests::world::CANARY_NAME) && !said.contains("job"), "{said}");
        assert_eq!(told(&app, world.manager.id).await, ["sent"]);
        assert!(told(&app, world.mentor.id).await.is_empty());
        for _ in 0..2 {
            app.get(&path).by(&world.manager.again(&app.app)).expect(200).await;
            assert_eq!(told(&app, world.manager.id).await, ["seen"]);
        }
    }

    async fn who_reads_it_before_they_are_told_is_not_told_any_more(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.manager).await;
        app.get(&path_of(&made(&app).await)).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!(told(&app, world.manager.id).await, ["superseded"]);
        dispatch(&app).await;
        assert!(service.received().is_empty());
    }

    async fn whom_a_reminder_names_is_somebody_of_the_centre(app: TestApp) {
        let world = &app.world;
        made(&app).await;
        let named = async || -> Vec<Uuid> {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!("SELECT participant_id FROM reminder WHERE subject_kind = 'digest' AND centre_id = $1")).bind(world.centre).scalars().await.unwrap()
        };
        let before = named().await;
        assert_eq!(before.len(), 1);
        crate::hand_overs::moved(&app, before[0]).await;
        let after = named().await;
        assert_eq!(after.len(), 1);
        assert_ne!(before, after);
    }
}

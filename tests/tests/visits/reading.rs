//! Who reads what of a visit.

use super::{log, new_visit, over, path_of, seen, with_step};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};

fn texts(visit: &Value) -> (Option<&str>, Option<&str>) {
    (visit["narrative"].as_str(), visit["next_step"]["what"].as_str())
}

both_databases! {
    async fn what_a_counsellor_writes_for_themself_nobody_else_reads(app: TestApp) {
        let world = &app.world;
        let body = over(with_step(&app, "2026-12-01T09:30"), &json!({"readers": "author"}));
        let path = path_of(&log(&app, &world.counsellor, body).await);
        let all = (Some("Lives with a brother for now"), Some("Go to the district office"));
        assert_eq!(texts(&seen(&app, &world.counsellor, &path).await), all);
        // That there was one, and when, whoever accompanies them may know.
        for person in [&world.mentor, &world.manager] {
            let visit = seen(&app, person, &path).await;
            assert_eq!((texts(&visit), &visit["starts_at"]), ((None, None), &json!("2026-11-23T09:00:00Z")));
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.get(&path).by(person).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer, &world.participant] {
            app.get(&path).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        let list = format!("/v1/participants/{}/visits", world.participant.id);
        let listed = app.get(&list).by(&world.mentor).expect(200).await.json();
        assert_eq!(texts(&listed["items"][0]), (None, None));

        let narrative = json!({"reason": "Qanari", "narrative": "With a sister", "readers": "staff"});
        app.patch(&path).by(&world.counsellor).if_match(1).json(narrative).expect(200).await;
        assert_eq!(texts(&seen(&app, &world.mentor, &path).await).0, Some("With a sister"));
        // What was for the author alone stays so.
        let former = seen(&app, &world.mentor, &format!("{path}/corrections")).await;
        assert_eq!((former["items"][0].get("narrative"), former["items"][0].get("reason")), (None, None));
        let own = seen(&app, &world.counsellor, &format!("{path}/corrections")).await;
        assert_eq!(own["items"][0]["narrative"], json!("Lives with a brother for now"));
        // Nor why something was shut: that was written for its author alone, too.
        for (version, readers) in [(2, "author"), (3, "staff")] {
            let body = json!({"reason": "what was said about an illness", "readers": readers});
            app.patch(&path).by(&world.counsellor).if_match(version).json(body).expect(200).await;
        }
        let former = seen(&app, &world.mentor, &format!("{path}/corrections")).await;
        assert!(!former.to_string().contains("illness"), "{former}");
    }

    async fn an_emergency_access_opens_it_while_it_runs_and_is_named(app: TestApp) {
        let world = &app.world;
        let body = over(new_visit(&app), &json!({"readers": "author"}));
        let path = path_of(&log(&app, &world.counsellor, body).await);
        let list = format!("/v1/participants/{}/visits", world.participant.id);
        let id = crate::emergency_access::opened(&app, 20).await;
        assert_eq!(texts(&seen(&app, &world.manager, &path).await).0, Some("Lives with a brother for now"));
        let listed = seen(&app, &world.manager, &list).await;
        assert_eq!(texts(&listed["items"][0]).0, Some("Lives with a brother for now"));
        assert_eq!(texts(&seen(&app, &world.mentor, &path).await).0, None);
        app.clock.advance(chrono::TimeDelta::minutes(20));
        assert_eq!(texts(&seen(&app, &world.manager, &path).await).0, None);
        let log = app.get(&format!("/v1/audit?actor_id={}", world.manager.id)).by(&world.administrator.again(&app.app)).expect(200).await.json();
        let named: Vec<_> = log["items"].as_array().unwrap().iter()
            .filter(|line| line["action"] == json!("visit.read"))
            .map(|line| line["details"].get("emergency_access_id").cloned())
            .collect();
        assert_eq!(named, [None, Some(json!(id))]);
    }

    async fn the_latest_come_first_and_pages_go_on(app: TestApp) {
        let world = &app.world;
        for day in [20, 22, 21, 19] {
            let fields = json!({"local_start": format!("2026-11-{day}T09:00:00"), "narrative": format!("day {day}")});
            log(&app, &world.mentor, over(new_visit(&app), &fields)).await;
        }
        let list = format!("/v1/participants/{}/visits", world.participant.id);
        let (mut days, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = seen(&app, &world.manager, &format!("{list}?limit=3{cursor}")).await;
            days.extend(page["items"].as_array().unwrap().iter().map(|item| item["narrative"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(days, ["day 22", "day 21", "day 20", "day 19"]);
        app.get(&list).by(&world.other_mentor).refused(ProblemCode::NotFound).await;
        app.get(&list).by(&world.participant).refused(ProblemCode::NotForThisRole).await;
    }

    async fn the_participant_sees_that_it_was_read_and_not_which(app: TestApp) {
        let world = &app.world;
        let path = path_of(&log(&app, &world.mentor, new_visit(&app)).await);
        seen(&app, &world.counsellor, &path).await;
        let own = seen(&app, &world.participant, "/v1/audit").await;
        let line = own["items"].as_array().unwrap().iter().find(|line| line["action"] == json!("visit.read")).unwrap().clone();
        assert_eq!((line["actor"]["role"].as_str(), line.get("subject_id")), (Some("counsellor"), None));
    }

    async fn whoever_no_longer_accompanies_them_reads_nothing(app: TestApp) {
        let world = &app.world;
        let path = path_of(&log(&app, &world.mentor, new_visit(&app)).await);
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap();
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        app.get(&path).by(&world.mentor).refused(ProblemCode::NotFound).await;
        app.patch(&path).by(&world.mentor).if_match(1).json(json!({"reason": "r", "kind": "phone"})).refused(ProblemCode::NotFound).await;
        assert_eq!(seen(&app, &world.manager, &path).await["version"], json!(1));
    }
}

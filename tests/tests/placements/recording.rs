//! Recording a placement and the way to it: what is taken, what is refused by name, who may, and what is kept.

use super::{command, new_placement, over, planned, record, states};
use crate::{
    appointments::audited,
    consents::{contact, give},
};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

both_databases! {
    async fn a_placement_is_read_as_it_was_recorded(app: TestApp) {
        let world = &app.world;
        let recorded = record(&app, &world.mentor, new_placement(&app)).await;
        let path = recorded.header("location").to_owned();
        for person in [&world.mentor, &world.counsellor, &world.manager, &world.participant] {
            let read = app.get(&path).by(&person.again(&app.app)).expect(200).await;
            assert_eq!((read.json(), read.version()), (recorded.json(), 1));
        }
        let placement = recorded.json();
        for (pointer, value) in [
            ("/state", json!("running")),
            ("/counted_as", json!("employment")),
            ("/employer_knowledge", json!("nothing")),
            ("/from", json!({"date": "2026-11-16", "earliest": "2026-11-16", "latest": "2026-11-16"})),
            ("/stages/0/stage", json!("start")),
            ("/milestones/0/local_due", json!("2026-12-16T09:00:00")),
            ("/milestones/0/due_at", json!("2026-12-16T09:00:00Z")),
            ("/milestones/3/days", json!(365)),
            ("/author_id", json!(world.mentor.id)),
        ] {
            assert_eq!(placement.pointer(pointer), Some(&value), "{pointer}");
        }
        assert_eq!(states(&placement), ["pending"; 4]);
        assert_eq!(planned(&app).await.len(), 4);
        assert_eq!(audited(&app, "placement.record").await, 1);
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager, &world.other_participant] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&path).by(person).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn the_way_to_it_is_kept_stage_by_stage(app: TestApp) {
        let way = over(new_placement(&app), &json!({"stage": "referral", "on": "2026-10"}));
        let recorded = record(&app, &app.world.mentor, way).await;
        assert_eq!((recorded.string("/state"), states(&recorded.json())), ("on_the_way".to_owned(), Vec::new()));
        for (stage, outcome, on, state) in [
            ("interview", "reached", "2026-11-02", "on_the_way"),
            ("interview", "refused", "2026-11-04", "not_taken_up"),
            // Asked again later, from the beginning.
            ("application", "reached", "2026-11-10", "on_the_way"),
            ("offer", "withdrawn", "2026-11-11", "not_taken_up"),
            ("offer", "reached", "2026-11-12", "on_the_way"),
            ("start", "reached", "2026-11-16", "running"),
        ] {
            let stands = command(&app, &recorded, "record-stage", json!({"stage": stage, "outcome": outcome, "on": on})).await;
            assert_eq!(stands.string("/state"), state, "{stage} {outcome}");
        }
        let path = recorded.header("location").to_owned();
        let read = app.get(&path).by(&app.world.participant).expect(200).await;
        assert_eq!((read.version(), read.json()["stages"].as_array().unwrap().len()), (7, 7));
        assert_eq!(read.string("/from/date"), "2026-11-16");
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2026-12-16T09:00:00Z"));
        let problem = app.post(&format!("{path}/record-stage")).by(&app.world.mentor).if_match(7)
            .json(json!({"stage": "offer", "outcome": "reached", "on": "2026-11-16"})).refused(ProblemCode::CommandRefused).await;
        assert_eq!(problem.subject.unwrap().kind.as_str(), "placement");
        assert_eq!(problem.possible_commands.unwrap(), ["verify_milestone", "correct_milestone", "withdraw_milestone", "agree_employer_knowledge", "correct", "end", "withdraw"]);
    }

    async fn an_agreement_can_be_taken_back_after_a_refusal_and_what_was_agreed_stays(app: TestApp) {
        let id = Uuid::now_v7().to_string();
        give(&app, &app.world.participant, contact(&app, &id, "The bakery")).await;
        let way = json!({"id": id, "stage": "interview", "on": "2026-11-02", "employer_knowledge": "more", "agreed_on": "2026-11-01"});
        let recorded = record(&app, &app.world.mentor, over(new_placement(&app), &way)).await;
        let refused = json!({"stage": "interview", "outcome": "refused", "on": "2026-11-04"});
        command(&app, &recorded, "record-stage", refused).await;
        let stands = command(&app, &recorded, "agree-employer-knowledge", json!({"employer_knowledge": "nothing"})).await;
        assert_eq!((stands.string("/employer_knowledge"), stands.string("/state")), ("nothing".to_owned(), "not_taken_up".to_owned()));
        let mut tx = app.app.db.read().await.unwrap();
        let agreed: Vec<(i64, String, Option<Uuid>)> = tx
            .query(sql!("SELECT version, employer_knowledge, witness_id FROM placement_agreement ORDER BY version"))
            .all().await.unwrap();
        assert_eq!(agreed, [(1, "more".to_owned(), Some(app.world.mentor.id)), (3, "nothing".to_owned(), None)]);
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        for (fields, pointer, code) in [
            (json!({"on": "2026-11-25"}), "/on", "future"),
            (json!({"on": "2026-12"}), "/on", "future"),
            (json!({"on": "yesterday"}), "/on", "value"),
            (json!({"on": "1912"}), "/on", "value"),
            (json!({"stage": "dossier"}), "/stage", "not_of_this_kind"),
            (json!({"kind": "self_employed"}), "/stage", "not_of_this_kind"),
            (json!({"kind": "thief"}), "/kind", "unknown_word"),
            (json!({"hours_a_week": 0}), "/hours_a_week", "range"),
            (json!({"hours_a_week": 85}), "/hours_a_week", "range"),
            (json!({"employer_knowledge": "more"}), "/agreed_on", "required"),
            (json!({"employer_knowledge": "more", "agreed_on": "2026-11-25"}), "/agreed_on", "future"),
            (json!({"employer_knowledge": "more", "agreed_on": "2026-11-20"}), "/employer_knowledge", "no_consent"),
            (json!({"employer_id": Uuid::now_v7()}), "/employer_id", "unknown"),
        ] {
            let problem = app.post("/v1/placements").by(&world.mentor).json(over(new_placement(&app), &fields)).refused(ProblemCode::Invalid).await;
            let told: Vec<_> = problem.errors.iter().map(|fault| (&*fault.pointer, &*fault.code)).collect();
            assert_eq!(told, [(pointer, code)], "{fields}");
        }
        for person in [&world.administrator, &world.participant, &world.observer] {
            app.post("/v1/placements").by(person).json(new_placement(&app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.post("/v1/placements").by(person).json(new_placement(&app)).refused(ProblemCode::NotFound).await;
        }
        assert_eq!(audited(&app, "placement.record").await, 0);
    }

    async fn nobody_began_to_work_before_they_were_fifteen(app: TestApp) {
        let world = &app.world;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE participant SET birth_year = 2011 WHERE id = $1")).bind(world.participant.id).execute().await.unwrap();
        tx.commit().await.unwrap();
        for fields in [json!({"on": "2025-12-31"}), json!({"on": "2025"})] {
            let problem = app.post("/v1/placements").by(&world.mentor).json(over(new_placement(&app), &fields)).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/on", "too_young"));
        }
        // It may have been in the year itself, and nobody is held to it on the way.
        let way = over(new_placement(&app), &json!({"stage": "application", "on": "2025-12-31"}));
        let recorded = record(&app, &world.mentor, way).await;
        let stage = format!("{}/record-stage", recorded.header("location"));
        let start = |on: &str| app.post(&stage).by(&world.mentor).if_match(1).json(json!({"stage": "start", "outcome": "reached", "on": on}));
        start("2025-12-31").refused(ProblemCode::Invalid).await;
        start("2026").expect(200).await;
        let early = json!({"reason": "r", "from": "2025-12-31"});
        let problem = app.patch(recorded.header("location")).by(&world.mentor).if_match(2).json(early).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/from");
    }

    async fn sent_twice_it_is_recorded_once_and_a_lost_race_is_told(app: TestApp) {
        let body = over(new_placement(&app), &json!({"id": Uuid::now_v7()}));
        let send = || app.post("/v1/placements").by(&app.world.mentor).header("idempotency-key", "one").json(body.clone());
        let (first, again) = (send().expect(201).await, send().expect(201).await);
        assert_eq!(first.json(), again.json());
        app.post("/v1/placements").by(&app.world.mentor).json(body.clone()).refused(ProblemCode::AlreadyExists).await;
        let end = format!("{}/end", first.header("location"));
        let body = json!({"reason": "dismissed", "until": "2026-11-20"});
        app.post(&end).by(&app.world.mentor).json(body.clone()).refused(ProblemCode::VersionRequired).await;
        let problem = app.post(&end).by(&app.world.mentor).if_match(9).json(body.clone()).refused(ProblemCode::Changed).await;
        assert_eq!(problem.current_version, Some(1));
        app.post(&end).by(&app.world.manager).if_match(1).json(body.clone()).expect(200).await;
        app.post(&end).by(&app.world.mentor).if_match(2).json(body).refused(ProblemCode::CommandRefused).await;
    }

    async fn what_was_recorded_wrongly_stays_beside_what_is_right(app: TestApp) {
        let (world, recorded) = (&app.world, record(&app, &app.world.mentor, new_placement(&app)).await);
        let path = recorded.header("location").to_owned();
        let correct = |version, body: Value| app.patch(&path).by(&world.counsellor).if_match(version).json(body);
        let stands = correct(1, json!({"reason": "He remembers the month only", "from": "2026-10", "hours_a_week": null})).expect(200).await;
        assert_eq!((stands.string("/from/earliest"), stands.string("/milestones/0/local_due")), ("2026-10-01".to_owned(), "2026-11-30T09:00:00".to_owned()));
        assert_eq!(stands.json().get("hours_a_week"), None);
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2026-11-30T09:00:00Z"));
        for (body, pointer) in [
            (json!({"reason": "nothing"}), ""),
            (json!({"hours_a_week": 40}), "/reason"),
            (json!({"reason": "r", "until": "2026-11-20"}), "/until"),
            (json!({"reason": "r", "end_reason": "moved"}), "/end_reason"),
            (json!({"reason": "r", "kind": "self_employed"}), "/kind"),
            (json!({"reason": "r", "kind": null}), "/kind"),
            (json!({"reason": "r", "from": "2027"}), "/from"),
        ] {
            let problem = correct(2, body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{body}");
        }
        let former = app.get(&format!("{path}/corrections")).by(&world.manager).expect(200).await.json();
        let one = &former["items"][0];
        assert_eq!((&one["version"], &one["from"]["date"], &one["hours_a_week"]), (&json!(1), &json!("2026-11-16"), &json!(44)));
        assert_eq!((one["reason"].as_str(), &one["corrected_by"]), (Some("He remembers the month only"), &json!(world.counsellor.id)));
        app.get(&format!("{path}/corrections")).by(&world.participant).refused(ProblemCode::NotForThisRole).await;
        app.patch(&path).by(&world.other_mentor).if_match(2).json(json!({"reason": "r", "hours_a_week": 1})).refused(ProblemCode::NotFound).await;
    }

    async fn what_was_entered_by_mistake_leaves_everything_but_the_log(app: TestApp) {
        let (world, recorded) = (&app.world, record(&app, &app.world.mentor, new_placement(&app)).await);
        let path = recorded.header("location").to_owned();
        let stands = command(&app, &recorded, "withdraw", json!({"reason": "It was his cousin"})).await;
        assert_eq!((stands.string("/state"), stands.string("/withdrawal_reason")), ("withdrawn".to_owned(), "It was his cousin".to_owned()));
        assert_eq!(states(&stands.json()), ["waived"; 4]);
        assert!(planned(&app).await.is_empty());
        app.get(&path).by(&world.participant).refused(ProblemCode::NotFound).await;
        let list = format!("/v1/participants/{}/placements", world.participant.id);
        assert_eq!(app.get(&list).by(&world.manager).expect(200).await.json()["items"], json!([]));
        let work = app.get(&format!("/v1/participants/{}/work", world.participant.id)).by(&world.mentor).expect(200).await;
        assert_eq!((work.string("/in_work"), &work.json()["days"][0]["at_most"]), ("no".to_owned(), &json!(0)));
        assert_eq!(app.get(&path).by(&world.manager).expect(200).await.version(), 2);
        let problem = app.patch(&path).by(&world.mentor).if_match(2).json(json!({"reason": "r", "hours_a_week": 1})).refused(ProblemCode::CommandRefused).await;
        assert_eq!(problem.possible_commands, Some(Vec::new()));
        assert_eq!(audited(&app, "placement.withdraw").await, 1);
    }

    async fn the_latest_come_first_and_pages_go_on(app: TestApp) {
        let world = &app.world;
        for month in ["2026-01", "2026-02", "2026-03", "2026-04"] {
            app.clock.advance(chrono::TimeDelta::seconds(1));
            record(&app, &world.mentor, over(new_placement(&app), &json!({"on": month}))).await;
        }
        let list = format!("/v1/participants/{}/placements", world.participant.id);
        let (mut starts, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("{list}?limit=3{cursor}")).by(&world.participant.again(&app.app)).expect(200).await.json();
            starts.extend(page["items"].as_array().unwrap().iter().map(|item| item["from"]["date"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(starts, ["2026-04", "2026-03", "2026-02", "2026-01"]);
        app.get(&list).by(&world.other_mentor).refused(ProblemCode::NotFound).await;
        app.get(&list).by(&world.other_participant).refused(ProblemCode::NotFound).await;
    }

    async fn nothing_of_it_lies_in_the_open(app: TestApp) {
        let recorded = record(&app, &app.world.mentor, new_placement(&app)).await;
        command(&app, &recorded, "end", json!({"reason": "new_detention", "until": "2026-11-20"})).await;
        command(&app, &recorded, "withdraw", json!({"reason": "It was his cousin"})).await;
        let mut tx = app.app.db.read().await.unwrap();
        let (plain, reason, why): (String, Vec<u8>, Vec<u8>) =
            tx.query(sql!("SELECT end_reason, end_reason_sealed, withdrawal_sealed FROM placement")).one().await.unwrap();
        assert_eq!(plain, "other");
        for sealed in [reason, why] {
            let text = String::from_utf8_lossy(&sealed).into_owned();
            assert!(!text.contains("detention") && !text.contains("cousin"));
        }
        let told: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE subject_kind = 'placement'")).scalars().await.unwrap();
        // Nor what was recorded: whoever reads the log knows whom a line is about, and accompanies nobody.
        for word in ["detention", "other", "fixed_term", "start", "reason", "cousin"] {
            assert!(!told.concat().contains(word), "{word}: {told:?}");
        }
    }
}

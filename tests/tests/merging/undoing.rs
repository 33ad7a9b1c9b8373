//! Undoing a merging: what is as it was before, what stays, and until when.

use super::{ahead, all_of_this, but, file, merge, schedule, second, second_with, unmerge};
use crate::work_items;
use care::work_item::WorkCause;
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::json;
use uuid::Uuid;

both_databases! {
    async fn what_was_moved_is_put_back(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second_with(&app, json!({"file_number": "CAS-2"})).await);
        app.patch(&format!("/v1/participants/{this}")).by(&world.manager.again(&app.app)).header("if-match", "*")
            .json(json!({"file_number": "CAS-1", "phone": "+212600000011"})).expect(200).await;
        let assignment = json!({"staff_id": world.other_mentor.id});
        app.post(&format!("/v1/participants/{other}/assignments")).by(&world.manager.again(&app.app)).json(assignment).expect(201).await;
        let body = json!({
            "participant_id": other, "host_id": world.other_mentor.id, "kind": "social_counselling",
            "local_start": "2026-12-01T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"}, "guidance": "Bring the blue folder",
        });
        app.post("/v1/appointments").by(&world.manager.again(&app.app)).json(body).expect(201).await;
        merge(&app, this, other, but(&["phone", "file_number"])).expect(200).await;
        let (kept, gone) = (file(&app, this).await, file(&app, other).await);
        assert_eq!((&kept["file_number"], &gone["file_number"]), (&json!("CAS-2"), &json!("CAS-1")), "both go on finding the person");
        assert_eq!(ahead(&app, this).await.len(), 1);
        app.clock.advance(TimeDelta::days(29));
        let answer = unmerge(&app, other).expect(200).await.json();
        assert_eq!((&answer["id"], &answer["survivor_id"]), (&json!(other), &json!(this)));
        assert_eq!((&answer["fields_given_back"], &answer["fields_changed_since"]), (&json!(["file_number", "phone"]), &json!([])));
        assert_eq!(answer["assignments_ended"], json!(1));
        let (kept, gone) = (file(&app, this).await, file(&app, other).await);
        assert_eq!((&kept["file_number"], &kept["phone"]), (&json!("CAS-1"), &json!("+212600000011")));
        assert_eq!((&gone["file_number"], &gone["phone"]), (&json!("CAS-2"), &json!("+212600000077")));
        assert_eq!((&gone["status"], gone.get("merged_into")), (&json!("active"), None));
        // Each is read by its own again.
        app.get(&format!("/v1/participants/{other}")).by(&world.other_mentor.again(&app.app)).expect(200).await;
        for (person, id) in [(&world.other_mentor, this), (&world.mentor, other), (&world.counsellor, other)] {
            app.get(&format!("/v1/participants/{id}")).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        unmerge(&app, other).refused(ProblemCode::CommandRefused).await;
        // And found to be one person's once more.
        merge(&app, this, other, all_of_this()).expect(200).await;
    }

    async fn an_appointment_that_lies_ahead_stands_where_it_stood(app: TestApp) {
        let (this, other) = (app.world.participant.id, second(&app).await);
        schedule(&app, other, "2026-12-01T10:00:00").await;
        schedule(&app, other, "2026-12-02T10:00:00").await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        // The participant confirms one of them: that has changed, and stays theirs.
        let confirmed = ahead(&app, this).await[1]["id"].as_str().unwrap().to_owned();
        app.post(&format!("/v1/appointments/{confirmed}/confirm")).by(&app.world.participant.again(&app.app)).header("if-match", "*").expect(200).await;
        let answer = unmerge(&app, other).expect(200).await.json();
        assert_eq!(answer["appointments_given_back"], json!(1));
        let starts = async |id| ahead(&app, id).await.iter().map(|one| one["local_start"].clone()).collect::<Vec<_>>();
        assert_eq!(starts(other).await, [json!("2026-12-01T10:00:00")]);
        assert_eq!(starts(this).await, [json!("2026-12-02T10:00:00")]);
        let path = format!("/v1/appointments/{}", ahead(&app, other).await[0]["id"].as_str().unwrap());
        let read = app.get(&path).by(&app.world.manager.again(&app.app)).expect(200).await.text();
        assert!(read.contains("Rue Tarik, second floor"), "{read}");
    }

    async fn what_somebody_must_act_on_is_about_whom_it_was_about(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second(&app).await);
        let wanted = Uuid::now_v7();
        let seen_to = Uuid::now_v7();
        for subject in [wanted, seen_to] {
            work_items::raise_about(&app, WorkCause::CallWanted, other, world.centre, subject).await;
        }
        work_items::raise(&app, WorkCause::JobLost, &world.participant).await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        let of = async |id: Uuid| {
            let items = work_items::list(&app, &world.manager, &format!("?participant_id={id}")).await;
            let mut told: Vec<_> = items.iter().map(|one| (one["cause"].clone(), one["subject_id"].clone())).collect();
            told.sort_by_key(|one| format!("{one:?}"));
            told
        };
        assert_eq!((of(this).await.len(), of(other).await.len()), (3, 0));
        work_items::resolve(&app, WorkCause::CallWanted, seen_to).await;
        unmerge(&app, other).expect(200).await;
        assert_eq!(of(other).await, [(json!("call_wanted"), json!(wanted))]);
        let left = of(this).await;
        assert_eq!((left.len(), &left[0].0), (1, &json!("job_lost")), "{left:?}");
    }

    async fn what_has_changed_since_stays(app: TestApp) {
        let (this, other) = (app.world.participant.id, second_with(&app, json!({"birth_year": 1990})).await);
        merge(&app, this, other, but(&["phone", "birth_year"])).expect(200).await;
        let manager = app.world.manager.again(&app.app);
        app.patch(&format!("/v1/participants/{this}")).by(&manager).header("if-match", "*").json(json!({"phone": "+212600000099"})).expect(200).await;
        let answer = unmerge(&app, other).expect(200).await.json();
        assert_eq!((&answer["fields_given_back"], &answer["fields_changed_since"]), (&json!(["birth_year"]), &json!(["phone"])));
        let kept = file(&app, this).await;
        assert_eq!((&kept["phone"], kept.get("birth_year")), (&json!("+212600000099"), None));
    }

    async fn a_file_stands_where_it_stood_and_after_thirty_days_it_stays(app: TestApp) {
        let (this, other) = (app.world.participant.id, second(&app).await);
        crate::people::command(&app, other, "pause", json!({"reason": "travel"})).expect(200).await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        unmerge(&app, other).expect(200).await;
        assert_eq!(file(&app, other).await["status"], json!("paused"));
        merge(&app, this, other, all_of_this()).expect(200).await;
        app.clock.advance(TimeDelta::days(30) + TimeDelta::seconds(1));
        unmerge(&app, other).refused(ProblemCode::CommandRefused).await;
        assert_eq!(file(&app, other).await["status"], json!("merged"));
    }

    async fn what_a_node_of_the_former_version_opened_again_stands_for_itself_however_it_is_closed(app: TestApp) {
        let (this, other) = (app.world.participant.id, second_with(&app, json!({"file_number": "CAS-2"})).await);
        let set = async |active: bool| {
            let mut tx = app.app.db.write().await.unwrap();
            tx.query(sql!("UPDATE participant SET active = $1 WHERE id = $2")).bind(active).bind(other).execute().await.unwrap();
            tx.commit().await.unwrap();
        };
        let found = async |query: &str| {
            let path = format!("/v1/participants?{query}");
            crate::people::each(&app.get(&path).by(&app.world.manager.again(&app.app)).expect(200).await, "id")
        };
        merge(&app, this, other, all_of_this()).expect(200).await;
        set(true).await;
        assert_eq!(file(&app, other).await["status"], json!("active"));
        unmerge(&app, other).refused(ProblemCode::CommandRefused).await;
        crate::people::close_file(&app, other).await;
        let closed = file(&app, other).await;
        assert_eq!((&closed["status"], closed.get("merged_into")), (&json!("withdrawn"), None));
        for query in ["file_number=CAS-2", "status=withdrawn"] {
            assert_eq!(found(query).await, [other.to_string()], "{query}: it is found as itself");
        }
        // Merged, opened by such a node, and the other way round: they do not lead to each other, whoever closes it.
        merge(&app, this, other, all_of_this()).expect(200).await;
        set(true).await;
        merge(&app, other, this, all_of_this()).expect(200).await;
        set(false).await;
        assert_eq!(found("file_number=CAS-2").await, [other.to_string()]);
        assert_eq!((&file(&app, this).await["merged_into"], &file(&app, other).await["status"]), (&json!(other), &json!("withdrawn")));
    }

    async fn whoever_came_since_reads_what_was_merged_no_longer(app: TestApp) {
        let world = &app.world;
        let (first, other, this) = (second(&app).await, second(&app).await, world.participant.id);
        merge(&app, other, first, all_of_this()).expect(200).await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        crate::people::assign(&app, &this.to_string(), world.other_mentor.id).await;
        let read = async |id| app.get(&format!("/v1/participants/{id}")).by(&world.other_mentor.again(&app.app)).send().await.status;
        assert_eq!((read(this).await, read(other).await, read(first).await), (200, 200, 200));
        unmerge(&app, other).expect(200).await;
        assert_eq!((read(this).await, read(other).await, read(first).await), (200, 404, 404));
    }

    async fn what_was_merged_twice_is_undone_from_the_last(app: TestApp) {
        let (first, between, last) = (second(&app).await, second(&app).await, app.world.participant.id);
        merge(&app, between, first, all_of_this()).expect(200).await;
        merge(&app, last, between, all_of_this()).expect(200).await;
        unmerge(&app, first).refused(ProblemCode::CommandRefused).await;
        unmerge(&app, last).refused(ProblemCode::CommandRefused).await;
        unmerge(&app, between).expect(200).await;
        unmerge(&app, first).expect(200).await;
        for id in [first, between, last] {
            assert_eq!(file(&app, id).await["status"], json!("active"));
        }
        for person in [&app.world.mentor, &app.world.participant, &app.world.observer] {
            app.post(&format!("/v1/participants/{first}/unmerge")).by(&person.again(&app.app)).if_match(1).refused(ProblemCode::NotForThisRole).await;
        }
        app.post(&format!("/v1/participants/{first}/unmerge")).by(&app.world.other_manager).if_match(1).refused(ProblemCode::NotFound).await;
    }
}

//! Staff accounts.

use super::each;
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn managers_add_companions_and_administrators_everybody(app: TestApp) {
        let world = &app.world;
        let mentor = json!({"name": "New Mentor", "email": "New@Example.org", "role": "mentor", "language": "fr"});
        let added = app.post("/v1/staff").by(&world.manager).json(mentor.clone()).expect(201).await;
        assert_eq!(added.string("/one_time_password").len(), 19);
        assert!(added.json().get("authenticator_uri").is_none());
        let path = format!("/v1/staff/{}", added.string("/staff_id"));
        let read = app.get(&path).by(&world.manager).expect(200).await.json();
        assert_eq!((&read["email"], &read["centre_id"]), (&json!("New@example.org"), &json!(world.centre)));
        app.get(&path).by(&world.other_manager).refused(ProblemCode::NotFound).await;

        let mut again = mentor.clone();
        again["email"] = json!("new@EXAMPLE.org");
        app.post("/v1/staff").by(&world.manager).json(again).refused(ProblemCode::AlreadyExists).await;
        for (field, value) in [("role", json!("manager")), ("centre_id", json!(world.other_centre))] {
            let mut body = mentor.clone();
            body["email"] = json!("another@example.org");
            body[field] = value;
            let problem = app.post("/v1/staff").by(&world.manager).json(body).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), (&*format!("/{field}"), "not_allowed"));
        }
        let observer = json!({
            "name": "New Observer", "email": "o@example.org", "role": "observer", "language": "en",
            "centre_id": world.other_centre,
        });
        let added = app.post("/v1/staff").by(&world.administrator).json(observer).expect(201).await;
        assert!(added.string("/authenticator_uri").starts_with("otpauth://totp/"));
        for person in [&world.mentor, &world.counsellor, &world.observer, &world.participant] {
            app.post("/v1/staff").by(person).json(mentor.clone()).refused(ProblemCode::NotForThisRole).await;
            app.get("/v1/staff").by(person).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn lists_show_whose_accounts_one_runs(app: TestApp) {
        let world = &app.world;
        let of_manager = app.get("/v1/staff").by(&world.manager).expect(200).await;
        let companions: Vec<_> =
            [&world.mentor, &world.other_mentor, &world.counsellor].map(|person| person.id.to_string()).to_vec();
        assert_eq!(each(&of_manager, "id"), companions);
        let all = app.get("/v1/staff").by(&world.administrator).expect(200).await;
        assert_eq!(each(&all, "id").len(), 8);
        let filter = format!("/v1/staff?role=manager&centre_id={}", world.other_centre);
        let one = app.get(&filter).by(&world.administrator).expect(200).await;
        assert_eq!(each(&one, "id"), [world.other_manager.id.to_string()]);
        let manager = format!("/v1/staff/{}", world.manager.id);
        app.get(&manager).by(&world.manager).refused(ProblemCode::NotFound).await;
    }

    async fn whoever_is_deactivated_is_out_at_once(app: TestApp) {
        let world = &app.world;
        let file = format!("/v1/participants/{}", world.participant.id);
        app.get(&file).by(&world.mentor).expect(200).await;
        let path = format!("/v1/staff/{}", world.mentor.id);
        let changed = app.patch(&path).by(&world.manager).if_match(1).json(json!({"active": false})).expect(200).await;
        assert_eq!((changed.version(), &changed.json()["active"]), (2, &json!(false)));
        app.get(&file).by(&world.mentor).refused(ProblemCode::Unauthenticated).await;
        let history = app.get(&format!("{file}/assignments")).by(&world.manager).expect(200).await.json();
        for assignment in history["items"].as_array().expect("a list") {
            assert_eq!(assignment["ended_at"].is_string(), assignment["staff_id"] == json!(world.mentor.id), "{assignment}");
        }
        let assign = app.post(&format!("{file}/assignments")).by(&world.manager).json(json!({"staff_id": world.mentor.id}));
        assign.refused(ProblemCode::Invalid).await;
        app.patch(&path).by(&world.manager).if_match(2).json(json!({"active": true})).expect(200).await;
        app.get(&file).by(&world.mentor).refused(ProblemCode::Unauthenticated).await;
    }

    async fn another_role_signs_out_and_ends_what_it_has_no_place_for(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/staff/{}", world.counsellor.id);
        let promote = json!({"role": "manager"});
        let problem = app.patch(&path).by(&world.manager).if_match(1).json(promote.clone()).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/role", "not_allowed"));
        app.patch(&path).by(&world.administrator).if_match(1).json(promote).expect(200).await;
        app.get("/v1/participants").by(&world.counsellor).refused(ProblemCode::Unauthenticated).await;
        let history = format!("/v1/participants/{}/assignments", world.participant.id);
        let history = app.get(&history).by(&world.manager).expect(200).await.json();
        let ended = history["items"].as_array().expect("a list").iter().filter(|item| item["ended_at"].is_string());
        assert_eq!(ended.map(|item| item["staff_id"].clone()).collect::<Vec<_>>(), [json!(world.counsellor.id)]);
        app.patch(&path).by(&world.manager).if_match(2).json(json!({"language": "en"})).refused(ProblemCode::NotFound).await;
    }

    async fn a_reset_ends_sessions_and_nobody_does_it_to_themselves(app: TestApp) {
        let world = &app.world;
        let reset = format!("/v1/staff/{}/reset", world.mentor.id);
        app.post(&reset).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        app.get("/v1/participants").by(&world.mentor).expect(200).await;
        let shown = app.post(&reset).by(&world.manager).expect(200).await;
        assert_eq!(shown.string("/one_time_password").len(), 19);
        app.get("/v1/participants").by(&world.mentor).refused(ProblemCode::Unauthenticated).await;

        let own = format!("/v1/staff/{}", world.administrator.id);
        app.post(&format!("{own}/reset")).by(&world.administrator).refused(ProblemCode::Invalid).await;
        for change in [json!({"active": false}), json!({"role": "observer"})] {
            app.patch(&own).by(&world.administrator).if_match(1).json(change).refused(ProblemCode::Invalid).await;
        }
        app.patch(&own).by(&world.administrator).if_match(1).json(json!({"name": "Own Name"})).expect(200).await;
        app.patch(&own).by(&world.administrator).if_match(1).json(json!({"name": "Own Name"})).expect(412).await;
    }
}

//! The list of sessions, and ending them.

use super::{Account, Device, enrol, enrolment_code, signed_in};
use contract::{DeviceId, DeviceState, ProblemCode, SessionId, StaffRole};
use db::sql;
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::json;
use uuid::Uuid;

/// A push address on this session; how many there are alive tells [`live_devices`].
async fn register_device(app: &TestApp, person: Uuid, session: SessionId) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.query(sql!(
        "INSERT INTO device (id, session_id, person_kind, person_id, channel, fcm_token, state, created_at, refreshed_at, version)
         VALUES ($1, $2, 'participant', $3, 'fcm', $4, $5, $6, $6, 1)"
    ))
    .bind(DeviceId::new(&*app.app.ids))
    .bind(session)
    .bind(person)
    .bind(session.to_string())
    .bind(DeviceState::Active)
    .bind(app.now())
    .execute()
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn live_devices(app: &TestApp, person: Uuid) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT count(*) FROM device WHERE person_id = $1 AND gone_at IS NULL AND state = 'active'"
    ))
    .bind(person)
    .scalar()
    .await
    .unwrap()
}

/// The person as a manager of their centre, signed in as before.
async fn promoted(app: &TestApp, person: &SignedIn) -> SignedIn {
    let mut tx = app.app.db.write().await.unwrap();
    let query = tx.query(sql!("UPDATE staff SET role = 'manager' WHERE id = $1"));
    query.bind(person.id).execute().await.unwrap();
    tx.commit().await.unwrap();
    person.clone()
}

both_databases! {
    async fn the_list_shows_ones_own_sessions_page_by_page(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let device = Device::new();
        account.sign_in_on(&app, &device).await;
        app.clock.advance(chrono::TimeDelta::seconds(30));
        let mut request = account.request(&app);
        request["device_label"] = json!("Firefox 145.0");
        let here = signed_in(&app.post("/v1/sign-in").json(request).expect(200).await);
        let page = app.get("/v1/me/sessions?limit=2").by(&here).expect(200).await.json();
        let labels: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| (&item["label"], &item["bound"], &item["current"])).collect();
        assert_eq!(labels, [(&json!("Firefox 145.0"), &json!(false), &json!(true)), (&json!("Browser"), &json!(true), &json!(false))]);
        let next = format!("/v1/me/sessions?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
        let page = app.get(&next).by(&here).expect(200).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "the one that changed the password");
        assert!(page.get("next_cursor").is_none());
        for query in ["limit=0", "limit=201", "cursor=x", "other=1"] {
            app.get(&format!("/v1/me/sessions?{query}")).by(&here).refused(ProblemCode::Invalid).await;
        }
    }

    async fn ending_a_session_takes_effect_with_its_next_request_and_push(app: TestApp) {
        let (device, code) = (Device::new(), enrolment_code(&app).await);
        let lost = signed_in(&enrol(&app, &device, json!({"code": code.string("/code")})).await);
        register_device(&app, lost.id, lost.session).await;
        app.get("/v1/me").by(&lost).expect(200).await;
        let path = format!("/v1/me/sessions/{}", lost.session);
        for stranger in [&app.world.mentor, &app.world.other_participant, &app.world.administrator] {
            app.delete(&path).by(stranger).refused(ProblemCode::NotFound).await;
        }
        assert_eq!(live_devices(&app, lost.id).await, 1);
        app.delete(&path).by(&lost).expect(204).await;
        app.get("/v1/me").by(&lost).refused(ProblemCode::Unauthenticated).await;
        assert_eq!(live_devices(&app, lost.id).await, 0);
    }

    async fn signing_out_ends_this_session_only(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let (one, other) = (signed_in(&account.sign_in(&app).await), signed_in(&account.sign_in(&app).await));
        app.post("/v1/me/sign-out").by(&one).expect(204).await;
        app.get("/v1/me").by(&one).refused(ProblemCode::Unauthenticated).await;
        app.get("/v1/me").by(&other).expect(200).await;
    }

    async fn a_participants_lost_phone_is_cut_off_by_those_who_accompany_them(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/participants/{}/sessions", world.participant.id);
        for stranger in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.delete(&path).by(stranger).refused(ProblemCode::NotFound).await;
        }
        for role in [&world.administrator, &world.observer, &world.participant, &world.other_participant] {
            app.delete(&path).by(role).refused(ProblemCode::NotForThisRole).await;
        }
        register_device(&app, world.participant.id, world.participant.session).await;
        app.get("/v1/me").by(&world.participant).expect(200).await;
        let answer = app.delete(&path).by(&world.manager).expect(200).await;
        assert_eq!(answer.json()["ended_sessions"], 1);
        app.get("/v1/me").by(&world.participant).refused(ProblemCode::Unauthenticated).await;
        assert_eq!(live_devices(&app, world.participant.id).await, 0);
        app.get("/v1/me").by(&world.other_participant).expect(200).await;
        app.delete(&format!("/v1/participants/{}/sessions", Uuid::now_v7())).by(&world.manager).refused(ProblemCode::NotFound).await;
    }

    async fn a_staff_members_devices_are_cut_off_by_their_manager(app: TestApp) {
        let world = &app.world;
        let path = |person: &muwakaba_tests::world::SignedIn| format!("/v1/staff/{}/sessions", person.id);
        app.delete(&path(&world.mentor)).by(&world.other_mentor).refused(ProblemCode::NotForThisRole).await;
        app.delete(&path(&world.mentor)).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        for colleague in [&world.administrator, &world.other_manager, &world.observer] {
            app.delete(&path(colleague)).by(&world.manager).refused(ProblemCode::NotFound).await;
            app.get("/v1/me").by(colleague).expect(200).await;
        }
        let second_manager = promoted(&app, &world.other_mentor).await;
        app.delete(&path(&second_manager)).by(&world.manager).refused(ProblemCode::NotFound).await;
        app.get("/v1/me").by(&second_manager).expect(200).await;
        for own in [&world.manager, &world.administrator] {
            let problem = app.delete(&path(own)).by(own).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("{staff_id}", "not_allowed"));
            app.get("/v1/me").by(own).expect(200).await;
        }
        app.delete(&path(&world.mentor)).by(&world.manager).expect(200).await;
        app.get("/v1/me").by(&world.mentor).refused(ProblemCode::Unauthenticated).await;
        app.delete(&path(&world.manager)).by(&world.administrator).expect(200).await;
        app.get("/v1/me").by(&world.manager).refused(ProblemCode::Unauthenticated).await;
    }

    async fn ones_own_settings_are_changed_against_the_version_that_was_read(app: TestApp) {
        let (participant, mentor) = (&app.world.participant, &app.world.mentor);
        let me = app.get("/v1/me").by(participant).expect(200).await;
        assert_eq!((me.json()["language"].clone(), me.json()["push_wanted"].clone()), (json!("ar"), json!(true)));
        let change = json!({"language": "zgh", "push_wanted": false});
        app.patch("/v1/me").by(participant).json(change.clone()).refused(ProblemCode::VersionRequired).await;
        let changed = app.patch("/v1/me").by(participant).if_match(me.version()).json(change.clone()).expect(200).await;
        assert_eq!((changed.version(), changed.json()["language"].clone(), changed.json()["push_wanted"].clone()), (2, json!("zgh"), json!(false)));
        let problem = app.patch("/v1/me").by(participant).if_match(1).json(change).refused(ProblemCode::Changed).await;
        assert_eq!(problem.current_version, Some(2));
        let answer = app.patch("/v1/me").by(mentor).if_match(1).json(json!({"language": "en"})).expect(200).await;
        assert_eq!(answer.json()["language"], "en");
        let problem = app.patch("/v1/me").by(mentor).if_match(2).json(json!({"push_wanted": true})).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/push_wanted");
    }

    async fn what_has_served_its_time_is_pruned(app: TestApp) {
        register_device(&app, app.world.participant.id, app.world.participant.session).await;
        let guess = json!({"email": "nobody@example.org", "password": "wrong password"});
        app.post("/v1/sign-in").json(guess).refused(ProblemCode::SignInRefused).await;
        let code = enrolment_code(&app).await;
        enrol(&app, &Device::new(), json!({"code": code.string("/code")})).await;
        enrolment_code(&app).await;
        app.clock.advance(chrono::TimeDelta::days(4000));
        muwakaba::background::tidy(&app.app).await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        for statement in [
            sql!("SELECT count(*) FROM throttle"),
            sql!("SELECT count(*) FROM used_proof"),
            sql!("SELECT count(*) FROM enrolment_code WHERE closed_at IS NULL"),
            sql!("SELECT count(*) FROM session WHERE ended_at IS NULL"),
            sql!("SELECT count(*) FROM device WHERE gone_at IS NULL"),
        ] {
            let left: i64 = tx.query(statement).scalar().await.unwrap();
            assert_eq!(left, 0, "{statement:?}");
        }
    }
}

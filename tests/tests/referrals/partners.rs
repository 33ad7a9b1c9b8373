//! Partners: data of a centre, which its manager keeps.

use super::{asked, new_referral, over, partner, seen};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn a_manager_keeps_the_partners_of_the_centre(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/partners/{}", partner(&app).await);
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            assert_eq!(seen(&app, person, &path).await["name"], json!("Association Al Amal"));
            assert_eq!(seen(&app, person, "/v1/partners").await["items"].as_array().unwrap().len(), 1);
        }
        for person in [&world.foreign_mentor, &world.other_manager] {
            app.get(&path).by(person).refused(ProblemCode::NotFound).await;
            app.get(&format!("/v1/partners?centre_id={}", world.centre)).by(person).refused(ProblemCode::NotFound).await;
            assert_eq!(seen(&app, person, "/v1/partners").await["items"].as_array().unwrap().len(), 0);
        }
        for person in [&world.participant, &world.administrator, &world.observer] {
            app.get(&path).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        let change = json!({"offers": "A sewing course, and a lawyer", "active": false});
        app.patch(&path).by(&world.mentor).if_match(1).json(change.clone()).refused(ProblemCode::NotForThisRole).await;
        app.patch(&path).by(&world.other_manager).if_match(1).json(change.clone()).refused(ProblemCode::NotFound).await;
        let changed = app.patch(&path).by(&world.manager).if_match(1).json(change.clone()).expect(200).await;
        assert_eq!((changed.version(), &changed.json()["active"]), (2, &json!(false)));
        app.patch(&path).by(&world.manager).if_match(1).json(change).refused(ProblemCode::Changed).await;
        // Nothing more is asked of it.
        let id = changed.string("/id");
        let problem = app.post("/v1/referrals").by(&world.mentor).json(new_referral(&app, &id)).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/partner_id");
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let body = json!({"name": "Association", "offers": "Papers"});
        for (fields, pointer) in [
            (json!({"name": ""}), "/name"),
            (json!({"name": "a\u{7}"}), "/name"),
            (json!({"name": "\u{200b}"}), "/name"),
            (json!({"offers": "x".repeat(501)}), "/offers"),
            (json!({"telephone": "x"}), "/telephone"),
        ] {
            let problem = app.post("/v1/partners").by(&app.world.manager).json(over(body.clone(), &fields)).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{fields}");
        }
        let path = format!("/v1/partners/{}", partner(&app).await);
        app.patch(&path).by(&app.world.manager).if_match(1).json(json!({})).refused(ProblemCode::Invalid).await;
    }

    async fn whoever_is_posted_asks_partners_of_the_centre_where_they_are(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let id = seen(&app, &world.mentor, &path).await["partner_id"].as_str().unwrap().to_owned();
        let posting = json!({"centre_id": world.centre, "from": "2026-11-23"});
        app.post(&format!("/v1/staff/{}/postings", world.foreign_mentor.id)).by(&world.other_manager).json(posting).expect(201).await;
        let list = format!("/v1/partners?centre_id={}", world.centre);
        assert_eq!(seen(&app, &world.foreign_mentor, &list).await["items"][0]["id"], json!(id));
        seen(&app, &world.foreign_mentor, &format!("/v1/partners/{id}")).await;
    }
}

//! Where one posting meets another, another role or another zone; and who may not use it as a way in.

use super::{assign_foreign, end, path_of, posted, with_the_mentor};
use crate::{
    appointments::schedule,
    sync::{Phone, made},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{CentreId, ProblemCode};
use muwakaba::background::reconciler;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};

/// A cursor that says that its phone follows this centre as well, with the checksum that belongs to it.
fn following(cursor: &str, centre: CentreId) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    bytes.truncate(bytes.len() - 4);
    let mut kept: Value = serde_json::from_slice(&bytes[1..]).unwrap();
    kept["a"] = json!([[centre, {"n": 0, "m": 0}]]);
    bytes.truncate(1);
    serde_json::to_writer(&mut bytes, &kept).unwrap();
    let mut sum = flate2::Crc::new();
    sum.update(&bytes);
    bytes.extend_from_slice(&sum.sum().to_le_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

both_databases! {
    async fn days_to_come_are_called_off_and_nothing_of_today_with_them(app: TestApp) {
        let world = &app.world;
        posted(&app, Some("2026-11-24")).await;
        let body = json!({"centre_id": world.other_centre, "from": "2026-12-01"});
        let planned = app.post(&path_of(&world.mentor)).by(&world.manager).json(body).expect(201).await.string("/id");
        assign_foreign(&app, world.mentor.id).expect(201).await;
        let hosted = made(&app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-11-24T10:00:00")).expect(201).await);
        end(&app, &planned, json!({})).expect(200).await;
        let seen = app.get(&format!("/v1/appointments/{hosted}")).by(&world.mentor).expect(200).await.json();
        assert_eq!(seen["host_id"], json!(world.mentor.id));
    }

    async fn who_stays_for_longer_stays_without_a_gap(app: TestApp) {
        let world = &app.world;
        posted(&app, Some("2026-11-24")).await;
        let body = json!({"centre_id": world.other_centre, "from": "2026-11-25"});
        app.post(&path_of(&world.mentor)).by(&world.manager).json(body).expect(201).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        app.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        // What is made by the second before anybody came to the end of the first.
        app.post("/v1/appointments").by(&world.other_manager.again(&app.app)).json(with_the_mentor(&app, "2026-12-01T10:00:00")).expect(201).await;
        assert!(reconciler::run(&app.app).await.unwrap() > 0);
        let mentor = world.mentor.again(&app.app);
        app.get(&format!("/v1/participants/{}", world.foreign_participant.id)).by(&mentor).expect(200).await;
        phone.follow(&app, &mentor, 200).await;
        assert_eq!(phone.things, Phone::fresh(&app, &mentor).await.things);
        assert!(phone.ids("participants").contains(&world.foreign_participant.id.to_string().as_str()));
    }

    async fn nobody_becomes_a_manager_while_people_come_to_them_elsewhere(app: TestApp) {
        let world = &app.world;
        let posting = posted(&app, None).await;
        schedule(&app, "2026-12-02T10:00:00").await;
        app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-12-01T10:00:00")).expect(201).await;
        let promote = || app.patch(&format!("/v1/staff/{}", world.mentor.id)).by(&world.administrator).if_match(1).json(json!({"role": "manager"}));
        promote().refused(ProblemCode::CommandRefused).await;
        end(&app, &posting, json!({"appointments_to": world.foreign_mentor.id})).expect(200).await;
        promote().expect(200).await;
    }

    async fn another_zone_neither_undoes_what_has_begun_nor_leaves_an_appointment_behind_the_end(app: TestApp) {
        let world = &app.world;
        posted(&app, Some("2026-11-24")).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-11-24T16:00:00")).expect(201).await;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        for (version, zone, ends) in [(1, "Asia/Tokyo", "2026-11-24T16:45:00Z"), (2, "Pacific/Honolulu", "2026-11-25T10:00:00Z")] {
            let path = format!("/v1/centres/{}", world.other_centre);
            app.patch(&path).by(&world.administrator).if_match(version).json(json!({"zone": zone})).expect(200).await;
            let listed = app.get("/v1/postings").by(&world.other_manager).expect(200).await.json();
            assert_eq!((&listed["items"][0]["running"], &listed["items"][0]["ends_at"]), (&json!(true), &json!(ends)));
        }
        phone.follow(&app, &world.mentor, 200).await;
        assert!(phone.ids("centres").contains(&world.other_centre.to_string().as_str()));
    }

    async fn a_manager_at_home_learns_how_many_are_open_elsewhere_and_not_which(app: TestApp) {
        let world = &app.world;
        let posting = posted(&app, None).await;
        app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-12-01T10:00:00")).expect(201).await;
        let path = format!("/v1/postings/{posting}/end");
        for (person, shown) in [(&world.manager, 0), (&world.other_manager, 1), (&world.administrator, 1)] {
            let refused = app.post(&path).by(person).json(json!({})).refused(ProblemCode::StillOpen).await;
            assert_eq!((refused.remaining_count, refused.remaining.len()), (Some(1), shown));
        }
    }

    async fn a_cursor_that_names_another_centre_opens_nothing_of_it(app: TestApp) {
        let world = &app.world;
        posted(&app, None).await;
        app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-12-01T10:00:00")).expect(201).await;
        for person in [&world.manager, &world.participant, &world.counsellor] {
            let mut phone = Phone::fresh(&app, person).await;
            phone.cursor = Some(following(phone.cursor.as_ref().unwrap(), world.other_centre));
            let told = phone.ask(&app, person, 200).await.json();
            assert_eq!((&told["changed"], &told["revoked"]), (&json!({}), &Value::Null));
            // Of the centre that it named itself it may hear that it is not theirs.
            let gone = told["gone"].as_array().into_iter().flatten();
            assert_eq!(gone.filter(|one| one["list"] != "centres").count(), 0);
        }
    }
}

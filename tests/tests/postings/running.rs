//! What a posting opens while it runs.

use super::{assign_foreign, end, path_of, posted, with_the_mentor};
use crate::appointments::{new_appointment, schedule};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn people_of_both_centres_come_to_one_host_whose_time_is_one(app: TestApp) {
        let world = &app.world;
        assign_foreign(&app, world.mentor.id).refused(ProblemCode::Invalid).await;
        posted(&app, None).await;
        let new = with_the_mentor(&app, "2026-12-01T10:00:00");
        // They do not accompany the person yet: naming them as host does it, as with one's own.
        let made = app.post("/v1/appointments").by(&world.other_manager).json(new).expect(201).await;
        let path = made.header("location").to_owned();
        app.get(&path).by(&world.mentor).expect(200).await;
        app.get(&path).by(&world.manager).refused(ProblemCode::NotFound).await;
        app.get(&format!("/v1/participants/{}", world.foreign_participant.id)).by(&world.mentor).expect(200).await;
        app.get(&format!("/v1/participants/{}", world.foreign_participant.id)).by(&world.counsellor).expect(404).await;

        // At home as well, but not at the same time.
        let clash = new_appointment(&app, "2026-12-01T10:30:00");
        app.post("/v1/appointments").by(&world.mentor).json(clash).refused(ProblemCode::TimeTaken).await;
        schedule(&app, "2026-12-01T11:00:00").await;
        let clash = with_the_mentor(&app, "2026-12-01T11:30:00");
        app.post("/v1/appointments").by(&world.mentor).json(clash).refused(ProblemCode::TimeTaken).await;
        app.post("/v1/appointments").by(&world.mentor).json(with_the_mentor(&app, "2026-12-01T12:00:00")).expect(201).await;

        let hosted = format!("/v1/appointments?host_id={}", world.mentor.id);
        for (person, count) in [(&world.mentor, 3), (&world.other_manager, 2), (&world.manager, 1)] {
            let listed = app.get(&hosted).by(person).expect(200).await.json();
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(count));
        }
        let caseload = format!("/v1/participants?assigned_to={}", world.mentor.id);
        for (person, theirs) in [(&world.other_manager, world.foreign_participant.id), (&world.manager, world.participant.id)] {
            let listed = app.get(&caseload).by(person).expect(200).await.json();
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
            assert_eq!(listed["items"][0]["id"], json!(theirs));
        }
        let found = app.get("/v1/participants?q=foreign").by(&world.mentor).expect(200).await.json();
        assert_eq!(found["items"][0]["id"], json!(world.foreign_participant.id));
        // When it is open there.
        app.get(&format!("/v1/centres/{}", world.other_centre)).by(&world.mentor).expect(200).await;
        let centres = app.get("/v1/centres").by(&world.mentor).expect(200).await.json();
        assert_eq!(centres["items"].as_array().map(Vec::len), Some(2));
        app.get(&format!("/v1/centres/{}", world.other_centre)).by(&world.counsellor).refused(ProblemCode::NotFound).await;
    }

    async fn what_is_done_there_stands_in_the_log_of_that_centre_alone(app: TestApp) {
        let world = &app.world;
        posted(&app, None).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        app.get(&format!("/v1/participants/{}", world.foreign_participant.id)).by(&world.mentor).expect(200).await;
        for (manager, count) in [(&world.manager, 0), (&world.other_manager, 1)] {
            let log = app.get(&format!("/v1/audit?participant_id={}&actor_id={}", world.foreign_participant.id, world.mentor.id));
            let log = log.by(manager).expect(200).await.json();
            assert_eq!(log["items"].as_array().map(Vec::len), Some(count), "{log}");
        }
    }

    async fn nothing_opens_before_the_first_day_nor_is_agreed_on_behind_the_last(app: TestApp) {
        let world = &app.world;
        let later = json!({"centre_id": world.other_centre, "from": "2026-11-24", "until": "2026-11-30"});
        app.post(&path_of(&world.mentor)).by(&world.manager).json(later).expect(201).await;
        assign_foreign(&app, world.mentor.id).refused(ProblemCode::Invalid).await;
        app.get(&format!("/v1/centres/{}", world.other_centre)).by(&world.mentor).refused(ProblemCode::NotFound).await;
        app.clock.set("2026-11-24T00:00:00Z".parse().unwrap());
        let manager = world.other_manager.again(&app.app);
        let schedule = |start: &str| app.post("/v1/appointments").by(&manager).json(with_the_mentor(&app, start));
        let problem = schedule("2026-12-01T09:00:00").refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/host_id");
        let made = schedule("2026-11-30T10:00:00").expect(201).await;
        let moved = json!({"local_start": "2026-12-01T09:00:00"});
        let path = format!("{}/move", made.header("location"));
        app.post(&path).by(&manager).if_match(1).json(moved).refused(ProblemCode::CommandRefused).await;
    }

    async fn whoever_is_sent_away_is_no_host_there(app: TestApp) {
        let posting = posted(&app, None).await;
        end(&app, &posting, json!({})).expect(200).await;
        let manager = &app.world.other_manager;
        app.post("/v1/appointments").by(manager).json(with_the_mentor(&app, "2026-12-01T10:00:00")).refused(ProblemCode::Invalid).await;
        assign_foreign(&app, app.world.mentor.id).refused(ProblemCode::Invalid).await;
        end(&app, &posting, json!({})).refused(ProblemCode::CommandRefused).await;
    }
}

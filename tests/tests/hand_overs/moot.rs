//! What cannot be any more ends by itself, says why, and leaves nobody's list.

use super::{answer, asked, asked_of_centre, asking, assignment_of, in_the_place, moved, seen};
use crate::{appointments::audited, people::close_file, work_items::causes};
use contract::ProblemCode;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

async fn ended(app: &TestApp, path: &str) -> Value {
    let read = seen(app, &app.world.manager, path).await;
    assert_eq!(
        (&read["state"], read.get("decided_by"), &read["version"]),
        (&json!("ended"), None, &json!(2)),
        "{read}"
    );
    answer(app, path, &app.world.other_mentor, "accept").expect_any(&[404, 412]).await;
    assert!(causes(app, &app.world.other_mentor).await.is_empty());
    assert_eq!(audited(app, "hand_over.end").await, 1);
    read["ended_because"].clone()
}

trait ExpectAny {
    async fn expect_any(self, statuses: &[u16]);
}

impl ExpectAny for muwakaba_tests::http::Request {
    async fn expect_any(self, statuses: &[u16]) {
        let answer = self.send().await;
        assert!(statuses.contains(&answer.status), "{}: {}", answer.status, answer.text());
    }
}

both_databases! {
    async fn the_file_is_closed(app: TestApp) {
        let path = asked(&app).await;
        close_file(&app, app.world.participant.id).await;
        assert_eq!(ended(&app, &path).await, "file_closed");
    }

    async fn the_participant_goes_to_another_centre(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        moved(&app, world.participant.id).await;
        assert_eq!(ended(&app, &path).await, "person_moved");
        let between_centres = seen(&app, &world.manager, "/v1/hand-overs?state=accepted").await;
        assert_eq!(between_centres["items"].as_array().unwrap().len(), 1, "the answer itself is a yes");
    }

    async fn a_closed_file_that_another_centre_is_asked_for_is_merged(app: TestApp) {
        let world = &app.world;
        let path = asked_of_centre(&app).await;
        close_file(&app, world.participant.id).await;
        let again = asked_of_centre(&app).await;
        assert_eq!(seen(&app, &world.manager, &path).await["state"], "ended");
        let survivor = crate::merging::second(&app).await;
        crate::merging::merge(&app, survivor, world.participant.id, crate::merging::all_of_this()).expect(200).await;
        let read = seen(&app, &world.manager, &again).await;
        assert_eq!((&read["state"], &read["ended_because"]), (&json!("ended"), &json!("file_closed")));
        let theirs = seen(&app, &world.other_manager, &again).await;
        assert_eq!((theirs.get("person"), theirs.get("note")), (None, None), "whoever is asked no more is told nothing");
        assert!(causes(&app, &world.other_manager).await.is_empty());
        answer(&app, &again, &world.other_manager, "accept").expect_any(&[412]).await;
    }

    async fn whoever_is_asked_leaves(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let close = app.patch(&format!("/v1/staff/{}", world.other_mentor.id)).by(&world.manager).header("if-match", "*");
        close.json(json!({"active": false})).expect(200).await;
        let read = seen(&app, &world.manager, &path).await;
        assert_eq!((&read["state"], &read["ended_because"]), (&json!("ended"), &json!("asked_left")));
    }

    async fn whoever_was_to_be_relieved_leaves(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let close = app.patch(&format!("/v1/staff/{}", world.mentor.id)).by(&world.manager).header("if-match", "*");
        close.json(json!({"active": false})).expect(200).await;
        assert_eq!(ended(&app, &path).await, "assignment_ended");
    }

    async fn whoever_was_to_be_relieved_accompanies_them_no_longer(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let assignment = assignment_of(&app, world.mentor.id, world.participant.id).await;
        app.post(&format!("/v1/assignments/{assignment}/end")).by(&world.manager).expect(200).await;
        assert_eq!(ended(&app, &path).await, "assignment_ended");
    }

    async fn somebody_elses_assignment_ends_and_it_stays(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let assignment = assignment_of(&app, world.counsellor.id, world.participant.id).await;
        app.post(&format!("/v1/assignments/{assignment}/end")).by(&world.manager).expect(200).await;
        assert_eq!(seen(&app, &world.manager, &path).await["state"], "asked");
        // Nor does a pause end it.
        let pause = app.post(&format!("/v1/participants/{}/pause", world.participant.id)).by(&world.manager).if_match(1);
        pause.json(json!({"reason": "illness"})).expect(200).await;
        answer(&app, &path, &world.other_mentor, "accept").expect(200).await;
    }

    async fn a_posting_ends(app: TestApp) {
        let world = &app.world;
        let posting = json!({"centre_id": world.centre, "from": "2026-11-23"});
        let posted = app.post(&format!("/v1/staff/{}/postings", world.foreign_mentor.id)).by(&world.other_manager).json(posting);
        let posting = posted.expect(201).await.string("/id");
        let asked = asking(&app, &world.mentor, in_the_place(world.foreign_mentor.id)).await.expect(201).await;
        let path = asked.header("location").to_owned();
        app.post(&format!("/v1/postings/{posting}/end")).by(&world.manager).json(json!({})).expect(200).await;
        let read = seen(&app, &world.manager, &path).await;
        assert_eq!((&read["state"], &read["ended_because"]), (&json!("ended"), &json!("asked_left")));
        answer(&app, &path, &world.foreign_mentor, "accept").expect_any(&[412]).await;
    }

    async fn a_centre_is_asked_about_a_file_that_is_closed_meanwhile(app: TestApp) {
        let world = &app.world;
        let path = asked_of_centre(&app).await;
        close_file(&app, world.participant.id).await;
        let read = seen(&app, &world.other_manager, &path).await;
        assert_eq!((&read["state"], &read["ended_because"], read.get("person")), (&json!("ended"), &json!("file_closed"), None));
        answer(&app, &path, &world.other_manager, "accept").refused(ProblemCode::Changed).await;
        assert!(causes(&app, &world.other_manager).await.is_empty());
    }
}

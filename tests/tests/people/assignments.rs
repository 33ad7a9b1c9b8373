//! Who accompanies whom.

use super::assign;
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn an_assignment_opens_the_file_and_its_end_closes_it_at_once(app: TestApp) {
        let world = &app.world;
        let participant = world.participant.id.to_string();
        let path = format!("/v1/participants/{participant}");
        app.get(&path).by(&world.other_mentor).refused(ProblemCode::NotFound).await;
        let assignment = assign(&app, &participant, world.other_mentor.id).await;
        app.get(&path).by(&world.other_mentor).expect(200).await;

        let history = format!("{path}/assignments");
        let listed = app.get(&history).by(&world.other_mentor).expect(200).await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(3));
        assert_eq!(listed["items"][0]["id"], assignment.as_str());
        assert_eq!(listed["items"][0]["staff_name"], "Staff other-mentor@example.org");

        let end = format!("/v1/assignments/{assignment}/end");
        let ended = app.post(&end).by(&world.manager).expect(200).await;
        assert_eq!((ended.version(), ended.json()["ended_at"].is_string()), (2, true));
        app.get(&path).by(&world.other_mentor).refused(ProblemCode::NotFound).await;
        app.get(&history).by(&world.other_mentor).refused(ProblemCode::NotFound).await;
        app.post(&end).by(&world.manager).refused(ProblemCode::CommandRefused).await;
        let kept = app.get(&history).by(&world.manager).expect(200).await.json();
        assert_eq!(kept["items"].as_array().map(Vec::len), Some(3));
        assign(&app, &participant, world.other_mentor.id).await;
        app.get(&path).by(&world.other_mentor).expect(200).await;
    }

    async fn only_companions_of_the_same_centre_are_assigned_and_only_once(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/participants/{}/assignments", world.participant.id);
        for nobody in [world.manager.id, world.administrator.id, world.foreign_mentor.id, uuid::Uuid::now_v7()] {
            let problem =
                app.post(&path).by(&world.manager).json(json!({"staff_id": nobody})).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, "/staff_id");
        }
        let again = json!({"staff_id": world.mentor.id});
        app.post(&path).by(&world.manager).json(again.clone()).refused(ProblemCode::AlreadyExists).await;
        app.post(&path).by(&world.other_manager).json(again.clone()).refused(ProblemCode::NotFound).await;
        for person in [&world.mentor, &world.counsellor, &world.administrator, &world.observer, &world.participant] {
            app.post(&path).by(person).json(again.clone()).refused(ProblemCode::NotForThisRole).await;
        }
        let history = app.get(&path).by(&world.manager).expect(200).await.json();
        let end = format!("/v1/assignments/{}/end", history["items"][0]["id"].as_str().expect("an id"));
        app.post(&end).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        app.post(&end).by(&world.mentor).refused(ProblemCode::NotForThisRole).await;
    }
}

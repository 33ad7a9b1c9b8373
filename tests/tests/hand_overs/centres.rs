//! Another centre is asked. What the move itself does is in the tests of people (`people/moving.rs`).

use super::{answer, asked_of_centre, moved, opens_the_file, seen};
use crate::work_items::{causes, list};
use contract::ProblemCode;
use muwakaba_tests::{both_databases, world::CANARY_NAME};
use serde_json::json;
use uuid::Uuid;

both_databases! {
    async fn the_other_centre_sees_initials_and_languages_and_no_more_until_it_accepts(app: TestApp) {
        let world = &app.world;
        let file = format!("/v1/participants/{}", world.participant.id);
        let speaks = json!({"speaks": ["darija", "french"], "interpreter_wanted": false, "province": "141"});
        app.patch(&file).by(&world.manager).if_match(1).json(speaks).expect(200).await;
        let path = asked_of_centre(&app).await;
        let theirs = seen(&app, &world.other_manager, &path).await;
        assert_eq!(theirs["person"], json!({
            "name": "C. Z.", "is_initials": true, "language": theirs["person"]["language"], "speaks": ["darija", "french"],
            "interpreter_wanted": false, "province": "141",
        }));
        assert_eq!((&theirs["note"], &theirs["possible_commands"]), (&json!("Moves to her sister's"), &json!(["accept", "refuse"])));
        let shown = theirs.to_string();
        for hidden in [CANARY_NAME, &world.participant.id.to_string()] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        app.get(&file).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        app.get(&format!("{file}/timeline")).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        assert_eq!(causes(&app, &world.other_manager).await, ["hand_over_asked"]);
        let item = &list(&app, &world.other_manager, "").await[0];
        assert_eq!((item.get("participant_id"), item.get("participant_name"), item.get("responsible_id")), (None, None, None));
        assert!(causes(&app, &world.manager).await.is_empty(), "it is not theirs to answer");
        // It is the managers' alone, on both sides.
        for person in [&world.mentor, &world.foreign_mentor, &world.counsellor] {
            app.get(&path).by(person).refused(ProblemCode::NotFound).await;
        }
        assert!(causes(&app, &world.foreign_mentor).await.is_empty());
        let accepted = answer(&app, &path, &world.other_manager, "accept").expect(200).await.json();
        assert_eq!((&accepted["person"]["name"], &accepted["participant_id"]), (&json!(CANARY_NAME), &json!(world.participant.id)));
        assert_eq!((opens_the_file(&app, &world.other_manager).await, opens_the_file(&app, &world.manager).await), (true, false));
        let former = seen(&app, &world.manager, &path).await;
        assert_eq!((&former["state"], former.get("person"), former.get("note")), (&json!("accepted"), None, None));
        assert!(!causes(&app, &world.other_manager).await.contains(&"hand_over_asked".to_owned()));
    }

    async fn a_refusal_leaves_the_person_where_they_are_and_tells_the_centre_why(app: TestApp) {
        let world = &app.world;
        let path = asked_of_centre(&app).await;
        let refuse = app.post(&format!("{path}/refuse")).by(&world.other_manager).if_match(1);
        refuse.json(json!({"reason": "too_far"})).expect(200).await;
        let theirs = seen(&app, &world.other_manager, &path).await;
        assert_eq!((&theirs["state"], theirs.get("person"), theirs.get("note")), (&json!("refused"), None, None));
        assert_eq!(seen(&app, &world.manager, &path).await["refusal"], "too_far");
        assert!(opens_the_file(&app, &world.mentor).await);
        assert!(causes(&app, &world.other_manager).await.is_empty());
        let item = app.get("/v1/work-items").by(&world.other_manager).expect(200).await.text();
        assert!(!item.contains(&world.participant.id.to_string()));
    }

    async fn the_log_of_whoever_is_asked_says_that_they_were_and_not_about_whom(app: TestApp) {
        let world = &app.world;
        let log = async |person: &muwakaba_tests::SignedIn| {
            app.get("/v1/audit").by(&person.again(&app.app)).expect(200).await.text()
        };
        let id = world.participant.id.to_string();
        let path = asked_of_centre(&app).await;
        seen(&app, &world.other_manager, &path).await;
        answer(&app, &path, &world.other_manager, "refuse").expect(200).await;
        let colleague = crate::hand_overs::asked(&app).await;
        seen(&app, &world.other_mentor, &colleague).await;
        for (person, action) in [(&world.other_manager, "hand_over.refuse"), (&world.other_mentor, "hand_over.read")] {
            let told = log(person).await;
            assert!(told.contains(action) && !told.contains(&id), "{told}");
        }
        assert!(log(&world.manager).await.contains(&id), "whose participant they are");
        assert!(log(&world.participant).await.contains("hand_over.refuse"), "it stands in their own");
        answer(&app, &colleague, &world.other_mentor, "accept").expect(200).await;
        assert!(log(&world.other_mentor).await.contains(&id), "who has them now");
    }

    async fn one_other_centre_is_asked_at_a_time_by_managers_and_about_their_own(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/participants/{}/hand-over", world.participant.id);
        let ask = |person| app.post(&path).by(person).json(json!({"centre_id": world.other_centre}));
        for person in [&world.mentor, &world.counsellor, &world.administrator, &world.observer, &world.participant] {
            ask(person).refused(ProblemCode::NotForThisRole).await;
        }
        ask(&world.other_manager).refused(ProblemCode::NotFound).await;
        for (centre, code) in [(world.centre.0, "not_allowed"), (Uuid::now_v7(), "unknown")] {
            let asked = app.post(&path).by(&world.manager).json(json!({"centre_id": centre}));
            let problem = asked.refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/centre_id", code));
        }
        let asked = ask(&world.manager).expect(201).await.header("location").to_owned();
        ask(&world.manager).refused(ProblemCode::AlreadyExists).await;
        answer(&app, &asked, &world.manager, "accept").refused(ProblemCode::CommandRefused).await;
        answer(&app, &asked, &world.manager, "withdraw").expect(200).await;
        ask(&world.manager).expect(201).await;
    }

    async fn a_closed_file_is_asked_for_and_goes_closed(app: TestApp) {
        let world = &app.world;
        crate::people::close_file(&app, world.participant.id).await;
        moved(&app, world.participant.id).await;
        let read = seen(&app, &world.other_manager, &format!("/v1/participants/{}", world.participant.id)).await;
        assert_eq!(read["active"], json!(false));
    }
}

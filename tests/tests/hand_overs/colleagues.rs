//! A colleague is asked to accompany somebody.

use super::{answer, asked, asking, assignment_of, in_the_place, opens_the_file, seen};
use crate::{
    appointments::audited,
    work_items::{causes, list, raise, the_one},
};
use care::work_item::WorkCause;
use contract::ProblemCode;
use muwakaba_tests::{both_databases, world::CANARY_NAME};
use serde_json::json;
use uuid::Uuid;

both_databases! {
    async fn nothing_changes_until_the_colleague_accepts(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = asked(&app).await;
        assert!(!opens_the_file(&app, &world.other_mentor).await);
        for list in ["assignments", "needs", "timeline", "visits"] {
            let path = format!("/v1/participants/{}/{list}", world.participant.id);
            let read = app.get(&path).by(&world.other_mentor).send().await;
            assert!([404, 403].contains(&read.status), "{list}: {}", read.status);
        }
        let theirs = seen(&app, &world.other_mentor, &path).await;
        assert_eq!((&theirs["person"]["name"], &theirs["person"]["is_initials"]), (&json!(CANARY_NAME), &json!(false)));
        assert_eq!((&theirs["note"], theirs.get("participant_id")), (&json!("She looks for work near the harbour"), None));
        assert_eq!(theirs["possible_commands"], json!(["accept", "refuse"]));
        for person in [&world.mentor, &world.manager] {
            let own = seen(&app, person, &path).await;
            assert_eq!((&own["possible_commands"], &own["participant_id"]), (&json!(["withdraw"]), &json!(world.participant.id)));
        }
        // It is between the two and their manager.
        for person in [&world.counsellor, &world.other_manager, &world.foreign_mentor] {
            app.get(&path).by(person).refused(ProblemCode::NotFound).await;
            answer(&app, &path, person, "accept").refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer, &world.participant] {
            app.get(&path).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        let accepted = answer(&app, &path, &world.other_mentor, "accept").expect(200).await.json();
        assert_eq!((&accepted["state"], &accepted["participant_id"]), (&json!("accepted"), &json!(world.participant.id)));
        assert_eq!((opens_the_file(&app, &world.other_mentor).await, opens_the_file(&app, &world.mentor).await), (true, false));
        // What needs somebody is the new lead's.
        assert_eq!(the_one(&app).await["responsible_id"], json!(world.other_mentor.id));
        // Both sides see it, and the one who has the participant no more reads nothing of them.
        let former = seen(&app, &world.mentor, &path).await;
        assert_eq!((&former["state"], former.get("person"), former.get("note"), former.get("participant_id")), (&json!("accepted"), None, None, None));
        let lines = ["hand_over.ask", "hand_over.accept", "assignment.start", "assignment.lead", "assignment.end"];
        for action in lines {
            assert_eq!(audited(&app, action).await, 1, "{action}");
        }
    }

    async fn whoever_is_asked_has_it_in_their_list_and_nothing_else_of_the_person(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let items = list(&app, &world.other_mentor, "").await;
        assert_eq!(items.len(), 1, "{items:?}");
        let item = &items[0];
        assert_eq!((&item["cause"], &item["responsible_id"]), (&json!("hand_over_asked"), &json!(world.other_mentor.id)));
        assert_eq!(path, format!("/v1/hand-overs/{}", item["subject_id"].as_str().unwrap()));
        for field in ["participant_id", "participant_name", "booked"] {
            assert_eq!(item.get(field), None, "{field}");
        }
        assert_eq!(item["possible_commands"], json!([]), "it is answered where it is asked");
        let item_path = format!("/v1/work-items/{}", item["id"].as_str().unwrap());
        app.get(&item_path).by(&world.other_mentor).expect(200).await;
        for command in ["take", "finish"] {
            let deed = app.post(&format!("{item_path}/{command}")).by(&world.manager).if_match(1);
            deed.refused(ProblemCode::CommandRefused).await;
            let deed = app.post(&format!("{item_path}/{command}")).by(&world.other_mentor).if_match(1);
            deed.refused(ProblemCode::NotFound).await;
        }
        // It is nobody else's: neither the lead's nor, while they are there, the managers'.
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            assert!(causes(&app, person).await.is_empty());
        }
        app.get(&item_path).by(&world.foreign_mentor).refused(ProblemCode::NotFound).await;
        answer(&app, &path, &world.other_mentor, "refuse").expect(200).await;
        assert!(causes(&app, &world.other_mentor).await.is_empty());
        app.get(&item_path).by(&world.other_mentor).refused(ProblemCode::NotFound).await;
        assert_eq!(seen(&app, &world.manager, &item_path).await["state"], "resolved");
    }

    async fn a_refusal_has_a_reason_and_leaves_everything_as_it_was(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        for body in [json!({}), json!({"reason": "lazy"}), json!({"reason": null}), json!({"reason": "other", "text": "x"})] {
            let refuse = app.post(&format!("{path}/refuse")).by(&world.other_mentor).if_match(1).json(body);
            refuse.refused(ProblemCode::Invalid).await;
        }
        let keyed = || answer(&app, &path, &world.other_mentor, "refuse").header("idempotency-key", "no");
        let (refused, again) = (keyed().expect(200).await, keyed().expect(200).await);
        assert_eq!(refused.text(), again.text());
        let refused = refused.json();
        assert_eq!((&refused["state"], &refused["refusal"], refused.get("person")), (&json!("refused"), &json!("no_time"), None));
        assert_eq!((opens_the_file(&app, &world.other_mentor).await, opens_the_file(&app, &world.mentor).await), (false, true));
        let own = seen(&app, &world.mentor, &path).await;
        assert_eq!((&own["refusal"], &own["possible_commands"]), (&json!("no_time"), &json!([])));
        for command in ["accept", "refuse"] {
            let late = app.post(&format!("{path}/{command}")).by(&world.other_mentor).if_match(2);
            let late = if command == "refuse" { late.json(json!({"reason": "other"})) } else { late };
            late.refused(ProblemCode::CommandRefused).await;
        }
        // It can be asked again, of the same or of another.
        asked(&app).await;
    }

    async fn whoever_asked_withdraws_it_and_so_does_a_manager(app: TestApp) {
        let world = &app.world;
        for person in [&world.mentor, &world.manager] {
            let path = asked(&app).await;
            answer(&app, &path, &world.other_mentor, "withdraw").refused(ProblemCode::CommandRefused).await;
            answer(&app, &path, person, "accept").refused(ProblemCode::CommandRefused).await;
            assert_eq!(answer(&app, &path, person, "withdraw").expect(200).await.string("/state"), "withdrawn");
            answer(&app, &path, &world.other_mentor, "accept").refused(ProblemCode::Changed).await;
            assert!(causes(&app, &world.other_mentor).await.is_empty());
        }
        // What a manager asks in somebody's place, that one does not withdraw.
        let body = in_the_place(world.other_mentor.id);
        let path = asking(&app, &world.manager, body).await.expect(201).await.header("location").to_owned();
        answer(&app, &path, &world.mentor, "withdraw").refused(ProblemCode::CommandRefused).await;
        assert_eq!(seen(&app, &world.mentor, &path).await["possible_commands"], json!([]));
    }

    async fn only_one_is_asked_at_a_time_for_each_who_is_handed_over(app: TestApp) {
        let world = &app.world;
        asked(&app).await;
        for person in [&world.mentor, &world.manager] {
            let again = asking(&app, person, in_the_place(world.other_mentor.id)).await;
            again.refused(ProblemCode::AlreadyExists).await;
        }
        // Of the counsellor beside them another can be asked at the same time.
        let assignment = assignment_of(&app, world.counsellor.id, world.participant.id).await;
        let body = in_the_place(world.other_mentor.id);
        app.post(&format!("/v1/assignments/{assignment}/hand-over")).by(&world.counsellor).json(body).expect(201).await;
    }

    async fn beside_the_former_one_or_in_the_lead_alone_as_it_was_asked(app: TestApp) {
        let world = &app.world;
        // At the side: both accompany, and who led leads.
        let body = json!({"staff_id": world.other_mentor.id, "takes_lead": false, "ends_former": false});
        let path = asking(&app, &world.mentor, body).await.expect(201).await.header("location").to_owned();
        answer(&app, &path, &world.other_mentor, "accept").expect(200).await;
        assert!(opens_the_file(&app, &world.mentor).await && opens_the_file(&app, &world.other_mentor).await);
        let leads = async || {
            let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
            let leads = history["items"].as_array().unwrap().iter().find(|one| one["leads"] == json!(true)).unwrap().clone();
            leads["staff_id"].clone()
        };
        assert_eq!(leads().await, json!(world.mentor.id));
        // The counsellor, who accompanies them anyway, is asked to lead.
        let body = json!({"staff_id": world.counsellor.id, "takes_lead": true, "ends_former": false});
        let path = asking(&app, &world.mentor, body).await.expect(201).await.header("location").to_owned();
        answer(&app, &path, &world.counsellor, "accept").expect(200).await;
        assert_eq!(leads().await, json!(world.counsellor.id));
        assert!(opens_the_file(&app, &world.mentor).await);
        // To ask for nothing is refused.
        let body = json!({"staff_id": world.counsellor.id, "takes_lead": false, "ends_former": false});
        let problem = asking(&app, &world.mentor, body).await.refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/staff_id", "not_allowed"));
    }

    async fn what_lies_ahead_goes_with_the_person_where_the_colleague_can_be_there(app: TestApp) {
        let world = &app.world;
        let schedule = async |participant: Uuid, host: Uuid, start: &str| {
            let body = json!({
                "participant_id": participant, "host_id": host, "kind": "social_counselling", "local_start": start,
                "duration_minutes": 30, "place": {"kind": "phone"},
            });
            let made = app.post("/v1/appointments").by(&world.manager).json(body).expect(201).await;
            made.header("location").to_owned()
        };
        let free = schedule(world.participant.id, world.mentor.id, "2026-12-01T10:00:00").await;
        let taken = schedule(world.participant.id, world.mentor.id, "2026-12-02T10:00:00").await;
        let counsellors = schedule(world.participant.id, world.counsellor.id, "2026-12-03T10:00:00").await;
        schedule(world.other_participant.id, world.other_mentor.id, "2026-12-02T10:15:00").await;
        let path = asked(&app).await;
        let host = async |path: &str| seen(&app, &world.manager, path).await["host_id"].clone();
        assert_eq!(host(&free).await, json!(world.mentor.id), "nothing moves before the answer");
        answer(&app, &path, &world.other_mentor, "accept").expect(200).await;
        assert_eq!(host(&free).await, json!(world.other_mentor.id));
        assert_eq!(host(&taken).await, json!(world.mentor.id));
        assert_eq!(host(&counsellors).await, json!(world.counsellor.id));
        assert_eq!(seen(&app, &world.participant, &free).await["state"], "scheduled");
        app.get(&taken).by(&world.mentor).refused(ProblemCode::NotFound).await;
        app.get(&taken).by(&world.other_mentor).expect(200).await;
        assert_eq!(audited(&app, "appointment.hand_over").await, 1);
    }

    async fn who_can_be_asked_is_named_and_everybody_else_refused(app: TestApp) {
        let world = &app.world;
        for (staff, code) in [
            (world.mentor.id, "same"),
            (world.manager.id, "unknown"),
            (world.foreign_mentor.id, "unknown"),
            (world.participant.id, "unknown"),
            (Uuid::now_v7(), "unknown"),
        ] {
            let problem = asking(&app, &world.mentor, in_the_place(staff)).await.refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/staff_id", code));
        }
        for body in [json!({"staff_id": world.other_mentor.id}), json!({"staff_id": "x", "takes_lead": true, "ends_former": true})] {
            asking(&app, &world.mentor, body).await.refused(ProblemCode::Invalid).await;
        }
        // Nobody hands over what is somebody else's.
        for person in [&world.counsellor, &world.other_mentor, &world.other_manager, &world.foreign_mentor] {
            asking(&app, person, in_the_place(world.other_mentor.id)).await.refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer, &world.participant] {
            asking(&app, person, in_the_place(world.other_mentor.id)).await.refused(ProblemCode::NotForThisRole).await;
        }
        let path = format!("/v1/participants/{}/possible-companions", world.participant.id);
        let possible = seen(&app, &world.mentor, &path).await;
        let found = |staff: Uuid| possible["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(staff)).cloned();
        assert_eq!(found(world.mentor.id).unwrap()["accompanies"], json!(true));
        assert_eq!(found(world.other_mentor.id).unwrap()["accompanies"], json!(false));
        assert!(found(world.manager.id).is_none() && found(world.foreign_mentor.id).is_none());
        app.get(&path).by(&world.other_mentor).refused(ProblemCode::NotFound).await;
        // Whoever is posted there can be asked, for as long as they are.
        let posting = json!({"centre_id": world.centre, "from": "2026-11-23"});
        let posted = app.post(&format!("/v1/staff/{}/postings", world.foreign_mentor.id)).by(&world.other_manager).json(posting);
        posted.expect(201).await;
        let names = seen(&app, &world.mentor, &path).await.to_string();
        assert!(names.contains(&world.foreign_mentor.id.to_string()));
        asking(&app, &world.mentor, in_the_place(world.foreign_mentor.id)).await.expect(201).await;
    }

    async fn lists_are_each_sides_own_by_state_and_in_pages(app: TestApp) {
        let world = &app.world;
        let mut paths = Vec::new();
        for _ in 0..3 {
            let path = asked(&app).await;
            answer(&app, &path, &world.other_mentor, "refuse").expect(200).await;
            paths.push(path);
        }
        paths.push(asked(&app).await);
        for person in [&world.mentor, &world.other_mentor, &world.manager] {
            let of = async |query: &str| seen(&app, person, &format!("/v1/hand-overs{query}")).await;
            assert_eq!(of("").await["items"].as_array().unwrap().len(), 4);
            assert_eq!(of("?state=asked").await["items"].as_array().unwrap().len(), 1);
            let first = of("?state=refused&limit=2").await;
            assert_eq!(first["items"].as_array().unwrap().len(), 2);
            let next = first["next_cursor"].as_str().unwrap();
            let second = of(&format!("?state=refused&limit=2&cursor={next}")).await;
            assert_eq!((second["items"].as_array().unwrap().len(), second.get("next_cursor")), (1, None));
        }
        for person in [&world.counsellor, &world.other_manager, &world.foreign_mentor] {
            assert_eq!(seen(&app, person, "/v1/hand-overs").await["items"], json!([]));
        }
        for query in ["?state=done", "?cursor=x", "?limit=0", "?who=me"] {
            app.get(&format!("/v1/hand-overs{query}")).by(&world.mentor).refused(ProblemCode::Invalid).await;
        }
    }
}

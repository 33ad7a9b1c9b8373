//! Answering a check-in, in parts or at once, by oneself or by a mentor; what is refused; what it raises, and whom to call.

use super::{answers, command, open, over, raised, save, seen};
use crate::appointments::audited;
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};

both_databases! {
    async fn it_is_saved_in_parts_goes_on_and_is_seen(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        assert_eq!(seen(&app, &world.participant, &path).await["possible_commands"], json!(["save_answers", "submit"]));
        let part = json!({"answers": [{"question_id": "housing", "option": "with_others"}]});
        let saved = save(&app, &world.participant, &path, 1, part.clone()).expect(200).await;
        assert_eq!((&saved.json()["state"], saved.version()), (&json!("open"), 2));
        save(&app, &world.participant, &path, 1, part.clone()).refused(ProblemCode::Changed).await;
        // What is saved is not given, and says no more than what it is.
        let problem = command(&app, &world.participant, &path, "submit", 2).json(part.clone()).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors.len(), 3);
        assert!(problem.errors.iter().all(|fault| fault.pointer == "/answers" && fault.code == "required"));
        app.clock.advance(TimeDelta::hours(2));
        let given = command(&app, &world.participant, &path, "submit", 2).json(answers("good")).expect(200).await.json();
        assert_eq!((&given["state"], &given["is_late"], &given["answered_at"]), (&json!("submitted"), &json!(false), &json!("2026-11-23T12:00:00Z")));
        assert_eq!(given.get("answered_by"), None);
        let read = seen(&app, &world.mentor, &path).await;
        assert_eq!(read["answers"][0], json!({"question_id": "how_are_you", "option": "good"}));
        assert_eq!((&read["possible_commands"], read.get("help")), (&json!(["review"]), None));
        command(&app, &world.participant, &path, "submit", 3).json(answers("bad")).refused(ProblemCode::CommandRefused).await;
        command(&app, &world.participant, &path, "review", 3).refused(ProblemCode::NotForThisRole).await;
        let reviewed = command(&app, &world.mentor, &path, "review", 3).expect(200).await.json();
        assert_eq!((&reviewed["state"], &reviewed["reviewed_by"], &reviewed["possible_commands"]), (&json!("reviewed"), &json!(world.mentor.id), &json!([])));
        for action in ["check_in.save_answers", "check_in.submit", "check_in.review"] {
            assert_eq!(audited(&app, action).await, 1, "{action}");
        }
        assert!(raised(&app).await.is_empty());
    }

    async fn somebody_answers_for_them_and_that_is_recorded(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        for (person, code) in [
            (&world.manager, ProblemCode::NotForThisRole),
            (&world.administrator, ProblemCode::NotForThisRole),
            (&world.observer, ProblemCode::NotForThisRole),
            (&world.other_mentor, ProblemCode::NotFound),
            (&world.foreign_mentor, ProblemCode::NotFound),
            (&world.other_participant, ProblemCode::NotFound),
        ] {
            command(&app, person, &path, "submit", 1).json(answers("good")).refused(code).await;
            save(&app, person, &path, 1, answers("good")).refused(code).await;
        }
        let given = command(&app, &world.counsellor, &path, "submit", 1).json(answers("good")).expect(200).await.json();
        assert_eq!(given["answered_by"], json!(world.counsellor.id));
        assert_eq!(seen(&app, &world.participant, &path).await["answered_by"], json!(world.counsellor.id));
    }

    async fn an_alarm_and_a_call_are_raised_at_once_and_told_whom_to_call(app: TestApp) {
        let world = &app.world;
        let phones = json!({"phone": "0522000000", "calendar": {"hours": [{"weekday": "tuesday", "opens": "09:00", "closes": "12:00"}]}});
        app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager).if_match(1).json(phones).expect(200).await;
        let path = open(&app).await;
        // A part of the answers is enough, and what was said before is not raised again.
        let part = json!({"answers": [{"question_id": "housing", "option": "nowhere"}]});
        let saved = save(&app, &world.participant, &path, 1, part.clone()).expect(200).await.json();
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
        assert_eq!((&saved["alarms"], &saved["help"]["centre_phone"]), (&json!(true), &json!("+212522000000")));
        let numbers: Vec<&Value> = saved["help"]["emergency_phones"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
        assert_eq!(numbers, ["15", "141", "19", "177"]);
        let next = &saved["help"]["next_openings"][0];
        assert_eq!((&next["local_opens"], &next["opens_at"]), (&json!("2026-11-24T09:00:00"), &json!("2026-11-24T09:00:00Z")));
        save(&app, &world.participant, &path, 2, part).expect(200).await;
        let whole = over(answers("very_bad"), &json!({"call_wanted": true}));
        command(&app, &world.participant, &path, "submit", 3).json(whole).expect(200).await;
        assert_eq!(raised(&app).await, ["call_wanted", "check_in_alarm"]);
        let mut tx = app.app.db.read().await.unwrap();
        let times: Vec<i64> = tx.query(sql!("SELECT times FROM work_item ORDER BY times")).scalars().await.unwrap();
        assert_eq!(times, [1, 2], "one for each cause, and another alarm is counted");
        drop(tx);
        command(&app, &world.mentor, &path, "review", 4).expect(200).await;
        assert!(raised(&app).await.is_empty());
    }

    async fn another_alarm_rings_though_the_first_was_seen_to(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let first = json!({"answers": [{"question_id": "how_are_you", "option": "very_bad"}], "call_wanted": true});
        save(&app, &world.participant, &path, 1, first.clone()).expect(200).await;
        assert_eq!(raised(&app).await, ["call_wanted", "check_in_alarm"]);
        // Somebody calls, and has seen to both.
        let close = async || {
            let items = seen(&app, &world.mentor, "/v1/work-items").await;
            for item in items["items"].as_array().unwrap() {
                let (id, version) = (item["id"].as_str().unwrap(), item["version"].as_i64().unwrap());
                app.post(&format!("/v1/work-items/{id}/dismiss")).by(&world.mentor.again(&app.app)).if_match(version)
                    .json(json!({"reason": "handled_otherwise"})).expect(200).await;
            }
        };
        close().await;
        assert!(raised(&app).await.is_empty());
        save(&app, &world.participant, &path, 2, first).expect(200).await;
        assert!(raised(&app).await.is_empty(), "the same again is no news");
        let second = json!({"answers": [{"question_id": "how_are_you", "option": "very_bad"}, {"question_id": "housing", "option": "nowhere"}]});
        save(&app, &world.participant, &path, 3, second).expect(200).await;
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
        close().await;
        // The call was taken back, and is wanted again.
        let whole = over(answers("very_bad"), &json!({"call_wanted": true}));
        command(&app, &world.participant, &path, "submit", 4).json(whole).expect(200).await;
        assert_eq!(raised(&app).await, ["call_wanted"]);
    }

    async fn what_was_taken_back_is_read_by_whoever_calls(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let said = json!({"answers": [{"question_id": "housing", "option": "nowhere"}]});
        save(&app, &world.participant, &path, 1, said).expect(200).await;
        command(&app, &world.mentor, &path, "submit", 2).json(answers("good")).expect(200).await;
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let read = seen(&app, person, &path).await;
            assert_eq!((&read["alarms"], &read["answered_by"]), (&json!(false), &json!(world.mentor.id)));
            let earlier = &read["earlier_answers"];
            assert_eq!(earlier.as_array().map(Vec::len), Some(1));
            assert_eq!(earlier[0]["answers"], json!([{"question_id": "housing", "option": "nowhere"}]));
            assert_eq!((&earlier[0]["alarms"], &earlier[0]["stood"], earlier[0].get("answered_by")), (&json!(true), &json!(true), None));
        }
        // Whoever looks at the participant's phone with them is not told.
        assert_eq!(seen(&app, &world.participant, &path).await.get("earlier_answers"), None);
    }

    async fn the_log_does_not_say_why(app: TestApp) {
        let world = &app.world;
        let paths = [open(&app).await, open(&app).await];
        app.clock.advance(TimeDelta::days(7));
        command(&app, &world.mentor, &paths[0], "excuse", 1).json(json!({"reason": "illness"})).expect(200).await;
        command(&app, &world.mentor, &paths[1], "cancel", 1).json(json!({"reason": "asked_for"})).expect(200).await;
        let mut tx = app.app.db.read().await.unwrap();
        let details: Vec<String> = tx
            .query(sql!("SELECT details FROM audit WHERE action IN ('check_in.excuse', 'check_in.cancel')"))
            .scalars()
            .await
            .unwrap();
        assert_eq!(details.len(), 2);
        for detail in details {
            assert!(!["illness", "person", "asked_for"].iter().any(|word| detail.contains(word)), "{detail}");
        }
    }

    async fn a_centre_keeps_its_own_numbers(app: TestApp) {
        let world = &app.world;
        let change = |person: &muwakaba_tests::SignedIn, version: i64, body: Value| {
            app.patch(&format!("/v1/centres/{}", world.centre)).by(&person.again(&app.app)).if_match(version).json(body)
        };
        let own = json!([{"service": "listening", "number": "0800123456"}]);
        let changed = change(&world.manager, 1, json!({"emergency_phones": own})).expect(200).await.json();
        assert_eq!(changed["emergency_phones"], own);
        for (body, field) in [
            (json!({"emergency_phones": []}), "/emergency_phones"),
            (json!({"emergency_phones": [{"service": "police", "number": "+19"}]}), "/emergency_phones/0/number"),
            (json!({"emergency_phones": [{"service": "pizza", "number": "19"}]}), "/emergency_phones/0/service"),
            (json!({"phone": "nowhere"}), "/phone"),
        ] {
            let problem = change(&world.manager, 2, body).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, field);
        }
        change(&world.mentor, 2, json!({"phone": null})).refused(ProblemCode::NotForThisRole).await;
        let back = change(&world.administrator, 2, json!({"emergency_phones": null})).expect(200).await.json();
        assert_eq!(back["emergency_phones"].as_array().unwrap().len(), 4);
    }

    async fn what_was_not_asked_names_its_answer(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        for (answer, field, code) in [
            (json!({"question_id": "debts", "option": "yes"}), "/answers/0/question_id", "not_asked"),
            (json!({"question_id": "housing", "option": "castle"}), "/answers/0/option", "unknown_option"),
            (json!({"question_id": "housing", "number": 3}), "/answers/0/number", "wrong_kind"),
            (json!({"question_id": "housing", "text": "a roof"}), "/answers/0/text", "wrong_kind"),
            (json!({"question_id": "housing"}), "/answers/0/option", "required"),
        ] {
            let body = json!({"answers": [answer]});
            for request in [save(&app, &world.participant, &path, 1, body.clone()), command(&app, &world.participant, &path, "submit", 1).json(body)] {
                let problem = request.refused(ProblemCode::Invalid).await;
                assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), (field, code));
            }
        }
        assert_eq!(seen(&app, &world.participant, &path).await["version"], json!(1));
    }

    async fn a_fault_leaves_nothing_of_an_answer(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let whole = over(answers("very_bad"), &json!({"call_wanted": true}));
        let mut failed = 0;
        loop {
            app.faults.arm(failed + 1);
            let answer = command(&app, &world.participant, &path, "submit", 1).json(whole.clone()).send().await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200);
                break;
            }
            failed += 1;
            assert_eq!(seen(&app, &world.participant, &path).await["state"], json!("open"), "statement {failed}");
            assert!(raised(&app).await.is_empty(), "statement {failed}");
            assert_eq!(audited(&app, "check_in.submit").await, 0);
        }
        assert!(failed > 6, "{failed}");
        assert_eq!(raised(&app).await, ["call_wanted", "check_in_alarm"]);
    }
}

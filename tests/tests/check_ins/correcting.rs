//! Correcting answers that were given: who may and until when, what is kept, and what becomes of what had asked for help.

use super::{answers, command, open, over, raised, save, seen};
use crate::{appointments::audited, visits::phones::about};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases, http::Request};
use serde_json::{Value, json};

fn meant(mood: &str, reason: &str) -> Value {
    over(answers(mood), &json!({"reason": reason}))
}

fn correct(app: &TestApp, person: &SignedIn, path: &str, version: i64, body: Value) -> Request {
    command(app, person, path, "correct-answers", version).json(body)
}

async fn history(app: &TestApp, path: &str) -> Vec<Value> {
    let page = seen(app, &app.world.manager, &format!("{path}/corrections")).await;
    page["items"].as_array().unwrap().clone()
}

async fn push(app: &TestApp, person: &SignedIn, mutation: &Value) -> String {
    let body = json!({"mutations": [mutation]});
    let answer = app.post("/v1/sync").by(&person.again(&app.app)).json(body).expect(200).await;
    answer.string("/results/0/result")
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// How the items of this cause were closed.
async fn closed(app: &TestApp, cause: &str) -> Vec<(String, Option<String>)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT state, reason FROM work_item WHERE cause = $1 AND closed_at IS NOT NULL ORDER BY id"
    ))
    .bind(cause)
    .all()
    .await
    .unwrap()
}

both_databases! {
    async fn whoever_gave_them_says_what_they_meant_and_what_stood_there_is_kept(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        app.clock.advance(TimeDelta::hours(1));
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        app.clock.advance(TimeDelta::hours(1));
        let offered = seen(&app, &world.participant, &path).await["possible_commands"].clone();
        assert_eq!(offered, json!(["correct_answers"]));
        let body = over(meant("good", "slip"), &json!({"note": "The thumb was too wide"}));
        let now = correct(&app, &world.participant, &path, 2, body).expect(200).await;
        let read = now.json();
        assert_eq!((now.version(), &read["state"], &read["answers"][0]["option"]), (3, &json!("submitted"), &json!("good")));
        // When it was answered stays.
        assert_eq!((&read["answered_at"], &read["corrected_at"]), (&json!("2026-11-23T11:00:00Z"), &json!("2026-11-23T12:00:00Z")));
        app.clock.advance(TimeDelta::hours(1));
        correct(&app, &world.manager, &path, 3, meant("neutral", "other")).expect(200).await;
        let kept = history(&app, &path).await;
        let told = |entry: &Value| (entry["version"].clone(), entry["answers"][0]["option"].clone(), entry.get("corrected_by").cloned(), entry["reason"].clone());
        assert_eq!(kept.iter().map(told).collect::<Vec<_>>(), [
            (json!(3), json!("good"), Some(json!(world.manager.id)), json!("other")),
            (json!(2), json!("bad"), None, json!("slip")),
        ]);
        assert_eq!((&kept[1]["note"], kept[0].get("note"), kept[0].get("answered_by")), (&json!("The thumb was too wide"), None, None));
        let first = seen(&app, &world.mentor, &format!("{path}/corrections?limit=1")).await;
        let rest = seen(&app, &world.mentor, &format!("{path}/corrections?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!((&rest["items"][0], rest.get("next_cursor")), (&kept[1], None));
        app.get(&format!("{path}/corrections")).by(&world.participant.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        app.get(&format!("{path}/corrections")).by(&world.other_mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
        assert_eq!(audited(&app, "check_in.correct_answers").await, 2);
        let mut tx = app.app.db.read().await.unwrap();
        let sealed: Vec<Vec<u8>> = tx.query(sql!("SELECT why_sealed FROM check_in_correction")).scalars().await.unwrap();
        assert!(sealed.iter().all(|why| !String::from_utf8_lossy(why).contains("slip")));
    }

    async fn what_was_seen_is_corrected_by_staff_and_seen_again(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.mentor, &path, "submit", 1).json(answers("bad")).expect(200).await;
        // Who did not give them does not correct them.
        for person in [&world.participant, &world.counsellor] {
            correct(&app, person, &path, 2, meant("good", "slip")).refused(ProblemCode::CommandRefused).await;
        }
        for person in [&world.administrator, &world.observer] {
            correct(&app, person, &path, 2, meant("good", "slip")).refused(ProblemCode::NotForThisRole).await;
        }
        correct(&app, &world.other_mentor, &path, 2, meant("good", "slip")).refused(ProblemCode::NotFound).await;
        command(&app, &world.counsellor, &path, "review", 2).expect(200).await;
        let read = correct(&app, &world.mentor, &path, 3, meant("good", "misheard")).expect(200).await.json();
        assert_eq!((&read["state"], read.get("reviewed_by"), &read["answered_by"]), (&json!("submitted"), None, &json!(world.mentor.id)));
        command(&app, &world.counsellor, &path, "review", 4).expect(200).await;

        let path = open(&app).await;
        correct(&app, &world.manager, &path, 1, meant("good", "slip")).refused(ProblemCode::CommandRefused).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        command(&app, &world.mentor, &path, "review", 2).expect(200).await;
        // Somebody may have acted on it.
        correct(&app, &world.participant, &path, 3, meant("good", "slip")).refused(ProblemCode::CommandRefused).await;
    }

    async fn what_is_wrong_names_its_field(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        for (body, pointer, code) in [
            (meant("bad", "slip"), "/answers", "unchanged"),
            (meant("purple", "slip"), "/answers/0/option", "unknown_option"),
            (meant("good", "whim"), "/reason", "unknown_word"),
            (answers("good"), "/reason", "required"),
            (over(meant("good", "slip"), &json!({"note": " "})), "/note", "value"),
        ] {
            let problem = correct(&app, &world.participant, &path, 2, body.clone()).refused(ProblemCode::Invalid).await;
            let fault = &problem.errors[0];
            assert_eq!(&*fault.pointer, pointer, "{body}");
            assert!(fault.code == code || pointer == "/note", "{body}: {}", fault.code);
        }
        correct(&app, &world.participant, &path, 1, meant("good", "slip")).refused(ProblemCode::Changed).await;
        assert!(history(&app, &path).await.is_empty());
    }

    async fn an_alarm_that_was_a_slip_is_resolved_and_somebody_looks_whether_it_was(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        let whole = over(answers("very_bad"), &json!({"call_wanted": true}));
        command(&app, &world.participant, &path, "submit", 1).json(whole).expect(200).await;
        assert_eq!(raised(&app).await, ["call_wanted", "check_in_alarm"]);
        // The call is still wanted.
        let wanted = over(meant("good", "slip"), &json!({"call_wanted": true}));
        correct(&app, &world.participant, &path, 2, wanted).expect(200).await;
        assert_eq!(raised(&app).await, ["call_wanted", "help_taken_back"]);
        let resolved = vec![("resolved".to_owned(), Some("answers_corrected".to_owned()))];
        assert_eq!(closed(&app, "check_in_alarm").await, resolved);
        correct(&app, &world.participant, &path, 3, meant("good", "slip")).expect(200).await;
        assert_eq!((raised(&app).await, closed(&app, "call_wanted").await), (vec!["help_taken_back".to_owned()], resolved));
        // Whoever looks reads what was said, also without network.
        let earlier = seen(&app, &world.mentor, &path).await["earlier_answers"].clone();
        assert_eq!((&earlier[0]["alarms"], &earlier[0]["corrected"], &earlier[0]["stood"]), (&json!(true), &json!(true), &json!(true)));
        // Another slip is another alarm, and is taken back as well.
        correct(&app, &world.participant, &path, 4, meant("very_bad", "slip")).expect(200).await;
        assert_eq!(raised(&app).await, ["check_in_alarm", "help_taken_back"]);
        correct(&app, &world.participant, &path, 5, meant("good", "slip")).expect(200).await;
        assert_eq!(raised(&app).await, ["help_taken_back"]);
        command(&app, &world.mentor, &path, "review", 6).expect(200).await;
        assert!(raised(&app).await.is_empty());
    }

    async fn what_is_no_mistake_or_is_asked_for_by_somebody_else_stays_raised(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("very_bad")).expect(200).await;
        correct(&app, &world.participant, &path, 2, meant("good", "other")).expect(200).await;
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
        command(&app, &world.mentor, &path, "review", 3).expect(200).await;
        // The participant said it, a mentor repeated it by mistake, and takes back their own alone.
        let path = open(&app).await;
        let said = json!({"answers": [{"question_id": "housing", "option": "nowhere"}]});
        save(&app, &world.participant, &path, 1, said).expect(200).await;
        command(&app, &world.mentor, &path, "submit", 2).json(answers("very_bad")).expect(200).await;
        correct(&app, &world.mentor, &path, 3, meant("good", "misheard")).expect(200).await;
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
        command(&app, &world.mentor, &path, "review", 4).expect(200).await;
        // What the participant asked for is taken back by nobody else without whoever leads being told.
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("very_bad")).expect(200).await;
        correct(&app, &world.manager, &path, 2, meant("good", "misheard")).expect(200).await;
        assert_eq!(raised(&app).await, ["help_taken_back"]);
        command(&app, &world.mentor, &path, "review", 3).expect(200).await;
        // Of what a mentor wrote down wrongly alone nobody is told once more.
        let path = open(&app).await;
        command(&app, &world.mentor, &path, "submit", 1).json(answers("very_bad")).expect(200).await;
        correct(&app, &world.mentor, &path, 2, meant("good", "misheard")).expect(200).await;
        assert!(raised(&app).await.is_empty());
        correct(&app, &world.mentor, &path, 3, meant("very_bad", "misheard")).expect(200).await;
        assert_eq!(raised(&app).await, ["check_in_alarm"], "one that is said only now rings");
    }

    async fn a_correction_makes_nothing_late_and_no_contact_later(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        let before = crate::contacts::stands(&app).await["last"].clone();
        app.clock.advance(TimeDelta::days(7));
        let read = correct(&app, &world.participant, &path, 2, meant("good", "slip")).expect(200).await.json();
        assert_eq!((&read["is_late"], crate::contacts::stands(&app).await["last"].clone()), (&json!(false), before));
    }

    async fn without_network_it_is_taken_though_somebody_saw_the_answers_since(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        app.clock.advance(TimeDelta::minutes(1));
        let own = about(&app, "correctCheckInAnswers", id_of(&path), 2, &meant("good", "slip"));
        app.clock.advance(TimeDelta::minutes(1));
        command(&app, &world.mentor, &path, "review", 2).expect(200).await;
        app.clock.advance(TimeDelta::minutes(1));
        let later = about(&app, "correctCheckInAnswers", id_of(&path), 3, &meant("neutral", "slip"));
        assert_eq!(push(&app, &world.participant, &later).await, "refused");
        assert_eq!(push(&app, &world.participant, &own).await, "applied");
        assert_eq!(push(&app, &world.participant, &own).await, "duplicate");
        let read = seen(&app, &world.mentor, &path).await;
        assert_eq!((&read["state"], &read["answers"][0]["option"]), (&json!("submitted"), &json!("good")));
        // From two phones, one after the other.
        let second = about(&app, "correctCheckInAnswers", id_of(&path), 3, &meant("neutral", "slip"));
        assert_eq!(push(&app, &world.participant, &second).await, "applied");
        assert_eq!(history(&app, &path).await.len(), 2);
        // A review of what was not seen is a conflict.
        let unseen = about(&app, "reviewCheckIn", id_of(&path), 3, &json!({}));
        assert_eq!(push(&app, &world.counsellor, &unseen).await, "conflict");
    }

    async fn of_two_who_correct_one_is_told_and_what_asks_for_help_is_heard(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        correct(&app, &world.manager, &path, 2, meant("neutral", "misheard")).expect(200).await;
        let own = about(&app, "correctCheckInAnswers", id_of(&path), 2, &meant("good", "slip"));
        assert_eq!(push(&app, &world.participant, &own).await, "conflict");
        let help = about(&app, "correctCheckInAnswers", id_of(&path), 2, &meant("very_bad", "slip"));
        assert_eq!(push(&app, &world.participant, &help).await, "applied");
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
        let read = seen(&app, &world.mentor, &path).await;
        assert_eq!((&read["answers"][0]["option"], &read["earlier_answers"][0]["stood"]), (&json!("neutral"), &json!(false)));
    }

    async fn a_fault_leaves_nothing_of_a_correction(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("very_bad")).expect(200).await;
        for n in 1..80 {
            app.faults.arm(n);
            let answer = correct(&app, &world.participant, &path, 2, meant("good", "slip")).send().await;
            if app.faults.disarm() {
                assert_eq!((answer.status, n > 8), (200, true));
                assert_eq!((history(&app, &path).await.len(), raised(&app).await), (1, vec!["help_taken_back".to_owned()]));
                return;
            }
            assert_eq!((history(&app, &path).await.len(), raised(&app).await), (0, vec!["check_in_alarm".to_owned()]), "fault {n}");
        }
        panic!("it never ended");
    }
}

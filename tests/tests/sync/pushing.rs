//! What a phone recorded without network: each thing once, for itself, and nothing lost.

use super::{Phone, made};
use crate::{
    appointments::{audited, schedule},
    registry::each,
};
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// One thing about an appointment, which its person had seen at this version.
fn about(app: &TestApp, operation: &str, subject: &str, base: i64, body: &Value) -> Value {
    json!({
        "id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "subject_id": subject, "base_version": base, "body": body,
    })
}

fn note(app: &TestApp, subject: &str, text: &str) -> Value {
    let mut note =
        about(app, "writeAppointmentNote", subject, 1, &json!({"visibility": "staff", "body": text}));
    note.as_object_mut().unwrap().remove("base_version");
    note
}

async fn push(app: &TestApp, person: &SignedIn, mutations: &[&Value]) -> Vec<Value> {
    let answer = app.post("/v1/sync").by(person).json(json!({"mutations": mutations})).expect(200).await;
    answer.json()["results"].as_array().unwrap().clone()
}

fn words(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap()).collect()
}

async fn notes(app: &TestApp, id: &str) -> usize {
    let manager = app.world.manager.again(&app.app);
    let read = app.get(&format!("/v1/appointments/{id}/notes")).by(&manager).expect(200).await;
    read.json()["items"].as_array().unwrap().len()
}

async fn state(app: &TestApp, id: &str) -> String {
    let manager = app.world.manager.again(&app.app);
    app.get(&format!("/v1/appointments/{id}")).by(&manager).expect(200).await.string("/state")
}

#[test]
fn what_can_be_done_without_network_are_operations_of_the_contract() {
    let declared: Vec<String> = crate::operations::all().into_iter().map(|operation| operation.id).collect();
    for operation in care::sync::operations() {
        assert!(declared.iter().any(|id| id == operation), "{operation} is no operation");
    }
}

both_databases! {
    async fn every_operation_goes_through(app: TestApp) {
        let world = &app.world;
        let mut tried = std::collections::BTreeSet::new();
        let mut send = async |person: &SignedIn, sent: Value| {
            tried.insert(sent["operation"].as_str().unwrap().to_owned());
            let result = push(&app, &person.again(&app.app), &[&sent]).await;
            assert_eq!(words(&result), ["applied"], "{sent} {result:?}");
        };
        let offered = json!({
            "participant_id": world.participant.id, "host_id": world.mentor.id, "kind": "social_counselling", "duration_minutes": 30,
            "slots": [{"local_start": "2026-12-01T10:00:00"}, {"local_start": "2026-12-02T10:00:00"}], "place": {"kind": "phone"},
        });
        let proposal = app.post("/v1/proposals").by(&world.mentor).json(offered).expect(201).await;
        let slot = proposal.string("/slots/1/id");
        let id = proposal.string("/id");
        send(&world.participant, about(&app, "chooseAppointmentTime", &id, 1, &json!({"slot_id": slot}))).await;
        send(&world.participant, about(&app, "confirmAppointment", &id, 2, &json!({}))).await;
        send(&world.participant, about(&app, "askToMoveAppointment", &id, 3, &json!({"wish": "later"}))).await;
        send(&world.mentor, about(&app, "moveAppointment", &id, 4, &json!({"local_start": "2026-12-03T10:00:00"}))).await;
        send(&world.participant, about(&app, "declineAppointment", &id, 5, &json!({}))).await;
        send(&world.mentor, note(&app, &id, "a note")).await;
        let mut new = about(&app, "scheduleAppointment", &id, 1, &json!({
            "id": Uuid::now_v7(), "participant_id": world.participant.id, "host_id": world.mentor.id, "kind": "social_counselling",
            "local_start": "2026-12-07T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
        }));
        let made_id = new["body"]["id"].as_str().unwrap().to_owned();
        for field in ["subject_id", "base_version"] {
            new.as_object_mut().unwrap().remove(field);
        }
        send(&world.mentor, new).await;
        send(&world.mentor, about(&app, "cancelAppointment", &made_id, 1, &json!({}))).await;
        let over = made(&schedule(&app, "2026-11-23T10:30:00").await);
        app.clock.advance(TimeDelta::minutes(60));
        send(&world.mentor, about(&app, "recordAppointmentOutcome", &over, 1, &json!({"outcome": "did_not_come"}))).await;
        send(&world.manager, about(&app, "correctAppointmentOutcome", &over, 2, &json!({"outcome": "did_not_come", "side": "person", "accepted": true, "reason": "A certificate came"}))).await;
        for recorded in each(|feature| feature.recorded) {
            let (person, sent) = recorded(&app).await;
            send(&person, sent).await;
        }
        let missing: Vec<_> = care::sync::operations().filter(|operation| !tried.contains(*operation)).collect();
        assert!(missing.is_empty(), "register beside the tests of its feature, in `recorded`, how a phone sends {missing:?}");
    }

    async fn a_day_in_the_field_is_sent_as_one_and_again_changes_nothing(app: TestApp) {
        let world = &app.world;
        let visited = made(&schedule(&app, "2026-11-23T10:30:00").await);
        app.clock.advance(TimeDelta::minutes(45));
        let mentor = world.mentor.again(&app.app);
        let new = Uuid::now_v7().to_string();
        let outcome = about(&app, "recordAppointmentOutcome", &visited, 1, &json!({"outcome": "took_place"}));
        let first_note = note(&app, &visited, "Came with his brother");
        let mut scheduled = about(&app, "scheduleAppointment", &new, 1, &json!({
            "id": new, "participant_id": world.participant.id, "host_id": world.mentor.id, "kind": "social_counselling",
            "local_start": "2026-12-07T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
        }));
        for field in ["subject_id", "base_version"] {
            scheduled.as_object_mut().unwrap().remove(field);
        }
        let second_note = note(&app, &new, "Ask about the attestation");
        let confirmed = about(&app, "confirmAppointment", &new, 1, &Value::Null);
        let day = [&outcome, &first_note, &scheduled, &second_note, &confirmed];
        let results = push(&app, &mentor, &day).await;
        assert_eq!(words(&results), ["applied"; 5], "{results:?}");
        for (sent, result) in day.iter().zip(&results) {
            assert_eq!(sent["id"], result["id"]);
        }
        assert_eq!((&results[0]["version"], results[1].get("version"), &results[4]["version"]), (&json!(2), None, &json!(2)));
        for _ in 0..2 {
            let again = push(&app, &mentor, &day).await;
            assert_eq!(words(&again), ["duplicate"; 5]);
            assert_eq!(again[0]["version"], json!(2));
        }
        assert_eq!((&*state(&app, &visited).await, &*state(&app, &new).await), ("took_place", "confirmed"));
        assert_eq!((notes(&app, &visited).await, notes(&app, &new).await), (1, 1));
        for action in ["appointment.record_outcome", "appointment.confirm"] {
            assert_eq!(audited(&app, action).await, 1);
        }
        assert_eq!((audited(&app, "appointment.write_note").await, audited(&app, "appointment.schedule").await), (2, 2));
        let log = app.get("/v1/audit?limit=5").by(&mentor).expect(200).await;
        assert!(log.text().contains("\"recorded_at\":\"2026-11-23T10:45:00"), "{}", log.text());
        // The person is told of what was scheduled, once.
        let mut tx = app.app.db.read().await.unwrap();
        let told = tx.query(sql!("SELECT count(*) FROM reminder WHERE subject_id = $1 AND recipient_kind = 'participant' AND purpose = 'appointment_scheduled'"));
        assert_eq!(told.bind(Uuid::parse_str(&new).unwrap()).scalar::<i64>().await.unwrap(), 1);
        assert_eq!(Phone::fresh(&app, &mentor).await.things[&("appointments".to_owned(), new.clone())]["state"], "confirmed");
    }

    async fn one_bad_thing_stops_no_other_and_is_told_by_name(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let good = note(&app, &id, "before");
        let with = |mut sent: Value, field: &str, value: Value| {
            sent[field] = value;
            sent
        };
        let without = |mut sent: Value, field: &str| {
            sent.as_object_mut().unwrap().remove(field);
            sent
        };
        let confirm = || about(&app, "confirmAppointment", &id, 1, &Value::Null);
        let field = |pointer: &str| (pointer.to_owned(), 400);
        let code = |status: i64| (String::new(), status);
        let bad = [
            (json!(7), field("")),
            (json!({}), field("/id")),
            (with(confirm(), "id", json!("seven")), field("/id")),
            (with(confirm(), "recorded_at", json!("today")), field("/recorded_at")),
            (without(confirm(), "recorded_at"), field("/recorded_at")),
            (with(confirm(), "operation", json!("endAssignment")), field("/operation")),
            (with(confirm(), "operation", json!(["confirmAppointment"])), field("/operation")),
            (without(confirm(), "subject_id"), field("/subject_id")),
            (without(confirm(), "base_version"), field("/base_version")),
            (with(confirm(), "base_version", json!(0)), field("/base_version")),
            (with(confirm(), "body", json!({"reason": "none"})), field("/body")),
            (with(confirm(), "subjekt", json!(1)), field("/subjekt")),
            (with(note(&app, &id, "x"), "body", json!({"visibility": "everybody", "body": "x"})), field("/body/visibility")),
            (with(note(&app, &id, "x"), "body", json!({"visibility": "staff"})), field("/body/body")),
            (with(note(&app, &id, "x"), "body", json!({"visibility": "author", "body": "x"})), field("/body/visibility")),
            (about(&app, "moveAppointment", &id, 1, &json!({"local_start": "2020-01-01T10:00:00"})), field("/body/local_start")),
            (about(&app, "recordAppointmentOutcome", &id, 1, &json!({"outcome": "took_place"})), code(409)),
            (with(confirm(), "subject_id", json!(Uuid::now_v7())), code(404)),
            (with(without(confirm(), "subject_id"), "operation", json!("scheduleAppointment")), field("/subject_id")),
        ];
        let last = note(&app, &id, "behind");
        let all: Vec<&Value> = std::iter::once(&good).chain(bad.iter().map(|(sent, _)| sent)).chain([&last]).collect();
        let results = push(&app, &world.mentor, &all).await;
        for ((sent, (pointer, status)), result) in bad.iter().zip(&results[1..]) {
            let problem = &result["problem"];
            let named = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert_eq!((result["result"].as_str(), named, problem["status"].as_i64()), (Some("refused"), &**pointer, Some(*status)), "{sent} {result}");
        }
        assert_eq!((&results[0]["result"], &results[results.len() - 1]["result"]), (&json!("applied"), &json!("applied")));
        assert_eq!((notes(&app, &id).await, &*state(&app, &id).await), (2, "scheduled"));
        // Other people's appointments are as those that do not exist, and roles are as over HTTP.
        let foreign = push(&app, &world.foreign_mentor, &[&note(&app, &id, "x"), &confirm()]).await;
        assert_eq!((&foreign[0]["problem"]["status"], &foreign[1]["problem"]["status"]), (&json!(404), &json!(404)));
        let own = push(&app, &world.participant, &[&note(&app, &id, "x"), &confirm()]).await;
        assert_eq!((&own[0]["problem"]["status"], &own[1]["result"]), (&json!(403), &json!("applied")));
        for body in [json!({}), json!({"mutations": []}), json!({"mutations": vec![good.clone(); 101]}), json!({"mutations": {}}), json!([])] {
            app.post("/v1/sync").by(&world.mentor).json(body).refused(contract::ProblemCode::Invalid).await;
        }
        app.post("/v1/sync").by(&world.administrator).json(json!({"mutations": [good]})).refused(contract::ProblemCode::NotForThisRole).await;
    }

    async fn only_a_change_of_what_it_relies_on_is_a_conflict(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let path = format!("/v1/appointments/{id}");
        // The version rose, and nothing that an answer relies on is different.
        app.post(&format!("{path}/ask-to-move")).by(&world.participant).if_match(1).json(json!({"wish": "later"})).expect(200).await;
        let confirmed = push(&app, &world.participant, &[&about(&app, "confirmAppointment", &id, 1, &Value::Null)]).await;
        assert_eq!((words(&confirmed), &confirmed[0]["version"]), (vec!["applied"], &json!(3)));
        // Now it is at another place: who has not seen that has not agreed to it.
        app.post(&format!("{path}/move")).by(&world.mentor).if_match(3)
            .json(json!({"local_start": "2026-11-25T10:00:00", "place": {"kind": "phone"}})).expect(200).await;
        let blind = about(&app, "confirmAppointment", &id, 3, &Value::Null);
        let conflict = push(&app, &world.participant, &[&blind]).await;
        assert_eq!((words(&conflict), &conflict[0]["version"], &conflict[0]["problem"]["status"]), (vec!["conflict"], &json!(4), &json!(412)));
        assert_eq!(push(&app, &world.participant, &[&about(&app, "confirmAppointment", &id, 4, &Value::Null)]).await[0]["result"], json!("applied"));
        assert_eq!(words(&push(&app, &world.participant, &[&about(&app, "declineAppointment", &id, 99, &json!({}))]).await), ["conflict"]);
        // A note is kept whatever happened.
        assert_eq!(words(&push(&app, &world.mentor, &[&note(&app, &id, "a note")]).await), ["applied"]);
        // A cancellation relies on the time alone, and so does an outcome.
        let other = about(&app, "cancelAppointment", &id, 3, &json!({}));
        assert_eq!(words(&push(&app, &world.mentor, &[&other]).await), ["applied"]);
        for (start, first, word) in [
            ("2026-11-23T10:20:00", json!({"local_start": "2026-11-23T10:25:00"}), "conflict"),
            ("2026-11-23T11:20:00", json!({"local_start": "2026-11-23T11:20:00", "place": {"kind": "phone"}}), "applied"),
        ] {
            let id = made(&schedule(&app, start).await);
            let path = format!("/v1/appointments/{id}");
            app.post(&format!("{path}/move")).by(&world.mentor).if_match(1).json(first).expect(200).await;
            app.clock.advance(TimeDelta::minutes(100));
            let mentor = world.mentor.again(&app.app);
            let outcome = about(&app, "recordAppointmentOutcome", &id, 1, &json!({"outcome": "took_place"}));
            assert_eq!(words(&push(&app, &mentor, &[&outcome]).await), [word]);
            if word == "applied" {
                // A correction relies on what it corrects.
                let correct = |base| about(&app, "correctAppointmentOutcome", &id, base, &json!({"outcome": "did_not_come", "side": "person", "accepted": true, "reason": "A certificate came"}));
                assert_eq!(words(&push(&app, &world.manager.again(&app.app), &[&correct(2)]).await), ["conflict"]);
                assert_eq!(words(&push(&app, &world.manager.again(&app.app), &[&correct(3)]).await), ["applied"]);
                assert_eq!(words(&push(&app, &mentor, &[&correct(3)]).await), ["conflict"]);
            }
            app.clock.set("2026-11-23T10:00:00Z".parse().unwrap());
        }
        // Whom one comes to is one of the things that one agrees to.
        let id = made(&schedule(&app, "2026-11-27T10:00:00").await);
        app.post(&format!("/v1/appointments/{id}/move")).by(&world.manager).if_match(1)
            .json(json!({"local_start": "2026-11-27T10:00:00", "host_id": world.counsellor.id})).expect(200).await;
        let blind = about(&app, "confirmAppointment", &id, 1, &Value::Null);
        assert_eq!(words(&push(&app, &world.participant, &[&blind]).await), ["conflict"]);
        // A node of a former version changes rows without saying what.
        let id = made(&schedule(&app, "2026-11-26T10:00:00").await);
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE appointment SET version = 2 WHERE id = $1")).bind(Uuid::parse_str(&id).unwrap()).execute().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(words(&push(&app, &world.participant, &[&about(&app, "confirmAppointment", &id, 1, &Value::Null)]).await), ["conflict"]);
    }

    async fn it_does_not_matter_who_sends_first(app: TestApp) {
        let world = &app.world;
        let mut ends = Vec::new();
        for turn in 0..2 {
            let id = made(&schedule(&app, &format!("2026-11-25T{:02}:00:00", 10 + turn)).await);
            let answer = about(&app, "confirmAppointment", &id, 1, &Value::Null);
            let moved = about(&app, "moveAppointment", &id, 1, &json!({"local_start": format!("2026-11-27T{:02}:00:00", 10 + turn)}));
            let said = note(&app, &id, "said");
            let mut steps: [(&SignedIn, Vec<&Value>); 2] = [(&world.participant, vec![&answer]), (&world.mentor, vec![&said, &moved])];
            if turn == 1 {
                steps.reverse();
            }
            for (person, sent) in steps {
                push(&app, person, &sent).await;
            }
            ends.push((state(&app, &id).await, notes(&app, &id).await));
        }
        assert_eq!(ends[0], ends[1]);
        assert_eq!(ends[0], ("scheduled".to_owned(), 1), "nobody has agreed to the new time");
        // Who speaks for somebody does not speak over them.
        for turn in 0..2 {
            let id = made(&schedule(&app, &format!("2026-11-26T{:02}:00:00", 10 + turn)).await);
            let wish = about(&app, "askToMoveAppointment", &id, 1, &json!({"wish": "in the evening"}));
            let for_them = about(&app, "confirmAppointment", &id, 1, &Value::Null);
            let mut steps: [(&SignedIn, &Value); 2] = [(&world.participant, &wish), (&world.mentor, &for_them)];
            if turn == 1 {
                steps.reverse();
            }
            for (person, sent) in steps {
                push(&app, person, &[sent]).await;
            }
            assert_eq!(state(&app, &id).await, "change_requested", "turn {turn}");
        }
    }

    async fn what_one_did_oneself_is_no_conflict(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let moved = about(&app, "moveAppointment", &id, 1, &json!({"local_start": "2026-11-25T15:00:00"}));
        let confirm = about(&app, "confirmAppointment", &id, 1, &Value::Null);
        assert_eq!(words(&push(&app, &world.mentor, &[&moved, &confirm]).await), ["applied"; 2]);
        // What somebody else did between is one.
        app.post(&format!("/v1/appointments/{id}/move")).by(&world.manager).if_match(3).json(json!({"local_start": "2026-11-25T16:00:00"})).expect(200).await;
        let cancel = about(&app, "cancelAppointment", &id, 1, &json!({}));
        assert_eq!(words(&push(&app, &world.mentor, &[&cancel]).await), ["conflict"]);
    }

    async fn an_id_with_something_else_is_refused_and_belongs_to_one_person(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let one = note(&app, &id, "one");
        let mut other = one.clone();
        other["body"]["body"] = json!("other");
        assert_eq!(words(&push(&app, &world.mentor, &[&one, &one]).await), ["applied", "duplicate"]);
        let reused = push(&app, &world.mentor, &[&other]).await;
        assert_eq!((words(&reused), &reused[0]["problem"]["status"]), (vec!["refused"], &json!(422)));
        assert_eq!(words(&push(&app, &world.counsellor, &[&other]).await), ["applied"]);
        // What was refused may be mended under the same id.
        let mut bad = note(&app, &id, "x");
        bad["body"]["visibility"] = json!("nobody");
        assert_eq!(words(&push(&app, &world.mentor, &[&bad]).await), ["refused"]);
        bad["body"]["visibility"] = json!("everyone");
        assert_eq!(words(&push(&app, &world.mentor, &[&bad]).await), ["applied"]);
        assert_eq!(notes(&app, &id).await, 3);
    }

    async fn sent_by_many_requests_at_once_it_happens_once(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let sent: Vec<Value> = (0..5).map(|number| note(&app, &id, &format!("note {number}"))).collect();
        let sent: Vec<&Value> = sent.iter().collect();
        let all = futures_util::future::join_all((0..6).map(|_| push(&app, &world.mentor, &sent))).await;
        let applied = all.iter().flatten().filter(|result| result["result"] == json!("applied")).count();
        assert_eq!(applied, sent.len());
        assert!(all.iter().flatten().all(|result| ["applied", "duplicate"].contains(&result["result"].as_str().unwrap())), "{all:?}");
        assert_eq!(notes(&app, &id).await, sent.len());
    }

    async fn what_was_recorded_before_a_person_left_is_not_lost(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-23T10:30:00").await);
        let history = app.get(&format!("/v1/participants/{}/assignments", world.participant.id)).by(&world.manager).expect(200).await.json();
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap();
        app.clock.advance(TimeDelta::minutes(50));
        let before = note(&app, &id, "what I saw there");
        let outcome = about(&app, "recordAppointmentOutcome", &id, 1, &json!({"outcome": "took_place"}));
        let confirm = about(&app, "confirmAppointment", &id, 1, &Value::Null);
        app.clock.advance(TimeDelta::minutes(5));
        let manager = world.manager.again(&app.app);
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&manager).expect(200).await;
        app.clock.advance(TimeDelta::minutes(5));
        let behind = note(&app, &id, "what I would add");
        app.clock.advance(TimeDelta::days(29));
        let mentor = world.mentor.again(&app.app);
        let results = push(&app, &mentor, &[&before, &behind, &confirm, &outcome]).await;
        assert_eq!(words(&results), ["applied", "refused", "refused", "applied"]);
        assert_eq!((&results[1]["problem"]["status"], &results[2]["problem"]["status"]), (&json!(404), &json!(404)));
        assert_eq!((notes(&app, &id).await, &*state(&app, &id).await), (1, "took_place"));
        app.get(&format!("/v1/appointments/{id}")).by(&mentor).refused(contract::ProblemCode::NotFound).await;
        // Why something is not taken is none of their business any more.
        for (what, base) in [(json!({"outcome": "did_not_come"}), 1), (json!({"outcome": "did_not_come"}), 2)] {
            let mut again = about(&app, "recordAppointmentOutcome", &id, base, &what);
            again["recorded_at"] = outcome["recorded_at"].clone();
            let result = &push(&app, &mentor, &[&again]).await[0];
            assert_eq!((&result["result"], &result["problem"]["status"], result.get("version")), (&json!("refused"), &json!(404), None), "{result}");
            assert_eq!(result["problem"].get("possible_commands"), None);
        }
        // Whoever never had them has nothing to say, and after a month nobody.
        let mut other = note(&app, &id, "I was there, too");
        other["recorded_at"] = before["recorded_at"].clone();
        assert_eq!(words(&push(&app, &world.other_mentor.again(&app.app), &[&other]).await), ["refused"]);
        app.clock.advance(TimeDelta::days(2));
        let mut late = note(&app, &id, "found in a drawer");
        late["recorded_at"] = before["recorded_at"].clone();
        assert_eq!(words(&push(&app, &world.mentor.again(&app.app), &[&late]).await), ["refused"]);
    }

    async fn a_fault_at_any_statement_leaves_it_whole_or_not_at_all(app: TestApp) {
        let world = &app.world;
        let id = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let mut tried = 0;
        for fault in 1..80 {
            let (first, second) = (note(&app, &id, "first"), note(&app, &id, "second"));
            let before = notes(&app, &id).await;
            app.faults.arm(fault);
            let answer = app.post("/v1/sync").by(&world.mentor).json(json!({"mutations": [first, second]})).send().await;
            let is_over = app.faults.disarm();
            assert!([200, 500, 503].contains(&answer.status), "{}", answer.text());
            if answer.status == 200 {
                let first = answer.json();
                let first = words(first["results"].as_array().unwrap()).iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
                // Nothing that the person could mend.
                assert!(first.iter().all(|word| ["applied", "failed"].contains(&&**word)), "{first:?}");
            }
            let results = push(&app, &world.mentor, &[&first, &second]).await;
            assert!(words(&results).iter().all(|word| ["applied", "duplicate"].contains(word)), "{results:?}");
            assert_eq!(notes(&app, &id).await, before + 2, "fault {fault}");
            tried = fault;
            if is_over {
                break;
            }
        }
        assert!((10..79).contains(&tried), "{tried} statements");
    }
}

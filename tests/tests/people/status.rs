//! Where a file stands: every command over HTTP, who may, what follows, and what nobody but managers learns.

use super::{close_file, command, register_named, reopen_file};
use crate::{
    appointments::{audited, schedule},
    notifications::{dispatch, phone, push_service},
    visits::{log, with_step},
};
use care::participant::status::words::FileStatus;
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{Answer, TestApp, both_databases, world::SignedIn};
use serde_json::{Value, json};
use uuid::Uuid;

/// A command of this person about the world's participant.
fn by(app: &TestApp, person: &SignedIn, word: &str, body: Value) -> muwakaba_tests::http::Request {
    let path = format!("/v1/participants/{}/{word}", app.world.participant.id);
    app.post(&path).by(person).header("if-match", "*").json(body)
}

/// The reminders about the person and what is agreed with them that are still to be sent, by their recipients.
async fn planned(app: &TestApp) -> Vec<Uuid> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT recipient_id FROM reminder WHERE state IN ('planned', 'sending') AND subject_kind <> 'work_item' ORDER BY due_at"))
        .scalars()
        .await
        .unwrap()
}

/// The causes of the open work items about the world's participant.
async fn causes(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT cause FROM work_item WHERE participant_id = $1 AND closed_at IS NULL ORDER BY cause"
    ))
    .bind(app.world.participant.id)
    .scalars()
    .await
    .unwrap()
}

async fn history(app: &TestApp, person: &SignedIn) -> Answer {
    app.get(&format!("/v1/participants/{}/status-history", app.world.participant.id))
        .by(person)
        .expect(200)
        .await
}

/// What the manager types, and the name under which the file has it.
const NAME: &str = "zwawi CANARIA";

both_databases! {
    async fn a_life_of_a_file_and_its_log(app: TestApp) {
        let world = &app.world;
        let body = json!({"name": "Amina Bennani", "language": "fr", "preparing": true});
        let created = app.post("/v1/participants").by(&world.manager).json(body).expect(201).await;
        assert_eq!((created.string("/status"), &created.json()["active"]), ("preparing".to_owned(), &json!(true)));
        let id: Uuid = created.string("/id").parse().unwrap();
        let path = format!("/v1/participants/{id}");
        let mut version = 1;
        for (word, body, status, active) in [
            ("activate", json!({}), "active", true),
            ("pause", json!({"reason": "new_detention", "note": "The sister called"}), "paused", true),
            ("resume", json!({}), "active", true),
            ("complete", json!({"reason": "goal_reached"}), "completed", false),
            ("reopen", json!({"reason": "closed_by_mistake"}), "active", true),
            ("withdraw", json!({"reason": "not_reached", "attempts": 4}), "withdrawn", false),
            ("reopen", json!({"reason": "came_back"}), "active", true),
            ("transfer", json!({"reason": "served_elsewhere", "note": "To the clinic"}), "transferred", false),
            ("record-death", json!({"name": "bennani amina"}), "deceased", false),
            ("reverse-death", json!({}), "transferred", false),
            ("reopen", json!({"reason": "came_back"}), "active", true),
        ] {
            let stale = app.post(&format!("{path}/{word}")).by(&world.manager).if_match(version + 7).json(body.clone());
            assert_eq!(stale.refused(ProblemCode::Changed).await.current_version, Some(version), "{word}");
            let answer = app.post(&format!("{path}/{word}")).by(&world.manager).if_match(version).json(body).expect(200).await;
            version += 1;
            assert_eq!((answer.string("/status").as_str(), &answer.json()["active"], answer.version()), (status, &json!(active), version));
            let read = app.get(&path).by(&world.manager).expect(200).await.json();
            assert_eq!((&read["status"], &read["version"]), (&json!(status), &json!(version)));
        }
        let log = app.get(&format!("{path}/status-history?limit=200")).by(&world.manager).expect(200).await.json();
        let items = log["items"].as_array().unwrap();
        assert_eq!(items.len(), 11);
        let last = &items[10];
        assert_eq!((&last["from"], &last["to"], &last["version"]), (&json!("preparing"), &json!("active"), &json!(2)));
        let pause = &items[9];
        assert_eq!((&pause["pause_reason"], &pause["note"], pause.get("reason")), (&json!("new_detention"), &json!("The sister called"), None));
        let given_up = &items[5];
        assert_eq!((&given_up["reason"], &given_up["side"], &given_up["attempts"]), (&json!("not_reached"), &json!("neither"), &json!(4)));
        assert_eq!((&items[1]["from"], &items[1]["to"], &items[1]["reason"]), (&json!("deceased"), &json!("transferred"), &json!("death_by_mistake")));
        // Each line joins the one before.
        for pair in items.windows(2) {
            assert_eq!(pair[0]["from"], pair[1]["to"]);
        }
        // Page by page, the same.
        let (mut query, mut seen) = ("limit=4".to_owned(), 0);
        loop {
            let page = app.get(&format!("{path}/status-history?{query}")).by(&world.manager).expect(200).await.json();
            seen += page["items"].as_array().unwrap().len();
            let Some(next) = page["next_cursor"].as_str() else { break };
            query = format!("limit=4&cursor={next}");
        }
        assert_eq!(seen, 11);
        for action in ["activate", "pause", "record_death", "reverse_death"] {
            assert_eq!(audited(&app, &format!("participant.{action}")).await, 1, "{action}");
        }
    }

    async fn what_the_state_does_not_allow_is_refused_with_what_it_does(app: TestApp) {
        let refused = by(&app, &app.world.manager, "resume", json!({})).refused(ProblemCode::CommandRefused).await;
        let possible = refused.possible_commands.unwrap();
        assert_eq!(possible, ["pause", "complete", "withdraw", "transfer", "record_death"]);
        let refused = by(&app, &app.world.mentor, "activate", json!({})).refused(ProblemCode::CommandRefused).await;
        assert_eq!(refused.possible_commands.unwrap(), ["pause", "record_death"]);
        by(&app, &app.world.manager, "record-death", json!({"name": NAME})).expect(200).await;
        for (word, body) in [
            ("reopen", json!({"reason": "came_back"})), ("resume", json!({})), ("record-death", json!({"name": NAME})),
            ("withdraw", json!({"reason": "moved_away"})),
        ] {
            let refused = by(&app, &app.world.manager, word, body).refused(ProblemCode::CommandRefused).await;
            assert_eq!(refused.possible_commands.unwrap(), ["reverse_death"], "{word}");
        }
    }

    async fn who_may_say_what(app: TestApp) {
        let world = &app.world;
        let every = [
            ("activate", json!({})), ("pause", json!({"reason": "illness"})), ("resume", json!({})),
            ("complete", json!({"reason": "goal_reached"})), ("withdraw", json!({"reason": "moved_away"})),
            ("transfer", json!({"reason": "moved_away"})), ("record-death", json!({"name": NAME})),
            ("reopen", json!({"reason": "came_back"})), ("reverse-death", json!({})),
        ];
        for (word, body) in &every {
            for stranger in [&world.other_manager] {
                by(&app, stranger, word, body.clone()).refused(ProblemCode::NotFound).await;
            }
            for role in [&world.participant, &world.administrator, &world.observer] {
                by(&app, role, word, body.clone()).refused(ProblemCode::NotForThisRole).await;
            }
            let is_companions = ["activate", "pause", "resume", "record-death"].contains(word);
            let expected = if is_companions { ProblemCode::NotFound } else { ProblemCode::NotForThisRole };
            for stranger in [&world.other_mentor, &world.foreign_mentor] {
                by(&app, stranger, word, body.clone()).refused(expected).await;
            }
            if !is_companions {
                by(&app, &world.mentor, word, body.clone()).refused(ProblemCode::NotForThisRole).await;
            }
        }
        let path = format!("/v1/participants/{}/status-history", world.participant.id);
        for stranger in [&world.other_mentor, &world.other_manager] {
            app.get(&path).by(stranger).refused(ProblemCode::NotFound).await;
        }
        for role in [&world.participant, &world.administrator] {
            app.get(&path).by(role).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn a_new_detention_is_said_and_read_by_managers_alone(app: TestApp) {
        let world = &app.world;
        let refused = by(&app, &world.mentor, "pause", json!({"reason": "new_detention"})).refused(ProblemCode::Invalid).await;
        assert_eq!((refused.errors[0].pointer.as_str(), refused.errors[0].code.as_str()), ("/reason", "not_allowed"));
        by(&app, &world.manager, "pause", json!({"reason": "new_detention", "note": "Said by the family"})).expect(200).await;
        let read = history(&app, &world.manager).await;
        assert_eq!(read.json()["items"][0]["pause_reason"], "new_detention");
        // Companions see that it rests, whatever the reason; and what a manager paused, a manager resumes.
        for companion in [&world.mentor, &world.counsellor] {
            let read = history(&app, companion).await;
            assert_eq!(read.json()["items"][0]["to"], "paused");
            assert!(!read.text().contains("pause_reason") && !read.text().contains("note"), "{}", read.text());
            let refused = by(&app, companion, "resume", json!({})).refused(ProblemCode::CommandRefused).await;
            assert_eq!(refused.possible_commands.unwrap(), ["record_death"]);
        }
        for (person, path) in [
            (&world.mentor, "/v1/sync".to_owned()),
            (&world.participant, "/v1/sync".to_owned()),
            (&world.participant, "/v1/audit".to_owned()),
            (&world.manager, format!("/v1/audit?participant_id={}", world.participant.id)),
            (&world.participant, "/v1/notifications".to_owned()),
        ] {
            let text = app.get(&path).by(person).expect(200).await.text().to_owned();
            assert!(!text.contains("detention") && !text.contains("Said by"), "{path}: {text}");
        }
        by(&app, &world.manager, "resume", json!({})).expect(200).await;
        by(&app, &world.mentor, "pause", json!({"reason": "illness"})).expect(200).await;
        assert!(!history(&app, &world.mentor).await.text().contains("illness"), "silence must not tell the other reason");
        by(&app, &world.counsellor, "resume", json!({})).expect(200).await;
    }

    async fn reasons_belong_to_their_commands(app: TestApp) {
        for (word, body, pointer, code) in [
            ("complete", json!({"reason": "moved_away"}), "/reason", "not_allowed"),
            ("withdraw", json!({"reason": "goal_reached"}), "/reason", "not_allowed"),
            ("transfer", json!({"reason": "died"}), "/reason", "not_allowed"),
            ("reopen", json!({"reason": "asked_to_stop"}), "/reason", "not_allowed"),
            ("withdraw", json!({"reason": "not_reached"}), "/attempts", "required"),
            ("withdraw", json!({"reason": "moved_away", "attempts": 3}), "/attempts", "not_allowed"),
            ("withdraw", json!({"reason": "not_reached", "attempts": 0}), "/attempts", "range"),
            ("record-death", json!({"name": "Canaria"}), "/name", "not_the_name"),
            ("record-death", json!({"name": "Other Participant"}), "/name", "not_the_name"),
        ] {
            let refused = by(&app, &app.world.manager, word, body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!((refused.errors[0].pointer.as_str(), refused.errors[0].code.as_str()), (pointer, code), "{word} {body}");
        }
        for (word, body, pointer) in [
            ("pause", json!({}), "/reason"), ("pause", json!({"reason": "boredom"}), "/reason"),
            ("withdraw", json!({}), "/reason"), ("record-death", json!({}), "/name"), ("complete", json!({"reason": "goal_reached", "x": 1}), "/x"),
        ] {
            let refused = by(&app, &app.world.manager, word, body).refused(ProblemCode::Invalid).await;
            assert_eq!(refused.errors[0].pointer, pointer, "{word}");
        }
    }

    async fn a_pause_stops_every_reminder_at_once_and_what_lies_ahead_is_reminded_of_again(app: TestApp) {
        let world = &app.world;
        let service = push_service(&app).await;
        phone(&app, &service, &world.participant).await;
        let near = schedule(&app, "2026-11-25T10:00:00").await.header("location").to_owned();
        let far = schedule(&app, "2026-12-20T10:00:00").await.header("location").to_owned();
        log(&app, &world.mentor, with_step(&app, "2026-12-21T09:30")).await;
        dispatch(&app).await;
        let (before, said) = (planned(&app).await, service.received().len());
        assert!(before.contains(&world.participant.id) && before.contains(&world.mentor.id));
        by(&app, &world.mentor, "pause", json!({"reason": "travel"})).expect(200).await;
        assert_eq!(planned(&app).await, [] as [Uuid; 0]);
        assert_eq!(causes(&app).await, ["appointments_of_paused"]);
        for path in [&near, &far] {
            assert_eq!(app.get(path).by(&world.mentor).expect(200).await.string("/state"), "scheduled", "it stands");
        }
        // Whatever is done meanwhile, nobody is reminded: another policy, a new appointment, a move, time that passes.
        let centre = format!("/v1/centres/{}", world.centre);
        let policy = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "11:00"}}});
        app.patch(&centre).by(&world.manager).header("if-match", "*").json(policy).expect(200).await;
        schedule(&app, "2026-12-22T10:00:00").await;
        app.post(&format!("{far}/move")).by(&world.mentor).if_match(1).json(json!({"local_start": "2026-12-21T14:00"})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        app.clock.advance(TimeDelta::days(10));
        reconciler::run(&app.app).await.unwrap();
        dispatch(&app).await;
        assert_eq!(planned(&app).await, [] as [Uuid; 0]);
        assert_eq!(service.received().len(), said);
        // They may sign in all the same.
        app.get("/v1/notifications").by(&world.participant.again(&app.app)).expect(200).await;
        by(&app, &world.mentor.again(&app.app), "resume", json!({})).expect(200).await;
        assert_eq!(causes(&app).await, ["outcome_not_recorded"], "what was kept is over, and asked about");
        reconciler::run(&app.app).await.unwrap();
        dispatch(&app).await;
        assert_eq!(service.received().len(), said, "nothing that was due meanwhile is sent late");
        let again = planned(&app).await;
        assert!(again.contains(&world.participant.id) && again.contains(&world.mentor.id), "what lies ahead is reminded of");
    }

    async fn a_pause_without_appointments_asks_nothing_of_anybody(app: TestApp) {
        by(&app, &app.world.mentor, "pause", json!({"reason": "illness"})).expect(200).await;
        assert_eq!(causes(&app).await, [] as [&str; 0]);
    }

    async fn a_death_stops_everything_and_one_that_was_none_sends_nothing_late(app: TestApp) {
        let world = &app.world;
        let service = push_service(&app).await;
        phone(&app, &service, &world.participant).await;
        let path = schedule(&app, "2026-12-20T10:00:00").await.header("location").to_owned();
        log(&app, &world.mentor, with_step(&app, "2026-12-21T09:30")).await;
        dispatch(&app).await;
        let said = service.received().len();
        let by_name = by(&app, &world.mentor, "record-death", json!({"name": NAME, "note": "The brother called"}));
        assert_eq!(by_name.expect(200).await.string("/status"), "deceased");
        assert_eq!(planned(&app).await, [] as [Uuid; 0]);
        assert_eq!(causes(&app).await, ["person_died"]);
        assert_eq!(app.get(&path).by(&world.manager).expect(200).await.string("/state"), "cancelled");
        app.get("/v1/notifications").by(&world.participant).refused(ProblemCode::Unauthenticated).await;
        let code = app.post(&format!("/v1/participants/{}/enrolment-codes", world.participant.id)).by(&world.manager).send().await;
        assert!(code.status >= 400, "nobody enrols a phone of theirs: {}", code.text());
        app.clock.advance(TimeDelta::days(3));
        reconciler::run(&app.app).await.unwrap();
        dispatch(&app).await;
        assert_eq!(service.received().len(), said);
        // It was a mistake.
        let back = by(&app, &world.manager.again(&app.app), "reverse-death", json!({})).expect(200).await;
        assert_eq!((back.string("/status"), &back.json()["active"]), ("active".to_owned(), &json!(true)));
        assert_eq!(causes(&app).await, [] as [&str; 0]);
        reconciler::run(&app.app).await.unwrap();
        dispatch(&app).await;
        assert_eq!(service.received().len(), said, "nothing that was stopped is sent late");
        assert_eq!(app.get(&path).by(&world.manager.again(&app.app)).expect(200).await.string("/state"), "cancelled");
        let planned = planned(&app).await;
        assert!(!planned.contains(&world.participant.id), "what was cancelled is not reminded of: {planned:?}");
    }

    async fn what_a_node_of_the_former_version_closes_and_opens_is_so(app: TestApp) {
        let world = &app.world;
        let set = async |active: bool| {
            let mut tx = app.app.db.write().await.unwrap();
            tx.query(sql!("UPDATE participant SET active = $1 WHERE id = $2")).bind(active).bind(world.participant.id).execute().await.unwrap();
            tx.commit().await.unwrap();
        };
        let path = format!("/v1/participants/{}", world.participant.id);
        let status = async || app.get(&path).by(&world.manager).expect(200).await.string("/status");
        assert_eq!(status().await, FileStatus::Active.as_str());
        set(false).await;
        assert_eq!(status().await, "withdrawn");
        by(&app, &world.manager, "pause", json!({"reason": "illness"})).refused(ProblemCode::CommandRefused).await;
        reopen_file(&app, world.participant.id).await;
        close_file(&app, world.participant.id).await;
        set(true).await;
        assert_eq!(status().await, "active");
        by(&app, &world.manager, "pause", json!({"reason": "illness"})).expect(200).await;
        // Nor can it be told by the columns that such a node writes that there are others.
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!(
            "INSERT INTO participant (id, centre_id, language, zone, data_key, name_sealed, push_wanted, active, version, created_at)
             SELECT $1, centre_id, language, zone, data_key, name_sealed, push_wanted, active, version, created_at FROM participant WHERE id = $2"
        )).bind(Uuid::now_v7()).bind(world.participant.id).execute().await.unwrap();
        drop(tx);
    }

    async fn two_commands_at_once_are_one(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/participants/{}", world.participant.id);
        let send = |person: &SignedIn, word: &str, body: Value| app.post(&format!("{path}/{word}")).by(person).if_match(1).json(body);
        let (one, two) = tokio::join!(
            send(&world.manager, "withdraw", json!({"reason": "moved_away"})).send(),
            send(&world.mentor, "pause", json!({"reason": "illness"})).send(),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{} {}", one.text(), two.text());
        let newcomer = register_named(&app, "Driss").await;
        let pause = command(&app, newcomer.parse().unwrap(), "pause", json!({"reason": "illness"})).header("idempotency-key", "p");
        let first = pause.expect(200).await;
        let again = command(&app, newcomer.parse().unwrap(), "pause", json!({"reason": "illness"})).header("idempotency-key", "p");
        assert_eq!(again.expect(200).await.body, first.body, "a repetition gets the first answer");
    }
}

//! What the tokens of a notification can do, and what they cannot.

use super::{button, dispatch, press, push_service, read, told};
use contract::{NotificationAction, ProblemCode, ReminderId};
use db::sql;
use kernel::protect::keys::{KeyDirectory, MasterKey, Purpose};
use kernel::protect::random::SystemRandom;
use muwakaba_tests::both_databases;
use notifications::action_token::{ActionKey, TokenPurpose};
use serde_json::json;

both_databases! {
    async fn a_lost_answer_is_given_again(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let token = button(&payload, NotificationAction::Confirm);
        let first = press(&app, &token).expect(200).await;
        let again = press(&app, &token).expect(200).await;
        assert_eq!(first.body, again.body);
        assert_eq!(app.get(&path).by(&app.world.mentor).expect(200).await.version(), 2, "it happened once");
        let mut tx = app.app.db.read().await.unwrap();
        let lines: i64 = tx.query(sql!("SELECT count(*) FROM audit WHERE action = 'appointment.confirm'")).scalar().await.unwrap();
        assert_eq!(lines, 1);
    }

    async fn at_the_same_time_it_still_happens_once(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let token = button(&payload, NotificationAction::Confirm);
        let tasks: Vec<_> = (0..6).map(|_| tokio::spawn(press(&app, &token).send())).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().status, 200);
        }
        assert_eq!(app.get(&path).by(&app.world.mentor).expect(200).await.version(), 2);
    }

    async fn a_used_button_does_not_undo_what_came_after(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let (confirm, ask) = (button(&payload, NotificationAction::Confirm), button(&payload, NotificationAction::AskToMove));
        press(&app, &confirm).expect(200).await;
        press(&app, &ask).expect(200).await;
        press(&app, &confirm).refused(ProblemCode::ActionUsed).await;
        assert_eq!(app.get(&path).by(&app.world.mentor).expect(200).await.string("/state"), "change_requested");
    }

    async fn what_was_confirmed_in_the_app_is_confirmed_for_the_button(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(1).expect(200).await;
        assert_eq!(press(&app, &button(&payload, NotificationAction::Confirm)).expect(200).await.string("/state"), "confirmed");
    }

    async fn a_moved_appointment_is_not_confirmed_by_what_was_said_before(app: TestApp) {
        let service = push_service(&app).await;
        let (old, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let moved = |version, body| app.post(&format!("{path}/move")).by(&app.world.mentor).if_match(version).json(body);
        moved(1, json!({"local_start": "2026-12-02T10:00"})).expect(200).await;
        press(&app, &button(&old, NotificationAction::Confirm)).refused(ProblemCode::ActionExpired).await;
        dispatch(&app).await;
        let new = read(service.received().last().unwrap());
        assert_eq!(new.time.local.to_string(), "2026-12-02T10:00:00");

        // The same time at another place: what was read before does not count either.
        app.clock.advance(chrono::TimeDelta::minutes(1));
        moved(2, json!({"local_start": "2026-12-02T10:00", "place": {"kind": "address", "details": "Elsewhere"}})).expect(200).await;
        press(&app, &button(&new, NotificationAction::Confirm)).refused(ProblemCode::ActionExpired).await;
        dispatch(&app).await;
        let newest = read(service.received().last().unwrap());
        press(&app, &button(&newest, NotificationAction::Confirm)).expect(200).await;
    }

    async fn a_place_that_nobody_was_told_of_is_not_confirmed_either(app: TestApp) {
        let service = push_service(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        let quiet = r#"{"appointments": {"notices": {"moved": false}}}"#;
        tx.query(sql!("UPDATE centre SET reminder_policy = $1")).bind(quiet).execute().await.unwrap();
        tx.commit().await.unwrap();
        let (old, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        app.clock.advance(chrono::TimeDelta::minutes(1));
        let elsewhere = json!({"local_start": "2026-12-01T10:00", "place": {"kind": "address", "details": "Elsewhere"}});
        app.post(&format!("{path}/move")).by(&app.world.mentor).if_match(1).json(elsewhere).expect(200).await;
        assert_eq!(dispatch(&app).await.delivered, 0, "nobody is told");
        press(&app, &button(&old, NotificationAction::Confirm)).refused(ProblemCode::ActionExpired).await;
        let list = app.get("/v1/notifications").by(&app.world.participant).expect(200).await.json();
        assert_eq!(list["items"][0]["content"]["actions"], json!([]));
        // Whoever looks into the app sees where it is, and what is sent later tells them.
        app.clock.set("2026-11-30T10:00:00Z".parse().unwrap());
        dispatch(&app).await;
        let new = read(service.received().last().unwrap());
        press(&app, &button(&new, NotificationAction::Confirm)).expect(200).await;
    }

    async fn a_cancelled_or_begun_appointment_has_no_buttons(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-11-23T12:00:00").await;
        let token = button(&payload, NotificationAction::Confirm);
        app.post(&format!("{path}/cancel")).by(&app.world.mentor).if_match(1).json(json!({})).expect(200).await;
        press(&app, &token).refused(ProblemCode::ActionExpired).await;
        app.clock.set("2026-11-23T12:00:00Z".parse().unwrap());
        press(&app, &token).refused(ProblemCode::ActionExpired).await;
    }

    async fn tokens_open_nothing_else(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let confirm = button(&payload, NotificationAction::Confirm);
        let receipt = |token: &str| app.post("/v1/receipts").json(json!({"token": token, "event": "acted"}));
        // Each for its own purpose.
        press(&app, &payload.receipt_token).refused(ProblemCode::CredentialRefused).await;
        receipt(&confirm).refused(ProblemCode::CredentialRefused).await;
        // Changed in any place, cut, extended, or made by somebody else.
        for position in 0..confirm.len() {
            let mut bytes = confirm.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            press(&app, &changed).refused(ProblemCode::CredentialRefused).await;
        }
        for token in [&confirm[1..], &format!("{confirm}A"), "x", "ⵣ"] {
            press(&app, token).refused(ProblemCode::CredentialRefused).await;
        }
        let foreign = ActionKey::new(&[7; 32]);
        let id = ReminderId(uuid::Uuid::now_v7());
        let forged = foreign.issue(id, TokenPurpose::Action(NotificationAction::Confirm), app.now().saturating_add(chrono::TimeDelta::hours(1)));
        press(&app, forged.as_str()).refused(ProblemCode::CredentialRefused).await;
        // No access token: nothing else is opened by it.
        let answer = app.get(&path).header("authorization", format!("Bearer {confirm}")).send().await;
        assert_eq!(answer.status, 401);
        for body in [json!({}), json!({"token": 1}), json!({"token": ""}), json!({"token": "x".repeat(201)}), json!({"token": confirm, "more": 1})] {
            app.post("/v1/actions").json(body).refused(ProblemCode::Invalid).await;
        }
        assert_eq!(app.get(&path).by(&app.world.mentor).expect(200).await.string("/state"), "scheduled", "nothing changed");
    }

    async fn a_button_ends_with_its_week(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, _) = told(&app, &service, "2027-01-11T10:00:00").await;
        let token = button(&payload, NotificationAction::Confirm);
        app.clock.advance(chrono::TimeDelta::days(7));
        press(&app, &token).refused(ProblemCode::ActionExpired).await;
        app.post("/v1/receipts").json(json!({"token": payload.receipt_token, "event": "seen"})).expect(204).await;
        app.clock.advance(chrono::TimeDelta::days(1));
        app.post("/v1/receipts").json(json!({"token": payload.receipt_token, "event": "seen"})).refused(ProblemCode::ActionExpired).await;
    }

    async fn receipts_move_forward_only(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let receipt = |event: &str| app.post("/v1/receipts").json(json!({"token": payload.receipt_token, "event": event}));
        let state = async || crate::notifications::plan(&app, &path).await.into_iter().find(|(purpose, _)| purpose == "appointment_scheduled").unwrap().1;
        receipt("seen").expect(204).await;
        assert_eq!(state().await, "seen");
        receipt("acted").expect(204).await;
        receipt("seen").expect(204).await;
        assert_eq!(state().await, "acted");
        receipt("swiped").refused(ProblemCode::Invalid).await;
    }

    async fn a_button_is_audited_as_its_participant_without_a_session(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, _) = told(&app, &service, "2026-12-01T10:00:00").await;
        press(&app, &button(&payload, NotificationAction::Confirm)).expect(200).await;
        let mut tx = app.app.db.read().await.unwrap();
        let (kind, actor, session, details): (String, uuid::Uuid, Option<uuid::Uuid>, String) = tx
            .query(sql!("SELECT actor_kind, actor_id, session_id, details FROM audit WHERE action = 'appointment.confirm'")).one().await.unwrap();
        assert_eq!((kind.as_str(), actor, session), ("participant", app.world.participant.id, None));
        assert!(details.contains("\"through\":\"notification\""), "{details}");
    }

    async fn every_fault_under_a_button_leaves_all_or_nothing(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let token = button(&payload, NotificationAction::Confirm);
        let mut struck = 0;
        loop {
            app.faults.arm(struck + 1);
            let answer = press(&app, &token).send().await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200, "{}", answer.text());
                break;
            }
            assert_eq!(answer.status, 500, "statement {struck}: {}", answer.text());
            let seen = app.get(&path).by(&app.world.mentor).expect(200).await;
            assert_eq!((seen.string("/state"), seen.version()), ("scheduled".to_owned(), 1), "statement {struck} left something behind");
            struck += 1;
        }
        assert!(struck >= 8, "only {struck} statements were broken");
    }
}

#[test]
fn the_key_of_buttons_is_not_the_key_of_anything_else() {
    let directory = tempfile::TempDir::new().unwrap();
    let master =
        MasterKey::load_or_create(&KeyDirectory::open(directory.path().join("keys")).unwrap(), &SystemRandom)
            .unwrap();
    let actions = master.derive(Purpose::ActionTokens).unwrap();
    for purpose in [Purpose::ReminderTopics, Purpose::RefreshTokens, Purpose::EnrolmentCodes] {
        assert_ne!(actions.expose(), master.derive(purpose).unwrap().expose());
    }
}

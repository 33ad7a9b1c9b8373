//! The main job, end to end.

use super::{button, dispatch, phone, plan, press, push_service, read, told};
use contract::{Language, NotificationAction, ReminderPurpose, push::TextDirection};
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn one_tap_on_the_notification_confirms(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        assert_eq!((payload.purpose, payload.language, payload.direction),
            (ReminderPurpose::AppointmentScheduled, Language::Arabic, TextDirection::Rtl));
        assert_eq!(payload.time.local.to_string(), "2026-12-01T10:00:00");
        let before = plan(&app, &path).await;
        for purpose in ["appointment_in_seven_days", "appointment_in_three_days", "appointment_tomorrow", "appointment_soon", "appointment_unconfirmed"] {
            assert!(before.contains(&(purpose.to_owned(), "planned".to_owned())), "{purpose}: {before:?}");
        }
        assert!(before.contains(&("appointment_scheduled".to_owned(), "sent".to_owned())), "{before:?}");

        // The phone shows it, and its owner presses the button without being signed in.
        app.post("/v1/receipts").json(json!({"token": payload.receipt_token, "event": "seen"})).expect(204).await;
        assert!(plan(&app, &path).await.contains(&("appointment_scheduled".to_owned(), "seen".to_owned())));
        let done = press(&app, &button(&payload, NotificationAction::Confirm)).expect(200).await.json();
        assert_eq!(done["state"], "confirmed");
        assert_eq!(done["time"]["local"], "2026-12-01T10:00:00");

        let seen = app.get(&path).by(&app.world.mentor).expect(200).await;
        assert_eq!(seen.string("/state"), "confirmed");
        let after = plan(&app, &path).await;
        for (purpose, state) in [
            ("appointment_scheduled", "acted"), ("appointment_in_seven_days", "superseded"), ("appointment_in_three_days", "superseded"),
            ("appointment_unconfirmed", "superseded"), ("appointment_tomorrow", "planned"), ("appointment_soon", "planned"), ("appointment_answered", "planned"),
        ] {
            assert!(after.contains(&(purpose.to_owned(), state.to_owned())), "{purpose} {state}: {after:?}");
        }

        // What was withdrawn is never sent; the last two are.
        for (now, count, purpose) in [
            ("2026-11-24T10:00:00Z", 1, ReminderPurpose::AppointmentScheduled),
            ("2026-11-28T10:00:00Z", 1, ReminderPurpose::AppointmentScheduled),
            ("2026-11-30T10:00:00Z", 2, ReminderPurpose::AppointmentTomorrow),
            ("2026-12-01T08:00:00Z", 3, ReminderPurpose::AppointmentSoon),
            ("2026-12-01T11:00:00Z", 3, ReminderPurpose::AppointmentSoon),
        ] {
            app.clock.set(now.parse().unwrap());
            dispatch(&app).await;
            let received = service.received();
            assert_eq!((received.len(), read(received.last().unwrap()).purpose), (count, purpose), "{now}");
        }
    }

    async fn the_host_hears_of_the_answer_on_their_own_phone(app: TestApp) {
        let service = push_service(&app).await;
        let (payload, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        phone(&app, &service, &app.world.mentor).await;
        let asked = press(&app, &button(&payload, NotificationAction::AskToMove)).expect(200).await.json();
        assert_eq!(asked["state"], "change_requested");
        dispatch(&app).await;
        let received = service.received();
        let told = read(received.last().unwrap());
        assert_eq!((received.len(), told.purpose, told.language), (2, ReminderPurpose::AppointmentAnswered, Language::French));
        assert!(told.actions.is_empty());
        assert_eq!(app.get(&path).by(&app.world.mentor).expect(200).await.string("/state"), "change_requested");
    }

    async fn a_cancelled_appointment_is_told_once_and_reminded_of_no_more(app: TestApp) {
        let service = push_service(&app).await;
        let (_, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        app.post(&format!("{path}/cancel")).by(&app.world.mentor).if_match(1).json(json!({})).expect(200).await;
        for now in ["2026-11-23T10:00:01Z", "2026-11-24T10:00:00Z", "2026-11-30T10:00:00Z", "2026-12-01T08:00:00Z"] {
            app.clock.set(now.parse().unwrap());
            dispatch(&app).await;
        }
        let purposes: Vec<_> = service.received().iter().map(|message| read(message).purpose).collect();
        assert_eq!(purposes, [ReminderPurpose::AppointmentScheduled, ReminderPurpose::AppointmentCancelled]);
    }
}

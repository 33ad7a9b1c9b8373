//! What becomes of a push that does not go through at once.

use super::{dispatch, phone, push_service, read, subscription};
use chrono::TimeDelta;
use contract::push::PushWakeUp;
use http::StatusCode;
use muwakaba_demo::phone::push_service::Failure;
use muwakaba_tests::both_databases;

both_databases! {
    async fn a_push_service_in_trouble_is_tried_again_with_the_same_tag(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        service.script(Failure::status(StatusCode::INTERNAL_SERVER_ERROR));
        let counts = dispatch(&app).await;
        assert_eq!((counts.again, counts.delivered), (1, 0));
        app.clock.advance(TimeDelta::seconds(11));
        let counts = dispatch(&app).await;
        assert_eq!((counts.again, counts.delivered), (0, 1));
        let received = service.received();
        let (topic, tag) = (received[0].header("topic"), read(&received[0]).tag);
        assert_eq!((topic.len(), tag.len()), (32, 32));
        assert_ne!(topic, tag, "what the push service sees is the device's own");
        assert!(read(&received[0]).renotify, "nothing came before it: a 500 is an answer");
    }

    async fn a_push_service_that_asks_for_patience_gets_it(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        service.script(Failure { status: StatusCode::TOO_MANY_REQUESTS, retry_after: Some(600) });
        assert_eq!(dispatch(&app).await.again, 1);
        app.clock.advance(TimeDelta::seconds(599));
        assert_eq!(dispatch(&app).await.claimed, 0, "not before it was asked to");
        app.clock.advance(TimeDelta::seconds(12));
        assert_eq!(dispatch(&app).await.delivered, 1);
        assert_eq!(service.answers(), [StatusCode::TOO_MANY_REQUESTS, StatusCode::CREATED]);
    }

    async fn a_phone_without_the_app_is_forgotten_and_the_other_one_told(app: TestApp) {
        let service = push_service(&app).await;
        let (gone, _) = phone(&app, &service, &app.world.participant).await;
        phone(&app, &service, &app.world.participant).await;
        service.unsubscribe(&gone);
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        let counts = dispatch(&app).await;
        assert_eq!((counts.delivered, counts.gone), (1, 1));
        let list = app.get("/v1/devices").by(&app.world.participant).expect(200).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        // Nothing is sent there any more, and the app may come back.
        app.clock.set("2026-11-24T10:00:00Z".parse().unwrap());
        dispatch(&app).await;
        assert_eq!(service.answers().iter().filter(|status| **status == StatusCode::GONE).count(), 1);
    }

    async fn too_large_a_message_becomes_a_wake_up(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        service.script(Failure::status(StatusCode::PAYLOAD_TOO_LARGE));
        assert_eq!(dispatch(&app).await.delivered, 1);
        let received = service.received();
        let wake_up: PushWakeUp = serde_json::from_slice(&received[0].payload).unwrap();
        assert!(wake_up.fetch);
        let list = app.get("/v1/notifications").by(&app.world.participant).expect(200).await.json();
        assert_eq!(list["items"][0]["content"]["tag"], wake_up.tag);
    }

    async fn whoever_is_not_the_service_cannot_push(app: TestApp) {
        let service = push_service(&app).await;
        let subscription = subscription(&app, &service).await;
        let client = reqwest::Client::new();
        for authorization in ["", "vapid t=a.b.c, k=x", "WebPush x"] {
            let answer = client.post(&subscription.endpoint).header("ttl", "60").header("content-encoding", "aes128gcm")
                .header("authorization", authorization).body(vec![0_u8; 200]).send().await.unwrap();
            assert_eq!(answer.status(), 403);
        }
        assert!(service.received().is_empty());
    }

    async fn a_person_who_wants_no_push_finds_it_in_the_app(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        let me = app.get("/v1/me").by(&app.world.participant).expect(200).await;
        app.request(reqwest::Method::PATCH, "/v1/me").by(&app.world.participant).if_match(me.version())
            .json(serde_json::json!({"push_wanted": false})).expect(200).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        assert_eq!(dispatch(&app).await.in_app, 1);
        assert!(service.received().is_empty());
        let list = app.get("/v1/notifications").by(&app.world.participant).expect(200).await.json();
        assert_eq!(list["items"][0]["content"]["actions"].as_array().unwrap().len(), 2, "with the same buttons");
    }
}

/// The dispatcher as a task, as the running service has it: a commit wakes it, and nothing has to be waited out.
mod as_a_task {
    use super::*;
    use muwakaba::background;
    use tokio_util::{sync::CancellationToken, task::TaskTracker};

    both_databases! {
        async fn a_commit_wakes_the_dispatcher(app: TestApp) {
            let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
            background::start(&app.app, muwakaba::retention::Retention::default(), &tasks, &stop);
            let service = push_service(&app).await;
            phone(&app, &service, &app.world.participant).await;
            let made = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
            // The clock of the test stands still: only the commit can have woken it.
            let received = service.wait_for(1).await;
            let token = crate::notifications::button(&read(&received[0]), contract::NotificationAction::Confirm);
            phone(&app, &service, &app.world.mentor).await;
            crate::notifications::press(&app, &token).expect(200).await;
            service.wait_for(2).await;
            stop.cancel();
            tasks.close();
            tasks.wait().await;
            let plan = crate::notifications::plan(&app, made.header("location")).await;
            assert!(plan.contains(&("appointment_answered".to_owned(), "sent".to_owned())), "{plan:?}");
        }
    }
}

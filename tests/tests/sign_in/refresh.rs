//! Refresh tokens.

use super::{Account, Device, enrol, enrolment_code, signed_in};
use chrono::TimeDelta;
use contract::{ProblemCode, StaffRole};
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::json;

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.post("/v1/token").json(json!({"refresh_token": token})).send().await
}

async fn refresh_on(app: &TestApp, device: &Device, token: &str) -> Answer {
    let proof = device.proof(app, "POST", "/v1/token");
    app.post("/v1/token").header("dpop", proof).json(json!({"refresh_token": token})).send().await
}

/// A participant's phone, enrolled.
async fn phone(app: &TestApp) -> (Device, Answer) {
    let (device, code) = (Device::new(), enrolment_code(app).await);
    let answer = enrol(app, &device, json!({"code": code.string("/code")})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    (device, answer)
}

both_databases! {
    async fn a_token_is_replaced_by_use_and_its_second_use_ends_the_session(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let first = account.sign_in(&app).await;
        let second = refresh(&app, &first.string("/refresh_token")).await;
        assert_eq!(second.status, 200, "{}", second.text());
        assert_ne!(second.string("/refresh_token"), first.string("/refresh_token"));
        app.get("/v1/me").by(&signed_in(&second)).expect(200).await;

        app.clock.advance(TimeDelta::seconds(11));
        let stolen = refresh(&app, &first.string("/refresh_token")).await;
        assert_eq!((stolen.status, stolen.string("/code").as_str()), (401, "credential_refused"));
        app.get("/v1/me").by(&signed_in(&second)).refused(ProblemCode::Unauthenticated).await;
        assert_eq!(refresh(&app, &second.string("/refresh_token")).await.status, 401);
    }

    async fn a_lost_answer_is_given_again_until_it_was_used_however_much_later(app: TestApp) {
        let (device, first) = phone(&app).await;
        let mut kept = first.string("/refresh_token");
        for round in 0..3 {
            // Nothing of this reaches the phone: neither the answers nor that there were any.
            let lost = refresh_on(&app, &device, &kept).await.string("/refresh_token");
            for days in [0, 1, 30, 170, 179] {
                app.clock.advance(TimeDelta::days(days));
                let again = refresh_on(&app, &device, &kept).await;
                assert_eq!(again.status, 200, "round {round}, {days} days: {}", again.text());
                assert_eq!(again.string("/refresh_token"), lost);
                app.get("/v1/me").by(&signed_in(&again)).expect(200).await;
            }
            kept = lost;
        }
    }

    async fn many_answers_lost_in_a_row_silence_no_phone(app: TestApp) {
        let (device, first) = phone(&app).await;
        let mut kept = first.string("/refresh_token");
        for round in 0..40_i64 {
            for lost in 0..round % 5 {
                assert_eq!(refresh_on(&app, &device, &kept).await.status, 200, "round {round}, lost {lost}");
                app.clock.advance(TimeDelta::seconds(63));
            }
            let arrived = refresh_on(&app, &device, &kept).await;
            assert_eq!(arrived.status, 200, "round {round}: {}", arrived.text());
            kept = arrived.string("/refresh_token");
        }
    }

    async fn an_older_token_ends_the_session_also_on_the_device_itself(app: TestApp) {
        let (device, first) = phone(&app).await;
        let old = first.string("/refresh_token");
        let second = refresh_on(&app, &device, &old).await.string("/refresh_token");
        let third = refresh_on(&app, &device, &second).await;
        // The successor was used: the first is no lost answer's any more.
        assert_eq!(refresh_on(&app, &device, &old).await.status, 401);
        app.get("/v1/me").by(&signed_in(&third)).refused(ProblemCode::Unauthenticated).await;
        assert_eq!(refresh_on(&app, &device, &third.string("/refresh_token")).await.status, 401, "the session ended");
    }

    async fn two_tabs_without_a_key_do_not_end_each_others_session(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let mut kept = account.sign_in(&app).await.string("/refresh_token");
        for seconds in [0, 3, 10] {
            let (one, other) = tokio::join!(refresh(&app, &kept), refresh(&app, &kept));
            app.clock.advance(TimeDelta::seconds(seconds));
            let late = refresh(&app, &kept).await;
            for tab in [&one, &other, &late] {
                assert_eq!(tab.status, 200, "after {seconds} s: {}", tab.text());
                assert_eq!(tab.string("/refresh_token"), one.string("/refresh_token"));
            }
            app.get("/v1/me").by(&signed_in(&late)).expect(200).await;
            kept = one.string("/refresh_token");
        }
        let next = refresh(&app, &kept).await;
        app.clock.advance(TimeDelta::seconds(11));
        assert_eq!(refresh(&app, &kept).await.status, 401, "so late it is a copy");
        app.get("/v1/me").by(&signed_in(&next)).refused(ProblemCode::Unauthenticated).await;
    }

    async fn a_bound_token_needs_its_device(app: TestApp) {
        let (device, first) = phone(&app).await;
        let token = first.string("/refresh_token");
        // Without a proof nothing is known about the caller, and nothing ends.
        assert_eq!(refresh(&app, &token).await.status, 401);
        let second = refresh_on(&app, &device, &token).await;
        assert_eq!(second.status, 200, "{}", second.text());
        // Another device has the token: it was stolen.
        assert_eq!(refresh_on(&app, &Device::new(), &second.string("/refresh_token")).await.status, 401);
        app.get("/v1/me").by(&signed_in(&second)).refused(ProblemCode::Unauthenticated).await;
    }

    async fn a_proof_works_once(app: TestApp) {
        let (device, first) = phone(&app).await;
        let proof = device.proof(&app, "POST", "/v1/token");
        let send = |token: String| app.post("/v1/token").header("dpop", &proof).json(json!({"refresh_token": token}));
        let second = send(first.string("/refresh_token")).expect(200).await;
        let problem = send(second.string("/refresh_token")).refused(ProblemCode::CredentialRefused).await;
        assert!(problem.detail.unwrap().contains("used before"));
        let third = refresh_on(&app, &device, &second.string("/refresh_token")).await;
        assert_eq!(third.status, 200, "the refused repetition changed nothing: {}", third.text());
    }

    async fn two_refreshes_at_once_are_one_and_its_repetition(app: TestApp) {
        let (device, first) = phone(&app).await;
        let token = first.string("/refresh_token");
        let (one, other) = tokio::join!(refresh_on(&app, &device, &token), refresh_on(&app, &device, &token));
        assert_eq!((one.status, other.status), (200, 200), "{} {}", one.text(), other.text());
        assert_eq!(one.string("/refresh_token"), other.string("/refresh_token"));
    }

    async fn a_session_that_nobody_uses_ends(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let (browser, device) = (account.sign_in(&app).await, Device::new());
        app.clock.advance(TimeDelta::seconds(30));
        let bound = account.sign_in_on(&app, &device).await;
        let (phone, enrolled) = phone(&app).await;
        app.clock.advance(TimeDelta::hours(12));
        assert_eq!(refresh(&app, &browser.string("/refresh_token")).await.status, 401);
        app.clock.advance(TimeDelta::days(29));
        assert_eq!(refresh_on(&app, &device, &bound.string("/refresh_token")).await.status, 200);
        app.clock.advance(TimeDelta::days(150));
        assert_eq!(refresh_on(&app, &phone, &enrolled.string("/refresh_token")).await.status, 200);
    }

    async fn staff_sign_in_again_after_a_while_however_busy_they_are(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let mut answer = account.sign_in(&app).await;
        for _ in 0..3 {
            app.clock.advance(TimeDelta::hours(7));
            answer = refresh(&app, &answer.string("/refresh_token")).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        app.clock.advance(TimeDelta::hours(3));
        assert_eq!(refresh(&app, &answer.string("/refresh_token")).await.status, 401);
    }

    async fn made_up_tokens_are_refused(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let good = account.sign_in(&app).await.string("/refresh_token");
        let mut changed = good.clone().into_bytes();
        changed[30] = if changed[30] == b'A' { b'B' } else { b'A' };
        for token in ["x", "....", &"A".repeat(75), &String::from_utf8(changed).unwrap()] {
            app.post("/v1/token").json(json!({"refresh_token": token})).refused(ProblemCode::CredentialRefused).await;
        }
        assert_eq!(refresh(&app, &good).await.status, 200);
    }

    async fn nothing_is_half_refreshed(app: TestApp) {
        let (device, first) = phone(&app).await;
        let mut token = first.string("/refresh_token");
        for fault in 1.. {
            app.faults.arm(fault);
            let answer = refresh_on(&app, &device, &token).await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200, "{}", answer.text());
                break;
            }
            assert_eq!(answer.status, 500, "{}", answer.text());
            let again = refresh_on(&app, &device, &token).await;
            assert_eq!(again.status, 200, "fault {fault}: {}", again.text());
            token = again.string("/refresh_token");
        }
    }

    async fn what_happened_to_a_session_stands_in_the_audit_log(app: TestApp) {
        let (device, first) = phone(&app).await;
        let old = first.string("/refresh_token");
        let second = refresh_on(&app, &device, &old).await.string("/refresh_token");
        refresh_on(&app, &device, &second).await;
        refresh_on(&app, &device, &old).await;
        let mut tx = app.app.db.read().await.unwrap();
        let lines: Vec<(String, String, bool)> = tx
            .query(db::sql!("SELECT action, actor_kind, participant_id IS NOT NULL FROM audit ORDER BY id"))
            .all().await.unwrap();
        let lines: Vec<(&str, &str, bool)> = lines.iter().map(|(action, actor, about)| (action.as_str(), actor.as_str(), *about)).collect();
        assert_eq!(lines, [("enrolment_code.create", "staff", true), ("session.start", "participant", true), ("session.end", "service", true)]);
    }
}

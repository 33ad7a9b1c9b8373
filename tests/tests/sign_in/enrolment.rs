//! Enrolling a participant's phone.

use super::{Device, enrol, enrolment_code, password::throttled, signed_in};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::json;

/// A typed code with the same beginning and another end.
fn mistyped(code: &str) -> String {
    let last = if code.ends_with('2') { '3' } else { '2' };
    format!("{}{last}", &code[..code.len() - 1])
}

/// Well-formed codes that begin with others.
fn made_up(code: &str, number: usize) -> String {
    const LETTERS: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let begin = [LETTERS[number % 32], LETTERS[number / 32 % 32]].map(char::from);
    let made_up: String = begin.iter().collect::<String>() + &code[2..];
    if made_up[..3] == code[..3] { format!("{}{}", "ZZ", &code[2..]) } else { made_up }
}

both_databases! {
    async fn a_code_enrols_one_phone_once_and_cuts_the_former_one_off(app: TestApp) {
        let code = enrolment_code(&app).await;
        assert_eq!(code.string("/expires_at"), "2026-11-26T10:00:00Z");
        let (typed, qr) = (code.string("/code"), code.string("/qr_payload"));
        let phone = Device::new();
        let answer = enrol(&app, &phone, json!({"code": typed.to_lowercase(), "language": "fr"})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["ended_sessions"], 1, "the world's participant was signed in");
        let person = signed_in(&answer);
        assert_eq!(person.id, app.world.participant.id);
        assert_eq!(app.get("/v1/me").by(&person).expect(200).await.json()["language"], "fr");
        app.get("/v1/me").by(&app.world.participant).refused(ProblemCode::Unauthenticated).await;
        for body in [json!({"code": typed}), json!({"qr_secret": qr})] {
            let again = enrol(&app, &Device::new(), body).await;
            assert_eq!((again.status, again.string("/code").as_str()), (401, "credential_refused"));
        }
        app.get("/v1/me").by(&person).expect(200).await;
    }

    async fn the_qr_code_enrols_as_well_and_a_new_code_closes_the_former(app: TestApp) {
        let (former, code) = (enrolment_code(&app).await, enrolment_code(&app).await);
        assert_eq!(enrol(&app, &Device::new(), json!({"qr_secret": former.string("/qr_payload")})).await.status, 401);
        assert_eq!(enrol(&app, &Device::new(), json!({"code": former.string("/code")})).await.status, 401);
        let qr = code.string("/qr_payload");
        let secret = qr.strip_prefix("muwakaba:enrol:").unwrap();
        assert_eq!(enrol(&app, &Device::new(), json!({"qr_secret": secret})).await.status, 200);
    }

    async fn of_two_phones_with_one_code_one_is_enrolled(app: TestApp) {
        let code = enrolment_code(&app).await.string("/qr_payload");
        let (one, other) = (Device::new(), Device::new());
        let (one, other) = tokio::join!(enrol(&app, &one, json!({"qr_secret": code})), enrol(&app, &other, json!({"qr_secret": code})));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
    }

    async fn five_wrong_tries_close_a_code(app: TestApp) {
        let code = enrolment_code(&app).await.string("/code");
        for _ in 0..4 {
            assert_eq!(enrol(&app, &Device::new(), json!({"code": mistyped(&code)})).await.status, 401);
        }
        let mut tx = app.app.db.read().await.unwrap();
        let open: i64 = tx.query(sql!("SELECT count(*) FROM enrolment_code WHERE closed_at IS NULL")).scalar().await.unwrap();
        assert_eq!(open, 1);
        drop(tx);
        assert_eq!(enrol(&app, &Device::new(), json!({"code": mistyped(&code)})).await.status, 401);
        assert_eq!(enrol(&app, &Device::new(), json!({"code": code})).await.status, 401, "the right one comes too late");
    }

    async fn four_wrong_tries_do_not(app: TestApp) {
        let code = enrolment_code(&app).await.string("/code");
        for _ in 0..4 {
            enrol(&app, &Device::new(), json!({"code": mistyped(&code)})).await;
        }
        assert_eq!(enrol(&app, &Device::new(), json!({"code": code})).await.status, 200);
    }

    async fn a_code_ends_after_three_days(app: TestApp) {
        let code = enrolment_code(&app).await;
        app.clock.advance(TimeDelta::hours(72));
        assert_eq!(enrol(&app, &Device::new(), json!({"code": code.string("/code")})).await.status, 401);
        assert_eq!(enrol(&app, &Device::new(), json!({"qr_secret": code.string("/qr_payload")})).await.status, 401);
    }

    async fn trying_many_codes_makes_wait_and_each_try_costs_the_same(app: TestApp) {
        let code = enrolment_code(&app).await.string("/code");
        for number in 0..20 {
            let before = app.app.sign_in.passwords.computed();
            assert_eq!(enrol(&app, &Device::new(), json!({"code": made_up(&code, number)})).await.status, 401);
            assert_eq!(app.app.sign_in.passwords.computed() - before, 1);
        }
        let waiting = enrol(&app, &Device::new(), json!({"code": made_up(&code, 20)})).await;
        assert_eq!((waiting.status, waiting.header("retry-after")), (429, "2"));
        app.clock.advance(TimeDelta::seconds(2));
        assert_eq!(enrol(&app, &Device::new(), json!({"code": code})).await.status, 200);
    }

    async fn a_spent_budget_of_all_does_not_keep_a_live_code_out(app: TestApp) {
        let code = enrolment_code(&app).await.string("/code");
        assert_eq!(enrol(&app, &Device::new(), json!({"code": made_up(&code, 0)})).await.status, 401);
        throttled(&app, 400).await;
        // Strangers at other addresses go on through every wait.
        for number in 2..6 {
            let stranger = app.elsewhere(number);
            for guess in 0..4_u8 {
                let hashes = app.app.sign_in.passwords.computed();
                let proof = Device::new().proof(&app, "POST", "/v1/enrolment");
                let body = json!({"code": made_up(&code, usize::from(number * 8 + guess)), "device_label": "x"});
                let answer = stranger.post("/v1/enrolment").header("dpop", proof).json(body).send().await;
                if answer.status == 429 {
                    assert!(answer.header("retry-after").parse::<i64>().unwrap() <= 10);
                    assert_eq!(app.app.sign_in.passwords.computed(), hashes, "who must wait costs no hash");
                } else {
                    assert_eq!(answer.status, 401, "{}", answer.text());
                }
            }
        }
        let at = |number: u8, code: &str| {
            let proof = Device::new().proof(&app, "POST", "/v1/enrolment");
            let body = json!({"code": code, "device_label": "Android phone"});
            app.elsewhere(number).post("/v1/enrolment").header("dpop", proof).json(body).send()
        };
        // A mistyped end is told to wait like anything else that is wrong, and counts on the code itself.
        assert_eq!(at(9, &mistyped(&code)).await.status, 429);
        assert_eq!(at(9, &code).await.status, 200);
    }

    async fn a_spent_code_does_not_pass_a_spent_budget(app: TestApp) {
        let code = enrolment_code(&app).await.string("/code");
        for _ in 0..4 {
            assert_eq!(enrol(&app, &Device::new(), json!({"code": mistyped(&code)})).await.status, 401);
        }
        throttled(&app, 400).await;
        let at = |number: u8, code: &str| {
            let proof = Device::new().proof(&app, "POST", "/v1/enrolment");
            let body = json!({"code": code, "device_label": "Android phone"});
            app.elsewhere(number).post("/v1/enrolment").header("dpop", proof).json(body).send()
        };
        assert_eq!(at(2, &mistyped(&code)).await.status, 401, "the one that begins the wait");
        assert_eq!(at(3, &code).await.status, 429, "its own tries are used up");
    }

    async fn a_proof_of_the_phones_own_key_is_needed(app: TestApp) {
        let code = enrolment_code(&app).await.string("/code");
        let body = json!({"code": code, "device_label": "Android phone"});
        app.post("/v1/enrolment").json(body.clone()).refused(ProblemCode::CredentialRefused).await;
        let elsewhere = Device::new().proof(&app, "POST", "/v1/token");
        app.post("/v1/enrolment").header("dpop", elsewhere).json(body.clone()).refused(ProblemCode::CredentialRefused).await;
        let proof = Device::new().proof(&app, "POST", "/v1/enrolment");
        app.clock.advance(TimeDelta::seconds(61));
        let problem = app.post("/v1/enrolment").header("dpop", proof).json(body).refused(ProblemCode::CredentialRefused).await;
        assert!(problem.detail.unwrap().contains("Date header"));
        assert_eq!(enrol(&app, &Device::new(), json!({"code": code})).await.status, 200, "nothing was used up");
    }

    async fn only_those_who_accompany_a_participant_make_codes(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/participants/{}/enrolment-codes", world.participant.id);
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            app.post(&path).by(person).expect(201).await;
        }
        let before = app.app.sign_in.passwords.computed();
        for stranger in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.post(&path).by(stranger).refused(ProblemCode::NotFound).await;
        }
        for role in [&world.participant, &world.administrator, &world.observer] {
            app.post(&path).by(role).refused(ProblemCode::NotForThisRole).await;
        }
        assert_eq!(app.app.sign_in.passwords.computed(), before, "no time is spent that would show who exists");
    }

    async fn a_repeated_request_for_a_code_gets_the_same_one(app: TestApp) {
        let path = format!("/v1/participants/{}/enrolment-codes", app.world.participant.id);
        let ask = || app.post(&path).by(&app.world.mentor).header("idempotency-key", "one");
        let (first, second) = (ask().expect(201).await, ask().expect(201).await);
        assert_eq!(first.json(), second.json());
        assert_eq!(enrol(&app, &Device::new(), json!({"code": first.string("/code")})).await.status, 200);
    }

    async fn malformed_enrolments_name_their_fields(app: TestApp) {
        for (body, pointer) in [
            (json!({"code": "7KQM-2WX0"}), "/code"),
            (json!({"code": "7KQM-2WX"}), "/code"),
            (json!({"code": "x"}), "/code"),
            (json!({"qr_secret": "x"}), "/qr_secret"),
            (json!({}), ""),
            (json!({"code": "7KQM-2WXA", "qr_secret": "x".repeat(32)}), ""),
            (json!({"code": "7KQM-2WXA", "language": "de"}), "/language"),
        ] {
            let answer = enrol(&app, &Device::new(), body.clone()).await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.text());
            assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{body}");
        }
    }

    async fn nothing_is_half_enrolled(app: TestApp) {
        for fault in 1.. {
            let code = enrolment_code(&app).await.string("/qr_payload");
            app.faults.arm(fault);
            let answer = enrol(&app, &Device::new(), json!({"qr_secret": code})).await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200, "{}", answer.text());
                break;
            }
            assert_eq!(answer.status, 500, "{}", answer.text());
            // The session of before is alive and the code is still good.
            app.get("/v1/me").by(&app.world.participant).expect(200).await;
            let mut tx = app.app.db.read().await.unwrap();
            let open: i64 = tx.query(sql!("SELECT count(*) FROM enrolment_code WHERE closed_at IS NULL")).scalar().await.unwrap();
            assert_eq!(open, 1);
        }
    }
}

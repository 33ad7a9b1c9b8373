//! Signing in with a password.

use super::{Account, Device, PASSWORD, signed_in};
use chrono::TimeDelta;
use contract::{ProblemCode, StaffRole};
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::{Value, json};

/// An answer without what differs between any two of them.
pub fn likeness(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut body = answer.json();
    body["request_id"] = Value::Null;
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    (answer.status, body, headers)
}

both_databases! {
    async fn the_right_factors_sign_in(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let answer = account.sign_in(&app).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let body = answer.json();
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], 600);
        assert_eq!(body["password_change_due"], false);
        assert_eq!(body["person"]["role"], "manager");
        assert_eq!(body["person"]["kind"], "staff");
        let me = app.get("/v1/me").by(&signed_in(&answer)).expect(200).await;
        assert_eq!(me.json()["name"], "Zineb Amrani");
        assert_eq!(me.json()["has_authenticator"], true);
    }

    async fn whatever_is_wrong_the_answer_is_the_same_and_the_work_too(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let good = account.request(&app);
        let with = |name: &str, value: Value| { let mut body = good.clone(); body[name] = value; body };
        let mut without_code = good.clone();
        without_code.as_object_mut().unwrap().remove("authenticator_code");
        let wrong = if good["authenticator_code"] == "000000" { "000001" } else { "000000" };
        let mut seen = Vec::new();
        for body in [
            with("email", json!("nobody@example.org")),
            with("password", json!("wrong password")),
            with("authenticator_code", json!(wrong)),
            without_code,
            // Another account's password hash cannot be read at all.
            with("email", json!("mentor@example.org")),
        ] {
            let before = app.app.sign_in.passwords.computed();
            let answer = app.post("/v1/sign-in").json(body.clone()).expect(401).await;
            assert_eq!(app.app.sign_in.passwords.computed() - before, 1, "one hash is computed: {body}");
            seen.push(likeness(&answer));
        }
        assert_eq!(seen[0].1["code"], "sign_in_refused");
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
    }

    async fn a_code_works_once(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Observer, "zineb@example.org").await;
        let request = account.request(&app);
        app.post("/v1/sign-in").json(request.clone()).expect(200).await;
        app.post("/v1/sign-in").json(request.clone()).refused(ProblemCode::SignInRefused).await;
        app.clock.advance(TimeDelta::seconds(30));
        // The same code still lies within the tolerance; it is used up all the same.
        app.post("/v1/sign-in").json(request).refused(ProblemCode::SignInRefused).await;
        account.sign_in(&app).await;
    }

    async fn two_at_once_with_one_code_are_one(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let request = account.request(&app);
        let (one, other) = tokio::join!(
            app.post("/v1/sign-in").json(request.clone()).send(),
            app.post("/v1/sign-in").json(request.clone()).send()
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
    }

    async fn a_mentor_needs_no_code_and_a_closed_account_is_none(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let answer = account.sign_in(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(db::sql!("UPDATE staff SET active = $1 WHERE id = $2")).bind(false).bind(account.id).execute().await.unwrap();
        tx.commit().await.unwrap();
        app.get("/v1/me").by(&signed_in(&answer)).refused(ProblemCode::Unauthenticated).await;
        account.device.sign_in(&app).json(account.request(&app)).refused(ProblemCode::SignInRefused).await;
    }

    async fn guessing_makes_wait_alike_for_every_account_and_never_for_good(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        for email in ["zineb@example.org", "nobody@example.org"] {
            let guess = json!({"email": email, "password": "wrong password"});
            for _ in 0..5 {
                app.post("/v1/sign-in").json(guess.clone()).refused(ProblemCode::SignInRefused).await;
            }
            let hashes = app.app.sign_in.passwords.computed();
            let answer = app.post("/v1/sign-in").json(guess).expect(429).await;
            assert_eq!(answer.header("retry-after"), "15");
            assert_eq!(answer.json()["code"], "too_many");
            assert_eq!(app.app.sign_in.passwords.computed(), hashes, "who must wait costs no hash");
        }
        // The owner waits as well, but not for long, and is as good as new then.
        app.post("/v1/sign-in").json(account.request(&app)).expect(429).await;
        app.clock.advance(TimeDelta::seconds(15));
        account.sign_in(&app).await;
        let guess = json!({"email": account.email, "password": "wrong password"});
        app.post("/v1/sign-in").json(guess).refused(ProblemCode::SignInRefused).await;
        app.clock.advance(TimeDelta::seconds(30));
        account.sign_in(&app).await;
    }

    async fn guessing_at_many_accounts_from_one_address_slows_down_and_is_never_shut_out(app: TestApp) {
        let guess = |number: usize| app.post("/v1/sign-in").json(json!({"email": format!("nobody{number}@example.org"), "password": "wrong password"}));
        guess(0).refused(ProblemCode::SignInRefused).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(db::sql!("UPDATE throttle SET failures = 98")).execute().await.unwrap();
        tx.commit().await.unwrap();
        guess(1).refused(ProblemCode::SignInRefused).await;
        guess(2).refused(ProblemCode::SignInRefused).await;
        for number in 3..12 {
            let wait = guess(number).expect(429).await.header("retry-after").parse::<i64>().unwrap();
            assert!((1..=30).contains(&wait), "{wait}");
            app.clock.advance(TimeDelta::seconds(wait));
            guess(number).refused(ProblemCode::SignInRefused).await;
        }
        assert_eq!(guess(12).expect(429).await.header("retry-after"), "30");
    }

    async fn guesses_sent_all_at_once_do_not_slip_past_the_count(app: TestApp) {
        let guess = json!({"email": "nobody@example.org", "password": "wrong password"});
        let sent: Vec<_> = (0..12).map(|_| app.post("/v1/sign-in").json(guess.clone()).send()).collect();
        let mut tried = 0;
        let mut tasks = tokio::task::JoinSet::new();
        for request in sent { tasks.spawn(request); }
        while let Some(answer) = tasks.join_next().await {
            tried += usize::from(answer.unwrap().status == 401);
        }
        assert_eq!(tried, 5);
    }

    async fn somebody_elses_guessing_does_not_keep_a_known_device_out(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let device = &account.device;
        account.sign_in_on(&app, device).await;
        let guess = json!({"email": account.email, "password": "wrong password"});
        for _ in 0..5 {
            app.post("/v1/sign-in").json(guess.clone()).refused(ProblemCode::SignInRefused).await;
        }
        app.post("/v1/sign-in").json(account.request(&app)).expect(429).await;
        account.sign_in_on(&app, device).await;
        Device::new().sign_in(&app).json(account.request(&app)).expect(429).await;
    }

    async fn a_one_time_password_opens_nothing_but_its_own_change(app: TestApp) {
        let account = Account::new(&app, StaffRole::Manager, "zineb@example.org").await;
        let answer = account.sign_in(&app).await;
        assert_eq!(answer.json()["password_change_due"], true);
        let person = signed_in(&answer);
        for path in ["/v1/me", "/v1/me/sessions", "/v1/appointments"] {
            app.get(path).by(&person).refused(ProblemCode::PasswordChangeDue).await;
        }
        let change = json!({"current_password": account.password, "new_password": PASSWORD});
        app.put("/v1/me/password").by(&person).json(change).expect(204).await;
        app.get("/v1/me").by(&person).expect(200).await;
    }

    async fn a_one_time_password_does_not_lie_about_for_long(app: TestApp) {
        let account = Account::new(&app, StaffRole::Mentor, "zineb@example.org").await;
        app.clock.advance(TimeDelta::days(7));
        account.device.sign_in(&app).json(account.request(&app)).refused(ProblemCode::SignInRefused).await;
    }

    async fn malformed_requests_name_their_fields(app: TestApp) {
        let refused = |body: Value| async {
            let problem = app.post("/v1/sign-in").json(body).refused(ProblemCode::Invalid).await;
            problem.errors.first().map(|fault| fault.pointer.clone()).unwrap_or_default()
        };
        assert_eq!(refused(json!({"email": "no address", "password": "x"})).await, "/email");
        assert_eq!(refused(json!({"email": "a@example.org", "password": ""})).await, "/password");
        assert_eq!(refused(json!({"email": "a@example.org", "password": "x".repeat(129)})).await, "/password");
        assert_eq!(refused(json!({"email": "a@example.org", "password": "x", "authenticator_code": "12345"})).await, "/authenticator_code");
        assert_eq!(refused(json!({"email": "a@example.org", "password": "x", "device_label": "هاتف"})).await, "/device_label");
        assert_eq!(refused(json!({"email": "a@example.org", "password": "x", "extra": 1})).await, "/extra");
        assert_eq!(app.app.sign_in.passwords.computed(), 0);
        let number = json!({"email": "a@example.org", "password": 12345678});
        let answer = app.post("/v1/sign-in").json(number).expect(400).await;
        assert!(!answer.text().contains("12345678"), "{}", answer.text());
    }

    async fn nothing_is_half_signed_in(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        for fault in 1.. {
            let before = counts(&app).await;
            app.faults.arm(fault);
            let answer = app.post("/v1/sign-in").json(account.request(&app)).send().await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200, "{}", answer.text());
                assert!(fault > 10, "every statement was made to fail once");
                break;
            }
            assert_eq!(answer.status, 500, "{}", answer.text());
            assert_eq!(counts(&app).await, before, "fault {fault}");
            // The try was counted before the fault; it does not shut the owner out, it costs a wait at most.
            app.clock.advance(TimeDelta::minutes(15));
        }
    }
}

/// Sessions and audit lines.
async fn counts(app: &TestApp) -> (i64, i64) {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(db::sql!("SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM audit)"))
        .one()
        .await
        .unwrap()
}

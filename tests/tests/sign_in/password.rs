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
        assert_eq!(answer.header("cache-control"), "no-store, no-transform");
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
        // The owner, who brings the code too, does not wait for it, and is as good as new then.
        account.sign_in(&app).await;
        let guess = json!({"email": account.email, "password": "wrong password"});
        app.post("/v1/sign-in").json(guess).refused(ProblemCode::SignInRefused).await;
        app.clock.advance(TimeDelta::seconds(30));
        account.sign_in(&app).await;
    }

    async fn a_stranger_who_keeps_guessing_keeps_nobody_out(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let (owner, strangers) = (app.elsewhere(2), [app.elsewhere(3), app.elsewhere(4)]);
        let guess = json!({"email": account.email, "password": "wrong password", "authenticator_code": "000000"});
        for stranger in &strangers {
            stranger.post("/v1/sign-in").json(guess.clone()).refused(ProblemCode::SignInRefused).await;
        }
        // As if they had been at it for long, from many addresses.
        throttled(&app, 60).await;
        for _ in 0..2 {
            // On through every wait, which each of them begins anew.
            for stranger in &strangers {
                let answer = stranger.post("/v1/sign-in").json(guess.clone()).send().await;
                assert!(matches!(answer.status, 401 | 429), "{}", answer.text());
                stranger.post("/v1/sign-in").json(guess.clone()).expect(429).await;
            }
            let wait = owner.post("/v1/sign-in").json(guess.clone()).expect(429).await;
            assert!(wait.header("retry-after").parse::<i64>().unwrap() <= 30, "the account-wide wait is short");
            owner.post("/v1/sign-in").json(account.request(&app)).expect(200).await;
            app.clock.advance(TimeDelta::seconds(30));
            // Also where the stranger sits at the owner's own address.
            strangers[0].post("/v1/sign-in").json(account.request(&app)).expect(200).await;
            app.clock.advance(TimeDelta::seconds(30));
        }
    }

    async fn codes_that_come_with_the_right_password_are_counted_wherever_they_come_from(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        account.sign_in_on(&app, &account.device).await;
        app.clock.advance(TimeDelta::seconds(30));
        let mut guess = account.request(&app);
        let right = guess["authenticator_code"].clone();
        guess["authenticator_code"] = json!(if right == "000000" { "000001" } else { "000000" });
        for number in 2..8 {
            app.elsewhere(number).post("/v1/sign-in").json(guess.clone()).refused(ProblemCode::SignInRefused).await;
        }
        // Six digits are few, and somebody has the password: now the right code is refused as well, and looks like a wrong one.
        app.elsewhere(8).post("/v1/sign-in").json(account.request(&app)).refused(ProblemCode::SignInRefused).await;
        // Not on the owner's own device, which proves its key; and not for long.
        account.sign_in_on(&app, &account.device).await;
        app.clock.advance(TimeDelta::seconds(30));
        app.elsewhere(9).post("/v1/sign-in").json(account.request(&app)).expect(200).await;
    }

    async fn an_enrolled_device_is_not_held_up_by_what_others_do_at_its_address(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let guess = |number: usize| app.post("/v1/sign-in").json(json!({"email": format!("nobody{number}@example.org"), "password": "wrong password"}));
        guess(0).refused(ProblemCode::SignInRefused).await;
        throttled(&app, 100).await;
        guess(1).refused(ProblemCode::SignInRefused).await;
        guess(2).expect(429).await;
        account.sign_in_on(&app, &account.device).await;
        Device::new().sign_in(&app).json(account.request(&app)).expect(429).await;
    }

    async fn guessing_at_many_accounts_from_one_address_slows_down_and_is_never_shut_out(app: TestApp) {
        let guess = |number: usize| app.post("/v1/sign-in").json(json!({"email": format!("nobody{number}@example.org"), "password": "wrong password"}));
        guess(0).refused(ProblemCode::SignInRefused).await;
        throttled(&app, 98).await;
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

    async fn one_password_is_one_however_it_is_typed(app: TestApp) {
        for (email, chosen, typed) in [
            ("a@example.org", "caf\u{e9} noir \u{e0} Fès", "cafe\u{301} noir a\u{300} Fe\u{300}s"),
            ("b@example.org", "cafe\u{301} noir a\u{300} Fe\u{300}s", "caf\u{e9} noir\u{a0}\u{e0} Fès"),
            ("c@example.org", "مُدَرِّسَة الحي القديم", "مُدَر\u{651}\u{650}سَة الحي القديم"),
        ] {
            let account = Account::new(&app, StaffRole::Mentor, email).await;
            let first = signed_in(&account.sign_in(&app).await);
            let change = json!({"current_password": account.password, "new_password": chosen});
            app.put("/v1/me/password").by(&first).json(change).expect(204).await;
            for password in [chosen, typed] {
                account.device.sign_in(&app).json(json!({"email": email, "password": password})).expect(200).await;
            }
            let other = json!({"email": email, "password": format!("{typed} ")});
            account.device.sign_in(&app).json(other).refused(ProblemCode::SignInRefused).await;
        }
    }

    async fn a_password_that_was_hashed_as_it_was_typed_still_opens_and_is_hashed_anew(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let (apart, composed) = ("cafe\u{301} noir sans sucre", "caf\u{e9} noir sans sucre");
        let former = app.app.sign_in.passwords.hash(apart.as_bytes(), &*app.app.random).await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(db::sql!("UPDATE staff SET password_hash = $1 WHERE id = $2")).bind(former).bind(account.id).execute().await.unwrap();
        tx.commit().await.unwrap();
        let with = |password: &str| account.device.sign_in(&app).json(json!({"email": account.email, "password": password}));
        with(composed).refused(ProblemCode::SignInRefused).await;
        with(apart).expect(200).await;
        with(composed).expect(200).await;
        with(apart).expect(200).await;
    }

    async fn what_is_read_off_is_levelled_before_it_is_compared(app: TestApp) {
        let account = Account::new(&app, StaffRole::Manager, "zineb@example.org").await;
        let arabic = |code: String| code.chars().map(|digit| char::from_u32(0x660 + digit.to_digit(10).unwrap()).unwrap()).collect::<String>();
        let spaced = |code: String| format!("{} {}", &code[..3], &code[3..]);
        for password in [account.password.to_lowercase(), account.password.replace('-', ""), account.password.replace('-', " ").to_lowercase()] {
            for level in [&arabic as &dyn Fn(String) -> String, &spaced] {
                let code = level(account.code(&app).unwrap());
                app.post("/v1/sign-in").json(json!({"email": account.email, "password": password, "authenticator_code": code})).expect(200).await;
                app.clock.advance(TimeDelta::seconds(30));
            }
        }
        let first = signed_in(&account.sign_in(&app).await);
        let change = json!({"current_password": account.password.to_lowercase().replace('-', ""), "new_password": PASSWORD});
        app.put("/v1/me/password").by(&first).json(change).expect(204).await;
        app.clock.advance(TimeDelta::seconds(30));

        // What its owner chose is not levelled.
        let mut chosen = json!({"email": account.email, "password": PASSWORD, "authenticator_code": account.code(&app)});
        app.post("/v1/sign-in").json(chosen.clone()).expect(200).await;
        app.clock.advance(TimeDelta::seconds(30));
        chosen["password"] = json!(PASSWORD.replace(' ', ""));
        chosen["authenticator_code"] = json!(account.code(&app));
        app.post("/v1/sign-in").json(chosen).refused(ProblemCode::SignInRefused).await;

        // The other places where a code is typed.
        let begin = json!({"current_password": PASSWORD, "authenticator_code": arabic(account.code(&app).unwrap())});
        let made = app.post("/v1/me/authenticator").by(&first).json(begin).expect(200).await;
        let new = totp_rs::Totp::from_url(made.string("/uri")).unwrap();
        let code = new.generate(u64::try_from(app.now().as_seconds()).unwrap()).to_string();
        app.put("/v1/me/authenticator").by(&first).json(json!({"code": spaced(code)})).expect(204).await;
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
        assert_eq!(refused(json!({"email": "a@example.org", "password": "x", "device_label": 7})).await, "/device_label");
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

/// As if there had been so many failures everywhere.
pub async fn throttled(app: &TestApp, failures: i64) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.query(db::sql!("UPDATE throttle SET failures = $1")).bind(failures).execute().await.unwrap();
    tx.commit().await.unwrap();
}

/// Sessions and audit lines.
async fn counts(app: &TestApp) -> (i64, i64) {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(db::sql!("SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM audit)"))
        .one()
        .await
        .unwrap()
}

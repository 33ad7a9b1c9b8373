//! What must come with a mentor's password: the device that was enrolled for them, or an authenticator if they set one up.

use super::{Account, Device, PASSWORD, password::likeness, signed_in};
use chrono::TimeDelta;
use contract::{ProblemCode, StaffRole};
use db::sql;
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::json;
use totp_rs::Totp;

const NEW: &str = "le chat du voisin dort tard";
const EMAIL: &str = "zineb@example.org";

/// Whether the account's password opens it on this device.
async fn opens(app: &TestApp, account: &Account, device: &Device) -> bool {
    let answer = device.sign_in(app).json(account.request(app)).send().await;
    assert!(matches!(answer.status, 200 | 401), "{}", answer.text());
    // What was guessed here counts for nobody else.
    let mut tx = app.app.db.write().await.unwrap();
    tx.query(sql!("DELETE FROM throttle")).execute().await.unwrap();
    tx.commit().await.unwrap();
    answer.status == 200
}

/// How many devices are enrolled for the account.
async fn enrolled(app: &TestApp, account: &Account) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let query = tx.query(sql!("SELECT count(*) FROM enrolled_device WHERE staff_id = $1"));
    query.bind(account.id).scalar().await.unwrap()
}

/// A path about the account, for those who run it.
fn path(account: &Account, rest: &str) -> String {
    format!("/v1/staff/{}{rest}", account.id)
}

/// Sets an authenticator app up in this session.
async fn set_up_authenticator(app: &TestApp, answer: &Answer, password: &str) -> Totp {
    let person = signed_in(answer);
    let made = app
        .post("/v1/me/authenticator")
        .by(&person)
        .json(json!({"current_password": password}))
        .expect(200)
        .await;
    let totp = Totp::from_url(made.string("/uri")).unwrap();
    let code = totp.generate(u64::try_from(app.now().as_seconds()).unwrap()).to_string();
    app.put("/v1/me/authenticator").by(&person).json(json!({"code": code})).expect(204).await;
    app.clock.advance(TimeDelta::seconds(30));
    totp
}

both_databases! {
    async fn a_stolen_password_alone_opens_no_account(app: TestApp) {
        for (role, email) in [(StaffRole::Mentor, "a@example.org"), (StaffRole::Counsellor, "b@example.org")] {
            let account = Account::in_use(&app, role, email).await;
            let wrong = json!({"email": email, "password": "wrong password"});
            let mut seen = vec![likeness(&app.post("/v1/sign-in").json(wrong).expect(401).await)];
            for (device, code) in [(None, None), (Some(Device::new()), None), (None, Some("123456"))] {
                let mut request = account.request(&app);
                if let Some(code) = code { request["authenticator_code"] = json!(code); }
                let sign_in = device.as_ref().map_or_else(|| app.post("/v1/sign-in"), |device| device.sign_in(&app));
                let before = app.app.sign_in.passwords.computed();
                let answer = sign_in.json(request).send().await;
                assert_eq!(app.app.sign_in.passwords.computed() - before, 1);
                assert_eq!(answer.status, 401, "{}", answer.text());
                seen.push(likeness(&answer));
            }
            assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
            // The thief's tries do not keep the owner out.
            account.sign_in(&app).await;
        }
        let mut tx = app.app.db.read().await.unwrap();
        let (refused, by_device): (i64, i64) = tx
            .query(sql!(
                "SELECT (SELECT count(*) FROM audit WHERE action = 'staff.refuse_sign_in'),
                        (SELECT count(*) FROM audit WHERE action = 'session.start' AND details LIKE '%enrolled_device%')"
            ))
            .one().await.unwrap();
        assert_eq!((refused, by_device), (8, 2));
    }

    async fn another_accounts_device_is_nobodys_second_factor(app: TestApp) {
        let (one, other) = (Account::in_use(&app, StaffRole::Mentor, "a@example.org").await, Account::in_use(&app, StaffRole::Mentor, "b@example.org").await);
        assert!(!opens(&app, &one, &other.device).await);
        assert!(opens(&app, &other, &other.device).await);
    }

    async fn whoever_saw_the_one_time_password_is_left_with_nothing(app: TestApp) {
        let mut account = Account::new(&app, StaffRole::Mentor, EMAIL).await;
        let stranger = Device::new();
        let seen = account.sign_in_on(&app, &stranger).await;
        let own = signed_in(&account.sign_in(&app).await);
        let change = json!({"current_password": account.password, "new_password": PASSWORD});
        app.put("/v1/me/password").by(&own).json(change).expect(204).await;
        account.password = PASSWORD.to_owned();
        app.post("/v1/me/sign-out").by(&signed_in(&seen)).refused(ProblemCode::Unauthenticated).await;
        assert!(!opens(&app, &account, &stranger).await);
        assert!(opens(&app, &account, &account.device).await);
    }

    async fn a_browser_without_a_key_needs_an_authenticator_before_the_password_is_its_owners(app: TestApp) {
        let mut account = Account::new(&app, StaffRole::Counsellor, EMAIL).await;
        let browser = app.post("/v1/sign-in").json(account.request(&app)).expect(200).await;
        let change = json!({"current_password": account.password, "new_password": PASSWORD});
        let put = || app.put("/v1/me/password").by(&signed_in(&browser)).json(change.clone());
        let problem = put().refused(ProblemCode::SecondFactorDue).await;
        assert!(problem.detail.unwrap().contains("/v1/me/authenticator"));
        // Nothing was changed by it: the one-time password is still the password.
        account.authenticator = Some(set_up_authenticator(&app, &browser, &account.password).await);
        put().expect(204).await;
        account.password = PASSWORD.to_owned();
        account.sign_in(&app).await;
        let without_code = json!({"email": EMAIL, "password": PASSWORD});
        account.device.sign_in(&app).json(without_code).refused(ProblemCode::SignInRefused).await;
    }

    async fn an_authenticator_that_was_set_up_is_asked_for_and_enrols_a_new_phone(app: TestApp) {
        let mut account = Account::in_use(&app, StaffRole::Mentor, EMAIL).await;
        let without_code = account.request(&app);
        let answer = account.sign_in(&app).await;
        account.authenticator = Some(set_up_authenticator(&app, &answer, PASSWORD).await);
        account.device.sign_in(&app).json(without_code).refused(ProblemCode::SignInRefused).await;
        account.sign_in_on(&app, &Device::new()).await;
        assert_eq!(enrolled(&app, &account).await, 2);
    }

    async fn what_says_nothing_against_a_device_leaves_it_its_trust(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, EMAIL).await;
        let (first, second) = (account.sign_in(&app).await, signed_in(&account.sign_in(&app).await));
        // An old session of the same device, as it stands in the list.
        app.delete(&format!("/v1/me/sessions/{}", first.string("/session_id"))).by(&second).expect(204).await;
        assert!(opens(&app, &account, &account.device).await, "its own old session was ended");
        app.post("/v1/me/sign-out").by(&second).expect(204).await;
        assert!(opens(&app, &account, &account.device).await, "signed out");
        app.clock.advance(TimeDelta::days(91));
        muwakaba::background::tidy(&app.app).await.unwrap();
        assert!(opens(&app, &account, &account.device).await, "expired");
        let role = json!({"role": "counsellor"});
        app.patch(&path(&account, "")).by(&app.world.manager.again(&app.app)).if_match(2).json(role).expect(200).await;
        assert!(opens(&app, &account, &account.device).await, "another role");
        let here = signed_in(&account.sign_in(&app).await);
        let change = json!({"current_password": PASSWORD, "new_password": NEW});
        app.put("/v1/me/password").by(&here).json(change).expect(204).await;
        let account = Account { password: NEW.to_owned(), ..account };
        assert!(opens(&app, &account, &account.device).await, "a new password");
    }

    async fn a_device_that_was_cut_off_is_no_second_factor(app: TestApp) {
        let manager = &app.world.manager;
        for (number, way) in ["staff", "closed", "reset", "reuse"].into_iter().enumerate() {
            let account = Account::in_use(&app, StaffRole::Mentor, &format!("zineb{number}@example.org")).await;
            let answer = account.sign_in(&app).await;
            let manager = manager.again(&app.app);
            let cut_off = || app.delete(&path(&account, "/sessions")).by(&manager).expect(200);
            match way {
                "staff" => drop(cut_off().await),
                "closed" => {
                    for (version, active) in [(2, false), (3, true)] {
                        app.patch(&path(&account, "")).by(&manager).if_match(version).json(json!({"active": active})).expect(200).await;
                    }
                }
                "reset" => drop(app.post(&path(&account, "/reset")).by(&manager).expect(200).await),
                _ => {
                    let first = answer.string("/refresh_token");
                    let refresh = |token: &str| app.post("/v1/token").header("dpop", account.device.proof(&app, "POST", "/v1/token")).json(json!({"refresh_token": token}));
                    let second = refresh(&first).expect(200).await.string("/refresh_token");
                    refresh(&second).expect(200).await;
                    refresh(&first).refused(ProblemCode::CredentialRefused).await;
                }
            }
            assert!(!opens(&app, &account, &account.device).await, "{way}");
        }
    }

    async fn a_lost_phone_that_was_signed_out_is_cut_off_as_well(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, EMAIL).await;
        app.post("/v1/me/sign-out").by(&signed_in(&account.sign_in(&app).await)).expect(204).await;
        app.delete(&path(&account, "/sessions")).by(&app.world.manager.again(&app.app)).expect(200).await;
        assert!(!opens(&app, &account, &account.device).await);
    }

    async fn an_owner_with_an_authenticator_cuts_one_of_two_phones_off(app: TestApp) {
        let mut account = Account::in_use(&app, StaffRole::Mentor, EMAIL).await;
        let lost = account.sign_in(&app).await;
        account.authenticator = Some(set_up_authenticator(&app, &lost, PASSWORD).await);
        let here = signed_in(&account.sign_in_on(&app, &Device::new()).await);
        assert_eq!(enrolled(&app, &account).await, 2);
        app.delete(&format!("/v1/me/sessions/{}", lost.string("/session_id"))).by(&here).expect(204).await;
        assert_eq!(enrolled(&app, &account).await, 1);
        app.delete(&format!("/v1/me/sessions/{}", here.session)).by(&here).expect(204).await;
        assert_eq!(enrolled(&app, &account).await, 1, "signing out is no loss");
    }

    async fn a_new_phone_is_a_reset_by_the_manager(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, EMAIL).await;
        let reset = app.post(&path(&account, "/reset")).by(&app.world.manager.again(&app.app)).expect(200).await;
        assert!(!opens(&app, &account, &account.device).await, "the old password");
        let account = Account { password: reset.string("/one_time_password"), device: Device::new(), ..account };
        let person = signed_in(&account.sign_in(&app).await);
        let change = json!({"current_password": account.password, "new_password": NEW});
        app.put("/v1/me/password").by(&person).json(change).expect(204).await;
        let account = Account { password: NEW.to_owned(), ..account };
        assert!(opens(&app, &account, &account.device).await);
    }
}

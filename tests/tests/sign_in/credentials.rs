//! Changing one's own factors.

use super::{Account, PASSWORD, signed_in};
use chrono::TimeDelta;
use contract::{ProblemCode, StaffRole};
use identity::sign_in::accounts::{self, Credentials};
use muwakaba_tests::both_databases;
use serde_json::json;
use totp_rs::Totp;

const NEW: &str = "le chat du voisin dort tard";

both_databases! {
    async fn a_new_password_ends_the_other_sessions_and_the_old_password(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let (here, there) = (signed_in(&account.sign_in(&app).await), signed_in(&account.sign_in(&app).await));
        let change = json!({"current_password": PASSWORD, "new_password": NEW});
        app.put("/v1/me/password").by(&here).json(change.clone()).expect(204).await;
        app.get("/v1/me").by(&here).expect(200).await;
        app.get("/v1/me").by(&there).refused(ProblemCode::Unauthenticated).await;
        account.device.sign_in(&app).json(account.request(&app)).refused(ProblemCode::SignInRefused).await;
        account.device.sign_in(&app).json(json!({"email": account.email, "password": NEW})).expect(200).await;
        let problem = app.put("/v1/me/password").by(&here).json(change).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/current_password");
    }

    async fn weak_passwords_are_refused_with_the_reason(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let here = signed_in(&account.sign_in(&app).await);
        for (password, code) in [
            ("short", "length"),
            (&"x".repeat(129), "length"),
            ("motdepasse2026", "common"),
            ("Muwakaba2026", "context"),
            ("zineb.amrani", "context"),
            (PASSWORD, "unchanged"),
        ] {
            let change = json!({"current_password": PASSWORD, "new_password": password});
            let problem = app.put("/v1/me/password").by(&here).json(change).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/new_password", code));
        }
        account.sign_in(&app).await;
    }

    async fn weak_new_passwords_are_no_guesses_of_the_present_one(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let here = signed_in(&account.sign_in(&app).await);
        for _ in 0..9 {
            let change = json!({"current_password": PASSWORD, "new_password": "motdepasse2026"});
            app.put("/v1/me/password").by(&here).json(change).refused(ProblemCode::Invalid).await;
        }
        let change = json!({"current_password": PASSWORD, "new_password": NEW});
        app.put("/v1/me/password").by(&here).json(change).expect(204).await;
    }

    async fn ones_whole_address_is_no_password(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let here = signed_in(&account.sign_in(&app).await);
        for password in ["zineb@example.org", "Zineb@Example.org1", "zineb amrani example.org"] {
            let change = json!({"current_password": PASSWORD, "new_password": password});
            let problem = app.put("/v1/me/password").by(&here).json(change).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/new_password", "context"), "{password}");
        }
    }

    async fn the_first_code_of_a_new_authenticator_is_not_guessed(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let (here, path) = (signed_in(&account.sign_in(&app).await), "/v1/me/authenticator");
        let begin = || app.post(path).by(&here.again(&app.app)).json(json!({"current_password": PASSWORD})).expect(200);
        let confirm = |code: &str| app.put(path).by(&here.again(&app.app)).json(json!({"code": code}));
        let code = |totp: &Totp| totp.generate(u64::try_from(app.now().as_seconds()).unwrap()).to_string();
        let is_pending = || async {
            let mut tx = app.app.db.read().await.unwrap();
            let query = tx.query(db::sql!("SELECT count(*) FROM staff WHERE id = $1 AND authenticator_pending_sealed IS NOT NULL"));
            query.bind(account.id).scalar::<i64>().await.unwrap() == 1
        };

        // Five wrong ones end it, sent one by one or all at once.
        let new = Totp::from_url(begin().await.string("/uri")).unwrap();
        let wrong = if code(&new) == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            confirm(wrong).refused(ProblemCode::Invalid).await;
        }
        confirm(&code(&new)).refused(ProblemCode::Invalid).await;
        assert!(!is_pending().await, "the secret is forgotten");

        // So does time.
        let new = Totp::from_url(begin().await.string("/uri")).unwrap();
        app.clock.advance(TimeDelta::minutes(30));
        confirm(&code(&new)).refused(ProblemCode::Invalid).await;
        assert!(!is_pending().await, "the secret is forgotten");

        let new = Totp::from_url(begin().await.string("/uri")).unwrap();
        for _ in 0..4 {
            confirm(wrong).refused(ProblemCode::Invalid).await;
        }
        app.clock.advance(TimeDelta::minutes(29));
        confirm(&code(&new)).expect(204).await;
    }

    async fn guessing_the_present_password_from_a_found_phone_makes_wait(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let here = signed_in(&account.sign_in(&app).await);
        let guess = json!({"current_password": "wrong password", "new_password": NEW});
        for _ in 0..5 {
            app.put("/v1/me/password").by(&here).json(guess.clone()).refused(ProblemCode::Invalid).await;
        }
        app.put("/v1/me/password").by(&here).json(guess).refused(ProblemCode::TooMany).await;
        // The sign-in of the owner elsewhere is not concerned.
        account.sign_in(&app).await;
    }

    async fn another_authenticator_takes_the_present_factors_and_a_code_of_its_own(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let (here, path) = (signed_in(&account.sign_in(&app).await), "/v1/me/authenticator");
        app.clock.advance(TimeDelta::seconds(30));
        app.post(path).by(&here).json(json!({"current_password": PASSWORD})).refused(ProblemCode::Invalid).await;
        let wrong = json!({"current_password": "wrong password", "authenticator_code": account.code(&app)});
        app.post(path).by(&here).json(wrong).refused(ProblemCode::Invalid).await;
        let request = json!({"current_password": PASSWORD, "authenticator_code": account.code(&app)});
        let made = app.post(path).by(&here).json(request.clone()).expect(200).await;
        app.post(path).by(&here).json(request).refused(ProblemCode::Invalid).await;
        let new = Totp::from_url(made.string("/uri")).unwrap();
        assert_eq!(new.secret().to_base32(), made.string("/secret"));

        // Until its first code the old one counts.
        app.clock.advance(TimeDelta::seconds(30));
        account.sign_in(&app).await;
        let code = |totp: &Totp| totp.generate(u64::try_from(app.now().as_seconds()).unwrap()).to_string();
        let old = account.authenticator.as_ref().unwrap();
        app.put(path).by(&here).json(json!({"code": code(old)})).refused(ProblemCode::Invalid).await;
        app.put(path).by(&here).json(json!({"code": code(&new)})).expect(204).await;
        app.put(path).by(&here).json(json!({"code": code(&new)})).refused(ProblemCode::Invalid).await;
        let with = |code: String| json!({"email": account.email, "password": PASSWORD, "authenticator_code": code});
        app.post("/v1/sign-in").json(with(code(&new))).refused(ProblemCode::SignInRefused).await;
        app.clock.advance(TimeDelta::seconds(30));
        app.post("/v1/sign-in").json(with(code(old))).refused(ProblemCode::SignInRefused).await;
        app.post("/v1/sign-in").json(with(code(&new))).expect(200).await;
    }

    async fn a_reset_replaces_every_factor_and_ends_every_session(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let here = signed_in(&account.sign_in(&app).await);
        let credentials = Credentials::generate(&app.app, StaffRole::Manager).await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        let shown = accounts::reset(&app.app, &mut tx, app.now(), account.id, credentials).await.unwrap();
        tx.commit().await.unwrap();
        app.get("/v1/me").by(&here).refused(ProblemCode::Unauthenticated).await;
        app.clock.advance(TimeDelta::seconds(30));
        app.post("/v1/sign-in").json(account.request(&app)).refused(ProblemCode::SignInRefused).await;
        let again = Account {
            password: shown.one_time_password.to_string(),
            authenticator: shown.authenticator_uri.map(|uri| Totp::from_url(uri.as_str()).unwrap()),
            ..account
        };
        assert_eq!(again.sign_in(&app).await.json()["password_change_due"], true);
    }

    async fn participants_have_no_factors_to_change(app: TestApp) {
        let change = json!({"current_password": PASSWORD, "new_password": NEW});
        app.put("/v1/me/password").by(&app.world.participant).json(change).refused(ProblemCode::NotForThisRole).await;
        let request = json!({"current_password": PASSWORD});
        app.post("/v1/me/authenticator").by(&app.world.participant).json(request).refused(ProblemCode::NotForThisRole).await;
        app.put("/v1/me/authenticator").by(&app.world.participant).json(json!({"code": "123456"})).refused(ProblemCode::NotForThisRole).await;
    }
}

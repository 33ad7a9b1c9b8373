//! Browsers keep their refresh token in a cookie.

use super::{Account, Device, enrol, enrolment_code, signed_in};
use chrono::TimeDelta;
use contract::{ProblemCode, StaffRole};
use muwakaba_tests::{Answer, TestApp, both_databases, http::Request};
use serde_json::{Value, json};

const CLEARED: &str = "__Host-refresh=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";

/// A mentor's browser with a key of its own, signed in with a cookie.
struct Browser<'a> {
    app: &'a TestApp,
    account: Account,
    first: Answer,
}

impl<'a> Browser<'a> {
    async fn signed_in(app: &'a TestApp) -> Self {
        let account = Account::in_use(app, StaffRole::Mentor, "zineb@example.org").await;
        let mut request = account.request(app);
        request["refresh_token_in"] = json!("cookie");
        let first =
            account.device.sign_in(app).header("origin", &app.base_url).json(request).expect(200).await;
        Self { app, account, first }
    }

    /// A refresh with this cookie, from a page of the service.
    fn refresh(&self, cookie: &str) -> Request {
        self.bare(cookie).header("origin", &self.app.base_url)
    }

    /// The same from nowhere in particular.
    fn bare(&self, cookie: &str) -> Request {
        let proof = self.account.device.proof(self.app, "POST", "/v1/token");
        self.app.post("/v1/token").header("dpop", proof).header("cookie", cookie)
    }
}

/// What the browser sends back: the cookie without its attributes.
fn cookie(answer: &Answer) -> String {
    let (pair, attributes) =
        answer.header("set-cookie").split_once("; ").unwrap_or_else(|| panic!("{}", answer.text()));
    let lasts = attributes
        .strip_prefix("Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=")
        .expect("its attributes");
    assert!(lasts.parse::<i64>().unwrap() > 0, "{attributes}");
    assert!(pair.starts_with("__Host-refresh=") && pair.len() > 80, "{pair}");
    assert_eq!(answer.json().get("refresh_token"), None, "the token is in the cookie only");
    pair.to_owned()
}

both_databases! {
    async fn the_token_is_where_no_script_can_read_it(app: TestApp) {
        let browser = Browser::signed_in(&app).await;
        assert!(browser.first.header("set-cookie").ends_with("Max-Age=2592000"), "thirty days");
        let first = cookie(&browser.first);
        let next = browser.refresh(&first).json(json!({})).expect(200).await;
        assert_ne!(cookie(&next), first);
        app.get("/v1/me").by(&signed_in(&next)).expect(200).await;
        // What the page asks for as well changes nothing.
        let again = browser.refresh(&cookie(&next)).json(json!({"refresh_token_in": "cookie"})).expect(200).await;
        let problem = browser.refresh(&cookie(&again)).json(json!({"refresh_token_in": "body"})).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/refresh_token_in");
        // The session is not without end.
        app.clock.advance(TimeDelta::days(29));
        let later = browser.refresh(&cookie(&again)).json(json!({})).expect(200).await;
        app.clock.advance(TimeDelta::days(29));
        let later = browser.refresh(&cookie(&later)).json(json!({})).expect(200).await;
        app.clock.advance(TimeDelta::days(29));
        let last = browser.refresh(&cookie(&later)).json(json!({})).expect(200).await;
        assert!(last.header("set-cookie").ends_with(&format!("Max-Age={}", 3 * 86_400)), "{}", last.header("set-cookie"));
    }

    async fn a_cookie_counts_only_from_the_services_own_pages(app: TestApp) {
        let browser = Browser::signed_in(&app).await;
        let kept = cookie(&browser.first);
        let foreign: [&[(&str, &str)]; 6] = [
            &[],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://elsewhere.example")],
            &[("origin", "null")],
            &[("origin", "https://elsewhere.example"), ("sec-fetch-site", "same-origin")],
        ];
        for headers in foreign {
            let request = headers.iter().fold(browser.bare(&kept), |request, (name, value)| request.header(name, value));
            let answer = request.json(json!({})).send().await;
            assert_eq!((answer.status, answer.string("/code").as_str()), (403, "foreign_origin"), "{headers:?}");
            assert_eq!(answer.header("set-cookie"), "", "{headers:?}");
        }
        browser.bare(&kept).header("sec-fetch-site", "same-origin").json(json!({})).expect(200).await;
    }

    async fn a_token_in_two_places_or_in_none_is_refused(app: TestApp) {
        let browser = Browser::signed_in(&app).await;
        let kept = cookie(&browser.first);
        let token = kept.strip_prefix("__Host-refresh=").unwrap();
        for (cookie, body, pointer) in [
            (kept.clone(), json!({"refresh_token": token}), "/refresh_token"),
            ("theme=dark".to_owned(), json!({}), "/refresh_token"),
            (format!("{kept}; {kept}"), json!({}), "Cookie:"),
        ] {
            let problem = browser.refresh(&cookie).json(body).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer);
        }
        browser.refresh(&format!("theme=dark; {kept}")).json(json!({})).expect(200).await;
    }

    async fn a_token_moves_into_the_cookie_and_only_a_bound_one(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Manager, "zineb@example.org").await;
        let with = |mut request: Value| { request["refresh_token_in"] = json!("cookie"); request };
        let hashes = app.app.sign_in.passwords.computed();
        let problem = app.post("/v1/sign-in").json(with(account.request(&app))).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/refresh_token_in", "needs_proof"));
        assert_eq!(app.app.sign_in.passwords.computed(), hashes);
        let unbound = account.sign_in(&app).await.string("/refresh_token");
        app.post("/v1/token").json(with(json!({"refresh_token": unbound}))).refused(ProblemCode::Invalid).await;
        app.post("/v1/token").json(json!({"refresh_token": unbound})).expect(200).await;

        app.clock.advance(TimeDelta::seconds(30));
        let bound = account.sign_in_on(&app, &account.device).await.string("/refresh_token");
        let proof = account.device.proof(&app, "POST", "/v1/token");
        let moved = app.post("/v1/token").header("dpop", proof).json(with(json!({"refresh_token": bound}))).expect(200).await;
        cookie(&moved);
    }

    async fn two_tabs_that_refresh_at_once_stay_signed_in(app: TestApp) {
        let browser = Browser::signed_in(&app).await;
        let kept = cookie(&browser.first);
        let (one, other) = tokio::join!(
            browser.refresh(&kept).json(json!({})).expect(200),
            browser.refresh(&kept).json(json!({})).expect(200)
        );
        assert_eq!(cookie(&one), cookie(&other));
        browser.refresh(&cookie(&one)).json(json!({})).expect(200).await;
    }

    async fn whatever_ends_the_session_takes_the_cookie_away(app: TestApp) {
        let browser = Browser::signed_in(&app).await;
        let (account, kept) = (&browser.account, cookie(&browser.first));
        // A request that could be better says nothing about the token.
        let without_proof = app.post("/v1/token").header("cookie", &kept).header("origin", &app.base_url).json(json!({})).expect(401).await;
        assert_eq!(without_proof.header("set-cookie"), "");

        let sessions = app.get("/v1/me/sessions").header("cookie", &kept).by(&signed_in(&browser.first)).expect(200).await;
        assert_eq!(sessions.header("set-cookie"), "");
        let out = app.post("/v1/me/sign-out").header("cookie", &kept).by(&signed_in(&browser.first)).expect(204).await;
        assert_eq!(out.header("set-cookie"), CLEARED);
        let dead = browser.refresh(&kept).json(json!({})).expect(401).await;
        assert_eq!((dead.header("set-cookie"), dead.string("/code").as_str()), (CLEARED, "credential_refused"));
        for made_up in ["__Host-refresh=", "__Host-refresh=x"] {
            assert_eq!(browser.refresh(made_up).json(json!({})).expect(401).await.header("set-cookie"), CLEARED);
        }

        let again = || account.device.sign_in(&app).json(json!({
            "email": account.email, "password": account.password, "refresh_token_in": "cookie",
        })).expect(200);
        let here = again().await;
        let delete = |answer: &Answer| app.delete(&format!("/v1/me/sessions/{}", answer.string("/session_id")));
        let other = again().await;
        assert_eq!(delete(&other).header("cookie", cookie(&here)).by(&signed_in(&here)).expect(204).await.header("set-cookie"), "");
        assert_eq!(delete(&here).header("cookie", cookie(&here)).by(&signed_in(&here)).expect(204).await.header("set-cookie"), CLEARED);

        let copied = again().await;
        let next = browser.refresh(&cookie(&copied)).json(json!({})).expect(200).await;
        browser.refresh(&cookie(&next)).json(json!({})).expect(200).await;
        assert_eq!(browser.refresh(&cookie(&copied)).json(json!({})).expect(401).await.header("set-cookie"), CLEARED);
    }

    async fn apps_hear_nothing_of_cookies_and_a_browser_holds_one_session(app: TestApp) {
        let browser = Browser::signed_in(&app).await;
        let account = &browser.account;
        let app_like = account.sign_in(&app).await;
        assert_eq!(app_like.header("set-cookie"), "");
        app.post("/v1/me/sign-out").by(&signed_in(&app_like)).expect(204).await;
        let in_body = account.device.sign_in(&app).header("cookie", cookie(&browser.first)).json(account.request(&app)).expect(200).await;
        assert_eq!(in_body.header("set-cookie"), CLEARED);
        in_body.string("/refresh_token");
    }

    async fn a_participants_browser_is_enrolled_with_a_cookie(app: TestApp) {
        let (device, code) = (Device::new(), enrolment_code(&app).await);
        let body = json!({"code": code.string("/code"), "refresh_token_in": "cookie"});
        let enrolled = enrol(&app, &device, body).await;
        assert_eq!(enrolled.status, 200, "{}", enrolled.text());
        let proof = device.proof(&app, "POST", "/v1/token");
        let next = app.post("/v1/token").header("dpop", proof).header("cookie", cookie(&enrolled)).header("origin", &app.base_url).json(json!({})).expect(200).await;
        app.get("/v1/me").by(&signed_in(&next)).expect(200).await;
    }
}

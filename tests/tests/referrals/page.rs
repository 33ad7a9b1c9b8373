//! The page by which a partner answers: one link, one code, one answer, and nothing told to anybody else.

use super::{ask, asked, new_referral, partner, seen, sent, step, withdraw};
use crate::appointments::audited;
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// The link of something that was asked: its path and its code.
async fn link(app: &TestApp) -> (String, String, String) {
    let path = asked(app).await;
    let sent = sent(app, &path, 1).await;
    (path, sent.string("/path"), sent.string("/code"))
}

async fn posted(app: &TestApp, path: &str, form: &str) -> Answer {
    app.post(path).header("content-type", FORM).bytes(form.to_owned()).send().await
}

fn other(code: &str) -> String {
    if code == "000000" { "111111" } else { "000000" }.to_owned()
}

async fn changes(app: &TestApp) -> (i64, i64, i64) {
    let mut tx = app.app.db.read().await.unwrap();
    let counts = sql!(
        "SELECT (SELECT count(*) FROM audit), (SELECT COALESCE(sum(position), 0) FROM change), (SELECT COALESCE(sum(tries_left), 0) FROM referral_link)"
    );
    let (audit, position, tries): (i64, i64, i64) = match app.app.db.is_embedded() {
        true => tx.query(counts).one().await.unwrap(),
        false => tx
            .query(sql!(
                "SELECT (SELECT count(*) FROM audit), (SELECT COALESCE(sum(position), 0)::bigint FROM change),
                        (SELECT COALESCE(sum(tries_left), 0)::bigint FROM referral_link)"
            ))
            .one()
            .await
            .unwrap(),
    };
    (audit, position, tries)
}

both_databases! {
    async fn a_partner_answers_once_without_an_account(app: TestApp) {
        let (path, link, code) = link(&app).await;
        let before = changes(&app).await;
        let form = app.get(&link).expect(200).await;
        assert!(form.text().contains("name=\"code\"") && !form.text().contains("Zwawi"));
        assert_eq!(changes(&app).await, before, "GET changes nothing");
        let opened = posted(&app, &format!("{link}/open"), &format!("code={code}")).await;
        assert_eq!(opened.status, 200);
        assert!(opened.text().contains("Zwawi") && opened.text().contains("&lt;sewing&gt; course &amp; a &quot;certificate&quot;"));
        assert!(!opened.text().contains("<sewing>"));
        // Opened again, it is still there: only an answer uses it up. Typed on an Arabic keyboard, the code is the same.
        let arabic: String = code.chars().map(|digit| char::from_u32(0x660 + digit.to_digit(10).unwrap()).unwrap()).collect();
        let typed: String = arabic.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={typed}")).await.status, 200);
        let answered = posted(&app, &format!("{link}/answer"), &format!("code={code}&answer=accepted&refusal=")).await;
        assert_eq!(answered.status, 200);
        let stands = seen(&app, &app.world.participant, &path).await;
        assert_eq!((&stands["state"], &stands["answered_through"]), (&json!("accepted"), &json!("link")));
        for used in ["open", "answer"] {
            let again = posted(&app, &format!("{link}/{used}"), &format!("code={code}&answer=refused&refusal=other")).await;
            assert_eq!(again.status, 403);
            assert!(!again.text().contains("Zwawi"));
        }
        assert_eq!(audited(&app, "referral.accept").await, 1);
    }

    async fn a_refusal_says_why_and_what_is_missing_is_asked_for(app: TestApp) {
        let (path, link, code) = link(&app).await;
        for lacking in ["", "&answer=refused", "&answer=refused&refusal=", "&answer=refused&refusal=x", "&answer=perhaps"] {
            let asked = posted(&app, &format!("{link}/answer"), &format!("code={code}{lacking}")).await;
            assert_eq!(asked.status, 400, "{lacking}");
            assert!(asked.text().contains("role=\"alert\"") && asked.text().contains("Zwawi"), "{lacking}");
        }
        let refused = posted(&app, &format!("{link}/answer"), &format!("code={code}&answer=refused&refusal=outside_area")).await;
        assert_eq!(refused.status, 200);
        let stands = seen(&app, &app.world.mentor, &path).await;
        assert_eq!((&stands["state"], &stands["refusal"]), (&json!("refused"), &json!("outside_area")));
    }

    async fn guesses_are_few_and_all_wrong_looks_alike(app: TestApp) {
        let (path, link, code) = link(&app).await;
        let nobody = format!("/r/{}", "A".repeat(32));
        let unlike = |page: &Answer, own: &str| page.text().replace(own, "");
        let of_none = posted(&app, &format!("{nobody}/open"), "code=123456").await;
        for _ in 0..5 {
            let wrong = posted(&app, &format!("{link}/open"), &format!("code={}", other(&code))).await;
            assert_eq!((wrong.status, unlike(&wrong, &link)), (of_none.status, unlike(&of_none, &nobody)));
        }
        // The right code comes too late.
        for used in ["open", "answer"] {
            assert_eq!(posted(&app, &format!("{link}/{used}"), &format!("code={code}&answer=accepted")).await.status, 403);
        }
        assert_eq!(seen(&app, &app.world.mentor, &path).await["state"], json!("sent"));
        // A new link has tries of its own, and the old one is gone.
        let anew = sent(&app, &path, 2).await;
        assert_ne!(anew.string("/path"), link);
        let open = posted(&app, &format!("{}/open", anew.string("/path")), &format!("code={}", anew.string("/code"))).await;
        assert_eq!(open.status, 200);
        assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={code}")).await.status, 403);
    }

    async fn the_right_code_forgives_the_tries_before_it(app: TestApp) {
        let (_, link, code) = link(&app).await;
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={}", other(&code))).await.status, 403);
            }
            assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={code}")).await.status, 200);
        }
    }

    async fn guesses_sent_all_at_once_do_not_slip_past_the_count(app: TestApp) {
        let (_, link, code) = link(&app).await;
        let open = format!("{link}/open");
        let guesses = (0..20).map(|_| posted(&app, &open, "code=999999x1"));
        futures_util::future::join_all(guesses).await;
        assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={code}")).await.status, 403);
    }

    async fn it_works_for_two_weeks(app: TestApp) {
        let (_, link, code) = link(&app).await;
        app.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
        assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={code}")).await.status, 200);
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={code}")).await.status, 403);
    }

    async fn it_ends_with_the_consent_or_an_answer_by_telephone(app: TestApp) {
        let (path, link, code) = link(&app).await;
        let id = seen(&app, &app.world.mentor, &path).await["id"].as_str().unwrap().to_owned();
        withdraw(&app, &id).await;
        assert_eq!(posted(&app, &format!("{link}/open"), &format!("code={code}")).await.status, 403);
        let partner = partner(&app).await;
        let other = ask(&app, &app.world.mentor, new_referral(&app, &partner)).await.header("location").to_owned();
        let made = sent(&app, &other, 1).await;
        step(&app, &other, "record-answer", 2, Some(json!({"answer": "accepted"}))).await;
        assert_eq!(posted(&app, &format!("{}/answer", made.string("/path")), &format!("code={}&answer=accepted", made.string("/code"))).await.status, 403);
    }

    async fn its_answers_are_kept_by_nobody_and_found_by_no_search(app: TestApp) {
        let (_, link, code) = link(&app).await;
        let open = format!("{link}/open");
        let pages = [
            app.get(&link).expect(200).await,
            app.get("/r/page.css").expect(200).await,
            posted(&app, &open, &format!("code={code}")).await,
            posted(&app, &open, "code=1").await,
            app.get("/r/not-a-link").expect(404).await,
        ];
        for page in &pages {
            assert_eq!(page.header("cache-control"), "no-store, no-transform");
            assert_eq!(page.header("referrer-policy"), "no-referrer");
            assert!(page.header("x-robots-tag").contains("noindex"));
            let policy = page.header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("script"));
            assert_eq!((page.header("x-content-type-options"), page.header("x-frame-options")), ("nosniff", "DENY"));
            for word in ["uwakaba", "مواكبة", "<script", "Casablanca"] {
                assert!(!page.text().contains(word), "{word}");
            }
        }
    }

    async fn hostile_forms_change_nothing(app: TestApp) {
        let (path, link, code) = link(&app).await;
        let open = format!("{link}/open");
        let json = app.post(&open).json(json!({"code": code})).send().await;
        assert_eq!(json.status, 400);
        assert_eq!(app.post(&open).send().await.status, 400);
        assert_eq!(posted(&app, &open, &format!("code={code}&x={}", "y".repeat(10_000))).await.status, 400);
        assert_eq!(posted(&app, &open, "code=%00%ff&code=<script>").await.status, 403);
        assert_eq!(app.get(&open).send().await.status, 405);
        let strange = posted(&app, "/r/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3Eaaaaaaa/open", "code=1").await;
        assert_eq!(strange.status, 400);
        assert!(!strange.text().contains("alert(1)"));
        assert_eq!(seen(&app, &app.world.mentor, &path).await["state"], json!("sent"));
        // A browser says nothing of where the form comes from, since the page is not to tell.
        let from_nowhere = app.post(&open).header("origin", "null").header("content-type", FORM).bytes(format!("code={code}")).send().await;
        assert_eq!(from_nowhere.status, 200);
        // Which opens no other door.
        let elsewhere = app.post("/v1/partners").by(&app.world.manager).header("origin", "null").json(Value::Null).send().await;
        assert_eq!(elsewhere.status, 403);
    }
}

//! Appointments on paper.

use super::{audited, new_appointment, schedule};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;

fn style_of(page: &str) -> &str {
    let (_, rest) = page.split_once("<style>").unwrap();
    rest.split_once("</style>").unwrap().0
}

both_databases! {
    async fn a_slip_says_when_and_where_and_nothing_else(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let slip = app.get(&format!("{path}/slip")).by(&app.world.mentor).header("accept", "text/html, */*;q=0.1").expect(200).await;
        assert_eq!((slip.header("content-type"), slip.header("cache-control")), ("text/html; charset=utf-8", "no-store, no-transform"));
        let page = slip.text();
        assert!(page.contains("Rue des Orangers 12, Casablanca") && page.contains("2026"), "{page}");
        assert!(page.contains("@page{size:A6"), "{page}");
        // Neither who runs it, nor what for, nor anybody's name, and nothing that is done or loaded.
        let lower = page.to_lowercase();
        for word in ["<script", "http", "src=", "social", "counsel", "muwakaba", "مواكبة", "bring the form", "youssef", "<a ", "<img", "onload"] {
            assert!(!lower.contains(word), "{word} in {page}");
        }
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style_of(&page).as_bytes());
        let policy = slip.header("content-security-policy").to_owned();
        assert!(policy.contains(&format!("'sha256-{}'", STANDARD.encode(hash))), "the policy allows another style: {policy}");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(audited(&app, "appointment.read_slip").await, 1);
        app.get(&format!("{path}/slip")).by(&app.world.participant).expect(200).await;
        assert_eq!(audited(&app, "appointment.read_slip").await, 1, "what one reads of one's own is nobody's business");
        app.get(&format!("{path}/slip")).by(&app.world.other_mentor).refused(ProblemCode::NotFound).await;
        app.get(&format!("{path}/slip")).by(&app.world.foreign_mentor).refused(ProblemCode::NotFound).await;
        app.get(&format!("{path}/slip")).by(&app.world.other_participant).refused(ProblemCode::NotFound).await;
        app.get(&format!("{path}/slip")).by(&app.world.observer).refused(ProblemCode::NotForThisRole).await;
    }

    async fn it_speaks_the_language_that_is_asked_for(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        for (language, direction, word) in [("ar", "rtl", "موعد"), ("fr", "ltr", "Rendez-vous"), ("zgh", "ltr", "ⵜⵉⵎⵍⵉⵍⵉⵜ"), ("en", "ltr", "Appointment")] {
            let page = app.get(&format!("{path}/slip?language={language}")).by(&app.world.mentor).expect(200).await.text();
            assert!(page.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")) && page.contains(word), "{page}");
        }
        let problem = app.get(&format!("{path}/slip?language=xx")).by(&app.world.mentor).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "?language");
    }

    async fn there_is_none_of_what_nobody_can_come_to(app: TestApp) {
        let mut proposal = new_appointment(&app, "2026-12-01T10:00:00");
        let body = proposal.as_object_mut().unwrap();
        body.remove("local_start");
        body.insert("slots".to_owned(), json!([{"local_start": "2026-12-01T10:00:00"}, {"local_start": "2026-12-03T15:00:00"}]));
        let offered = app.post("/v1/proposals").by(&app.world.mentor).json(proposal).expect(201).await;
        app.get(&format!("{}/slip", offered.header("location"))).by(&app.world.mentor).refused(ProblemCode::NotFound).await;
        let path = schedule(&app, "2026-12-02T10:00:00").await.header("location").to_owned();
        app.get(&format!("{path}/slip")).by(&app.world.mentor).expect(200).await;
        app.post(&format!("{path}/cancel")).by(&app.world.mentor).if_match(1).json(json!({})).expect(200).await;
        app.get(&format!("{path}/slip")).by(&app.world.mentor).refused(ProblemCode::NotFound).await;
    }
}

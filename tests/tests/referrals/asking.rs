//! Without consent there is none; what is asked is read by whom it concerns.

use super::{ask, asked, new_referral, over, partner, seen, sent};
use crate::{appointments::audited, people::close_file};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;

async fn tally(app: &TestApp) -> (i64, i64, i64, i64, i64) {
    let mut tx = app.database.db.read().await.unwrap();
    let counts = sql!(
        "SELECT (SELECT count(*) FROM referral), (SELECT count(*) FROM consent_entry), (SELECT count(*) FROM audit),
                (SELECT count(*) FROM change), (SELECT count(*) FROM idempotency)"
    );
    tx.query(counts).one().await.unwrap()
}

both_databases! {
    async fn consent_is_given_to_exactly_this(app: TestApp) {
        let world = &app.world;
        let body = over(new_referral(&app, &partner(&app).await), &json!({
            "consent": {"wording_version": "2026-11", "language": "zgh", "witness": "Fatima", "expires_at": "2027-03-01T00:00:00Z"},
        }));
        let asked = ask(&app, &world.mentor, body).await;
        assert_eq!((asked.version(), &asked.json()["state"]), (1, &json!("asked")));
        assert_eq!(asked.json()["possible_commands"], json!(["send", "accept", "refuse", "revoke"]));
        let path = asked.header("location").to_owned();
        // The participant reads what was told to whom, and what they agreed to.
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let mut told = asked.json();
            if person.id == world.participant.id {
                // They take it back by withdrawing their consent: the commands are staff's.
                told["possible_commands"] = json!([]);
            }
            assert_eq!(seen(&app, person, &path).await, told);
            let list = seen(&app, person, &format!("/v1/participants/{}/referrals", world.participant.id)).await;
            assert_eq!(list["items"], json!([told]));
            let consents = seen(&app, person, &format!("/v1/participants/{}/consents", world.participant.id)).await;
            let consent = &consents["items"][0];
            for (field, value) in [
                ("purpose", json!("referral")), ("subject_id", asked.json()["id"].clone()), ("whom", json!("Association Al Amal")),
                ("state", json!("given")), ("language", json!("zgh")), ("expires_at", json!("2027-03-01T00:00:00Z")),
            ] {
                assert_eq!(consent[field], value, "{field}");
            }
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager, &world.other_participant] {
            app.get(&path).by(person).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&path).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        assert_eq!((audited(&app, "referral.ask").await, audited(&app, "consent.give").await), (1, 1));
    }

    async fn without_consent_there_is_none(app: TestApp) {
        let (world, partner) = (&app.world, partner(&app).await);
        let before = tally(&app).await;
        let body = |fields| over(new_referral(&app, &partner), &fields);
        let consent = |fields| json!({"consent": over(json!({"wording_version": "2026-11", "language": "ar", "expires_at": "2027-03-01T00:00:00Z"}), &fields)});
        for (fields, pointer) in [
            (json!({"consent": null}), "/consent"),
            (consent(json!({"expires_at": null})), "/consent/expires_at"),
            (consent(json!({"expires_at": "2026-11-01T00:00:00Z"})), "/consent/expires_at"),
            (consent(json!({"wording_version": "1999"})), "/consent/wording_version"),
            (consent(json!({"language": "xx"})), "/consent/language"),
            (json!({"override_reason": "danger"}), "/override_reason"),
            (json!({"consent": null, "override_reason": "danger"}), "/override_reason"),
            (json!({"given_name": "a\nb"}), "/given_name"),
            (json!({"request": ""}), "/request"),
            (json!({"partner_id": app.app.ids.next()}), "/partner_id"),
        ] {
            let problem = app.post("/v1/referrals").by(&world.mentor).json(body(fields.clone())).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{fields}");
        }
        for person in [&world.participant, &world.administrator, &world.observer] {
            app.post("/v1/referrals").by(person).json(body(json!({}))).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.post("/v1/referrals").by(person).json(body(json!({}))).refused(ProblemCode::NotFound).await;
        }
        assert_eq!(tally(&app).await, before);
    }

    async fn in_danger_to_life_a_manager_asks_without_and_the_participant_reads_why(app: TestApp) {
        let (world, partner) = (&app.world, partner(&app).await);
        let body = over(new_referral(&app, &partner), &json!({"consent": null, "override_reason": "Found unconscious, a bed tonight"}));
        let path = ask(&app, &world.manager, body).await.header("location").to_owned();
        assert_eq!(seen(&app, &world.participant, &path).await["override_reason"], json!("Found unconscious, a bed tonight"));
        let consents = seen(&app, &world.participant, &format!("/v1/participants/{}/consents", world.participant.id)).await;
        assert_eq!(consents["items"], json!([]));
        sent(&app, &path, 1).await;
        // Whoever reads the audit log alone does not learn that it was danger.
        let mut tx = app.app.db.read().await.unwrap();
        let told: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE subject_kind = 'referral'")).scalars().await.unwrap();
        assert!(!told.is_empty() && told.iter().all(|details| !details.contains("override")), "{told:?}");
    }

    async fn a_consent_that_has_run_out_lets_nobody_be_told(app: TestApp) {
        let path = asked(&app).await;
        app.clock.advance(TimeDelta::days(120));
        // Whether or not the agenda was there already.
        app.post(&format!("{path}/send")).by(&app.world.mentor.again(&app.app)).if_match(1).refused(ProblemCode::CommandRefused).await;
        muwakaba::background::reconciler::run(&app.app).await.unwrap();
        let over = seen(&app, &app.world.mentor, &path).await;
        assert_eq!((&over["state"], &over["ended_because"]), (&json!("revoked"), &json!("consent_ended")));
    }

    async fn a_closed_file_asks_for_nothing(app: TestApp) {
        let (world, partner) = (&app.world, partner(&app).await);
        close_file(&app, world.participant.id).await;
        app.post("/v1/referrals").by(&world.mentor).json(new_referral(&app, &partner)).refused(ProblemCode::CommandRefused).await;
    }

    async fn a_fault_at_any_statement_leaves_all_or_nothing(app: TestApp) {
        let body = new_referral(&app, &partner(&app).await);
        let (before, mut struck) = (tally(&app).await, 0);
        loop {
            app.faults.arm(struck + 1);
            let answer = app.post("/v1/referrals").by(&app.world.mentor).header("idempotency-key", "k").json(body.clone()).send().await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 201, "{}", answer.text());
                break;
            }
            struck += 1;
            assert_eq!(answer.status, 500, "fault {struck}");
            assert_eq!(tally(&app).await, before, "fault {struck}");
        }
        assert!(struck > 8, "{struck}");
        let after = tally(&app).await;
        assert_eq!((after.0, after.1, after.2), (before.0 + 1, before.1 + 1, before.2 + 2));
    }

    async fn nothing_of_it_lies_in_the_open(app: TestApp) {
        let path = asked(&app).await;
        let link = sent(&app, &path, 1).await.json();
        let mut tx = app.app.db.read().await.unwrap();
        let stored: (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>) = tx
            .query(sql!("SELECT given_name_sealed, request_sealed, secret_hash, code_hash FROM referral JOIN referral_link ON referral_id = id"))
            .one()
            .await
            .unwrap();
        let secret = link["path"].as_str().unwrap().trim_start_matches("/r/");
        for bytes in [&stored.0, &stored.1, &stored.2, &stored.3] {
            let text = String::from_utf8_lossy(bytes);
            for word in ["Zwawi", "sewing", secret, link["code"].as_str().unwrap()] {
                assert!(!text.contains(word));
            }
        }
    }
}

//! What is written down, by whom, and what is refused by name.

use super::{consent, contact, give, with, withdraw};
use crate::appointments::audited;
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

fn acts(entries: &Value) -> Vec<(i64, &str, &str)> {
    let of = |entry: &'_ Value| {
        let word = |name: &str| entry[name].as_str().unwrap().to_owned().leak() as &str;
        (entry["number"].as_i64().unwrap(), word("act"), word("recorded_by_kind"))
    };
    entries["items"].as_array().unwrap().iter().map(of).collect()
}

both_databases! {
    async fn a_participant_gives_and_takes_back_in_one_request_each(app: TestApp) {
        let world = &app.world;
        let given = give(&app, &world.participant, consent(&app, "statistics")).await;
        assert_eq!((given.version(), &given.json()["state"], &given.json()["wording_version"]), (1, &json!("given"), &json!("2026-11")));
        let path = format!("/v1/consents/{}", given.string("/id"));
        app.clock.advance(TimeDelta::minutes(1));
        let withdrawn = withdraw(&app, &world.participant, "statistics").await;
        assert_eq!(withdrawn.json()["consent"]["state"], json!("withdrawn"));
        assert_eq!(withdrawn.json()["consent"].get("wording_version"), None);
        app.clock.advance(TimeDelta::minutes(1));
        // With the mentor, before a witness, it is given again; all that was said stays.
        let witnessed = with(consent(&app, "statistics"), &json!({"witness": "Ahmed the interpreter", "language": "zgh"}));
        assert_eq!(give(&app, &world.mentor, witnessed).await.version(), 3);
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let read = app.get(&path).by(person).expect(200).await;
            assert_eq!((&read.json()["state"], &read.json()["language"]), (&json!("given"), &json!("zgh")));
            let entries = app.get(&format!("{path}/entries")).by(person).expect(200).await.json();
            assert_eq!(acts(&entries), [(3, "given", "staff"), (2, "withdrawn", "participant"), (1, "given", "participant")]);
            assert_eq!(entries["items"][0]["witness"], json!("Ahmed the interpreter"));
            let list = format!("/v1/participants/{}/consents", world.participant.id);
            assert_eq!(app.get(&list).by(person).expect(200).await.json()["items"][0], read.json());
        }
        assert_eq!((audited(&app, "consent.give").await, audited(&app, "consent.withdraw").await), (2, 1));
    }

    async fn sent_twice_it_is_said_once(app: TestApp) {
        let send = || app.post("/v1/consents").by(&app.world.participant).header("idempotency-key", "one").json(consent(&app, "sms"));
        let (first, again) = (send().expect(200).await, send().expect(200).await);
        assert_eq!((first.json(), again.version()), (again.json(), 1));
    }

    async fn what_was_never_given_can_be_refused(app: TestApp) {
        let refused = withdraw(&app, &app.world.participant, "sms").await;
        assert_eq!((refused.version(), &refused.json()["consent"]["state"]), (1, &json!("withdrawn")));
    }

    async fn a_no_that_is_said_again_is_written_and_stands_since_the_first(app: TestApp) {
        let person = &app.world.participant;
        give(&app, person, consent(&app, "sms")).await;
        app.clock.advance(TimeDelta::minutes(1));
        let first = withdraw(&app, person, "sms").await.json();
        app.clock.advance(TimeDelta::minutes(1));
        let again = withdraw(&app, person, "sms").await;
        assert_eq!((again.version(), &again.json()["consent"]["state"]), (3, &json!("withdrawn")));
        assert_eq!(again.json()["consent"]["since"], first["consent"]["since"]);
        assert_eq!(audited(&app, "consent.withdraw").await, 2);
    }

    async fn the_audit_log_does_not_say_what_for(app: TestApp) {
        let world = &app.world;
        give(&app, &world.mentor, contact(&app, &Uuid::now_v7().to_string(), "The bakery")).await;
        withdraw(&app, &world.participant, "push_abroad").await;
        let mut tx = app.app.db.read().await.unwrap();
        let told: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE subject_kind = 'consent'")).scalars().await.unwrap();
        assert_eq!(told.len(), 2);
        for word in ["contact_employer", "push_abroad", "\"ar\""] {
            assert!(told.iter().all(|details| !details.contains(word)), "{word}: {told:?}");
        }
    }

    async fn whoever_is_not_concerned_learns_nothing(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/consents/{}", give(&app, &world.participant, consent(&app, "sms")).await.string("/id"));
        let list = format!("/v1/participants/{}/consents", world.participant.id);
        let entries = format!("{path}/entries");
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager, &world.other_participant, &world.foreign_participant] {
            for reading in [&path, &list, &entries] {
                app.get(reading).by(person).refused(ProblemCode::NotFound).await;
            }
            app.post("/v1/consents").by(person).json(consent(&app, "sms")).refused(ProblemCode::NotFound).await;
            let body = json!({"participant_id": world.participant.id, "purpose": "sms"});
            app.post("/v1/consents/withdraw").by(person).json(body).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&path).by(person).refused(ProblemCode::NotForThisRole).await;
            app.post("/v1/consents").by(person).json(consent(&app, "sms")).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn what_does_not_go_together_is_refused_by_name(app: TestApp) {
        let (world, subject) = (&app.world, Uuid::now_v7());
        for (body, pointer, code) in [
            (with(consent(&app, "sms"), &json!({"wording_version": "2019-01"})), "/wording_version", "unknown"),
            (with(consent(&app, "sms"), &json!({"expires_at": "2026-11-23T10:00:00Z"})), "/expires_at", "past"),
            (with(consent(&app, "sms"), &json!({"expires_at": "2036-11-23T10:00:00Z"})), "/expires_at", "too_far"),
            (with(consent(&app, "sms"), &json!({"language": "de"})), "/language", "unknown_word"),
            (with(consent(&app, "sms"), &json!({"subject_id": subject})), "/subject_id", "not_allowed"),
            (with(consent(&app, "sms"), &json!({"whom": "x"})), "/whom", "not_allowed"),
            (consent(&app, "contact_employer"), "/subject_id", "required"),
            (with(consent(&app, "contact_relative"), &json!({"subject_id": subject})), "/whom", "required"),
            (consent(&app, "referral"), "/purpose", "not_allowed"),
            (consent(&app, "everything"), "/purpose", "unknown_word"),
            (with(consent(&app, "sms"), &json!({"witness": "\u{202e}"})), "/witness", "value"),
        ] {
            let problem = app.post("/v1/consents").by(&world.mentor).json(body.clone()).refused(ProblemCode::Invalid).await;
            let told: Vec<_> = problem.errors.iter().map(|fault| &*fault.pointer).collect();
            assert_eq!(told, [pointer], "{body}");
            if code != "value" {
                assert_eq!(problem.errors[0].code, code, "{body}");
            }
        }
        let own = with(consent(&app, "sms"), &json!({"witness": "Somebody"}));
        let problem = app.post("/v1/consents").by(&world.participant).json(own).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/witness", "not_allowed"));
        let unknown = json!({"participant_id": world.participant.id, "purpose": "contact_employer", "subject_id": subject});
        let problem = app.post("/v1/consents/withdraw").by(&world.mentor).json(unknown).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/subject_id");
        assert_eq!(audited(&app, "consent.give").await, 0);
    }

    async fn a_contact_names_whom_and_stays_that_one(app: TestApp) {
        let (world, subject) = (&app.world, Uuid::now_v7().to_string());
        give(&app, &world.mentor, contact(&app, &subject, "The workshop of Driss")).await;
        let other = give(&app, &world.mentor, contact(&app, &Uuid::now_v7().to_string(), "The bakery")).await;
        assert_eq!(other.version(), 1);
        let problem = app.post("/v1/consents").by(&world.mentor).json(contact(&app, &subject, "The bakery")).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/whom");
        let again = give(&app, &world.mentor, contact(&app, &subject, "The workshop of Driss")).await;
        assert_eq!((again.version(), &again.json()["whom"]), (2, &json!("The workshop of Driss")));
        let mut tx = app.app.db.read().await.unwrap();
        let sealed: Vec<Vec<u8>> = tx.query(sql!("SELECT whom_sealed FROM consent")).scalars().await.unwrap();
        assert!(sealed.iter().all(|text| !String::from_utf8_lossy(text).contains("workshop")));
    }

    async fn time_ends_it_to_the_moment_and_the_ledger_says_so(app: TestApp) {
        let world = &app.world;
        let until = with(consent(&app, "sms"), &json!({"expires_at": "2026-11-23T12:00:00Z"}));
        let path = format!("/v1/consents/{}", give(&app, &world.mentor, until).await.string("/id"));
        app.clock.advance(TimeDelta::hours(2));
        let expired = app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await;
        assert_eq!((&expired.json()["state"], &expired.json()["since"], expired.version()), (&json!("expired"), &json!("2026-11-23T12:00:00Z"), 1));
        reconciler::run(&app.app).await.unwrap();
        let written = app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await;
        assert_eq!((&written.json()["state"], written.version()), (&json!("expired"), 2));
        assert_eq!(audited(&app, "consent.expire").await, 1);
        // Given anew for longer, the first time is not the end of it.
        for until in ["2026-11-23T14:00:00Z", "2026-11-23T15:00:00Z"] {
            give(&app, &world.mentor, with(consent(&app, "sms"), &json!({"expires_at": until}))).await;
        }
        app.clock.advance(TimeDelta::minutes(150));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await.json()["state"], json!("given"));
        app.clock.advance(TimeDelta::hours(1));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await.json()["state"], json!("expired"));
        assert_eq!(audited(&app, "consent.expire").await, 2);
    }

    async fn the_ledger_refuses_to_be_changed(app: TestApp) {
        give(&app, &app.world.mentor, consent(&app, "sms")).await;
        for statement in [sql!("UPDATE consent_entry SET act = 'withdrawn'"), sql!("DELETE FROM consent_entry")] {
            let mut tx = app.app.db.write().await.unwrap();
            assert!(tx.query(statement).execute().await.is_err());
        }
    }

    async fn everybody_reads_every_text_in_every_language(app: TestApp) {
        let world = &app.world;
        for person in [&world.participant, &world.mentor, &world.manager, &world.observer] {
            let texts = app.get("/v1/consent-wordings").by(person).expect(200).await.json();
            assert_eq!((&texts["current_version"], texts["wordings"].as_array().unwrap().len()), (&json!("2026-11"), 28));
        }
    }
}

//! Participants' files: who reads and changes what.

use super::{amina, assign, close_file, each, register, reopen_file};
use contract::ProblemCode;
use muwakaba_tests::{both_databases, world::SignedIn};
use serde_json::json;

both_databases! {
    async fn a_manager_registers_and_reads_and_only_managers_see_the_edition(app: TestApp) {
        let created = register(&app, amina()).await;
        let id = created.string("/id");
        assert_eq!(created.header("location"), format!("/v1/participants/{id}"));
        assert_eq!(created.version(), 1);
        assert!(created.json().get("phone").is_none(), "{}", created.text());

        let path = format!("/v1/participants/{id}");
        let file = app.get(&path).by(&app.world.manager).expect(200).await.json();
        assert_eq!(file["name"], "Amina Canaribennani");
        assert_eq!(file["phone"], "+212612345678");
        assert_eq!(file["programme_edition"], "Canary edition 18");
        assert_eq!((&file["active"], &file["push_wanted"], &file["version"]), (&json!(true), &json!(true), &json!(1)));

        app.get(&path).by(&app.world.mentor).refused(ProblemCode::NotFound).await;
        assign(&app, &id, app.world.mentor.id).await;
        assign(&app, &id, app.world.counsellor.id).await;
        for companion in [&app.world.mentor, &app.world.counsellor] {
            let file = app.get(&path).by(companion).expect(200).await.json();
            assert_eq!(file["name"], "Amina Canaribennani");
            assert!(file.get("programme_edition").is_none());
        }
    }

    async fn files_are_out_of_reach_for_everybody_else(app: TestApp) {
        let path = format!("/v1/participants/{}", app.world.participant.id);
        for stranger in [&app.world.other_mentor, &app.world.other_manager, &app.world.foreign_mentor] {
            app.get(&path).by(stranger).refused(ProblemCode::NotFound).await;
            app.patch(&path).by(stranger).if_match(1).json(json!({"phone": null})).refused(ProblemCode::NotFound).await;
        }
        for role in [&app.world.administrator, &app.world.observer, &app.world.participant] {
            app.get(&path).by(role).refused(ProblemCode::NotForThisRole).await;
            app.get("/v1/participants").by(role).refused(ProblemCode::NotForThisRole).await;
            app.patch(&path).by(role).if_match(1).json(json!({})).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&app.world.mentor, &app.world.counsellor, &app.world.administrator, &app.world.participant] {
            app.post("/v1/participants").by(person).json(amina()).refused(ProblemCode::NotForThisRole).await;
        }
        app.get(&path).refused(ProblemCode::Unauthenticated).await;
    }

    async fn companions_change_how_to_reach_somebody_and_nothing_else(app: TestApp) {
        let path = format!("/v1/participants/{}", app.world.participant.id);
        let change = json!({"phone": "+33612345678", "language": "fr", "zone": "europe/paris"});
        let changed = app.patch(&path).by(&app.world.mentor).if_match(1).json(change).expect(200).await;
        assert_eq!((changed.version(), changed.string("/language")), (2, "fr".to_owned()));
        let file = app.get(&path).by(&app.world.manager).expect(200).await.json();
        assert_eq!((&file["phone"], &file["zone"]), (&json!("+33612345678"), &json!("Europe/Paris")));

        let too_much = json!({"name": "Somebody Else", "programme_edition": "1", "file_number": "1", "phone": null});
        let problem =
            app.patch(&path).by(&app.world.counsellor).if_match(2).json(too_much).refused(ProblemCode::Invalid).await;
        let refused: Vec<_> = problem.errors.iter().map(|fault| (fault.pointer.as_str(), fault.code.as_str())).collect();
        let not_allowed = "not_allowed";
        assert_eq!(
            refused,
            [("/name", not_allowed), ("/file_number", not_allowed), ("/programme_edition", not_allowed)]
        );
        app.patch(&path).by(&app.world.mentor).if_match(2).json(json!({"phone": null})).expect(200).await;
        let file = app.get(&path).by(&app.world.mentor).expect(200).await.json();
        assert!(file.get("phone").is_none(), "{file}");
    }

    async fn a_lost_update_is_told_with_the_version_that_stands(app: TestApp) {
        let path = format!("/v1/participants/{}", app.world.participant.id);
        let change = json!({"language": "en"});
        app.patch(&path).by(&app.world.manager).json(change.clone()).refused(ProblemCode::VersionRequired).await;
        let (one, two) = tokio::join!(
            app.patch(&path).by(&app.world.manager).if_match(1).json(change.clone()).send(),
            app.patch(&path).by(&app.world.mentor).if_match(1).json(change).send(),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{} {}", one.text(), two.text());
        let lost = if one.status == 412 { one } else { two };
        assert_eq!(lost.json()["current_version"], 2);
    }

    async fn wrong_fields_are_named_and_nothing_of_them_is_repeated(app: TestApp) {
        for (body, pointer) in [
            (json!({"name": "", "language": "ar"}), "/name"),
            (json!({"name": 612345678, "language": "ar"}), "/name"),
            (json!({"name": "a", "language": "de"}), "/language"),
            (json!({"name": "a", "language": 7}), "/language"),
            (json!({"name": "a", "language": "ar", "zone": "Casablanca"}), "/zone"),
            (json!({"name": "a", "language": "ar", "phone": "06 canary"}), "/phone"),
            (json!({"name": "a", "language": "ar", "court": "x"}), "/court"),
            (json!({"name": "a", "language": "ar", "id": "00000000-0000-4000-8000-000000000000"}), "/id"),
        ] {
            let answer = app.post("/v1/participants").by(&app.world.manager).json(body.clone()).send().await;
            assert_eq!((answer.status, answer.json()["errors"][0]["pointer"].as_str()), (400, Some(pointer)), "{}", answer.text());
            assert!(!answer.text().contains("canary") && !answer.text().contains("612345678"));
        }
        let path = format!("/v1/participants/{}", app.world.participant.id);
        let nulled = app.patch(&path).by(&app.world.manager).if_match(1).json(json!({"language": null}));
        nulled.refused(ProblemCode::Invalid).await;
    }

    async fn sending_twice_registers_once(app: TestApp) {
        let id = uuid::Uuid::now_v7();
        let mut body = amina();
        body["id"] = json!(id);
        let send = || app.post("/v1/participants").by(&app.world.manager).header("idempotency-key", "k1").json(body.clone());
        let (one, two) = tokio::join!(send().send(), send().send());
        assert_eq!((one.status, two.status), (201, 201), "{} {}", one.text(), two.text());
        assert_eq!((one.body.clone(), one.header("location")), (two.body.clone(), two.header("location")));
        app.post("/v1/participants").by(&app.world.manager).json(body.clone()).refused(ProblemCode::AlreadyExists).await;
        let other = app.post("/v1/participants").by(&app.world.manager).header("idempotency-key", "k1").json(amina());
        other.refused(ProblemCode::IdempotencyKeyReused).await;
        let list = app.get("/v1/participants?q=canaribennani").by(&app.world.manager).expect(200).await;
        assert_eq!(each(&list, "id"), [id.to_string()]);
    }

    async fn a_key_is_its_callers_own_lasts_a_day_and_is_not_kept(app: TestApp) {
        let key = "canary-key-7f3a";
        let send = |by: &SignedIn, body| app.post("/v1/participants").by(by).header("idempotency-key", key).json(body);
        let (manager, other) = (&app.world.manager, &app.world.other_manager);
        let (one, two) = (send(manager, amina()).expect(201).await, send(other, amina()).expect(201).await);
        assert_ne!(one.header("location"), two.header("location"), "nobody gets another's answer");
        assert_eq!(send(manager, amina()).expect(201).await.body, one.body);
        let mut tx = app.app.db.read().await.unwrap();
        let hashes: Vec<Vec<u8>> = tx.query(db::sql!("SELECT key_hash FROM idempotency")).scalars().await.unwrap();
        assert!(hashes.len() == 2 && hashes[0] != hashes[1], "two callers of one key cannot be told to have one");
        drop(tx);
        let left = crate::privacy::leavings::of(&app.database).await;
        assert!(!left.windows(key.len()).any(|text| text == key.as_bytes()));
        app.clock.advance(chrono::TimeDelta::hours(24));
        let later = send(&manager.again(&app.app), amina()).expect(201).await;
        assert_ne!(later.header("location"), one.header("location"), "a day later it is a new request");
    }

    async fn a_repetition_is_authorised_again(app: TestApp) {
        let participant = app.world.participant.id.to_string();
        let path = format!("/v1/participants/{participant}");
        let send = || {
            app.patch(&path).by(&app.world.mentor).if_match(1).header("idempotency-key", "k").json(json!({"language": "en"}))
        };
        let first = send().expect(200).await;
        assert_eq!(send().expect(200).await.body, first.body);
        let history = app.get(&format!("{path}/assignments")).by(&app.world.manager).expect(200).await.json();
        for assignment in history["items"].as_array().expect("a list") {
            let end = format!("/v1/assignments/{}/end", assignment["id"].as_str().expect("an id"));
            app.post(&end).by(&app.world.manager).expect(200).await;
        }
        send().refused(ProblemCode::NotFound).await;
    }

    async fn whoever_is_no_longer_accompanied_is_signed_out(app: TestApp) {
        app.get("/v1/audit").by(&app.world.participant).expect(200).await;
        let path = format!("/v1/participants/{}", app.world.participant.id);
        app.patch(&path).by(&app.world.manager).if_match(1).json(json!({"active": false})).refused(ProblemCode::Invalid).await;
        close_file(&app, app.world.participant.id).await;
        app.get("/v1/audit").by(&app.world.participant).refused(ProblemCode::Unauthenticated).await;
        reopen_file(&app, app.world.participant.id).await;
        app.get("/v1/audit").by(&app.world.participant).refused(ProblemCode::Unauthenticated).await;
    }
}

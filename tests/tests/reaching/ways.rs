//! Numbers and people: what is taken, what is refused by name, what is never called again, and who reads it.

use super::{add, command, file_number, new_way, order, path, ways};
use crate::{
    appointments::audited,
    consents::{self, with},
    visits::{over, seen},
};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

fn person(id: Uuid) -> Value {
    json!({"id": id, "kind": "person", "whose": "relative", "name": "Khadija", "number": "+212600000009"})
}

fn agreed(app: &TestApp, id: Uuid) -> Value {
    with(
        consents::consent(app, "contact_relative"),
        &json!({"subject_id": id, "whom": "Khadija, the sister"}),
    )
}

both_databases! {
    async fn the_number_in_the_file_is_the_first_way_and_stays_there(app: TestApp) {
        let world = &app.world;
        let nothing = ways(&app, &world.mentor).await;
        assert_eq!((&nothing["order"], nothing.get("reached_by"), &nothing["version"]), (&json!(["app", "phone"]), None, &json!(1)));
        file_number(&app, "+212600000000").await;
        let known = ways(&app, &world.mentor).await;
        assert_eq!((&known["reached_by"], &known["reached_by_way"]), (&json!("phone"), &json!(world.participant.id)));
        let first = &known["ways"][0];
        assert_eq!((&first["number"], &first["whose"], &first["is_in_file"]), (&json!("+212600000000"), &json!("own"), &json!(true)));
        assert_eq!((&first["may_leave_message"], &first["is_usable"]), (&json!(false), &json!(true)));
        // What is said of it besides lies beside it; the number is written into the file.
        let body = json!({"contact_way_id": world.participant.id, "number": "+212600000007", "may_leave_message": true});
        let changed = command(&app, &world.participant, "change", body).if_match(2).expect(200).await.json();
        assert_eq!((&changed["ways"][0]["number"], &changed["ways"][0]["may_leave_message"]), (&json!("+212600000007"), &json!(true)));
        let file = seen(&app, &world.mentor, &format!("/v1/participants/{}", world.participant.id)).await;
        assert_eq!((&file["phone"], &file["version"]), (&json!("+212600000007"), &json!(3)));
        // Another number in the file has nothing of what was said of the former one.
        file_number(&app, "+212600000008").await;
        let known = ways(&app, &world.mentor).await;
        assert_eq!((&known["ways"][0]["number"], &known["ways"][0]["may_leave_message"]), (&json!("+212600000008"), &json!(false)));
        let why: Vec<&Value> = known["former"].as_array().unwrap().iter().map(|one| &one["why"]).collect();
        assert_eq!(why, [&json!("replaced"); 2]);
        assert!(!known["former"].to_string().contains("+212"), "nobody reads a former number");
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        for (fields, pointer, code) in [
            (json!({"number": null}), "/number", "required"),
            (json!({"name": "Khadija"}), "/name", "not_allowed"),
            (json!({"good_until": "16:00"}), "/good_until", "before_start"),
            (json!({"good_until": null}), "/good_until", "required"),
            (json!({"valid_until": "2026-11-22"}), "/valid_until", "past"),
            (json!({"kind": "pigeon"}), "/kind", "unknown_word"),
            (json!({"whose": "cat"}), "/whose", "unknown_word"),
            (json!({"id": world.participant.id}), "/id", "not_allowed"),
            (person(Uuid::now_v7()), "/id", "no_consent"),
        ] {
            let body = if fields["kind"] == json!("person") { fields.clone() } else { over(new_way(), &fields) };
            let problem = app.post(&path(&app)).by(&world.mentor).json(body).refused(ProblemCode::Invalid).await;
            let told: Vec<_> = problem.errors.iter().map(|fault| (&*fault.pointer, &*fault.code)).collect();
            assert_eq!(told, [(pointer, code)], "{fields}");
        }
        let unknown = json!({"contact_way_id": Uuid::now_v7(), "may_leave_message": true});
        let problem = command(&app, &world.mentor, "change", unknown).if_match(1).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/contact_way_id");
        let twice = json!({"order": ["app", "app"]});
        let problem = command(&app, &world.mentor, "order", twice).if_match(1).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/order", "not_unique"));
        command(&app, &world.mentor, "order", json!({"order": ["phone"]})).if_match(7).refused(ProblemCode::Changed).await;
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager, &world.other_participant] {
            app.get(&path(&app)).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
            app.post(&path(&app)).by(&person.again(&app.app)).json(new_way()).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&path(&app)).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        assert_eq!(audited(&app, "contact_ways.add").await, 0);
    }

    async fn the_participant_reads_and_changes_theirs(app: TestApp) {
        let world = &app.world;
        let id = Uuid::now_v7();
        let added = add(&app, &world.participant, over(new_way(), &json!({"id": id}))).await.json();
        assert_eq!((&added["ways"][0]["id"], &added["version"]), (&json!(id), &json!(2)));
        app.post(&path(&app)).by(&world.mentor.again(&app.app)).json(over(new_way(), &json!({"id": id}))).refused(ProblemCode::AlreadyExists).await;
        order(&app, &world.participant, &["paper"]).await;
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let known = ways(&app, person).await;
            assert_eq!((&known["order"], &known["reached_by"]), (&json!(["paper"]), &json!("paper")));
        }
    }

    async fn a_wrong_number_is_never_called_again(app: TestApp) {
        let world = &app.world;
        file_number(&app, "+212600000000").await;
        let neighbour = Uuid::now_v7();
        add(&app, &world.mentor, over(new_way(), &json!({"id": neighbour}))).await;
        let wrong = |id: Uuid, number: &str| command(&app, &world.counsellor, "wrong-number", json!({"contact_way_id": id, "number": number}));
        // What is known by another number by now stays.
        let kept = wrong(neighbour, "+212600000077").expect(200).await.json();
        assert_eq!(kept["ways"].as_array().unwrap().len(), 2);
        let gone = wrong(world.participant.id, "+212600000000").expect(200).await.json();
        assert_eq!((gone["ways"].as_array().unwrap().len(), &gone["reached_by_way"]), (1, &json!(neighbour)));
        assert_eq!(seen(&app, &world.mentor, &format!("/v1/participants/{}", world.participant.id)).await.get("phone"), None);
        // Said again, it is so.
        assert_eq!(wrong(world.participant.id, "+212600000000").expect(200).await.json()["version"], gone["version"]);
        let none = wrong(neighbour, "+212600000001").expect(200).await.json();
        assert_eq!((none["ways"].as_array().unwrap().len(), none.get("reached_by")), (0, None), "no way to reach them");
        assert_eq!(wrong(neighbour, "+212600000001").expect(200).await.json()["version"], none["version"]);

        // Written down again it is refused, wherever.
        let again = json!({"kind": "phone", "whose": "own", "number": "+212600000000"});
        let problem = app.post(&path(&app)).by(&world.mentor.again(&app.app)).json(again.clone()).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/number", "wrong_number"));
        let file = format!("/v1/participants/{}", world.participant.id);
        let version = seen(&app, &world.manager, &file).await["version"].as_i64().unwrap();
        let problem = app.patch(&file).by(&world.manager.again(&app.app)).if_match(version).json(json!({"phone": "+212600000001"})).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/phone", "wrong_number"));
        add(&app, &world.mentor, over(again, &json!({"despite_wrong": true}))).await;
        assert_eq!(ways(&app, &world.mentor).await["reached_by"], json!("phone"));
        // The log says neither how they are reached nor at which number.
        let mut tx = app.app.db.read().await.unwrap();
        let details: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE action LIKE 'contact_ways%'")).scalars().await.unwrap();
        assert!(details.iter().all(|text| !text.contains("212") && !text.contains("phone")), "{details:?}");
    }

    async fn a_wrong_number_is_called_by_none_of_the_ways_that_have_it(app: TestApp) {
        let world = &app.world;
        let (neighbour, other, sister) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        // The same number thrice: in the file, as a neighbour's, and as that of whoever passes things on.
        file_number(&app, "+212600000009").await;
        add(&app, &world.mentor, over(new_way(), &json!({"id": neighbour, "number": "+212600000009"}))).await;
        add(&app, &world.mentor, over(new_way(), &json!({"id": other, "number": "+212600000002"}))).await;
        consents::give(&app, &world.mentor, agreed(&app, sister)).await;
        add(&app, &world.mentor, person(sister)).await;
        let body = json!({"contact_way_id": neighbour, "number": "+212600000009"});
        let left = command(&app, &world.mentor, "wrong-number", body).expect(200).await.json();
        let ids: Vec<&Value> = left["ways"].as_array().unwrap().iter().map(|way| &way["id"]).collect();
        assert_eq!(ids, [&json!(other), &json!(sister)]);
        assert!(!left["ways"].to_string().contains("+212600000009"), "{left}");
        assert_eq!((&left["ways"][1]["name"], left["former"].as_array().unwrap().len()), (&json!("Khadija"), 1));
        assert_eq!(seen(&app, &world.mentor, &format!("/v1/participants/{}", world.participant.id)).await.get("phone"), None);
        assert_eq!(audited(&app, "contact_ways.report_wrong_file_number").await, 1);
    }

    async fn a_person_is_asked_while_they_agree_to_it(app: TestApp) {
        let world = &app.world;
        let sister = Uuid::now_v7();
        consents::give(&app, &world.mentor, agreed(&app, sister)).await;
        add(&app, &world.mentor, person(sister)).await;
        assert_eq!(ways(&app, &world.mentor).await.get("reached_by"), None, "nobody wants that she is asked");
        order(&app, &world.mentor, &["app", "person"]).await;
        let known = ways(&app, &world.mentor).await;
        assert_eq!((&known["reached_by"], &known["reached_by_way"]), (&json!("person"), &json!(sister)));
        // A wrong number of hers does not make her somebody else.
        let body = json!({"contact_way_id": sister, "number": "+212600000009"});
        let known = command(&app, &world.mentor, "wrong-number", body).expect(200).await.json();
        assert_eq!((&known["ways"][0]["name"], known["ways"][0].get("number")), (&json!("Khadija"), None));
        let body = json!({"participant_id": world.participant.id, "purpose": "contact_relative", "subject_id": sister});
        app.post("/v1/consents/withdraw").by(&world.participant.again(&app.app)).json(body).expect(200).await;
        let known = ways(&app, &world.mentor).await;
        assert_eq!((known["ways"].as_array().unwrap().len(), known.get("reached_by")), (0, None));
        app.post(&path(&app)).by(&world.mentor.again(&app.app)).json(person(sister)).refused(ProblemCode::Invalid).await;
    }

    async fn a_person_is_asked_of_somebody_under_age_while_their_guardian_agrees_as_well(app: TestApp) {
        let world = &app.world;
        let sister = Uuid::now_v7();
        consents::give(&app, &world.mentor, agreed(&app, sister)).await;
        add(&app, &world.mentor, person(sister)).await;
        order(&app, &world.mentor, &["person"]).await;
        assert_eq!(ways(&app, &world.mentor).await["reached_by"], json!("person"));
        // The file says only now that they are under age: nothing was said for them.
        let file = json!({"minor_until": "2027-06-30", "guardian": {"name": "Hadda Bennani"}});
        let path = format!("/v1/participants/{}", world.participant.id);
        app.patch(&path).by(&world.manager.again(&app.app)).header("if-match", "*").json(file).expect(200).await;
        let known = ways(&app, &world.mentor).await;
        assert_eq!((known.get("reached_by"), &known["ways"][0]["is_usable"]), (None, &json!(false)));
        consents::give(&app, &world.counsellor, with(agreed(&app, sister), &json!({"given_by": "guardian"}))).await;
        assert_eq!(ways(&app, &world.mentor).await["reached_by"], json!("person"));
    }

    async fn a_number_is_used_until_its_last_day_where_they_live(app: TestApp) {
        let world = &app.world;
        add(&app, &world.mentor, over(new_way(), &json!({"valid_until": "2026-11-24"}))).await;
        app.clock.advance(chrono::TimeDelta::hours(37));
        assert_eq!(ways(&app, &world.mentor).await["reached_by"], json!("phone"), "23:00 of that day");
        app.clock.advance(chrono::TimeDelta::hours(2));
        let known = ways(&app, &world.mentor).await;
        assert_eq!((known.get("reached_by"), &known["ways"][0]["is_usable"]), (None, &json!(false)));
        let id = known["ways"][0]["id"].clone();
        let removed = command(&app, &world.mentor, "remove", json!({"contact_way_id": id})).if_match(known["version"].as_i64().unwrap()).expect(200).await.json();
        assert_eq!((removed["ways"].as_array().unwrap().len(), &removed["former"][0]["why"]), (0, &json!("removed")));
    }

    async fn a_fault_anywhere_leaves_nothing(app: TestApp) {
        file_number(&app, "+212600000000").await;
        let counted = async || -> (i64, i64, i64, i64) {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!(
                "SELECT (SELECT count(*) FROM former_number), (SELECT count(*) FROM contact_preference),
                        (SELECT count(*) FROM participant WHERE phone_sealed IS NULL), (SELECT count(*) FROM audit)"
            )).one().await.unwrap()
        };
        let before = counted().await;
        let body = json!({"contact_way_id": app.world.participant.id, "number": "+212600000000"});
        for n in 1..60 {
            app.faults.arm(n);
            let answer = command(&app, &app.world.mentor, "wrong-number", body.clone()).header("idempotency-key", "1").send().await;
            if app.faults.disarm() {
                assert_eq!((answer.status, n > 8), (200, true));
                let after = counted().await;
                assert_eq!((after.0, after.1), (1, 1), "{after:?}");
                return;
            }
            assert_eq!((answer.status, counted().await), (500, before), "fault {n}");
        }
        panic!("it has no end");
    }
}

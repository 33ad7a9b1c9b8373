//! Writing questionnaires, their versions, and retiring one.

use contract::ProblemCode;
use muwakaba_tests::{Answer, SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

/// The one that came with the service.
const DEFAULT: &str = "019ac000-0000-7000-8000-000000000001";

fn questions() -> Value {
    json!([
        {"id": "mood", "kind": "faces", "text": {"ar": "كيف حالكم؟", "fr": "Comment allez-vous ?"}, "options": [{"id": "very_bad", "alarm": true}]},
        {"id": "meals", "kind": "number", "text": {"fr": "Combien de repas ?"}, "unit": {"fr": "repas"}, "required": false},
    ])
}

async fn make(app: &TestApp, person: &SignedIn) -> Answer {
    let body = json!({"name": "The first weeks", "questions": questions()});
    app.post("/v1/questionnaires").by(&person.again(&app.app)).json(body).expect(201).await
}

async fn ids(app: &TestApp, person: &SignedIn) -> Vec<String> {
    let listed = app.get("/v1/questionnaires").by(&person.again(&app.app)).expect(200).await.json();
    listed["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

both_databases! {
    async fn one_comes_with_the_service_in_four_languages(app: TestApp) {
        let world = &app.world;
        for person in [&world.mentor, &world.foreign_mentor, &world.manager, &world.administrator] {
            let read = app.get(&format!("/v1/questionnaires/{DEFAULT}")).by(&person.again(&app.app)).expect(200).await.json();
            assert_eq!((read.get("centre_id"), read.get("created_by")), (None, None));
            let questions = read["questions"].as_array().unwrap();
            let ids: Vec<_> = questions.iter().map(|question| question["id"].as_str().unwrap()).collect();
            assert_eq!(ids, ["how_are_you", "housing", "work", "worry"]);
            for question in questions {
                let options = question["options"].as_array().unwrap().iter().map(|option| &option["text"]);
                for text in options.filter(|text| !text.is_null()).chain([&question["text"]]) {
                    assert_eq!(text.as_object().unwrap().len(), 4, "{text}");
                }
            }
            // What is seeded could have been written.
            let as_new: Vec<Value> = questions.iter().map(|question| {
                let mut question = question.clone();
                if question["kind"] != json!("choice") {
                    let alarming: Vec<Value> = question["options"].as_array().unwrap().iter().filter(|option| option["alarm"] == json!(true)).cloned().collect();
                    question["options"] = json!(alarming);
                }
                question
            }).collect();
            if person.id == world.manager.id {
                app.post("/v1/questionnaires").by(&person.again(&app.app)).json(json!({"name": "a", "questions": as_new})).expect(201).await;
            }
        }
    }

    async fn a_centre_has_its_own_and_all_have_an_administrators(app: TestApp) {
        let world = &app.world;
        let own = make(&app, &world.manager).await.string("/id");
        let of_all = make(&app, &world.administrator).await.string("/id");
        for (person, seen) in [
            (&world.mentor, vec![DEFAULT, &own, &of_all]),
            (&world.counsellor, vec![DEFAULT, &own, &of_all]),
            (&world.other_manager, vec![DEFAULT, &of_all]),
            (&world.foreign_mentor, vec![DEFAULT, &of_all]),
            (&world.administrator, vec![DEFAULT, &own, &of_all]),
        ] {
            assert_eq!(ids(&app, person).await, seen);
        }
        for person in [&world.participant, &world.observer] {
            app.get("/v1/questionnaires").by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.mentor, &world.counsellor, &world.observer, &world.participant] {
            let body = json!({"name": "x", "questions": questions()});
            app.post("/v1/questionnaires").by(&person.again(&app.app)).json(body).refused(ProblemCode::NotForThisRole).await;
        }
        // What is not theirs to change: another centre's is not there, one for all centres is.
        let retire = |id: &str, person: &SignedIn| app.post(&format!("/v1/questionnaires/{id}/retire")).by(&person.again(&app.app)).if_match(1);
        retire(&own, &world.other_manager).refused(ProblemCode::NotFound).await;
        retire(&of_all, &world.manager).refused(ProblemCode::CommandRefused).await;
        retire(&own, &world.administrator).refused(ProblemCode::CommandRefused).await;
    }

    async fn another_version_leaves_the_former_as_it_was(app: TestApp) {
        let world = &app.world;
        let made = make(&app, &world.manager).await;
        let path = format!("/v1/questionnaires/{}", made.string("/id"));
        let next = json!({"questions": [{"id": "mood", "kind": "yes_no", "text": {"en": "Well?"}}]});
        let publish = |version| app.post(&format!("{path}/versions")).by(&world.manager.again(&app.app)).if_match(version).json(next.clone());
        let published = publish(1).expect(200).await;
        assert_eq!((&published.json()["number"], published.version()), (&json!(2), 2));
        publish(1).refused(ProblemCode::Changed).await;
        let versions = app.get(&format!("{path}/versions")).by(&world.mentor).expect(200).await.json();
        let numbers: Vec<_> = versions["items"].as_array().unwrap().iter().map(|version| version["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, [2, 1]);
        assert_eq!(versions["items"][1]["questions"], made.json()["questions"]);
        let retire = |version| app.post(&format!("{path}/retire")).by(&world.manager.again(&app.app)).if_match(version);
        let retired = retire(2).expect(200).await;
        assert_eq!(retired.json()["retired_by"], json!(world.manager.id));
        retire(3).refused(ProblemCode::CommandRefused).await;
        publish(3).refused(ProblemCode::CommandRefused).await;
    }

    async fn what_cannot_be_asked_names_its_field(app: TestApp) {
        let world = &app.world;
        for (field, questions) in [
            ("/questions", json!([])),
            ("/questions/0/kind", json!([{"id": "a", "kind": "essay", "text": {"en": "?"}}])),
            ("/questions/0/id", json!([{"id": "A b", "kind": "text", "text": {"en": "?"}}])),
            ("/questions/0/text", json!([{"id": "a", "kind": "text", "text": {}}])),
            ("/questions/0/text/de", json!([{"id": "a", "kind": "text", "text": {"de": "?"}}])),
            ("/questions/0/options", json!([{"id": "a", "kind": "choice", "text": {"en": "?"}}])),
            ("/questions/1/id", json!([{"id": "a", "kind": "text", "text": {"en": "?"}}, {"id": "a", "kind": "text", "text": {"en": "?"}}])),
        ] {
            let body = json!({"name": "x", "questions": questions});
            let problem = app.post("/v1/questionnaires").by(&world.manager.again(&app.app)).json(body).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, field);
        }
        let seven: Vec<Value> = (0..7).map(|number| json!({"id": format!("q{number}"), "kind": "text", "text": {"en": "?"}})).collect();
        let body = json!({"name": "x", "questions": seven});
        let problem = app.post("/v1/questionnaires").by(&world.manager.again(&app.app)).json(body).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/questions");
    }
}

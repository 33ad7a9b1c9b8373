//! Who is likely registered already.

use super::{close_file, register};
use contract::{Problem, ProblemCode};
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::{Value, json};

async fn refused(app: &TestApp, by: &SignedIn, body: Value) -> Problem {
    app.post("/v1/participants").by(by).json(body).refused(ProblemCode::LikelySamePerson).await
}

both_databases! {
    async fn the_likely_same_person_is_shown_and_whoever_looked_registers_another(app: TestApp) {
        let world = &app.world;
        let first = json!({"name_arabic": "أمينة العلوي", "name_latin": "Amina El Alaoui", "language": "ar", "birth_year": 1990, "province": "141"});
        let id = register(&app, first).await.string("/id");
        // However it is spelled, in either script; the file may be closed.
        for name in [json!({"name_latin": "ALAOUI Amîna"}), json!({"name_arabic": "امينه علوي"}), json!({"name": "amina el alaoui"})] {
            let mut body = json!({"language": "fr", "birth_year": 1990});
            body.as_object_mut().unwrap().extend(name.as_object().unwrap().clone());
            let problem = refused(&app, &world.manager, body).await;
            assert_eq!(problem.similar.iter().map(ToString::to_string).collect::<Vec<_>>(), std::slice::from_ref(&id));
            assert!(!serde_json::to_string(&problem).unwrap().to_lowercase().contains("alaoui"), "no name is repeated");
        }
        close_file(&app, id.parse().unwrap()).await;
        let mut same = json!({"name_latin": "Amina Alaoui", "language": "fr", "province": "141"});
        refused(&app, &world.manager, same.clone()).await;
        same["not_same_as"] = json!([uuid::Uuid::now_v7()]);
        refused(&app, &world.manager, same.clone()).await;
        // Whoever looked at that file registers another person; the next one hears of both.
        same["not_same_as"] = json!([id]);
        let second = register(&app, same.clone()).await.string("/id");
        let both = refused(&app, &world.manager, same).await;
        assert_eq!(both.similar.iter().map(ToString::to_string).collect::<Vec<_>>(), [second]);
    }

    async fn nobody_is_suspected_without_evidence_nor_at_another_centre(app: TestApp) {
        let world = &app.world;
        let amina = |fields: Value| {
            let mut body = json!({"name_latin": "Amina Alaoui", "language": "fr"});
            body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            body
        };
        register(&app, amina(json!({"birth_year": 1990, "province": "141"}))).await;
        let count = async || app.get("/v1/participants").by(&world.manager).expect(200).await.json()["items"].as_array().unwrap().len();
        let before = count().await;
        refused(&app, &world.manager, amina(json!({"birth_year": 1991, "province": "141"}))).await;
        assert_eq!(count().await, before, "nobody was registered");
        // Another age, or nothing but a name; and somebody of the other centre hears of nobody here.
        for other in [json!({"birth_year": 1995, "province": "141"}), json!({"birth_year": 1991, "province": "231"}), json!({})] {
            register(&app, amina(other)).await;
        }
        app.post("/v1/participants").by(&world.other_manager).json(amina(json!({"birth_year": 1990}))).expect(201).await;
        let another = json!({"name_latin": "Aminata Alaoui", "language": "fr", "birth_year": 1990});
        register(&app, another).await;
    }

    async fn a_repetition_is_no_second_person(app: TestApp) {
        let body = json!({"name_latin": "Amina Alaoui", "language": "fr", "birth_year": 1990});
        let send = || app.post("/v1/participants").by(&app.world.manager).header("idempotency-key", "k").json(body.clone());
        let first = send().expect(201).await;
        assert_eq!(send().expect(201).await.body, first.body);
    }
}

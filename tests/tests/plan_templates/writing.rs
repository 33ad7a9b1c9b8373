//! Writing plan templates, their versions, and retiring one.

use contract::ProblemCode;
use muwakaba_tests::{Answer, SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

/// A phase in which a check-in opens at nine on these days, is due two days later and closes two days after that.
pub fn phase(id: &str, count: u32, unit: &str, recurrence: &str) -> Value {
    json!({"id": id, "lasts": {"count": count, "unit": unit}, "check_ins": {"recurrence": recurrence, "window": {
        "opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}}})
}

/// Weekly for eight weeks, every two weeks to month six, monthly to month twenty-four; a conversation a month.
pub fn content() -> Value {
    json!({
        "name": {"ar": "مواكبتكم", "fr": "Votre accompagnement", "zgh": "ⴰⵎⵓⵏ ⵏⵏⵓⵏ", "en": "Your accompaniment"},
        "phases": [
            phase("first", 8, "weeks", "FREQ=WEEKLY;BYDAY=TU"),
            phase("second", 4, "months", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
            phase("third", 18, "months", "FREQ=MONTHLY;BYMONTHDAY=31"),
        ],
        "series": [{"id": "talks", "kind": "social_counselling", "minutes": 45, "recurrence": "FREQ=MONTHLY"}],
        "readiness": ["national_card", "rehabilitation"],
        "pathways": [{"kind": "apprenticeship", "stages": ["application", "start"]}],
    })
}

/// Makes one that says this.
pub async fn make(app: &TestApp, person: &SignedIn, content: &Value) -> Answer {
    app.post("/v1/plan-templates")
        .by(&person.again(&app.app))
        .json(json!({"content": content}))
        .expect(201)
        .await
}

async fn refused(app: &TestApp, content: &Value) -> Vec<String> {
    let body = json!({"content": content});
    let problem = app
        .post("/v1/plan-templates")
        .by(&app.world.manager.again(&app.app))
        .json(body)
        .refused(ProblemCode::Invalid)
        .await;
    problem.errors.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
}

async fn ids(app: &TestApp, person: &SignedIn) -> Vec<String> {
    let listed = app.get("/v1/plan-templates").by(&person.again(&app.app)).expect(200).await.json();
    listed["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

both_databases! {
    async fn a_centre_has_its_own_and_all_have_an_administrators(app: TestApp) {
        let world = &app.world;
        let own = make(&app, &world.manager, &content()).await.string("/id");
        let of_all = make(&app, &world.administrator, &content()).await.string("/id");
        for person in [&world.manager, &world.mentor, &world.counsellor] {
            let seen = ids(&app, person).await;
            assert!(seen.contains(&own) && seen.contains(&of_all));
        }
        assert_eq!(ids(&app, &world.other_manager).await, std::slice::from_ref(&of_all));
        let foreign = format!("/v1/plan-templates/{own}");
        app.get(&foreign).by(&world.other_manager.again(&app.app)).refused(ProblemCode::NotFound).await;
        for person in [&world.participant, &world.observer] {
            app.get(&foreign).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        let body = json!({"content": content()});
        app.post("/v1/plan-templates").by(&world.mentor.again(&app.app)).json(body.clone()).refused(ProblemCode::NotForThisRole).await;
        let versions = format!("/v1/plan-templates/{of_all}/versions");
        app.post(&versions).by(&world.manager.again(&app.app)).if_match(1).json(body).refused(ProblemCode::CommandRefused).await;
    }

    async fn no_version_is_ever_changed(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/plan-templates/{}", make(&app, &world.manager, &content()).await.string("/id"));
        let mut other = content();
        other["phases"] = json!([phase("only", 4, "weeks", "FREQ=DAILY")]);
        let publish = |version| app.post(&format!("{path}/versions")).by(&world.manager.again(&app.app)).if_match(version).json(json!({"content": other}));
        publish(2).refused(ProblemCode::Changed).await;
        let published = publish(1).expect(200).await.json();
        assert_eq!((&published["number"], &published["version"]), (&json!(2), &json!(2)));
        let versions = app.get(&format!("{path}/versions")).by(&world.mentor.again(&app.app)).expect(200).await.json();
        let phases: Vec<usize> = versions["items"].as_array().unwrap().iter().map(|one| one["content"]["phases"].as_array().unwrap().len()).collect();
        assert_eq!(phases, [1, 3]);
        app.post(&format!("{path}/retire")).by(&world.manager.again(&app.app)).if_match(2).expect(200).await;
        publish(3).refused(ProblemCode::CommandRefused).await;
        let read = app.get(&path).by(&world.manager.again(&app.app)).expect(200).await.json();
        assert!(read["retired_at"].is_string());
    }

    async fn what_cannot_be_names_its_field(app: TestApp) {
        for (recurrence, place) in [
            ("FREQ=WEEKLY;INTERVAL=0", "/content/phases/0/check_ins/recurrence"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "/content/phases/0/check_ins/recurrence"),
            ("FREQ=HOURLY", "/content/phases/0/check_ins/recurrence"),
        ] {
            let mut wrong = content();
            wrong["phases"][0]["check_ins"]["recurrence"] = json!(recurrence);
            let told = refused(&app, &wrong).await;
            assert!(told[0].starts_with(place), "{told:?}");
        }
        let mut many = content();
        many["phases"] = (0..11).map(|number| phase(&format!("p{number}"), 1, "weeks", "FREQ=WEEKLY")).collect();
        assert_eq!(refused(&app, &many).await, ["/content/phases length"]);
        let mut nameless = content();
        nameless["name"] = json!({"fr": "Plan"});
        assert_eq!(refused(&app, &nameless).await, ["/content/name/ar required", "/content/name/zgh required", "/content/name/en required"]);
    }

    async fn what_is_asked_has_to_be_there(app: TestApp) {
        let world = &app.world;
        let questions = json!({"name": "x", "questions": [{"id": "a", "kind": "text", "text": {"fr": "Quoi ?"}}]});
        let question = async |person: &SignedIn| app.post("/v1/questionnaires").by(&person.again(&app.app)).json(questions.clone()).expect(201).await.string("/id");
        let (own, foreign) = (question(&world.manager).await, question(&world.other_manager).await);
        let with = |id: &str, number: Option<i64>| {
            let mut content = content();
            content["phases"][1]["check_ins"]["questionnaire_id"] = json!(id);
            if let Some(number) = number {
                content["phases"][1]["check_ins"]["questionnaire_number"] = json!(number);
            }
            content
        };
        let place = "/content/phases/1/check_ins/questionnaire_id";
        assert_eq!(refused(&app, &with(&foreign, None)).await, [format!("{place} unknown")]);
        assert_eq!(refused(&app, &with(&own, Some(2))).await, ["/content/phases/1/check_ins/questionnaire_number unknown"]);
        make(&app, &world.manager, &with(&own, Some(1))).await;
        // A centre's own is nothing for all.
        let body = json!({"content": with(&own, None)});
        let problem = app.post("/v1/plan-templates").by(&world.administrator.again(&app.app)).json(body).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, place);
        app.post(&format!("/v1/questionnaires/{own}/retire")).by(&world.manager.again(&app.app)).if_match(1).expect(200).await;
        assert_eq!(refused(&app, &with(&own, None)).await, [format!("{place} retired")]);
    }
}

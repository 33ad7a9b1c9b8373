//! What one participant alone is asked: who sets it, what becomes of it, and that it alarms.

use super::{answers, command, new_check_ins, open, over, plan, raised, seen};
use contract::ProblemCode;
use muwakaba_tests::{SignedIn, TestApp, both_databases, http::Request};
use serde_json::{Value, json};

fn set(app: &TestApp, person: &SignedIn, version: i64, questions: Value) -> Request {
    let path = format!("/v1/participants/{}/custom-questions", app.world.participant.id);
    app.put(&path).by(&person.again(&app.app)).if_match(version).json(json!({"questions": questions}))
}

fn question(text: &str) -> Value {
    json!({"kind": "yes_no", "text": text, "required": false, "options": [{"id": "no", "alarm": true}]})
}

both_databases! {
    async fn it_is_asked_from_then_on_in_the_persons_language_and_alarms(app: TestApp) {
        let world = &app.world;
        let before = open(&app).await;
        let read = seen(&app, &world.manager, &format!("/v1/participants/{}/custom-questions", world.participant.id)).await;
        assert_eq!((&read["version"], &read["questions"]), (&json!(0), &json!([])));
        let made = set(&app, &world.mentor, 0, json!([question("هل زرتم أمكم؟"), question("هل نمتم؟"), question("هل أكلتم؟")])).expect(200).await;
        assert_eq!((made.version(), made.json()["questions"][0]["id"].clone()), (1, json!("own_1")));
        set(&app, &world.mentor, 0, json!([])).refused(ProblemCode::Changed).await;
        let path = open(&app).await;
        let asked = seen(&app, &world.participant, &path).await;
        let ids: Vec<&Value> = asked["questions"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(ids, ["how_are_you", "housing", "work", "worry", "own_1", "own_2"], "six in all");
        assert_eq!((&asked["custom_questions_left_out"], &asked["questions"][4]["is_custom"]), (&json!(1), &json!(true)));
        assert_eq!(asked["questions"][4]["wording"], json!({"text": "هل زرتم أمكم؟", "language": "ar"}));
        assert_eq!(seen(&app, &world.mentor, &path).await["questions"][4]["wording"]["language"], json!("ar"));
        assert_eq!(seen(&app, &world.participant, &before).await["questions"].as_array().unwrap().len(), 4);
        // What is asked otherwise from now on changes nothing that is planned.
        set(&app, &world.counsellor, 1, json!([])).expect(200).await;
        let mut whole = answers("good");
        whole["answers"].as_array_mut().unwrap().push(json!({"question_id": "own_1", "option": "no"}));
        command(&app, &world.participant, &path, "submit", 1).json(whole.clone()).expect(200).await;
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
        let after = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01"])).await.json();
        assert_eq!(after["items"][0]["questions"].as_array().unwrap().len(), 4);
        command(&app, &world.participant, &before, "submit", 1).json(whole).refused(ProblemCode::Invalid).await;
    }

    async fn those_who_accompany_set_it_and_the_manager_reads_it(app: TestApp) {
        let world = &app.world;
        set(&app, &world.mentor, 0, json!([question("سؤال")])).expect(200).await;
        let path = format!("/v1/participants/{}/custom-questions", world.participant.id);
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            assert_eq!(seen(&app, person, &path).await["set_by"], json!(world.mentor.id));
        }
        for (person, code) in [
            (&world.other_mentor, ProblemCode::NotFound),
            (&world.other_manager, ProblemCode::NotFound),
            (&world.participant, ProblemCode::NotForThisRole),
            (&world.administrator, ProblemCode::NotForThisRole),
        ] {
            app.get(&path).by(&person.again(&app.app)).refused(code).await;
        }
        for (person, code) in [
            (&world.manager, ProblemCode::NotForThisRole),
            (&world.other_mentor, ProblemCode::NotFound),
            (&world.participant, ProblemCode::NotForThisRole),
        ] {
            set(&app, person, 1, json!([])).refused(code).await;
        }
    }

    async fn what_cannot_be_asked_names_its_field(app: TestApp) {
        let world = &app.world;
        for (questions, field) in [
            (json!([question("1"), question("2"), question("3"), question("4")]), "/questions"),
            (json!([{"kind": "text", "text": "a".repeat(161)}]), "/questions/0/text"),
            (json!([{"kind": "choice", "text": "?"}]), "/questions/0/options"),
            (json!([{"kind": "number", "text": "?"}]), "/questions/0/unit"),
            (json!([over(question("?"), &json!({"id": "mine"}))]), "/questions/0/id"),
        ] {
            let problem = set(&app, &world.mentor, 0, questions).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, field);
        }
    }
}

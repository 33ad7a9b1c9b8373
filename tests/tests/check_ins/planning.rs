//! Planning check-ins: who, what is asked, when, and what is refused.

use super::{command, new_check_ins, over, plan, seen};
use crate::appointments::audited;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

/// When reminders are due, and of which purpose.
async fn planned(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(contract::time::Instant, String)> = tx
        .query(sql!("SELECT due_at, purpose FROM reminder WHERE subject_kind = 'check_in' AND state = 'planned' ORDER BY due_at, id"))
        .all()
        .await
        .unwrap();
    rows.into_iter().map(|(due, purpose)| format!("{purpose} {due}")).collect()
}

both_databases! {
    async fn nobody_waits_for_what_they_may_not_see(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01"])).await;
        let path = format!("/v1/check-ins/{}", made.string("/items/0/id"));
        app.statements.take();
        command(&app, &world.other_manager, &path, "cancel", 1).json(json!({"reason": "asked_for"})).refused(ProblemCode::NotFound).await;
        let foreign = app.post("/v1/check-ins").by(&world.other_manager.again(&app.app)).json(new_check_ins(&app, &["2026-12-02"]));
        foreign.refused(ProblemCode::NotFound).await;
        let held = ["SELECT id FROM check_in WHERE id = $1", "SELECT id FROM participant WHERE id = $1"];
        for statement in app.statements.take() {
            assert!(!held.iter().any(|held| statement.contains(held)), "{statement}");
        }
    }

    async fn a_series_shares_a_rule_and_each_has_its_instants(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01", "2026-12-08"])).await.json();
        let items = made["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!((&items[0]["series_id"], &items[1]["series_id"]), (&made["series_id"], &made["series_id"]));
        let first = &items[0];
        assert_eq!(first["local_opens"], json!("2026-12-01T09:00:00"));
        assert_eq!((&first["opens_at"], &first["due_at"], &first["closes_at"]),
                   (&json!("2026-12-01T09:00:00Z"), &json!("2026-12-03T20:00:00Z"), &json!("2026-12-05T20:00:00Z")));
        assert_eq!((&first["state"], &first["possible_commands"]), (&json!("planned"), &json!(["cancel"])));
        assert_eq!(planned(&app).await[..4], [
            "check_in_open 2026-12-01T09:00:00Z", "check_in_half_way 2026-12-03T14:30:00Z",
            "check_in_last_evening 2026-12-05T18:00:00Z", "check_in_open 2026-12-08T09:00:00Z",
        ]);
        assert_eq!(audited(&app, "check_in.plan").await, 2);
        let path = format!("/v1/participants/{}/check-ins", world.participant.id);
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let listed = seen(&app, person, &path).await;
            let ids: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
            assert_eq!(ids, [&items[1]["id"], &items[0]["id"]]);
        }
        for person in [&world.other_mentor, &world.other_manager, &world.foreign_mentor, &world.other_participant] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
            let one = format!("/v1/check-ins/{}", first["id"].as_str().unwrap());
            app.get(&one).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn each_reads_it_in_their_language(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01"])).await.json();
        let path = format!("/v1/check-ins/{}", made["items"][0]["id"].as_str().unwrap());
        assert_eq!(made["items"][0]["questions"][0]["wording"]["language"], json!("fr"));
        let own = seen(&app, &world.participant, &path).await;
        assert_eq!(own["questions"][0]["wording"], json!({"text": "كيف حالكم هذه الأيام؟", "language": "ar"}));
        assert_eq!(own["call_question"]["language"], json!("ar"));
        // One that is missing is put in the nearest.
        let only_french = json!({"name": "x", "questions": [{"id": "a", "kind": "text", "text": {"fr": "Quoi ?"}}]});
        let id = app.post("/v1/questionnaires").by(&world.manager).json(only_french).expect(201).await.string("/id");
        let made = plan(&app, &world.mentor, over(new_check_ins(&app, &["2026-12-01"]), &json!({"questionnaire_id": id}))).await;
        let own = seen(&app, &world.participant, &format!("/v1/check-ins/{}", made.string("/items/0/id"))).await;
        assert_eq!(own["questions"][0]["wording"], json!({"text": "Quoi ?", "language": "fr"}));
    }

    async fn what_is_asked_is_the_version_of_the_day_it_was_planned(app: TestApp) {
        let world = &app.world;
        let question = |text: &str| json!([{"id": "a", "kind": "text", "text": {"fr": text}}]);
        let made = app.post("/v1/questionnaires").by(&world.manager).json(json!({"name": "x", "questions": question("Un ?")})).expect(201).await;
        let id = made.string("/id");
        let with = |fields: &Value| over(over(new_check_ins(&app, &["2026-12-01"]), &json!({"questionnaire_id": id})), fields);
        let first = plan(&app, &world.mentor, with(&json!({}))).await.string("/items/0/id");
        let path = format!("/v1/questionnaires/{id}");
        app.post(&format!("{path}/versions")).by(&world.manager.again(&app.app)).if_match(1).json(json!({"questions": question("Deux ?")})).expect(200).await;
        let second = plan(&app, &world.mentor, with(&json!({"questionnaire_number": 2}))).await.string("/items/0/id");
        for (check_in, text, number) in [(&first, "Un ?", 1), (&second, "Deux ?", 2)] {
            let read = seen(&app, &world.mentor, &format!("/v1/check-ins/{check_in}")).await;
            assert_eq!((&read["questions"][0]["wording"]["text"], &read["questionnaire_number"]), (&json!(text), &json!(number)));
        }
        let refused = async |body: Value| {
            let problem = app.post("/v1/check-ins").by(&world.mentor.again(&app.app)).json(body).refused(ProblemCode::Invalid).await;
            (problem.errors[0].pointer.clone(), problem.errors[0].code.clone())
        };
        let told = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(refused(with(&json!({"questionnaire_number": 1}))).await, told("/questionnaire_number", "retired"));
        assert_eq!(refused(with(&json!({"questionnaire_number": 3}))).await, told("/questionnaire_number", "unknown"));
        app.post(&format!("{path}/retire")).by(&world.manager.again(&app.app)).if_match(2).expect(200).await;
        assert_eq!(refused(with(&json!({}))).await, told("/questionnaire_id", "retired"));
        let foreign = app.post("/v1/questionnaires").by(&world.other_manager).json(json!({"name": "x", "questions": question("?")})).expect(201).await;
        assert_eq!(refused(with(&json!({"questionnaire_id": foreign.string("/id")}))).await, told("/questionnaire_id", "unknown"));
        // Planned before it was retired, it is still asked.
        assert_eq!(seen(&app, &world.mentor, &format!("/v1/check-ins/{second}")).await["state"], json!("planned"));
    }

    async fn what_cannot_be_planned_names_its_field(app: TestApp) {
        let world = &app.world;
        let rule = |due: i64, closes: i64| json!({"rule": {"opens": "09:00", "due": {"days_after": due, "time": "09:00"}, "closes": {"days_after": closes, "time": "09:00"}}});
        let with = |days: &[&str], fields: &Value| over(new_check_ins(&app, days), fields);
        let many: Vec<String> = (1..=27).map(|day| format!("2027-01-{day:02}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (body, field) in [
            (with(&["2026-12-01", "2026-12-01"], &json!({})), "/check_ins/1/day"),
            (with(&["2026-11-01"], &json!({})), "/check_ins/0/day"),
            (with(&["2029-12-01"], &json!({})), "/check_ins/0/day"),
            (with(&["2026-12-01"], &rule(0, 2)), "/rule/due"),
            (with(&["2026-12-01"], &rule(3, 2)), "/rule/closes"),
            (with(&["2026-12-01"], &rule(3, 61)), "/rule/closes/days_after"),
            (with(&[], &json!({})), "/check_ins"),
            (with(&many, &json!({})), "/check_ins"),
            (with(&["2026-12-01"], &json!({"zone": "Africa/Nowhere"})), "/zone"),
        ] {
            let problem = app.post("/v1/check-ins").by(&world.mentor.again(&app.app)).json(body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, field, "{body}");
        }
        plan(&app, &world.mentor, with(&many[..26], &json!({}))).await;
        let other = with(&["2026-12-01"], &json!({"participant_id": world.other_participant.id}));
        app.post("/v1/check-ins").by(&world.mentor.again(&app.app)).json(other).refused(ProblemCode::NotFound).await;
        app.post("/v1/check-ins").by(&world.participant).json(new_check_ins(&app, &["2026-12-01"])).refused(ProblemCode::NotForThisRole).await;
    }

    async fn it_is_called_off_as_long_as_it_is_not_answered(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.manager, new_check_ins(&app, &["2026-12-01"])).await;
        let path = format!("/v1/check-ins/{}", made.string("/items/0/id"));
        let cancel = |version, reason: &str| command(&app, &world.mentor, &path, "cancel", version).json(json!({"reason": reason}));
        cancel(2, "mistake").refused(ProblemCode::Changed).await;
        cancel(1, "file_closed").refused(ProblemCode::Invalid).await;
        let cancelled = cancel(1, "other_time").expect(200).await.json();
        assert_eq!((&cancelled["state"], &cancelled["cancellation"]["reason"]), (&json!("cancelled"), &json!("other_time")));
        assert!(planned(&app).await.is_empty());
        cancel(2, "mistake").refused(ProblemCode::CommandRefused).await;
        command(&app, &world.participant, &path, "cancel", 2).json(json!({"reason": "mistake"})).refused(ProblemCode::NotForThisRole).await;
    }

    async fn a_closed_file_calls_off_what_is_open_and_a_move_takes_it_along(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01", "2026-12-08"])).await.json();
        crate::people::close_file(&app, world.participant.id).await;
        assert!(planned(&app).await.is_empty());
        for item in made["items"].as_array().unwrap() {
            let path = format!("/v1/check-ins/{}", item["id"].as_str().unwrap());
            let read = seen(&app, &world.manager, &path).await;
            assert_eq!((&read["state"], &read["cancellation"]["reason"]), (&json!("cancelled"), &json!("file_closed")));
        }
        app.post("/v1/check-ins").by(&world.manager.again(&app.app)).json(new_check_ins(&app, &["2026-12-15"])).refused(ProblemCode::NotFound).await;
    }
}

//! A visit and what was recorded together with it in one request: each is answered alone, and none loses the visit.

use super::{log, new_visit, over, push, recorded, seen, words};
use crate::appointments::audited;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{Answer, SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// Something that was recorded together with a visit.
fn part(app: &TestApp, operation: &str, body: &Value) -> Value {
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "body": body})
}

fn need(app: &TestApp, fields: &Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "participant_id": app.world.participant.id, "area": "papers", "what": "A certificate"});
    part(app, "findNeed", &over(body, fields))
}

async fn send(app: &TestApp, person: &SignedIn, key: &str, body: &Value) -> Answer {
    app.post("/v1/visits")
        .by(&person.again(&app.app))
        .header("idempotency-key", key)
        .json(body.clone())
        .send()
        .await
}

fn results(answer: &Answer) -> Vec<Value> {
    answer.json()["parts"].as_array().unwrap().clone()
}

async fn parts(app: &TestApp, visit: &str) -> Vec<String> {
    let page = seen(app, &app.world.manager, &format!("/v1/visits/{visit}/parts")).await;
    let named = |part: &Value| part["subject_id"].as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(named).collect()
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    match table {
        "visit" => tx.query(sql!("SELECT count(*) FROM visit")).scalar().await.unwrap(),
        _ => tx.query(sql!("SELECT count(*) FROM need")).scalar().await.unwrap(),
    }
}

both_databases! {
    async fn each_part_is_answered_alone_and_the_visit_is_kept(app: TestApp) {
        let world = &app.world;
        let check_in = crate::check_ins::open(&app).await;
        let check_in = check_in.rsplit('/').next().unwrap().to_owned();
        let answered = over(part(&app, "submitCheckIn", &crate::check_ins::answers("good")), &json!({"subject_id": check_in, "base_version": 1}));
        let found = need(&app, &json!({}));
        let sent = json!([found, need(&app, &json!({"area": "the moon"})), answered, {"what": "is this"}, need(&app, &json!({"participant_id": world.other_participant.id}))]);
        let logged = send(&app, &world.mentor, "one", &over(new_visit(&app), &json!({"parts": sent}))).await;
        assert_eq!(logged.status, 201, "{}", logged.text());
        let told = results(&logged);
        assert_eq!(words(&told), ["applied", "refused", "applied", "refused", "refused"], "{told:?}");
        assert_eq!(told[1]["problem"]["errors"][0]["pointer"], json!("/body/area"));
        let visit = logged.string("/id");
        assert_eq!(parts(&app, &visit).await, [found["body"]["id"].as_str().unwrap(), &*check_in]);
        assert_eq!((logged.version(), logged.header("location")), (1, &*format!("/v1/visits/{visit}")));
        // Read again, a visit tells nothing of what became of its parts.
        assert_eq!(seen(&app, &world.mentor, &format!("/v1/visits/{visit}")).await.get("parts"), None);
        assert_eq!(seen(&app, &world.mentor, &format!("/v1/check-ins/{check_in}")).await["state"], json!("submitted"));
        assert_eq!((audited(&app, "visit.record").await, audited(&app, "check_in.submit").await), (1, 1));
    }

    async fn sent_again_nothing_happens_twice_and_what_was_mended_is_taken(app: TestApp) {
        let world = &app.world;
        let (found, other) = (need(&app, &json!({})), need(&app, &json!({})));
        let body = over(new_visit(&app), &json!({"parts": [found]}));
        let first = send(&app, &world.mentor, "one", &body).await;
        for _ in 0..2 {
            let again = send(&app, &world.mentor, "one", &body).await;
            assert_eq!((again.status, again.json()["id"].clone(), again.version()), (201, first.json()["id"].clone(), 1));
            assert_eq!(words(&results(&again)), ["duplicate"]);
        }
        assert_eq!((count(&app, "visit").await, count(&app, "need").await), (1, 1));
        // Another request under the same key is none of it, and its parts neither.
        let changed = over(new_visit(&app), &json!({"parts": [other]}));
        let refused = send(&app, &world.mentor, "one", &changed).await;
        assert_eq!(refused.status, 422);
        assert_eq!(count(&app, "need").await, 1);
        // The same part in a batch later is the same.
        let in_a_batch = over(found.clone(), &json!({"visit_id": first.json()["id"]}));
        assert_eq!(words(&push(&app, &world.mentor, &[&in_a_batch]).await), ["duplicate"]);
    }

    async fn what_a_crash_cut_off_is_carried_out_when_it_is_sent_again(app: TestApp) {
        let world = &app.world;
        let (first, second) = (need(&app, &json!({})), need(&app, &json!({})));
        let body = over(new_visit(&app), &json!({"parts": [first, second]}));
        for n in 1..120 {
            app.faults.arm(n);
            let answer = send(&app, &world.mentor, "one", &body).await;
            let was_whole = app.faults.disarm();
            // Whatever was cut off, nothing was done twice.
            assert!(count(&app, "visit").await <= 1 && count(&app, "need").await <= 2, "fault {n}");
            if was_whole {
                assert_eq!((answer.status, count(&app, "visit").await, count(&app, "need").await), (201, 1, 2), "{}", answer.text());
                assert!(words(&results(&answer)).iter().all(|word| ["applied", "duplicate"].contains(word)));
                assert!(n > 10, "{n}");
                return;
            }
        }
        panic!("it never ended");
    }

    async fn with_parts_and_without_a_key_it_is_known_by_what_it_says(app: TestApp) {
        let world = &app.world;
        let log = async |body: &Value| {
            app.post("/v1/visits").by(&world.mentor.again(&app.app)).json(body.clone()).expect(201).await
        };
        // What the network lost on the way back, or what is carried out again because a part stood in somebody's way.
        let body = over(new_visit(&app), &json!({"parts": [need(&app, &json!({}))]}));
        let (first, again) = (log(&body).await, log(&body).await);
        assert_eq!(first.string("/id"), again.string("/id"));
        assert_eq!((words(&results(&first)), words(&results(&again))), (vec!["applied"], vec!["duplicate"]));
        assert_eq!((count(&app, "visit").await, count(&app, "need").await), (1, 1));
        // Another one, and one without parts is another each time.
        log(&over(new_visit(&app), &json!({"parts": [need(&app, &json!({}))]}))).await;
        for _ in 0..2 {
            log(&new_visit(&app)).await;
        }
        assert_eq!((count(&app, "visit").await, count(&app, "need").await), (4, 2));
    }

    async fn a_visit_that_is_refused_has_no_parts(app: TestApp) {
        let world = &app.world;
        let parts = json!([need(&app, &json!({}))]);
        let body = over(new_visit(&app), &json!({"kind": "dream", "parts": parts}));
        app.post("/v1/visits").by(&world.mentor).json(body).refused(ProblemCode::Invalid).await;
        let of_a_stranger = over(new_visit(&app), &json!({"participant_id": world.other_participant.id, "parts": parts}));
        app.post("/v1/visits").by(&world.mentor).json(of_a_stranger).refused(ProblemCode::NotFound).await;
        let many = over(new_visit(&app), &json!({"parts": vec![need(&app, &json!({})); 21]}));
        let problem = app.post("/v1/visits").by(&world.mentor).json(many).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/parts");
        let strange = over(new_visit(&app), &json!({"parts": [need(&app, &json!({})), 17]}));
        let problem = app.post("/v1/visits").by(&world.mentor).json(strange).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/parts/1");
        assert_eq!((count(&app, "visit").await, count(&app, "need").await), (0, 0));
        let none = app.post("/v1/visits").by(&world.mentor).json(over(new_visit(&app), &json!({"parts": []}))).expect(201).await;
        assert_eq!(none.json().get("parts"), None);
    }

    async fn a_part_names_no_other_visit_and_a_mutation_has_no_parts(app: TestApp) {
        let world = &app.world;
        let other = log(&app, &world.mentor, new_visit(&app)).await.string("/id");
        let strange = over(need(&app, &json!({})), &json!({"visit_id": other}));
        let itself = Uuid::now_v7();
        let own = over(need(&app, &json!({})), &json!({"visit_id": itself}));
        let none = over(need(&app, &json!({})), &json!({"visit_id": null}));
        let body = over(new_visit(&app), &json!({"id": itself, "parts": [strange, own, none]}));
        let told = results(&send(&app, &world.mentor, "one", &body).await);
        assert_eq!(words(&told), ["refused", "applied", "applied"]);
        let found = |need: &Value| need["body"]["id"].as_str().unwrap().to_owned();
        assert_eq!(parts(&app, &itself.to_string()).await, [found(&own), found(&none)]);
        assert_eq!((&told[0]["problem"]["errors"][0]["pointer"], &told[0]["id"]), (&json!("/visit_id"), &strange["id"]));
        let queued = recorded(&app, &over(new_visit(&app), &json!({"id": Uuid::now_v7(), "parts": []})));
        let refused = push(&app, &world.mentor, &[&queued]).await;
        assert_eq!(refused[0]["problem"]["errors"][0]["pointer"], json!("/body/parts"));
    }
}

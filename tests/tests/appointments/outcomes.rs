//! How meetings end: on whose side it lay, what counts against whom, and what the first release reads and writes of it.

use super::{audited, new_appointment, schedule};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{Answer, SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

/// One that is over, on a day of its own in December; it is that day now.
async fn over(app: &TestApp, day: u32) -> String {
    let new = new_appointment(app, &format!("2026-12-{day:02}T10:00:00"));
    let made = app.post("/v1/appointments").by(&app.world.mentor.again(&app.app)).json(new).expect(201).await;
    app.clock.set(format!("2026-12-{day:02}T12:00:00Z").parse().unwrap());
    made.header("location").to_owned()
}

async fn record(app: &TestApp, path: &str, body: Value) -> Answer {
    let mentor = app.world.mentor.again(&app.app);
    app.post(&format!("{path}/record-outcome")).by(&mentor).if_match(1).json(body).expect(200).await
}

async fn read(app: &TestApp, person: &SignedIn, path: &str) -> Value {
    app.get(path).by(&person.again(&app.app)).expect(200).await.json()
}

fn id_of(path: &str) -> uuid::Uuid {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// The word that the first release reads, and whether anybody is told of an absence.
async fn stored(app: &TestApp, path: &str) -> (String, i64) {
    let mut tx = app.app.db.read().await.unwrap();
    let word = tx
        .query(sql!("SELECT state FROM appointment WHERE id = $1"))
        .bind(id_of(path))
        .scalar()
        .await
        .unwrap();
    let told = tx
        .query(sql!("SELECT count(*) FROM reminder WHERE subject_id = $1 AND purpose = 'appointment_missed' AND state = 'planned'"))
        .bind(id_of(path))
        .scalar()
        .await
        .unwrap();
    (word, told)
}

/// Those that the mentor lists in this state.
async fn in_state(app: &TestApp, state: &str) -> Vec<String> {
    let mut found = Vec::new();
    for list in [
        format!("/v1/appointments?state={state}"),
        format!("/v1/appointments?state={state}&participant_id={}", app.world.participant.id),
    ] {
        let list = read(app, &app.world.mentor, &list).await;
        let ids = list["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        found.push(ids.collect::<Vec<_>>());
    }
    assert_eq!(found[0], found[1], "{state}");
    found.remove(0)
}

both_databases! {
    async fn what_the_service_or_the_host_caused_is_nobodys_absence(app: TestApp) {
        let cases = [
            (json!({"outcome": "took_place", "late": true}), ("attended", 0), json!({"accepted": false, "late": true, "tried": [], "counts_as_absence": false})),
            (json!({"outcome": "did_not_come"}), ("no_show", 1),
             json!({"side": "unknown", "accepted": false, "late": false, "tried": [], "counts_as_absence": true})),
            (json!({"outcome": "did_not_come", "side": "person", "cause": "forgotten", "tried": ["waited", "called"]}), ("no_show", 1),
             json!({"side": "person", "cause": "forgotten", "accepted": false, "late": false, "tried": ["called", "waited"], "counts_as_absence": true})),
            (json!({"outcome": "did_not_come", "side": "person", "cause": "illness", "accepted": true}), ("excused", 0),
             json!({"side": "person", "cause": "illness", "accepted": true, "late": false, "tried": [], "counts_as_absence": false})),
            (json!({"outcome": "did_not_take_place", "side": "host", "cause": "called_away", "tried": ["offered_other_time"]}), ("excused", 0),
             json!({"side": "host", "cause": "called_away", "accepted": false, "late": false, "tried": ["offered_other_time"], "counts_as_absence": false})),
            (json!({"outcome": "did_not_take_place", "side": "weather", "cause": "storm"}), ("excused", 0),
             json!({"side": "weather", "cause": "storm", "accepted": false, "late": false, "tried": [], "counts_as_absence": false})),
        ];
        let mut of_state: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
        for (day, (body, (word, told), outcome)) in (8..).zip(cases) {
            let path = over(&app, day).await;
            let ended = record(&app, &path, body.clone()).await.json();
            assert_eq!((&ended["state"], &ended["outcome"]), (&body["outcome"], &outcome), "{body}");
            assert_eq!(read(&app, &app.world.manager, &path).await["outcome"], outcome, "{body}");
            assert_eq!(stored(&app, &path).await, (word.to_owned(), told), "{body}");
            // The participant learns on whose side it lay, and nothing of what staff noted.
            let own = read(&app, &app.world.participant, &path).await;
            assert_eq!((&own["state"], own["outcome"].get("side")), (&body["outcome"], outcome.get("side")), "{body}");
            assert!(own["outcome"].get("cause").is_none() && own["outcome"].get("tried").is_none(), "{own}");
            of_state.entry(ended["state"].as_str().unwrap().to_owned()).or_default().push(ended["id"].as_str().unwrap().to_owned());
        }
        for (state, ids) in of_state {
            assert_eq!(in_state(&app, &state).await, ids, "{state}");
        }
        let told = read(&app, &app.world.mentor, &format!("/v1/participants/{}/timeline", app.world.participant.id)).await;
        let mut words: Vec<_> = told["items"].as_array().unwrap().iter()
            .filter(|item| item["kind"] == "appointment").map(|item| item["event"].as_str().unwrap().to_owned()).collect();
        words.sort();
        assert_eq!(words, ["did_not_come", "did_not_come", "did_not_come", "did_not_take_place", "did_not_take_place", "took_place"]);
        assert_eq!(audited(&app, "appointment.record_outcome").await, 6);
        let mut tx = app.app.db.read().await.unwrap();
        let details: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE action = 'appointment.record_outcome' ORDER BY id")).scalars().await.unwrap();
        assert!(details[4].contains(r#""to":"did_not_take_place""#) && details[4].contains(r#""side":"host""#), "{}", details[4]);
    }

    async fn what_cannot_be_said_is_refused_by_its_field(app: TestApp) {
        let path = over(&app, 10).await;
        let mentor = app.world.mentor.again(&app.app);
        for (body, pointer, code) in [
            (json!({}), "/outcome", "required"),
            (json!({"outcome": "no_show"}), "/outcome", "unknown_word"),
            (json!({"outcome": "did_not_come", "side": "host"}), "/side", "not_allowed"),
            (json!({"outcome": "did_not_take_place"}), "/side", "required"),
            (json!({"outcome": "did_not_take_place", "side": "person"}), "/side", "not_allowed"),
            (json!({"outcome": "did_not_take_place", "side": "moon"}), "/side", "unknown_word"),
            (json!({"outcome": "took_place", "side": "person"}), "/side", "not_allowed"),
            (json!({"outcome": "did_not_come", "side": "person", "cause": "snow"}), "/cause", "not_allowed"),
            (json!({"outcome": "did_not_come", "cause": "illness"}), "/cause", "not_allowed"),
            (json!({"outcome": "did_not_come", "accepted": true}), "/accepted", "not_allowed"),
            (json!({"outcome": "did_not_come", "late": true}), "/late", "not_allowed"),
            (json!({"outcome": "did_not_come", "late": "yes"}), "/late", "type"),
            (json!({"outcome": "took_place", "tried": ["called"]}), "/tried", "not_allowed"),
            (json!({"outcome": "did_not_come", "tried": ["prayed"]}), "/tried/0", "unknown_word"),
            (json!({"outcome": "did_not_come", "tried": ["called", "called", "called", "called", "called", "called", "called", "called"]}), "/tried", "length"),
        ] {
            let problem = app.post(&format!("{path}/record-outcome")).by(&mentor).if_match(1).json(body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), (pointer, code), "{body}: {:?}", problem.errors);
        }
        assert_eq!(read(&app, &mentor, &path).await["version"], 1);
    }

    async fn all_that_was_recorded_can_be_read_in_its_order(app: TestApp) {
        let path = over(&app, 10).await;
        record(&app, &path, json!({"outcome": "did_not_come", "reason": "Nobody at the door"})).await;
        let manager = app.world.manager.again(&app.app);
        let correct = |version, body: Value| app.post(&format!("{path}/correct-outcome")).by(&manager).if_match(version).json(body);
        correct(2, json!({"outcome": "did_not_take_place", "side": "place", "cause": "closed", "reason": "The gate was locked"})).expect(200).await;
        assert_eq!(stored(&app, &path).await, ("excused".to_owned(), 0), "what is no absence is told to nobody any more");
        correct(2, json!({"outcome": "took_place", "reason": "x"})).refused(ProblemCode::Changed).await;
        let all = read(&app, &app.world.mentor, &format!("{path}/outcomes")).await;
        let seen: Vec<_> = all["items"].as_array().unwrap().iter()
            .map(|one| (one["outcome"].clone(), one["said"]["side"].clone(), one["reason"].clone(), one["recorded_by"].clone())).collect();
        assert_eq!(seen, [
            (json!("did_not_come"), json!("unknown"), json!("Nobody at the door"), json!(app.world.mentor.id)),
            (json!("did_not_take_place"), json!("place"), json!("The gate was locked"), json!(manager.id)),
        ]);
        let first = read(&app, &app.world.mentor, &format!("{path}/outcomes?limit=1")).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = read(&app, &app.world.mentor, &format!("{path}/outcomes?limit=1&cursor={cursor}")).await;
        assert_eq!((&first["items"][0], &second["items"][0]), (&all["items"][0], &all["items"][1]));
        assert!(audited(&app, "appointment.list_outcomes").await > 0);
        app.get(&format!("{path}/outcomes")).by(&app.world.participant.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        app.get(&format!("{path}/outcomes")).by(&app.world.other_mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
    }

    async fn what_the_first_release_wrote_is_read_in_todays_words(app: TestApp) {
        // What a node of it does to rows, and to what was recorded: see its `store::update` and `record_outcome`.
        let corrects = async |path: &str, word: &str| {
            let mut tx = app.app.db.write().await.unwrap();
            tx.query(sql!("UPDATE appointment SET state = $1, version = version + 1, holds_time = $3 WHERE id = $2"))
                .bind(word).bind(id_of(path)).bind(false).execute().await.unwrap();
            tx.query(sql!("INSERT INTO appointment_outcome (id, appointment_id, outcome, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5)"))
                .bind(app.app.ids.next()).bind(id_of(path)).bind(word).bind(app.world.mentor.id).bind(app.now()).execute().await.unwrap();
            tx.commit().await.unwrap();
        };
        for (day, word, state, side, counts) in [
            (8, "attended", "took_place", Value::Null, false),
            (9, "no_show", "did_not_come", json!("unknown"), true),
            (10, "excused", "did_not_come", json!("person"), false),
        ] {
            let path = over(&app, day).await;
            corrects(&path, word).await;
            let now = read(&app, &app.world.mentor, &path).await;
            assert_eq!((&now["state"], &now["outcome"]["side"], &now["outcome"]["counts_as_absence"]), (&json!(state), &side, &json!(counts)), "{word}");
            assert_eq!(now["possible_commands"], json!(["correct_outcome"]));
            let recorded = read(&app, &app.world.mentor, &format!("{path}/outcomes")).await;
            assert_eq!((&recorded["items"][0]["outcome"], &recorded["items"][0]["recorded_as"]), (&json!(state), &json!(word)));
        }
        assert_eq!((in_state(&app, "did_not_come").await.len(), in_state(&app, "took_place").await.len()), (2, 1));
        // It corrects what this version said: its word counts, and what stood beside the former one does not.
        let path = over(&app, 11).await;
        record(&app, &path, json!({"outcome": "did_not_take_place", "side": "host"})).await;
        assert_eq!(in_state(&app, "did_not_take_place").await.len(), 1);
        corrects(&path, "no_show").await;
        let now = read(&app, &app.world.mentor, &path).await;
        assert_eq!((&now["state"], &now["outcome"]["side"], &now["version"]), (&json!("did_not_come"), &json!("unknown"), &json!(3)));
        assert!(in_state(&app, "did_not_take_place").await.is_empty());
        assert_eq!(in_state(&app, "did_not_come").await.len(), 3);
        // And the other way round.
        let manager = app.world.manager.again(&app.app);
        app.post(&format!("{path}/correct-outcome")).by(&manager).if_match(3).json(json!({"outcome": "took_place", "late": true, "reason": "r"})).expect(200).await;
        assert_eq!(read(&app, &app.world.mentor, &path).await["outcome"]["late"], true);
    }

    async fn an_outcome_is_recorded_whole_or_not_at_all(app: TestApp) {
        let path = over(&app, 10).await;
        let body = json!({"outcome": "did_not_come", "side": "person", "reason": "Nobody at the door"});
        let mut struck = 0;
        loop {
            app.faults.arm(struck + 1);
            let mentor = app.world.mentor.again(&app.app);
            let answer = app.post(&format!("{path}/record-outcome")).by(&mentor).if_match(1).json(body.clone()).send().await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200, "{}", answer.text());
                break;
            }
            assert_eq!(answer.status, 500, "statement {struck}: {}", answer.text());
            let mut tx = app.app.db.read().await.unwrap();
            let kept: i64 = tx.query(sql!("SELECT count(*) FROM appointment_outcome")).scalar().await.unwrap();
            drop(tx);
            assert_eq!((stored(&app, &path).await, kept), (("scheduled".to_owned(), 0), 0), "statement {struck}");
            assert_eq!(audited(&app, "appointment.record_outcome").await, 0);
            struck += 1;
        }
        assert!(struck >= 6, "only {struck} statements were broken");
    }

    async fn a_change_from_elsewhere_is_not_overwritten(app: TestApp) {
        let path = schedule(&app, "2026-12-03T10:00:00").await.header("location").to_owned();
        app.clock.set("2026-12-03T12:00:00Z".parse().unwrap());
        record(&app, &path, json!({"outcome": "took_place"})).await;
        let mentor = app.world.mentor.again(&app.app);
        let again = || app.post(&format!("{path}/record-outcome")).by(&mentor).json(json!({"outcome": "did_not_come"}));
        again().if_match(1).refused(ProblemCode::Changed).await;
        again().if_match(2).refused(ProblemCode::CommandRefused).await;
    }
}

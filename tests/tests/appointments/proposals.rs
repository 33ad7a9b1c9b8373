//! Several times to choose from: offered, chosen, refused, taken by others, passed.

use super::{new_appointment, schedule};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{Answer, TestApp, both_databases, world::SignedIn};
use serde_json::{Value, json};

/// Tuesday and Thursday of the week after.
const TIMES: [&str; 2] = ["2026-12-01T10:00:00", "2026-12-03T15:00:00"];

pub fn new_proposal(app: &TestApp, times: &[&str]) -> Value {
    let mut body = new_appointment(app, "");
    body.as_object_mut().unwrap().remove("local_start");
    body["slots"] = times.iter().map(|time| json!({"local_start": time})).collect();
    body
}

async fn propose(app: &TestApp, times: &[&str]) -> Answer {
    app.post("/v1/proposals")
        .by(&app.world.mentor.again(&app.app))
        .json(new_proposal(app, times))
        .expect(201)
        .await
}

fn choose(
    app: &TestApp,
    made: &Answer,
    index: usize,
    by: &SignedIn,
    version: i64,
) -> muwakaba_tests::http::Request {
    let slot = made.json()["slots"][index]["id"].clone();
    let path = format!("/v1/appointments/{}/choose", made.string("/id"));
    app.post(&path).by(by).if_match(version).json(json!({"slot_id": slot}))
}

/// What is planned, as `to purpose`.
async fn planned(app: &TestApp, id: &str) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, String)> = tx
        .query(sql!(
            "SELECT recipient_kind, purpose FROM reminder WHERE subject_id = $1 AND state = 'planned' ORDER BY due_at, purpose"
        ))
        .bind(uuid::Uuid::parse_str(id).unwrap())
        .all()
        .await
        .unwrap();
    rows.into_iter().map(|(who, why)| format!("{who} {}", why.trim_start_matches("appointment_"))).collect()
}

fn states(answer: &Value) -> Vec<&str> {
    answer["slots"].as_array().unwrap().iter().map(|slot| slot["state"].as_str().unwrap()).collect()
}

both_databases! {
    async fn a_participant_chooses_and_is_not_asked_to_confirm(app: TestApp) {
        // Offered out of order, shown in order.
        let made = propose(&app, &[TIMES[1], TIMES[0]]).await;
        let (id, path) = (made.string("/id"), made.header("location").to_owned());
        let seen = app.get(&path).by(&app.world.participant).expect(200).await.json();
        assert_eq!((&seen["state"], &seen["time_origin"], &seen["local_start"]), (&json!("proposed"), &json!("offered"), &json!(TIMES[0])));
        assert_eq!(states(&seen), ["open", "open"]);
        assert_eq!(seen["slots"][1]["local_end"], "2026-12-03T15:45:00");
        assert_eq!(seen["possible_commands"], json!(["decline", "ask_to_move", "choose"]));
        assert_eq!(planned(&app, &id).await, ["participant proposed", "staff unconfirmed", "staff lapsed"]);

        let chosen = choose(&app, &made, 1, &app.world.participant, 1).expect(200).await;
        let body = chosen.json();
        assert_eq!((chosen.version(), &body["state"], &body["time_origin"], &body["local_start"]),
            (2, &json!("scheduled"), &json!("chosen"), &json!(TIMES[1])));
        assert!(body.get("slots").is_none(), "what was not chosen is offered no more");
        assert_eq!(planned(&app, &id).await, ["staff answered", "participant tomorrow", "participant soon"]);
        let log = app.get(&format!("/v1/audit?participant_id={}", app.world.participant.id)).by(&app.world.manager).expect(200).await.text();
        assert!(log.contains("appointment.propose") && log.contains("appointment.choose"), "{log}");
        // It can be called off by its participant, and is confirmed by whoever wants to.
        app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(2).expect(200).await;
    }

    async fn offered_times_are_not_held_and_a_taken_one_leaves_the_others(app: TestApp) {
        let made = propose(&app, &TIMES).await;
        // Another participant gets the first of them.
        let mut other = new_appointment(&app, TIMES[0]);
        other["participant_id"] = json!(app.world.other_participant.id);
        app.post("/v1/appointments").by(&app.world.manager).json(other).expect(201).await;
        let seen = app.get(made.header("location")).by(&app.world.participant).expect(200).await.json();
        assert_eq!(states(&seen), ["taken", "open"]);
        let refused = choose(&app, &made, 0, &app.world.participant, 1).refused(ProblemCode::TimeTaken).await;
        assert!(refused.detail.unwrap().contains("one other can still be chosen"));
        choose(&app, &made, 1, &app.world.participant, 1).expect(200).await;
    }

    async fn two_who_choose_the_same_hour_at_once_do_not_both_get_it(app: TestApp) {
        for round in 0..5 {
            let times = [format!("2026-12-0{}T10:00:00", 2 + round), format!("2026-12-1{round}T10:00:00")];
            let times = [times[0].as_str(), times[1].as_str()];
            let own = propose(&app, &times).await;
            let mut body = new_proposal(&app, &times);
            body["participant_id"] = json!(app.world.other_participant.id);
            let others = app.post("/v1/proposals").by(&app.world.manager).json(body).expect(201).await;
            let (one, other) = tokio::join!(
                choose(&app, &own, 0, &app.world.participant, 1).send(),
                choose(&app, &others, 0, &app.world.other_participant, 1).send(),
            );
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{} {}", one.text(), other.text());
            let loser = if one.status == 409 { (&own, &app.world.participant) } else { (&others, &app.world.other_participant) };
            choose(&app, loser.0, 1, loser.1, 1).expect(200).await;
        }
        let mut tx = app.app.db.read().await.unwrap();
        let left = tx.query(sql!("SELECT count(*) FROM appointment_slot")).scalar::<i64>().await.unwrap();
        assert_eq!(left, 0);
    }

    async fn what_has_passed_cannot_be_chosen_and_the_host_hears_that_nobody_chose(app: TestApp) {
        let made = propose(&app, &TIMES).await;
        let (id, path) = (made.string("/id"), made.header("location").to_owned());
        app.clock.set("2026-12-01T10:00:00Z".parse().unwrap());
        let participant = app.world.participant.again(&app.app);
        assert_eq!(states(&app.get(&path).by(&participant).expect(200).await.json()), ["past", "open"]);
        let refused = choose(&app, &made, 0, &participant, 1).refused(ProblemCode::CommandRefused).await;
        assert!(refused.possible_commands.unwrap().contains(&"choose".to_owned()));

        app.clock.set("2026-12-03T15:00:00Z".parse().unwrap());
        let (participant, mentor) = (app.world.participant.again(&app.app), app.world.mentor.again(&app.app));
        let refused = choose(&app, &made, 1, &participant, 1).refused(ProblemCode::CommandRefused).await;
        assert_eq!(refused.possible_commands.unwrap(), ["decline", "ask_to_move"]);
        let seen = app.get(&path).by(&mentor).expect(200).await.json();
        assert_eq!(states(&seen), ["past", "past"]);
        assert_eq!(seen["possible_commands"], json!(["decline", "ask_to_move", "propose", "move", "cancel"]));
        let told = app.get("/v1/notifications").by(&mentor).expect(200).await.json();
        assert_eq!(told["items"][0]["content"]["purpose"], "appointment_lapsed");
        app.post(&format!("{path}/record-outcome")).by(&mentor).if_match(1).json(json!({"outcome": "did_not_come"}))
            .refused(ProblemCode::CommandRefused).await;

        // Whoever hears of it offers others, in the same appointment.
        let again = json!({"slots": [{"local_start": "2026-12-08T10:00"}, {"local_start": "2026-12-09T10:00"}]});
        let again = app.post(&format!("{path}/propose")).by(&mentor).if_match(1).json(again).expect(200).await;
        assert_eq!((again.json()["state"].clone(), states(&again.json()).len()), (json!("proposed"), 2));
        assert_eq!(planned(&app, &id).await[0], "participant proposed");
        choose(&app, &again, 0, &participant, 2).expect(200).await;
        assert!(!planned(&app, &id).await.contains(&"staff lapsed".to_owned()));
    }

    async fn other_times_can_be_asked_for_and_the_offer_stands_meanwhile(app: TestApp) {
        let made = propose(&app, &TIMES).await;
        let path = made.header("location").to_owned();
        let asked = app.post(&format!("{path}/ask-to-move")).by(&app.world.participant).if_match(1)
            .json(json!({"wish": "After work"})).expect(200).await.json();
        assert_eq!((&asked["state"], &asked["change_wish"]), (&json!("change_requested"), &json!("After work")));
        assert_eq!(asked["possible_commands"], json!(["decline", "choose"]), "there is no time yet that could be confirmed");
        assert_eq!(planned(&app, &made.string("/id")).await[0], "staff answered");
        let chosen = choose(&app, &made, 0, &app.world.participant, 2).expect(200).await.json();
        assert!(chosen.get("change_wish").is_none());

        // Nothing suits at all.
        let made = propose(&app, &["2026-12-10T10:00:00", "2026-12-11T10:00:00"]).await;
        let path = made.header("location").to_owned();
        let declined = app.post(&format!("{path}/decline")).by(&app.world.participant).if_match(1)
            .json(json!({})).expect(200).await.json();
        assert_eq!((&declined["state"], &declined["possible_commands"]), (&json!("declined"), &json!([])));
        assert_eq!(planned(&app, &made.string("/id")).await, ["staff answered"]);
        choose(&app, &made, 0, &app.world.participant, 2).refused(ProblemCode::CommandRefused).await;
    }

    async fn an_agreed_time_can_be_opened_to_choice_and_a_proposal_settled(app: TestApp) {
        let path = schedule(&app, TIMES[0]).await.header("location").to_owned();
        let offer = json!({"slots": [{"local_start": TIMES[1]}, {"local_start": "2026-12-04T09:00"}], "place": {"kind": "phone"}});
        let offered = app.post(&format!("{path}/propose")).by(&app.world.mentor).if_match(1).json(offer).expect(200).await;
        assert_eq!((&offered.json()["place"]["kind"], &offered.json()["starts_at"]), (&json!("phone"), &json!("2026-12-03T15:00:00Z")));
        // The hour that was agreed on is free again.
        schedule(&app, TIMES[0]).await;
        let settled = app.post(&format!("{path}/move")).by(&app.world.mentor).if_match(2)
            .json(json!({"local_start": "2026-12-07T09:00"})).expect(200).await.json();
        assert_eq!((&settled["state"], &settled["time_origin"]), (&json!("scheduled"), &json!("set")));
        let id = settled["id"].as_str().unwrap();
        assert_eq!(planned(&app, id).await[0], "participant scheduled", "to its participant it is new");
        choose(&app, &offered, 0, &app.world.participant, 3).refused(ProblemCode::CommandRefused).await;
        app.post(&format!("{path}/cancel")).by(&app.world.mentor).if_match(3).json(json!({})).expect(200).await;
    }

    async fn bad_offers_name_the_field(app: TestApp) {
        for (slots, pointer, code) in [
            (json!([]), "/slots", "length"),
            (json!([{"local_start": TIMES[0]}]), "/slots", "length"),
            (json!(["a", "b"]), "/slots/0", "type"),
            (json!([{"local_start": TIMES[0]}, {"local_start": TIMES[0]}]), "/slots/1/local_start", "duplicate"),
            (json!([{"local_start": TIMES[0]}, {"local_start": "2026-11-01T10:00"}]), "/slots/1/local_start", "past"),
            (json!([{"local_start": "2036-11-01T10:00"}, {"local_start": TIMES[0]}]), "/slots/0/local_start", "too_far"),
            (json!([{"local_start": TIMES[0]}, {"local_start": TIMES[1], "zone": "UTC"}]), "/slots/1/zone", "unknown_field"),
            (json!([{"local_start": TIMES[0]}, {}]), "/slots/1/local_start", "required"),
            (json!(vec![json!({"local_start": TIMES[0]}); 6]), "/slots", "length"),
        ] {
            let mut body = new_proposal(&app, &TIMES);
            body["slots"] = slots.clone();
            let problem = app.post("/v1/proposals").by(&app.world.mentor).json(body).refused(ProblemCode::Invalid).await;
            let fault = &problem.errors[0];
            assert_eq!((fault.pointer.as_str(), fault.code.as_str()), (pointer, code), "{slots}: {fault:?}");
        }
        let mut foreign = new_proposal(&app, &TIMES);
        foreign["host_id"] = json!(app.world.foreign_mentor.id);
        app.post("/v1/proposals").by(&app.world.mentor).json(foreign).refused(ProblemCode::Invalid).await;
        let made = propose(&app, &TIMES).await;
        let path = format!("{}/choose", made.header("location"));
        let unknown = app.post(&path).by(&app.world.participant).if_match(1).json(json!({"slot_id": uuid::Uuid::now_v7()}))
            .refused(ProblemCode::Invalid).await;
        assert_eq!((unknown.errors[0].pointer.as_str(), unknown.errors[0].code.as_str()), ("/slot_id", "unknown"));
        choose(&app, &made, 0, &app.world.participant, 7).refused(ProblemCode::Changed).await;
        choose(&app, &made, 0, &app.world.other_participant, 1).refused(ProblemCode::NotFound).await;
        let scheduled = schedule(&app, "2026-12-09T10:00:00").await;
        let path = format!("{}/choose", scheduled.header("location"));
        app.post(&path).by(&app.world.participant).if_match(1).json(json!({"slot_id": uuid::Uuid::now_v7()}))
            .refused(ProblemCode::CommandRefused).await;
    }

    async fn closed_hours_are_looked_at_when_times_are_offered(app: TestApp) {
        let mut tx = app.app.db.write().await.unwrap();
        let hours = r#"{"hours": [{"weekday": "tuesday", "opens": "09:00", "closes": "12:00"}]}"#;
        tx.query(sql!("UPDATE centre SET calendar = $1")).bind(hours).execute().await.unwrap();
        tx.commit().await.unwrap();
        let refused = app.post("/v1/proposals").by(&app.world.mentor).json(new_proposal(&app, &TIMES)).refused(ProblemCode::CentreClosed).await;
        assert!(refused.detail.unwrap().starts_with("/slots/1/"));
        let mut with_reason = new_proposal(&app, &TIMES);
        with_reason["override_reason"] = json!("The participant works until five");
        let made = app.post("/v1/proposals").by(&app.world.mentor).json(with_reason).expect(201).await;
        let read = app.get(made.header("location")).by(&app.world.mentor).expect(200).await.json();
        assert_eq!(read["reason"], "The participant works until five");
        choose(&app, &made, 1, &app.world.participant, 1).expect(200).await;
    }

    async fn a_repeated_choice_gets_the_first_answer_and_lists_are_in_order(app: TestApp) {
        let send = |key: &'static str| {
            let body = new_proposal(&app, &TIMES);
            app.post("/v1/proposals").by(&app.world.mentor).header("idempotency-key", key).json(body)
        };
        let made = send("offer").expect(201).await;
        assert_eq!(send("offer").expect(201).await.json(), made.json());
        schedule(&app, "2026-12-02T10:00:00").await;
        let list = async || app.get("/v1/appointments").by(&app.world.participant).expect(200).await.json();
        let listed = list().await;
        assert_eq!((listed["items"][0]["id"].clone(), listed["items"].as_array().unwrap().len()), (made.json()["id"].clone(), 2));
        assert_eq!(states(&listed["items"][0]), ["open", "open"]);
        assert!(listed["items"][1].get("slots").is_none());
        let answer = choose(&app, &made, 1, &app.world.participant, 1).header("idempotency-key", "choice").expect(200).await;
        let again = choose(&app, &made, 1, &app.world.participant, 1).header("idempotency-key", "choice").expect(200).await;
        assert_eq!(answer.json(), again.json());
        assert_eq!(list().await["items"][1]["id"], made.json()["id"], "it moved behind the other");
        let by_state = app.get("/v1/appointments?state=proposed").by(&app.world.mentor).expect(200).await.json();
        assert_eq!(by_state["items"], json!([]));
    }

    async fn every_fault_leaves_the_choice_made_or_not(app: TestApp) {
        let made = propose(&app, &TIMES).await;
        let footprint = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let row: (String, i64, i64, i64, i64) = tx.query(sql!(
                "SELECT state, version, (SELECT count(*) FROM appointment_slot), (SELECT count(*) FROM reminder WHERE state = 'planned'),
                        (SELECT count(*) FROM audit) FROM appointment"
            )).one().await.unwrap();
            row
        };
        let before = footprint().await;
        let mut struck = 0;
        loop {
            app.faults.arm(struck + 1);
            let answer = choose(&app, &made, 0, &app.world.participant, 1).send().await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200, "{}", answer.text());
                break;
            }
            assert_eq!(answer.status, 500, "statement {struck}: {}", answer.text());
            assert_eq!(footprint().await, before, "statement {struck} left something behind");
            struck += 1;
        }
        assert!(struck >= 8, "only {struck} statements were broken");
        let after = footprint().await;
        assert_eq!((after.0.as_str(), after.1, after.2, after.4), ("scheduled", 2, 0, before.4 + 1));
    }
}

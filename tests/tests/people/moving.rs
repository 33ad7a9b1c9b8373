//! A participant's file goes to another centre: whoever had them has nothing of them any more, whoever has them now has everything,
//! and the person loses nothing in silence.

use super::{assign, close_file, each, register_named};
use contract::{CentreId, ProblemCode};
use db::sql;
use muwakaba_tests::{Answer, SignedIn, TestApp, both_databases, http::Request};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The former manager asks, as it is described in the tests of hand-overs; what the other one sends who accepts.
async fn moving(app: &TestApp, (from, to): (&SignedIn, &SignedIn), centre: CentreId) -> Request {
    let path = format!("/v1/participants/{}/hand-over", app.world.participant.id);
    let asked = app.post(&path).by(from).json(json!({"centre_id": centre})).expect(201).await;
    app.post(&format!("{}/accept", asked.header("location"))).by(to).if_match(1)
}

async fn moved(app: &TestApp) -> Answer {
    let world = &app.world;
    moving(app, (&world.manager, &world.other_manager), world.other_centre).await.expect(200).await
}

async fn moved_back(app: &TestApp) -> Answer {
    let world = &app.world;
    moving(app, (&world.other_manager, &world.manager), world.centre).await.expect(200).await
}

/// What the audit log says came of the last move.
async fn came_of_it(app: &TestApp) -> Value {
    let mut tx = app.app.db.read().await.unwrap();
    let last = tx
        .query(sql!("SELECT details FROM audit WHERE action = 'participant.move' ORDER BY id DESC LIMIT 1"));
    let details: String = last.scalar().await.unwrap();
    serde_json::from_str(&details).unwrap()
}

async fn schedule(app: &TestApp, host: Uuid, day: u32) -> String {
    let body = json!({
        "participant_id": app.world.participant.id, "host_id": host, "kind": "legal_counselling",
        "local_start": format!("2026-12-{day:02}T10:00:00"), "duration_minutes": 30, "place": {"kind": "phone"},
    });
    let made = app.post("/v1/appointments").by(&app.world.manager).json(body).expect(201).await;
    made.header("location").to_owned()
}

type Line = (String, Uuid, Option<Uuid>, String);

/// What the feed of a centre tells of the participant, in its order.
async fn told(app: &TestApp, centre: CentreId) -> Vec<Line> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT subject_kind, subject_id, audience, operation FROM change
         WHERE centre_id = $1 AND participant_id = $2 ORDER BY position"
    ))
    .bind(centre)
    .bind(app.world.participant.id)
    .all()
    .await
    .unwrap()
}

/// How many rows of this kind are the participant's and another centre's than theirs.
async fn left_behind(app: &TestApp) -> [i64; 3] {
    let mut tx = app.app.db.read().await.unwrap();
    let mut counts = [0; 3];
    for (count, statement) in counts.iter_mut().zip([
        sql!("SELECT count(*) FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id WHERE a.centre_id <> p.centre_id"),
        sql!("SELECT count(*) FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id WHERE r.centre_id <> p.centre_id"),
        sql!("SELECT count(*) FROM emergency_access AS e JOIN participant AS p ON p.id = e.participant_id WHERE e.centre_id <> p.centre_id"),
    ]) {
        *count = tx.query(statement).scalar().await.unwrap();
    }
    counts
}

/// Which centres the things bear that are to be looked at again.
async fn agenda(app: &TestApp) -> Vec<CentreId> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT centre_id FROM agenda WHERE subject_kind = 'appointment'")).scalars().await.unwrap()
}

/// What staff are still to be told: to whom, why.
async fn waiting_for_staff(app: &TestApp) -> Vec<(Uuid, String)> {
    let mut tx = app.app.db.read().await.unwrap();
    let waiting = tx.query(sql!(
        "SELECT recipient_id, purpose FROM reminder WHERE recipient_kind = 'staff' AND state IN ('planned', 'sending')"
    ));
    waiting.all().await.unwrap()
}

async fn found(app: &TestApp, by: &muwakaba_tests::world::SignedIn, name: &str) -> usize {
    let page = app.get(&format!("/v1/participants?q={name}")).by(by).expect(200).await.json();
    page["items"].as_array().map_or(0, Vec::len)
}

both_databases! {
    async fn the_former_centre_sees_nothing_and_the_new_one_everything(app: TestApp) {
        let world = &app.world;
        let file = format!("/v1/participants/{}", world.participant.id);
        let past = schedule(&app, world.mentor.id, 2).await;
        app.post(&format!("{past}/cancel")).by(&world.mentor).if_match(1).json(json!({})).expect(200).await;
        let ahead = schedule(&app, world.mentor.id, 1).await;
        app.get(&file).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        moved(&app).await;
        assert_eq!(came_of_it(&app).await, json!({"assignments_ended": 2, "appointments_cancelled": 1}));
        for person in [&world.manager, &world.mentor, &world.counsellor] {
            for path in [&file, &past, &ahead, &format!("{file}/assignments")] {
                app.get(path).by(person).refused(ProblemCode::NotFound).await;
            }
        }
        for path in ["/v1/participants", "/v1/appointments"] {
            let listed = app.get(path).by(&world.manager).expect(200).await.text();
            assert!(!listed.contains(&world.participant.id.to_string()), "{listed}");
        }
        let read = app.get(&file).by(&world.other_manager).expect(200).await;
        assert_eq!((read.version(), read.json()["centre_id"].clone()), (2, json!(world.other_centre)));
        let history = app.get(&format!("{file}/assignments")).by(&world.other_manager).expect(200).await.json();
        assert!(history["items"].as_array().unwrap().iter().all(|one| one["ended_at"].is_string()), "{history}");
        for path in [&past, &ahead] {
            assert_eq!(app.get(path).by(&world.other_manager).expect(200).await.string("/state"), "cancelled");
        }
        // The new centre can do what it needs.
        let assigned = app.post(&format!("{file}/assignments")).by(&world.other_manager).json(json!({"staff_id": world.foreign_mentor.id}));
        assigned.expect(201).await;
        app.get(&file).by(&world.foreign_mentor).expect(200).await;
        assert_eq!(left_behind(&app).await, [0, 0, 0]);
        // Back again, by whoever has them now.
        moved_back(&app).await;
        assert_eq!(came_of_it(&app).await["assignments_ended"], 1);
        assert_eq!(app.get(&file).by(&world.manager).expect(200).await.version(), 3);
        app.get(&file).by(&world.other_manager).refused(ProblemCode::NotFound).await;
    }

    async fn the_person_keeps_their_phone_and_is_told_what_was_called_off(app: TestApp) {
        let world = &app.world;
        let path = schedule(&app, world.mentor.id, 1).await;
        let offered = json!({
            "participant_id": world.participant.id, "host_id": world.manager.id, "kind": "legal_counselling",
            "slots": [{"local_start": "2026-12-03T10:00"}, {"local_start": "2026-12-04T10:00"}],
            "duration_minutes": 30, "place": {"kind": "phone"},
        });
        app.post("/v1/proposals").by(&world.manager).json(offered).expect(201).await;
        // Hosts were to hear of it: a mentor, and a manager, who has no assignment that could end.
        for (host, day) in [(world.counsellor.id, 6), (world.manager.id, 7)] {
            let declined = schedule(&app, host, day).await;
            app.post(&format!("{declined}/decline")).by(&world.participant).if_match(1).json(json!({})).expect(200).await;
        }
        let answers: Vec<_> = waiting_for_staff(&app).await.into_iter().filter(|(_, why)| why == "appointment_answered").collect();
        assert_eq!(answers.len(), 2, "{answers:?}");
        moved(&app).await;
        let me = app.get("/v1/me").by(&world.participant).expect(200).await.json();
        assert_eq!(me["centre_id"], json!(world.other_centre));
        assert_eq!(app.get(&path).by(&world.participant).expect(200).await.string("/state"), "cancelled");
        let mut tx = app.app.db.read().await.unwrap();
        let waiting: Vec<(Uuid, String, CentreId)> = tx
            .query(sql!(
                "SELECT recipient_id, purpose, centre_id FROM reminder WHERE state IN ('planned', 'sending') AND subject_kind = 'appointment'"
            ))
            .all()
            .await
            .unwrap();
        drop(tx);
        assert_eq!(waiting.len(), 2, "{waiting:?}");
        for (to, purpose, centre) in &waiting {
            assert_eq!((*to, purpose.as_str(), *centre), (world.participant.id, "appointment_cancelled", world.other_centre));
        }
        // What they choose on their phone is told to the centre that they are at.
        app.patch("/v1/me").by(&world.participant).if_match(2).json(json!({"language": "fr"})).expect(200).await;
        let former: Vec<_> = told(&app, world.centre).await.into_iter().filter(|line| line.2.is_none()).collect();
        assert_eq!(former, [("participant".to_owned(), world.participant.id, None, "revoke".to_owned())]);
    }

    async fn both_feeds_tell_of_it(app: TestApp) {
        let world = &app.world;
        let assignment: Uuid = assign(&app, &world.participant.id.to_string(), world.other_mentor.id).await.parse().unwrap();
        for day in 1..=2 {
            schedule(&app, world.mentor.id, day).await;
        }
        let access = format!("/v1/participants/{}/emergency-access", world.participant.id);
        app.post(&access).by(&world.manager).json(json!({"reason": "Nobody else", "minutes": 30})).expect(201).await;
        let before: BTreeSet<Line> = told(&app, world.centre).await.into_iter().collect();
        assert_eq!(told(&app, world.other_centre).await, []);
        moved(&app).await;
        let revoked: Vec<Line> = told(&app, world.centre).await;
        let for_whom: BTreeSet<Option<Uuid>> = revoked.iter().map(|line| line.2).collect();
        assert_eq!(for_whom, BTreeSet::from([None, Some(world.mentor.id), Some(world.counsellor.id), Some(world.other_mentor.id)]));
        for (kind, subject, _, operation) in &revoked {
            assert_eq!((kind.as_str(), *subject, operation.as_str()), ("participant", world.participant.id, "revoke"));
        }
        assert_eq!((revoked.len(), revoked.last().unwrap().2), (4, None), "at last to everybody");
        // All that the one told, the other tells, and the person first. The two assignments of the world were never told.
        let arrived = told(&app, world.other_centre).await;
        assert_eq!((arrived[0].0.as_str(), arrived[0].1), ("participant", world.participant.id));
        let now: BTreeSet<Line> = arrived.iter().cloned().collect();
        assert!(now.is_superset(&before), "{before:?} {now:?}");
        assert!(now.contains(&("assignment".to_owned(), assignment, None, "upsert".to_owned())));
        let of = |kind: &str| now.iter().filter(|line| line.0 == kind).count();
        assert_eq!((of("participant"), of("assignment"), of("appointment"), of("emergency_access")), (1, 3, 2, 1));
        assert!(now.iter().all(|line| line.3 == "upsert" && line.2.is_none()));
        // There and back again: nothing is told twice.
        moved_back(&app).await;
        let back: Vec<Line> = told(&app, world.centre).await.into_iter().filter(|line| line.2.is_none()).collect();
        assert_eq!((back.len(), back.into_iter().collect::<BTreeSet<_>>()), (now.len(), now));
        let left = told(&app, world.other_centre).await;
        assert_eq!(left, [("participant".to_owned(), world.participant.id, None, "revoke".to_owned())]);
    }

    async fn a_name_is_found_at_the_centre_that_has_the_person(app: TestApp) {
        let world = &app.world;
        register_named(&app, "Canaria Idrissi").await;
        assert_eq!((found(&app, &world.manager, "canaria").await, found(&app, &world.other_manager, "canaria").await), (2, 0));
        moved(&app).await;
        // In either order, and again.
        for person in [&world.other_manager, &world.manager, &world.other_manager, &world.mentor] {
            let expected = usize::from(person.id != world.mentor.id);
            assert_eq!(found(&app, person, "canaria").await, expected);
        }
    }

    async fn a_repeated_request_is_answered_as_the_first(app: TestApp) {
        let world = &app.world;
        let path = crate::hand_overs::asked_of_centre(&app).await;
        let keyed = || {
            let accept = crate::hand_overs::answer(&app, &path, &world.other_manager, "accept");
            accept.header("idempotency-key", "move-once")
        };
        let (first, again) = (keyed().expect(200).await, keyed().expect(200).await);
        assert_eq!(first.text(), again.text());
        let actions = each(&app.get("/v1/audit").by(&world.other_manager).expect(200).await, "action");
        assert_eq!(actions.iter().filter(|action| *action == "participant.arrive").count(), 1, "{actions:?}");
        // Without the key it is an answer to what is answered.
        crate::hand_overs::answer(&app, &path, &world.other_manager, "accept").refused(ProblemCode::Changed).await;
    }

    async fn each_centres_log_tells_it_and_so_does_the_persons_own(app: TestApp) {
        let world = &app.world;
        schedule(&app, world.mentor.id, 1).await;
        moved(&app).await;
        let log = async |person, about: &str| each(&app.get(&format!("/v1/audit{about}")).by(person).expect(200).await, "action");
        assert_eq!(
            log(&world.manager, "").await,
            ["participant.move", "appointment.cancel", "hand_over.ask", "appointment.schedule"]
        );
        let about = format!("?participant_id={}", world.participant.id);
        assert_eq!(log(&world.manager, &about).await, [""; 0], "of somebody out of scope there is nothing");
        assert_eq!(log(&world.other_manager, &about).await, ["hand_over.accept", "participant.arrive"]);
        let own = log(&world.participant, "").await;
        assert!(own.contains(&"participant.move".to_owned()) && own.contains(&"participant.arrive".to_owned()), "{own:?}");
    }

    async fn what_was_opened_or_handed_out_at_the_former_centre_ends(app: TestApp) {
        let world = &app.world;
        let file = format!("/v1/participants/{}", world.participant.id);
        let opened = app.post(&format!("{file}/emergency-access")).by(&world.manager).json(json!({"reason": "Nobody else", "minutes": 60}));
        let id = opened.expect(201).await.string("/id");
        let code = app.post(&format!("{file}/enrolment-codes")).by(&world.mentor).expect(201).await.string("/code");
        moved(&app).await;
        let listed = async |person| app.get("/v1/emergency-access").by(person).expect(200).await.json()["items"].clone();
        assert_eq!(listed(&world.manager).await, json!([]));
        let kept = listed(&world.other_manager).await;
        assert_eq!((&kept[0]["id"], kept[0]["ended_at"].is_string()), (&json!(id), true), "{kept}");
        app.post(&format!("/v1/emergency-access/{id}/end")).by(&world.administrator).refused(ProblemCode::CommandRefused).await;
        let device = crate::sign_in::Device::new();
        let proof = device.proof(&app, "POST", "/v1/enrolment");
        let enrolment = json!({"code": code, "device_label": "Android phone"});
        app.post("/v1/enrolment").header("dpop", proof).json(enrolment).refused(ProblemCode::CredentialRefused).await;
    }

    async fn what_is_to_be_looked_at_again_goes_along(app: TestApp) {
        let world = &app.world;
        schedule(&app, world.mentor.id, 1).await;
        let file = format!("/v1/participants/{}", world.participant.id);
        app.patch(&file).by(&world.mentor).if_match(1).json(json!({"zone": "Europe/Paris"})).expect(200).await;
        assert_eq!(agenda(&app).await, [world.centre]);
        moved(&app).await;
        assert_eq!(agenda(&app).await, [world.other_centre]);
    }

    async fn a_closed_file_moves_closed(app: TestApp) {
        let world = &app.world;
        let file = format!("/v1/participants/{}", world.participant.id);
        close_file(&app, world.participant.id).await;
        moved(&app).await;
        assert_eq!(app.get(&file).by(&world.other_manager).expect(200).await.json()["active"], Value::Bool(false));
        let reopen = app.post(&format!("{file}/reopen")).by(&world.other_manager).if_match(3);
        reopen.json(json!({"reason": "came_back"})).expect(200).await;
    }

    async fn what_is_scheduled_at_the_same_moment_is_cancelled_or_refused(app: TestApp) {
        let world = &app.world;
        for round in 0..6_i64 {
            let here = if round % 2 == 0 { world.centre } else { world.other_centre };
            let (manager, other, host, there) = if here == world.centre {
                (&world.manager, &world.other_manager, world.mentor.id, world.other_centre)
            } else {
                (&world.other_manager, &world.manager, world.foreign_mentor.id, world.centre)
            };
            let file = format!("/v1/participants/{}", world.participant.id);
            let body = json!({
                "participant_id": world.participant.id, "host_id": host, "kind": "legal_counselling",
                "local_start": format!("2027-01-{:02}T10:00:00", 1 + round), "duration_minutes": 30, "place": {"kind": "phone"},
            });
            let requests = [
                app.post("/v1/appointments").by(manager).json(body),
                moving(&app, (manager, other), there).await,
                app.post(&format!("{file}/assignments")).by(manager).json(json!({"staff_id": host})),
                app.post(&format!("{file}/enrolment-codes")).by(manager),
            ];
            let answers = crate::appointments::join_all(requests.into_iter().map(Request::send)).await;
            let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            assert!([201, 404].contains(&statuses[0]) && statuses[1] == 200, "{statuses:?}");
            assert!([201, 404, 409].contains(&statuses[2]) && [201, 404].contains(&statuses[3]), "{statuses:?}");
            assert_eq!(left_behind(&app).await, [0, 0, 0], "{statuses:?}");
            let mut tx = app.app.db.read().await.unwrap();
            for statement in [
                sql!("SELECT count(*) FROM appointment WHERE participant_id = $1 AND state <> 'cancelled'"),
                sql!("SELECT count(*) FROM assignment WHERE participant_id = $1 AND ended_at IS NULL"),
                sql!("SELECT count(*) FROM enrolment_code WHERE participant_id = $1 AND closed_at IS NULL"),
            ] {
                let left: i64 = tx.query(statement).bind(world.participant.id).scalar().await.unwrap();
                assert_eq!(left, 0, "{statuses:?}");
            }
        }
    }
}

//! Lost answers, lost updates and double bookings.

use super::{join_all, new_appointment, schedule};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn nobody_is_booked_twice(app: TestApp) {
        schedule(&app, "2026-12-01T10:00:00").await;
        app.post("/v1/appointments").by(&app.world.mentor)
            .json(new_appointment(&app, "2026-12-01T10:30:00")).refused(ProblemCode::TimeTaken).await;
        let mut same_host = new_appointment(&app, "2026-12-01T09:30:00");
        same_host["participant_id"] = json!(app.world.other_participant.id);
        let refused = app.post("/v1/appointments").by(&app.world.manager).json(same_host).refused(ProblemCode::TimeTaken).await;
        assert!(refused.detail.unwrap().contains("the host"));
        let mut same_participant = new_appointment(&app, "2026-12-01T10:44:00");
        same_participant["host_id"] = json!(app.world.counsellor.id);
        let refused = app.post("/v1/appointments").by(&app.world.manager).json(same_participant).refused(ProblemCode::TimeTaken).await;
        assert!(refused.detail.unwrap().contains("the participant"));
        // One right after the other is fine.
        schedule(&app, "2026-12-01T10:45:00").await;
    }

    async fn at_the_same_time_only_one_gets_the_slot(app: TestApp) {
        let attempts = (0..8).map(|_| {
            app.post("/v1/appointments").by(&app.world.mentor).json(new_appointment(&app, "2026-12-01T10:00:00")).send()
        });
        let mut statuses: Vec<u16> = join_all(attempts).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    }

    async fn a_declined_time_is_free_again(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        app.post(&format!("{path}/decline")).by(&app.world.participant).if_match(1).json(json!({})).expect(200).await;
        schedule(&app, "2026-12-01T10:00:00").await;
    }

    async fn a_lost_update_is_refused(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        app.post(&format!("{path}/move")).by(&app.world.mentor).if_match(1).json(json!({"local_start": "2026-12-01T12:00"})).expect(200).await;
        let problem = app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(1).refused(ProblemCode::Changed).await;
        assert_eq!(problem.current_version, Some(2));
        app.post(&format!("{path}/confirm")).by(&app.world.participant).refused(ProblemCode::VersionRequired).await;
        app.post(&format!("{path}/confirm")).by(&app.world.participant).header("if-match", "1").refused(ProblemCode::Invalid).await;
        app.post(&format!("{path}/confirm")).by(&app.world.participant).header("if-match", "*").expect(200).await;
    }

    async fn a_repeated_request_gets_the_first_answer(app: TestApp) {
        let send = |body| app.post("/v1/appointments").by(&app.world.mentor).header("idempotency-key", "k-1").json(body);
        let body = new_appointment(&app, "2026-12-01T10:00:00");
        let first = send(body.clone()).expect(201).await;
        let again = send(body.clone()).expect(201).await;
        assert_eq!((first.json(), first.header("etag"), first.header("location")), (again.json(), again.header("etag"), again.header("location")));
        send(new_appointment(&app, "2026-12-01T15:00:00")).refused(ProblemCode::IdempotencyKeyReused).await;
        // Another person's key is another key.
        app.post("/v1/appointments").by(&app.world.manager).header("idempotency-key", "k-1").json(body.clone()).refused(ProblemCode::TimeTaken).await;
        // What is out of scope by now is not told again.
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE assignment SET ended_at = started_at WHERE staff_id = $1")).bind(app.world.mentor.id).execute().await.unwrap();
        tx.commit().await.unwrap();
        send(body).refused(ProblemCode::NotFound).await;
        app.post("/v1/appointments").by(&app.world.manager).header("idempotency-key", "é").json(json!({})).refused(ProblemCode::Invalid).await;
    }

    async fn repeated_at_the_same_time_it_still_happens_once(app: TestApp) {
        let body = new_appointment(&app, "2026-12-01T10:00:00");
        let attempts = (0..6).map(|_| {
            app.post("/v1/appointments").by(&app.world.mentor).header("idempotency-key", "k-2").json(body.clone()).send()
        });
        let answers = join_all(attempts).await;
        for answer in &answers {
            assert_eq!((answer.status, answer.string("/id")), (201, answers[0].string("/id")), "{}", answer.text());
        }
    }

    async fn every_fault_leaves_all_or_nothing(app: TestApp) {
        let footprint = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let mut counts = Vec::new();
            for table in [
                sql!("SELECT count(*) FROM appointment"), sql!("SELECT count(*) FROM reminder"), sql!("SELECT count(*) FROM audit"),
                sql!("SELECT count(*) FROM change WHERE subject_kind = 'appointment'"), sql!("SELECT count(*) FROM idempotency"),
            ] {
                counts.push(tx.query(table).scalar::<i64>().await.unwrap());
            }
            counts
        };
        let body = new_appointment(&app, "2026-12-08T10:00:00");
        let mut struck = 0;
        loop {
            app.faults.arm(struck + 1);
            let answer = app.post("/v1/appointments").by(&app.world.mentor).header("idempotency-key", "k").json(body.clone()).send().await;
            let spared = app.faults.disarm();
            if spared {
                assert_eq!(answer.status, 201, "{}", answer.text());
                break;
            }
            assert_eq!(answer.status, 500, "statement {struck}: {}", answer.text());
            assert_eq!(footprint().await, [0, 0, 0, 0, 0], "statement {struck} left something behind");
            struck += 1;
        }
        assert!(struck >= 8, "only {struck} statements were broken");
        let footprint = footprint().await;
        assert_eq!((footprint[0], footprint[2], footprint[3], footprint[4]), (1, 1, 1, 1));
    }
}

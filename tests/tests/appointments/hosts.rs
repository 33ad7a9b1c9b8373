//! Whom people come to: whoever receives somebody accompanies them, and so sees the appointment and hears of it.

use super::{audited, join_all, new_appointment, proposals::new_proposal, schedule};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

async fn accompanied_by(app: &TestApp, staff: Uuid) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let count = tx.query(sql!(
        "SELECT count(*) FROM assignment WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL"
    ));
    count.bind(staff).bind(app.world.participant.id).scalar().await.unwrap()
}

fn with_host(app: &TestApp, host: Uuid, local_start: &str) -> Value {
    let mut body = new_appointment(app, local_start);
    body["host_id"] = json!(host);
    body
}

fn proposal(app: &TestApp, host: Uuid) -> Value {
    let mut body = new_proposal(app, &["2026-12-02T10:00:00", "2026-12-03T10:00:00"]);
    body["host_id"] = json!(host);
    body
}

both_databases! {
    async fn whoever_a_manager_names_accompanies_from_then_on(app: TestApp) {
        let (world, host) = (&app.world, &app.world.other_mentor);
        let file = format!("/v1/participants/{}", world.participant.id);
        app.get(&file).by(host).expect(404).await;
        let create = |day: &str| app.post("/v1/appointments").by(&world.manager).json(with_host(&app, host.id, day));
        let path = create("2026-12-01T10:00:00").expect(201).await.header("location").to_owned();
        create("2026-12-02T10:00:00").expect(201).await;
        assert_eq!((accompanied_by(&app, host.id).await, audited(&app, "assignment.start").await), (1, 1), "once, for both");
        app.get(&path).by(host).expect(200).await;
        app.get(&file).by(host).expect(200).await;
        app.post(&format!("{path}/decline")).by(&world.participant).if_match(1).json(json!({})).expect(200).await;
        let told = app.get("/v1/notifications").by(host).expect(200).await.json();
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
    }

    async fn a_manager_who_offers_times_or_moves_names_them_too(app: TestApp) {
        let (world, host) = (&app.world, &app.world.other_mentor);
        app.post("/v1/proposals").by(&world.manager).json(proposal(&app, host.id)).expect(201).await;
        assert_eq!(accompanied_by(&app, host.id).await, 1);

        let end = app.get(&format!("/v1/participants/{}/assignments", world.participant.id)).by(host).expect(200).await.json();
        let of_host = end["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(host.id)).unwrap();
        app.post(&format!("/v1/assignments/{}/end", of_host["id"].as_str().unwrap())).by(&world.manager).expect(200).await;
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let to_host = json!({"local_start": "2026-12-01T10:00", "host_id": host.id});
        app.post(&format!("{path}/move")).by(&world.manager).if_match(1).json(to_host).expect(200).await;
        assert_eq!(accompanied_by(&app, host.id).await, 1);
        let mut tx = app.app.db.read().await.unwrap();
        let planned: Vec<String> = tx
            .query(sql!("SELECT purpose FROM reminder WHERE recipient_id = $1 AND state = 'planned' ORDER BY purpose"))
            .bind(host.id).scalars().await.unwrap();
        // Of the offer, which was withdrawn with the assignment, they hear again.
        assert!(planned.contains(&"appointment_handed_over".to_owned()) && planned.len() > 1, "{planned:?}");
    }

    async fn others_name_somebody_who_accompanies_already(app: TestApp) {
        let (world, host) = (&app.world, app.world.other_mentor.id);
        let path = schedule(&app, "2026-12-08T10:00:00").await.header("location").to_owned();
        let to_host = json!({"local_start": "2026-12-08T11:00", "host_id": host});
        for request in [
            app.post("/v1/appointments").by(&world.mentor).json(with_host(&app, host, "2026-12-01T10:00:00")),
            app.post("/v1/proposals").by(&world.counsellor).json(proposal(&app, host)),
            app.post(&format!("{path}/move")).by(&world.mentor).if_match(1).json(to_host),
        ] {
            let refused = request.refused(ProblemCode::Invalid).await;
            assert_eq!((refused.errors[0].pointer.as_str(), refused.errors[0].code.as_str()), ("/host_id", "not_assigned"));
        }
        assert_eq!(accompanied_by(&app, host).await, 0);
        let read = app.get(&path).by(&world.mentor).expect(200).await;
        assert_eq!((read.version(), &read.json()["host_id"]), (1, &json!(world.mentor.id)));
        app.post("/v1/appointments").by(&world.mentor)
            .json(with_host(&app, world.counsellor.id, "2026-12-01T10:00:00")).expect(201).await;
        // Managers see everybody of their centre.
        app.post("/v1/appointments").by(&world.mentor)
            .json(with_host(&app, world.manager.id, "2026-12-02T10:00:00")).expect(201).await;
    }

    async fn named_twice_at_the_same_time_they_accompany_once(app: TestApp) {
        let host = app.world.other_mentor.id;
        let attempts = [1, 2, 3, 4, 7, 8].into_iter().map(|day| {
            let body = with_host(&app, host, &format!("2026-12-{day:02}T10:00:00"));
            app.post("/v1/appointments").by(&app.world.manager).json(body).send()
        });
        let statuses: Vec<u16> = join_all(attempts).await.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [201; 6]);
        assert_eq!((accompanied_by(&app, host).await, audited(&app, "assignment.start").await), (1, 1));
    }
}

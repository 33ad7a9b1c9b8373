//! Time on the wall is the truth: what is derived from it follows the rules of its zone, whatever those become.

use super::{new_appointment, schedule};
use care::appointment::rederive;
use contract::time::{ZoneDataVersion, Zones};
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::json;
use std::{path::Path, sync::Arc};

both_databases! {
    async fn ten_in_casablanca_in_december_is_ten_utc(app: TestApp) {
        let made = schedule(&app, "2026-12-01T10:00:00").await;
        assert_eq!((made.string("/starts_at"), made.string("/local_start"), made.string("/zone")),
            ("2026-12-01T10:00:00Z".to_owned(), "2026-12-01T10:00:00".to_owned(), "Africa/Casablanca".to_owned()));
    }

    async fn somebody_who_moved_to_paris_has_summer_time(app: TestApp) {
        let at = async |local: &str| {
            let mut body = new_appointment(&app, local);
            body["zone"] = json!("Europe/Paris");
            app.post("/v1/appointments").by(&app.world.mentor).json(body).expect(201).await
        };
        assert_eq!(at("2026-12-01T10:00:00").await.string("/starts_at"), "2026-12-01T09:00:00Z");
        assert_eq!(at("2027-07-01T10:00:00").await.string("/starts_at"), "2027-07-01T08:00:00Z");
        let gap = at("2027-03-28T02:30:00").await;
        assert_eq!((gap.string("/local_start"), gap.string("/time_adjustment")), ("2027-03-28T03:30:00".to_owned(), "shifted_forward".to_owned()));
        let overlap = at("2027-10-31T02:30:00").await;
        assert_eq!((overlap.string("/starts_at"), overlap.string("/time_adjustment")), ("2027-10-31T00:30:00Z".to_owned(), "first_of_two".to_owned()));
    }

    async fn new_zone_data_moves_the_instant_and_not_the_wall(app: TestApp) {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
        let old = Zones::from_directory(&directory, ZoneDataVersion::parse("2025b")).expect("the old zone data");
        let before = app.app.with_zones(Arc::new(old));
        rederive::if_zone_data_changed(&before).await.unwrap();
        let made = {
            // Agreed under the old rules: one service with old data on the same database.
            let first = app.restarted(before.clone()).await;
            let one = first.post("/v1/appointments").by(&app.world.mentor).json(new_appointment(&app, "2026-12-08T10:00:00")).expect(201).await;
            first.post("/v1/appointments").by(&app.world.mentor).json(new_appointment(&app, "2026-12-08T11:00:00")).expect(201).await;
            one
        };
        assert_eq!(made.string("/starts_at"), "2026-12-08T09:00:00Z");
        let due = async || {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!("SELECT due_at FROM reminder WHERE subject_id = $1 AND purpose = 'appointment_soon' AND state = 'planned'"))
                .bind(uuid::Uuid::parse_str(&made.string("/id")).unwrap()).scalars::<contract::time::Instant>().await.unwrap()
        };
        assert_eq!(due().await, ["2026-12-08T07:00:00Z".parse().unwrap()], "two hours before, by the old data");
        let done = rederive::if_zone_data_changed(&app.app).await.unwrap().expect("the data changed");
        assert_eq!((done.looked_at, done.moved, done.overlapping), (2, 2, 0), "neighbours move together without colliding");
        let now = app.get(made.header("location")).by(&app.world.mentor).expect(200).await;
        assert_eq!((now.string("/local_start"), now.string("/starts_at")), ("2026-12-08T10:00:00".to_owned(), "2026-12-08T10:00:00Z".to_owned()));
        assert_eq!(due().await, ["2026-12-08T08:00:00Z".parse().unwrap()]);
        assert_eq!(rederive::if_zone_data_changed(&app.app).await.unwrap(), None, "once is enough");
    }

    async fn new_zone_data_moves_the_instants_of_times_that_are_offered(app: TestApp) {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
        let old = Zones::from_directory(&directory, ZoneDataVersion::parse("2025b")).expect("the old zone data");
        let before = app.app.with_zones(Arc::new(old));
        rederive::if_zone_data_changed(&before).await.unwrap();
        let mut body = new_appointment(&app, "");
        body.as_object_mut().unwrap().remove("local_start");
        body["slots"] = json!([{"local_start": "2026-12-08T10:00"}, {"local_start": "2026-12-09T10:00"}]);
        let made = app.restarted(before).await.post("/v1/proposals").by(&app.world.mentor).json(body).expect(201).await;
        assert_eq!(made.json()["slots"][1]["starts_at"], "2026-12-09T09:00:00Z");
        let done = rederive::if_zone_data_changed(&app.app).await.unwrap().expect("the data changed");
        assert_eq!((done.moved, done.overlapping), (1, 0));
        let now = app.get(made.header("location")).by(&app.world.participant).expect(200).await.json();
        assert_eq!((&now["starts_at"], &now["local_start"]), (&json!("2026-12-08T10:00:00Z"), &json!("2026-12-08T10:00:00")));
        for (slot, day) in now["slots"].as_array().unwrap().iter().zip(["08", "09"]) {
            assert_eq!((&slot["starts_at"], &slot["local_start"], &slot["local_end"]),
                (&json!(format!("2026-12-{day}T10:00:00Z")), &json!(format!("2026-12-{day}T10:00:00")), &json!(format!("2026-12-{day}T10:45:00"))));
        }
        let mut tx = app.app.db.read().await.unwrap();
        let lapses = tx.query(sql!("SELECT due_at FROM reminder WHERE purpose = 'appointment_lapsed' AND state = 'planned'"))
            .scalars::<contract::time::Instant>().await.unwrap();
        assert_eq!(lapses, ["2026-12-09T10:00:00Z".parse().unwrap()]);
        // What is chosen by then takes its place by the new rules.
        let choose = format!("{}/choose", made.header("location"));
        let chosen = app.post(&choose).by(&app.world.participant).if_match(2).json(json!({"slot_id": made.json()["slots"][0]["id"]})).expect(200).await;
        assert_eq!(chosen.string("/starts_at"), "2026-12-08T10:00:00Z");
    }
}

//! Who declares an outage, of where, and what is refused by name.

use super::{declared, declaring, outage, withdrawing};
use crate::{
    appointments::audited,
    visits::{over, path_of, seen},
};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

both_databases! {
    async fn a_manager_of_their_centre_and_an_administrator_of_all(app: TestApp) {
        let world = &app.world;
        let own = declared(&app, "2026-11-20T14:00", "2026-11-20T20:30").await;
        for (field, value) in [
            ("centre_id", json!(world.centre)),
            ("cause", json!("power")),
            ("local_starts", json!("2026-11-20T14:00:00")),
            ("zone", json!("Africa/Casablanca")),
            ("starts_at", json!("2026-11-20T14:00:00Z")),
            ("ends_at", json!("2026-11-20T20:30:00Z")),
            ("declared_by", json!(world.manager.id)),
        ] {
            assert_eq!(own.json()[field], value, "{field}");
        }
        let of_centre = over(outage("2026-11-20T14:00", "2026-11-20T20:30"), &json!({"centre_id": world.other_centre}));
        declaring(&app, &world.manager, of_centre.clone()).refused(ProblemCode::NotFound).await;
        let other = declaring(&app, &world.administrator, of_centre).expect(201).await;
        let everywhere = declaring(&app, &world.administrator, outage("2026-11-21T14:00", "2026-11-21T20:30")).expect(201).await;
        assert_eq!(everywhere.json().get("centre_id"), None);
        let unknown = over(outage("2026-11-20T14:00", "2026-11-20T20:30"), &json!({"centre_id": Uuid::now_v7()}));
        let problem = declaring(&app, &world.administrator, unknown).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/centre_id");
        for person in [&world.mentor, &world.counsellor, &world.observer, &world.participant] {
            declaring(&app, person, outage("2026-11-20T14:00", "2026-11-20T20:30")).refused(ProblemCode::NotForThisRole).await;
            app.get("/v1/outages").by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
            app.get(&path_of(&own)).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        let listed = async |person: &muwakaba_tests::SignedIn| -> Vec<Value> {
            seen(&app, person, "/v1/outages").await["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
        };
        let ids = |all: &[&muwakaba_tests::Answer]| all.iter().map(|one| one.json()["id"].clone()).collect::<Vec<Value>>();
        assert_eq!(listed(&world.manager).await, ids(&[&everywhere, &own]));
        assert_eq!(listed(&world.other_manager).await, ids(&[&everywhere, &other]));
        assert_eq!(listed(&world.administrator).await, ids(&[&everywhere, &other, &own]));
        assert_eq!(seen(&app, &world.other_manager, &path_of(&everywhere)).await, everywhere.json());
        app.get(&path_of(&own)).by(&world.other_manager.again(&app.app)).refused(ProblemCode::NotFound).await;
        // One that was everywhere is withdrawn by administrators.
        withdrawing(&app, &world.manager, &everywhere).refused(ProblemCode::CommandRefused).await;
        withdrawing(&app, &world.other_manager, &own).refused(ProblemCode::NotFound).await;
        withdrawing(&app, &world.mentor, &own).refused(ProblemCode::NotForThisRole).await;
        withdrawing(&app, &world.manager, &own).expect(200).await;
        withdrawing(&app, &world.administrator, &everywhere).expect(200).await;
        withdrawing(&app, &world.administrator, &own).refused(ProblemCode::Changed).await;
        let again = app.post(&format!("{}/withdraw", path_of(&own))).by(&world.manager.again(&app.app)).if_match(2);
        again.refused(ProblemCode::CommandRefused).await;
        assert_eq!((audited(&app, "outage.declare").await, audited(&app, "outage.withdraw").await), (3, 2));
    }

    async fn what_cannot_have_been_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        for (starts, ends, fields, pointer, code) in [
            ("2026-11-20T14:00", "2026-11-20T14:00", json!({}), "/local_ends", "order"),
            ("2026-11-20T14:00", "2026-11-19T14:00", json!({}), "/local_ends", "order"),
            ("2026-11-23T09:00", "2026-11-23T10:00:01", json!({}), "/local_ends", "future"),
            ("2026-07-23T09:00", "2026-07-23T10:00", json!({}), "/local_ends", "too_old"),
            ("2026-10-01T09:00", "2026-11-23T09:00", json!({}), "/local_starts", "too_long"),
            ("2026-11-20T14:00", "2026-11-20T20:30", json!({"cause": "sabotage"}), "/cause", "unknown_word"),
            ("2026-11-20T14:00", "2026-11-20T20:30", json!({"reason": "x"}), "/reason", "unknown"),
            ("2026-11-20T14:00", "2026-11-20T20:30", json!({"zone": "Africa/Nowhere"}), "/zone", "value"),
        ] {
            let problem = declaring(&app, &world.manager, over(outage(starts, ends), &fields)).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{starts} {ends} {fields}");
            if pointer.starts_with("/local") {
                assert_eq!(problem.errors[0].code, code, "{starts} {ends} {fields}");
            }
        }
        // Until now can be said.
        declared(&app, "2026-11-23T09:00", "2026-11-23T10:00").await;
        // Elsewhere it is another hour.
        let paris = over(outage("2026-11-23T09:00", "2026-11-23T11:00"), &json!({"zone": "Europe/Paris"}));
        assert_eq!(declaring(&app, &world.manager, paris).expect(201).await.json()["ends_at"], json!("2026-11-23T10:00:00Z"));
    }

    async fn sent_twice_it_is_declared_once(app: TestApp) {
        let body = over(outage("2026-11-20T14:00", "2026-11-20T20:30"), &json!({"id": Uuid::now_v7()}));
        let send = || declaring(&app, &app.world.manager, body.clone()).header("idempotency-key", "outage");
        let (first, again) = (send().expect(201).await, send().expect(201).await);
        assert_eq!(first.json(), again.json());
        declaring(&app, &app.world.manager, body.clone()).refused(ProblemCode::AlreadyExists).await;
    }
}

//! Whoever may not see something does not make anybody wait for it either: scope is asked before anything is held. What a body
//! makes an operation do on the way to its 404 is looked at here; what it does with its usual body, in the matrix.

use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn what_is_out_of_scope_is_neither_read_through_nor_held(app: TestApp) {
        let world = &app.world;
        let appointment = json!({
            "participant_id": world.participant.id, "host_id": world.mentor.id, "kind": "legal_counselling",
            "local_start": "2026-12-01T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
        });
        app.post("/v1/appointments").by(&world.manager).json(appointment).expect(201).await;
        let absent = uuid::Uuid::now_v7();
        for (of, id, bodies) in [
            ("participants", world.participant.id, vec![json!({"file_number": "1"}), json!({"zone": "Europe/Paris"})]),
            ("staff", world.mentor.id, vec![json!({"active": false}), json!({"role": "counsellor"}), json!({"active": false, "appointments_to": absent})]),
        ] {
            for body in bodies {
                let mut seen = Vec::new();
                for id in [id, absent] {
                    app.statements.take();
                    let path = format!("/v1/{of}/{id}");
                    app.patch(&path).by(&world.other_manager).if_match(1).json(body.clone()).refused(ProblemCode::NotFound).await;
                    seen.push(app.statements.take());
                }
                assert_eq!(seen[0], seen[1], "{of} {body}");
                let looked_at = seen[0].iter().find(|statement| statement.contains("FROM appointment"));
                assert_eq!(looked_at, None, "{of} {body}");
            }
        }
        for (command, body) in [
            ("activate", json!({})), ("pause", json!({"reason": "illness"})), ("withdraw", json!({"reason": "moved_away"})),
            ("record-death", json!({"name": "Canaria Zwawi"})), ("reverse-death", json!({})),
        ] {
            let mut seen = Vec::new();
            for id in [world.participant.id, absent] {
                app.statements.take();
                let path = format!("/v1/participants/{id}/{command}");
                app.post(&path).by(&world.other_manager).if_match(1).json(body.clone()).refused(ProblemCode::NotFound).await;
                seen.push(app.statements.take());
            }
            assert_eq!(seen[0], seen[1], "{command}");
            assert!(!seen[0].iter().any(|statement| statement.contains("FROM appointment")), "{command}");
        }
    }
}

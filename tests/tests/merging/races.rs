//! Merging beside others, and with a fault at any statement.

use super::{ahead, all_of_this, file, merge, schedule, second, unmerge};
use db::sql;
use muwakaba_tests::{TestApp, both_databases, http::Request};
use serde_json::{Value, json};

/// What the database holds, by number: enough to see a half-done command.
async fn tally(app: &TestApp) -> (i64, i64, i64, i64, i64, i64, i64) {
    let mut tx = app.database.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT (SELECT count(*) FROM participant WHERE merged_into IS NOT NULL), (SELECT count(*) FROM file_merge WHERE unmerged_at IS NULL),
                (SELECT count(*) FROM appointment WHERE state = 'scheduled'), (SELECT count(*) FROM assignment WHERE ended_at IS NULL),
                (SELECT count(*) FROM audit), (SELECT count(*) FROM status_change), (SELECT count(*) FROM idempotency)"
    ))
    .one()
    .await
    .unwrap()
}

/// Sends the command with a fault at its first statement, its second, and so on until none strikes.
async fn all_or_nothing(app: &TestApp, command: impl Fn() -> Request) {
    let before = tally(app).await;
    for n in 1..600 {
        app.faults.arm(n);
        let answer = command().send().await;
        if app.faults.disarm() {
            assert!(answer.status < 300, "{}", answer.text());
            assert!(n > 10, "faults must have struck before");
            return;
        }
        assert_eq!(answer.status, 500, "fault {n}: {}", answer.text());
        assert_eq!(tally(app).await, before, "fault {n} left something half done");
    }
    panic!("no end of statements");
}

both_databases! {
    async fn of_two_who_merge_crosswise_one_does(app: TestApp) {
        let (one, other) = (app.world.participant.id, second(&app).await);
        let (first, second) = tokio::join!(
            merge(&app, one, other, all_of_this()).send(),
            merge(&app, other, one, all_of_this()).send(),
        );
        let done = [&first, &second].into_iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, 1, "{} {}", first.text(), second.text());
        assert!([&first, &second].into_iter().all(|answer| answer.status < 500));
        let merged: Vec<Value> = vec![file(&app, one).await["status"].clone(), file(&app, other).await["status"].clone()];
        assert!(merged.contains(&json!("merged")) && merged.contains(&json!("active")), "{merged:?}");
    }

    async fn what_is_agreed_on_beside_it_is_carried_over_or_refused(app: TestApp) {
        let (this, other) = (app.world.participant.id, second(&app).await);
        let body = json!({
            "participant_id": other, "host_id": app.world.mentor.id, "kind": "social_counselling",
            "local_start": "2026-12-01T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
        });
        let manager = app.world.manager.again(&app.app);
        let (agreed, merged) = tokio::join!(
            app.post("/v1/appointments").by(&manager).json(body).send(),
            merge(&app, this, other, all_of_this()).send(),
        );
        assert_eq!(merged.status, 200, "{}", merged.text());
        assert!(ahead(&app, other).await.is_empty(), "nothing lies ahead of a file that nobody reads");
        let carried = ahead(&app, this).await.len();
        assert_eq!(carried, usize::from(agreed.status == 201), "{}", agreed.text());
    }

    async fn what_is_undone_while_the_person_goes_to_another_centre_stays_or_goes_along(app: TestApp) {
        let (this, other) = (app.world.participant.id, second(&app).await);
        merge(&app, this, other, all_of_this()).expect(200).await;
        let path = crate::hand_overs::asked_of_centre(&app).await;
        let (moved, undone) = tokio::join!(
            crate::hand_overs::answer(&app, &path, &app.world.other_manager, "accept").send(),
            unmerge(&app, other).send(),
        );
        assert_eq!(moved.status, 200, "{}", moved.text());
        assert!([200, 404].contains(&undone.status), "{}", undone.text());
        // Whoever has the other file now: its own centre if it stands for itself again, else the one of the person.
        let manager = if undone.status == 200 { &app.world.manager } else { &app.world.other_manager };
        let path = format!("/v1/participants/{other}");
        let read = app.get(&path).by(&manager.again(&app.app)).expect(200).await.json();
        assert_eq!(read["status"], if undone.status == 200 { json!("active") } else { json!("merged") });
        app.get(&format!("/v1/participants/{this}")).by(&app.world.other_manager).expect(200).await;
    }

    async fn a_fault_at_any_statement_leaves_all_or_nothing(app: TestApp) {
        let (this, other) = (app.world.participant.id, second(&app).await);
        schedule(&app, other, "2026-12-01T10:00:00").await;
        all_or_nothing(&app, || merge(&app, this, other, all_of_this()).header("idempotency-key", "merge")).await;
        all_or_nothing(&app, || unmerge(&app, other).header("idempotency-key", "unmerge")).await;
        assert_eq!(ahead(&app, other).await.len(), 1);
        // A repetition is no second merging.
        let again = merge(&app, this, other, all_of_this()).header("idempotency-key", "merge").expect(200).await;
        assert_eq!(again.json()["merged_id"], json!(other));
        assert_eq!(file(&app, other).await["status"], json!("active"));
    }
}

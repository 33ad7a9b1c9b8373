//! Whoever gives a transaction up, at any moment, leaves no trace of it to the next: not in the data, and not in the connection.

use db::sql;
use futures_util::FutureExt;
use muwakaba_tests::both_databases;
use serde_json::json;
use std::{future::Future, pin::pin, task::Poll, time::Duration};

/// More often than there are connections, so that each is used again.
const TIMES: usize = 40;

/// Polls `work` so many times and drops it; whether it was done before.
async fn give_up_after(polls: usize, work: impl Future) -> bool {
    let mut work = pin!(work);
    let mut left = polls;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.poll_unpin(context).map(|_| true)
    })
    .await
}

both_databases! {
    async fn a_transaction_that_is_given_up_at_any_moment_leaves_nothing(app: TestApp) {
        let db = app.database.db.clone();
        let mut polls = 0;
        loop {
            let mut done = true;
            for _ in 0..TIMES {
                done &= give_up_after(polls, async {
                    let mut tx = db.read().await.unwrap();
                    tx.query(sql!("SELECT count(*) FROM setting")).scalar::<i64>().await.unwrap()
                })
                .await;
                done &= give_up_after(polls, async {
                    let mut tx = db.write().await.unwrap();
                    tx.query(sql!("INSERT INTO setting (name, value) VALUES ('given up', '1')")).execute().await.unwrap();
                    tx.query(sql!("INSERT INTO setting (name, value) VALUES ('given up too', '1')")).execute().await.unwrap();
                })
                .await;
                // With whatever connection comes next, one can write, and nothing is there.
                let mut tx = db.write().await.unwrap();
                let left: i64 = tx.query(sql!("SELECT count(*) FROM setting WHERE name LIKE 'given up%'")).scalar().await.unwrap();
                assert_eq!(left, 0, "after {polls} polls");
                tx.query(sql!("INSERT INTO setting (name, value) VALUES ('kept', '1') ON CONFLICT (name) DO NOTHING")).execute().await.unwrap();
                tx.commit().await.unwrap();
            }
            if done {
                break;
            }
            polls += 1;
        }
        assert!(polls >= 1);
    }

    async fn callers_who_hang_up_harm_nobody(app: TestApp) {
        let app = &app;
        let file = format!("/v1/participants/{}", app.world.participant.id);
        let (managers, hangers) = (4, 4);
        let hanging_up = (0..hangers).map(|hanger: u64| {
            let file = &file;
            async move {
                for patience in 0..150_u64 {
                    let patience = Duration::from_micros(patience * 20 + hanger * 5);
                    let request = async {
                        if patience.as_micros().is_multiple_of(2) {
                            app.get(file).by(&app.world.mentor).send().await;
                        } else {
                            app.post("/v1/participants").by(&app.world.manager).json(json!({"name": "Gone", "language": "fr"})).send().await;
                        }
                    };
                    let _ = tokio::time::timeout(patience, request).await;
                }
            }
        });
        let honest = (0..managers).map(|manager: u64| async move {
            for number in 0..30_u64 {
                let name = format!("Honest {manager} {number}");
                let answer = app.post("/v1/participants").by(&app.world.manager).json(json!({"name": name, "language": "fr"})).send().await;
                assert_eq!(answer.status, 201, "{}", answer.text());
            }
        });
        futures_util::future::join(
            futures_util::future::join_all(hanging_up),
            futures_util::future::join_all(honest),
        )
        .await;
    }
}

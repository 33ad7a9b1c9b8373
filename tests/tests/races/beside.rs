//! Two requests side by side: the first is held at a statement while the second runs.

use muwakaba_tests::{Answer, TestApp, http::Request};
use sqlx::PgConnection;
use std::time::{Duration, Instant as Moment};

/// Longer than anything here takes.
const FOREVER: Duration = Duration::from_secs(60);

/// What became of the two.
pub struct Course {
    /// Whether the first had so many statements. If not, it had ended before the second began.
    pub was_held: bool,
    /// The answers, in the order in which the requests began.
    pub answers: [Answer; 2],
}

/// Holds `first` at its `n`-th statement or commit until `second` has ended or waits for what `first` holds. `looker` is a
/// connection that neither of them uses.
pub async fn beside(
    app: &TestApp,
    looker: &mut PgConnection,
    first: Request,
    n: u32,
    second: Request,
) -> Course {
    let held = app.faults.pause_at(n);
    let mut first = tokio::spawn(first.send());
    let mut early = None;
    tokio::select! {
        answer = &mut first => early = Some(answer.expect("an answer")),
        () = held.reached() => {}
    }
    let was_held = early.is_none();
    // If the first had fewer statements, the pause is not for the second.
    let held = was_held.then_some(held);
    let second = tokio::spawn(second.send());
    let begun = Moment::now();
    while !second.is_finished() && !somebody_waits(looker).await {
        assert!(begun.elapsed() < FOREVER, "it neither waits nor ends");
        tokio::task::yield_now().await;
    }
    drop(held);
    let first = match early {
        Some(answer) => answer,
        None => first.await.expect("an answer"),
    };
    Course { was_held, answers: [first, second.await.expect("an answer")] }
}

/// How many statements and commits this request has, when it is alone.
pub async fn length(app: &TestApp, request: Request) -> u32 {
    let held = app.faults.pause_at(u32::MAX);
    request.send().await;
    held.passed()
}

/// Whether a transaction waits for another one's lock.
async fn somebody_waits(looker: &mut PgConnection) -> bool {
    let waiting = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')";
    sqlx::query_scalar(waiting).fetch_one(looker).await.expect("an answer")
}

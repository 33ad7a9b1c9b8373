//! The demonstration's data are whole: nothing of its past was refused, every centre has a few of each, and nothing of the past is told now.

use care::App;
use chrono::TimeDelta;
use db::{Sql, sql};
use muwakaba::{settings::Settings, start};
use muwakaba_demo::seed;
use std::collections::BTreeMap;

async fn count(app: &App, statement: Sql) -> i64 {
    let mut tx = app.db.read().await.expect("a transaction");
    tx.query(statement).scalar::<i64>().await.expect("a count")
}

#[tokio::test]
async fn two_hundred_people_have_a_year_behind_them() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let listen = "127.0.0.1:0".parse().expect("an address");
    let settings = Settings::plain(directory.path(), listen).expect("settings");
    let app = start::open(&settings).await.expect("the service opens");
    let refused = seed::seed_anew(&app).await.expect("all is written");
    assert!(
        refused.is_empty(),
        "{} were refused: {:#?}",
        refused.len(),
        refused.iter().take(20).collect::<Vec<_>>()
    );
    // A second start finds what the first one wrote.
    seed::seed(&app).await.expect("it is found");
    assert_eq!(count(&app, sql!("SELECT count(*) FROM participant")).await, 200);

    let mut tx = app.db.read().await.expect("a transaction");
    let files: Vec<(String, String, i64)> = tx
        .query(sql!(
            "SELECT centre.name, p.status, count(*) FROM participant AS p JOIN centre ON centre.id = p.centre_id
             GROUP BY centre.name, p.status"
        ))
        .all()
        .await
        .expect("the files");
    let causes: Vec<String> = tx
        .query(sql!("SELECT DISTINCT cause FROM work_item WHERE closed_at IS NULL ORDER BY cause"))
        .scalars()
        .await
        .expect("the causes");
    drop(tx);
    let mut by_centre: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for (centre, status, many) in &files {
        by_centre.entry(centre).or_default().insert(status, *many);
    }
    assert_eq!(by_centre.len(), 3);
    for (centre, files) in &by_centre {
        for status in ["preparing", "active", "paused", "completed", "withdrawn", "transferred"] {
            assert!(files.get(status).is_some_and(|many| *many >= 2), "{status} at {centre}: {files:?}");
        }
    }
    for cause in ["check_in_alarm", "call_wanted", "did_not_come", "job_lost", "hand_over_asked"] {
        assert!(causes.iter().any(|open| open == cause), "{cause} is open: {causes:?}");
    }
    for (what, statement, least) in [
        ("status log", sql!("SELECT count(*) FROM status_change"), 80),
        (
            "appointments that were",
            sql!("SELECT count(*) FROM appointment WHERE outcome = 'took_place'"),
            200,
        ),
        ("not come to", sql!("SELECT count(*) FROM appointment WHERE outcome = 'did_not_come'"), 20),
        ("not held", sql!("SELECT count(*) FROM appointment WHERE outcome = 'did_not_take_place'"), 20),
        ("visits", sql!("SELECT count(*) FROM visit"), 200),
        ("check-ins answered", sql!("SELECT count(*) FROM check_in WHERE submitted_at IS NOT NULL"), 300),
        ("late", sql!("SELECT count(*) FROM check_in WHERE submitted_at >= closes_at"), 10),
        ("excused", sql!("SELECT count(*) FROM check_in WHERE excused_at IS NOT NULL"), 20),
        ("plans", sql!("SELECT count(*) FROM plan"), 30),
        ("needs", sql!("SELECT count(*) FROM need"), 150),
        ("strengths", sql!("SELECT count(*) FROM strength"), 150),
        ("goals", sql!("SELECT count(*) FROM goal"), 150),
        ("placements", sql!("SELECT count(*) FROM placement"), 80),
        ("milestones", sql!("SELECT count(*) FROM milestone WHERE state = 'achieved'"), 40),
        ("consents", sql!("SELECT count(*) FROM consent"), 300),
        ("attempts", sql!("SELECT count(*) FROM contact_attempt"), 15),
        ("ways", sql!("SELECT count(*) FROM contact_way"), 40),
        ("referrals", sql!("SELECT count(*) FROM referral"), 5),
        ("digests", sql!("SELECT count(*) FROM digest"), 3),
        ("absences", sql!("SELECT count(*) FROM absence"), 1),
        ("hand-overs", sql!("SELECT count(*) FROM hand_over"), 1),
    ] {
        let many = count(&app, statement).await;
        assert!(many >= least, "{what}: {many}");
    }
    // What was to be told before today is useless by now, or was overtaken.
    let mut tx = app.db.read().await.expect("a transaction");
    let late: Vec<(String, i64)> = tx
        .query(sql!(
            "SELECT purpose, count(*) FROM reminder
             WHERE state = 'planned' AND recipient_kind = 'participant' AND due_at < $1 AND expires_at > $2
             GROUP BY purpose ORDER BY purpose"
        ))
        .bind(app.clock.now().saturating_sub(TimeDelta::days(1)))
        .bind(app.clock.now())
        .all()
        .await
        .expect("the reminders");
    assert!(late.is_empty(), "{late:?}");
}

//! `outage declare`.

use super::Program;
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::Value;

/// The arguments: that the service was out for three hours, until an hour ago by the clock of the machine.
fn arguments(app: &TestApp, more: &[&str]) -> Vec<String> {
    let wall = |hours| {
        let at =
            contract::time::Clock::now(&contract::time::SystemClock).saturating_sub(TimeDelta::hours(hours));
        let zone = contract::time::ZoneName::CASABLANCA;
        app.app.zones.to_local(at, &zone).expect("a time on the wall").to_string()
    };
    let mut all: Vec<String> = ["outage", "declare", "--from"].map(str::to_owned).to_vec();
    all.extend([wall(4), "--until".to_owned(), wall(1)]);
    all.extend(more.iter().map(|&one| one.to_owned()));
    all
}

fn borrowed(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

/// Where it was, why, and who declared it.
async fn outages(app: &TestApp) -> Vec<(bool, String, bool)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT centre_id IS NULL, cause, declared_by IS NULL FROM outage ORDER BY declared_at, id"
    ))
    .all()
    .await
    .unwrap()
}

both_databases! {
    async fn whoever_runs_the_machine_declares_it_everywhere_or_of_one_centre(app: TestApp) {
        let program = Program::on(&app);
        let everywhere = arguments(&app, &[]);
        assert!(program.run(&borrowed(&everywhere)).done().output.starts_with("Outage:  "));
        let centre = app.world.centre.to_string();
        let of_one = arguments(&app, &["--centre", &centre, "--cause", "power"]);
        program.run(&borrowed(&of_one)).done();
        let declared = outages(&app).await;
        assert_eq!(declared, [(true, "service".to_owned(), true), (false, "power".to_owned(), true)]);
        let mut tx = app.app.db.read().await.unwrap();
        let details: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE action = 'outage.declare'")).scalars().await.unwrap();
        let at: Vec<Value> = details.iter().map(|text| serde_json::from_str::<Value>(text).unwrap()["at"].clone()).collect();
        assert_eq!(at, ["command_line", "command_line"]);
        let noted: i64 = tx.query(sql!("SELECT count(*) FROM agenda WHERE subject_kind = 'check_ins_of_outage'")).scalar().await.unwrap();
        assert_eq!(noted, 2);
    }

    async fn what_cannot_have_been_is_named_by_its_option(app: TestApp) {
        let program = Program::on(&app);
        // A first run makes the keys.
        program.run(&borrowed(&arguments(&app, &[]))).done();
        let nowhere = arguments(&app, &["--centre", "Nowhere"]);
        program.run(&borrowed(&nowhere)).refused(1, &["--centre names none"]);
        let unknown = arguments(&app, &["--zone", "Africa/Nowhere"]);
        program.run(&borrowed(&unknown)).refused(2, &["--zone"]);
        let ahead = ["outage", "declare", "--from", "2199-01-01T10:00", "--until", "2199-01-01T11:00"];
        program.run(&ahead).refused(1, &["--until is in the future"]);
        let backwards = ["outage", "declare", "--from", "2026-01-01T10:00", "--until", "2026-01-01T09:00"];
        program.run(&backwards).refused(1, &["--until must be after it began"]);
        program.run(&["outage", "declare", "--from", "yesterday", "--until", "2026-01-01T09:00"]).refused(2, &["--from"]);
        assert_eq!(outages(&app).await.len(), 1);
    }
}

//! The phone of `muwakaba-demo` as a script drives it: enrolled with a code, shown a notification, answering by a key.

use super::{dispatch, plan};
use chrono::TimeDelta;
use contract::time::{Clock, SystemClock};
use db::sql;
use muwakaba_tests::{TestApp, binary, both_databases};
use std::{os::unix::fs::PermissionsExt, path::Path, process::Stdio};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Lines<BufReader<ChildStdout>>,
}

impl Terminal {
    fn open(app: &TestApp, state: &Path, code: Option<&str>) -> Self {
        let mut command = Command::new(binary::muwakaba_demo());
        command.arg("phone").arg("--server").arg(&app.base_url).arg("--state").arg(state);
        if let Some(code) = code {
            command.arg("--code").arg(code);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the phone starts");
        let keys = child.stdin.take().expect("a keyboard");
        let screen = BufReader::new(child.stdout.take().expect("a screen")).lines();
        Self { child, keys, screen }
    }

    /// Reads on until a line says this.
    async fn shows(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        while let Some(line) = self.screen.next_line().await.expect("the screen can be read") {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("the phone ended without {text:?}: {seen:#?}");
    }

    async fn press(&mut self, key: &str) {
        self.keys.write_all(format!("{key}\n").as_bytes()).await.expect("a key is pressed");
    }
}

/// At 10:00 on the day that is so many days ahead, for a phone that goes by the real clock.
async fn schedule_in(app: &TestApp, days: i64) -> String {
    let day = app.now().saturating_add(TimeDelta::days(days)).to_chrono().date_naive();
    let body = crate::appointments::new_appointment(app, &format!("{day}T10:00:00"));
    let mentor = app.world.mentor.again(&app.app);
    app.post("/v1/appointments").by(&mentor).json(body).expect(201).await.header("location").to_owned()
}

/// Two days to choose from, for a phone that goes by the real clock.
async fn offer(app: &TestApp) -> String {
    let mut body = crate::appointments::new_appointment(app, "");
    body.as_object_mut().expect("an object").remove("local_start");
    let day = |days| app.now().saturating_add(TimeDelta::days(days)).to_chrono().date_naive();
    body["slots"] = [10, 11]
        .into_iter()
        .map(|days| serde_json::json!({"local_start": format!("{}T10:00:00", day(days))}))
        .collect();
    let mentor = app.world.mentor.again(&app.app);
    app.post("/v1/proposals").by(&mentor).json(body).expect(201).await.header("location").to_owned()
}

both_databases! {
    async fn a_script_can_hold_the_phone(app: TestApp) {
        // The phone is another process and goes by the real clock; a proof may be a minute old, but not from the future.
        app.clock.set(SystemClock.now().saturating_add(TimeDelta::seconds(20)));
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE centre SET reminder_policy = $1")).bind(r#"{"quiet_hours": null}"#).execute().await.unwrap();
        tx.commit().await.unwrap();
        let mentor = app.world.mentor.again(&app.app);
        let participant = app.world.participant.id;
        let code = app.post(&format!("/v1/participants/{participant}/enrolment-codes")).by(&mentor).expect(201).await.string("/code");

        let directory = TempDir::new().unwrap();
        let state = directory.path().join("phone.json");
        let mut phone = Terminal::open(&app, &state, Some(&code));
        phone.shows("Waiting for notifications").await;
        assert_eq!(std::fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o600);

        let path = schedule_in(&app, 8).await;
        dispatch(&app).await;
        phone.shows("appointment_scheduled").await;
        phone.shows("[q] quit").await;
        phone.press("c").await;
        assert!(phone.shows("✓").await.contains("confirmed"));
        assert_eq!(app.get(&path).by(&mentor).expect(200).await.string("/state"), "confirmed");
        assert!(plan(&app, &path).await.contains(&("appointment_scheduled".to_owned(), "acted".to_owned())));
        phone.press("o").await;
        phone.shows("Rue des Orangers").await;

        // Several times are offered: the notification opens their list, and a number chooses.
        let offered = offer(&app).await;
        dispatch(&app).await;
        phone.shows("appointment_proposed").await;
        phone.shows("[q] quit").await;
        phone.press("c").await;
        phone.shows("no such button").await;
        phone.press("o").await;
        phone.shows("[2]").await;
        phone.shows("the number of the time").await;
        phone.press("2").await;
        assert!(phone.shows("✓").await.contains("scheduled"));
        let chosen = app.get(&offered).by(&mentor).expect(200).await.json();
        assert_eq!((&chosen["state"], &chosen["time_origin"]), (&serde_json::json!("scheduled"), &serde_json::json!("chosen")));

        // What else it shows, and asks step by step.
        phone.press("w").await;
        assert!(phone.shows("appointment:").await.contains("scheduled"));
        phone.press("g").await;
        phone.shows("no goals").await;
        phone.press("p").await;
        phone.shows("What you agree to").await;
        phone.press("1").await;
        phone.shows("Do you agree?").await;
        phone.press("s").await;
        phone.shows("Nothing was sent").await;
        phone.press("t").await;
        phone.shows("does nothing here").await;
        phone.press("q").await;
        assert!(phone.child.wait().await.unwrap().success());

        // What came while it was off is shown when it is on again, and the same device is told its new endpoint.
        let missed = schedule_in(&app, 9).await;
        assert_eq!(dispatch(&app).await.again, 1, "nobody listens at the old endpoint");
        let mut phone = Terminal::open(&app, &state, None);
        phone.shows("appointment_scheduled").await;
        phone.shows("Waiting for notifications").await;
        phone.press("m").await;
        assert!(phone.shows("✓").await.contains("change_requested"));
        assert_eq!(app.get(&missed).by(&mentor).expect(200).await.string("/state"), "change_requested");
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(tx.query(sql!("SELECT count(*) FROM device WHERE gone_at IS NULL")).scalar::<i64>().await.unwrap(), 1);
        drop(tx);
        phone.press("q").await;
        assert!(phone.child.wait().await.unwrap().success());

        // A code works once.
        let again = Terminal::open(&app, &directory.path().join("other.json"), Some(&code)).child.wait().await.unwrap();
        assert!(!again.success());
    }
}

//! `doctor`: its findings, and that it finds without changing.

use super::{Program, Said, set_mode};
use muwakaba_tests::both_databases;

/// The line about this subject.
#[track_caller]
fn finding<'a>(said: &'a Said, subject: &str) -> &'a str {
    let about = |line: &&str| line.get(9..).is_some_and(|rest| rest.starts_with(subject));
    said.output.lines().find(about).unwrap_or_else(|| panic!("nothing about {subject}: {said:?}"))
}

both_databases! {
    async fn a_healthy_service_is_fine_and_shows_no_secret(app: TestApp) {
        let program = Program::on(&app);
        program.run(&["staff", "add", "--name", "Canaria", "--email", "c@canary.example", "--role", "observer", "--centre", "Oujda", "--new-centre"]).done();
        let said = program.run(&["doctor"]).done();
        assert!(!said.output.contains("ERROR"), "{said:?}");
        for (subject, text) in [
            ("settings", "DATABASE_URL"), ("keys", "readable for its owner alone"), ("database", "schema up to date"),
            ("master key", "is the one that the data are sealed with"), ("Web Push", ""), ("FCM", "not set up"), ("devices", "0 of 0"), ("centres", "have no telephone number"), ("clock", ""),
        ] {
            assert!(finding(&said, subject).contains(text), "{said:?}");
        }
        let master = std::fs::read_to_string(program.key("master.key")).unwrap();
        for secret in [master.trim(), "Canaria", "canary"] {
            assert!(!said.output.contains(secret) && !said.errors.contains(secret), "{said:?}");
        }
    }

    async fn zone_data_that_does_not_fit_the_appointments_is_told(app: TestApp) {
        let program = Program::on(&app);
        program.run(&["staff", "add", "--name", "N", "--email", "n@canary.example", "--role", "mentor", "--centre", "Oujda", "--new-centre"]).done();
        let id = uuid::Uuid::now_v7();
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(db::sql!("INSERT INTO unresolved_time (appointment_id, reason, noted_at) VALUES ($1, 'its time cannot be derived', $2)"))
            .bind(id).bind(app.now()).execute().await.unwrap();
        tx.query(db::sql!("INSERT INTO setting (name, value) VALUES ('zone_data_version', '2099z')")).execute().await.unwrap();
        tx.commit().await.unwrap();
        let said = program.run(&["doctor"]);
        assert_eq!(said.code, Some(1), "{said:?}");
        let has = |text: &str| said.output.lines().any(|line| line.contains("zone data") && line.contains(text));
        assert!(has("the appointments follow 2099z"), "{said:?}");
        assert!(has(&format!("1 appointments are set aside; move or cancel them: {id} (its time cannot be derived)")), "{said:?}");
        // And the service does not start on it.
        let refused = program.run(&["serve"]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.errors.contains("follow 2099z already"), "{refused:?}");
    }

    async fn before_the_first_start_nothing_is_made(app: TestApp) {
        let program = Program::on(&app);
        let said = program.run(&["doctor"]).done();
        assert!(finding(&said, "keys").starts_with("WARNING"), "{said:?}");
        assert!(!program.data().exists());
    }

    async fn broken_keys_are_found(app: TestApp) {
        let (program, other) = (Program::on(&app), Program::at("sqlite:other.db"));
        for program in [&program, &other] {
            program.run(&["staff", "add", "--name", "N", "--email", "n@canary.example", "--role", "mentor", "--centre", "Oujda", "--new-centre"]).done();
        }
        let key = program.key("master.key");
        let broken = |subject: &str, text: &str| {
            let said = program.run(&["doctor"]);
            assert_eq!(said.code, Some(1), "{said:?}");
            let found = finding(&said, subject);
            assert!(found.starts_with("ERROR") && found.contains(text), "{said:?}");
        };
        set_mode(&key, 0o640);
        broken("keys", "chmod 600");
        set_mode(&key, 0o600);
        std::fs::copy(other.key("master.key"), &key).unwrap();
        broken("master key", "restore it from your backup");
        std::fs::remove_file(&key).unwrap();
        broken("keys", "master.key");
        assert!(!key.exists(), "no key was made");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_or_is_behind_is_told() {
    let said = Program::at("postgres://nobody:canary-password@127.0.0.1:9/none").run(&["doctor"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(finding(&said, "database").starts_with("ERROR"), "{said:?}");
    assert!(!said.output.contains("canary-password") && !said.errors.contains("canary-password"), "{said:?}");
    let absent = Program::at("sqlite:absent.db");
    assert!(finding(&absent.run(&["doctor"]).done(), "database").contains("does not exist yet"));
    let behind = Program::at("sqlite:behind.db");
    std::fs::write(behind.directory.path().join("behind.db"), "").unwrap();
    assert!(finding(&behind.run(&["doctor"]).done(), "database").contains("muwakaba migrate"));
}

/// Apple takes nothing from a sender that nobody can be written to about.
#[tokio::test]
async fn a_public_service_has_somebody_to_write_to() {
    let public = |name, value| Program::at("sqlite:contact.db").with(name, value);
    for (name, value) in [("MUWAKABA_LISTEN", "0.0.0.0:0"), ("MUWAKABA_PUBLIC_URL", "https://suivi.example")]
    {
        let said = public(name, value).run(&["doctor"]);
        let found = finding(&said, "Web Push");
        assert!(
            said.code == Some(1)
                && found.starts_with("ERROR")
                && found.contains("Apple refuses every message"),
            "{said:?}"
        );
        let program = public(name, value);
        program.run(&["serve"]).refused(1, &["push.contact", "Apple"]);
        assert!(!program.data().exists(), "nothing was made");
        let said = public(name, value)
            .with("MUWAKABA_PUSH_CONTACT", "mailto:push@suivi.example")
            .run(&["doctor"])
            .done();
        assert!(!said.output.contains("push.contact"), "{said:?}");
    }
    let local = Program::at("sqlite:contact.db").run(&["doctor"]).done();
    assert!(finding(&local, "Web Push").starts_with("WARNING"), "{local:?}");
}

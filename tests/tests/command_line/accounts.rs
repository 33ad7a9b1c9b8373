//! `staff add`, `staff reset`, `enrol-code` and `migrate`.

use super::{Program, set_mode};
use care::{App, push::PushSettings};
use db::sql;
use kernel::protect::{keys::KeyDirectory, random::SystemRandom};
use muwakaba::assemble::{Foundations, assemble};
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;
use std::sync::Arc;

const NAME: &str = "Canaria Zwawi";
const EMAIL: &str = "zwawi@canary.example";
const ADD: [&str; 13] = [
    "staff",
    "add",
    "--name",
    NAME,
    "--email",
    EMAIL,
    "--role",
    "administrator",
    "--language",
    "fr",
    "--centre",
    "Oujda",
    "--new-centre",
];

/// The arguments with one of them another.
fn but<'a>(option: &str, value: &'a str) -> Vec<&'a str> {
    let mut arguments = ADD.to_vec();
    let at = arguments.iter().position(|argument| *argument == option).expect("the option") + 1;
    arguments[at] = value;
    arguments
}

/// Accounts, centres and audit lines.
async fn counts(app: &TestApp) -> (i64, i64, i64) {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT (SELECT count(*) FROM staff), (SELECT count(*) FROM centre), (SELECT count(*) FROM audit)"
    ))
    .one()
    .await
    .unwrap()
}

/// The service over the program's keys.
fn service(app: &TestApp, program: &Program) -> App {
    assemble(Foundations {
        db: app.database.db.clone(),
        clock: app.app.clock.clone(),
        ids: app.app.ids.clone(),
        random: Arc::new(SystemRandom),
        zones: app.app.zones.clone(),
        keys: KeyDirectory::open(program.data().join("keys")).unwrap(),
        public_url: app.base_url.clone(),
        push: PushSettings { allow_loopback: true, ..PushSettings::default() },
    })
    .expect("the program's keys")
}

both_databases! {
    async fn an_account_is_added_once_and_its_factors_are_shown_once(app: TestApp) {
        let (program, before) = (Program::on(&app), counts(&app).await);
        let said = program.run(&ADD).done();
        let (password, uri) = (said.after("One-time password:"), said.after("Authenticator:"));
        assert_eq!(password.len(), 19, "{said:?}");
        let secret = uri.split_once("secret=").unwrap().1.split('&').next().unwrap();
        for shown in [&*password, secret] {
            assert_eq!(said.output.matches(shown).count(), 1, "{said:?}");
        }
        for hidden in [&*password, secret, "Canaria", "Zwawi", "zwawi", "canary"] {
            assert!(!said.errors.contains(hidden), "{hidden} is in the log: {said:?}");
        }
        assert!(!said.output.contains(NAME), "{said:?}");
        assert_eq!(counts(&app).await, (before.0 + 1, before.1 + 1, before.2 + 2));

        let again = program.run(&but("--centre", "Elsewhere")).refused(1, &["another account has this e-mail address"]);
        assert!(!again.errors.contains(EMAIL), "{again:?}");
        assert_eq!(counts(&app).await, (before.0 + 1, before.1 + 1, before.2 + 2), "no centre is left of it");
    }

    async fn what_is_wrong_is_named_and_nothing_is_written(app: TestApp) {
        let (program, before) = (Program::on(&app), counts(&app).await);
        program.run(&but("--role", "king")).refused(2, &["--role"]);
        program.run(&but("--language", "de")).refused(2, &["--language"]);
        program.run(&but("--email", "no address")).refused(1, &["--email"]);
        program.run(&but("--name", " ")).refused(1, &["--name"]);
        program.run(&but("--centre", " ")).refused(1, &["--centre"]);
        program.run(&ADD[..12]).refused(1, &["--centre", "--new-centre"]);
        program.run(&ADD[..10]).refused(2, &["--centre"]);
        program.run(&["staff", "reset", "--email", EMAIL]).refused(1, &["no active account"]);
        program.run(&["staff", "reset", "--email", "x"]).refused(1, &["--email"]);
        program.run(&["enrol-code", "--participant", "x"]).refused(2, &["--participant"]);
        let nobody = uuid::Uuid::now_v7().to_string();
        program.run(&["enrol-code", "--participant", &nobody]).refused(1, &["no active participant"]);
        assert_eq!(counts(&app).await, before);
    }

    async fn a_reset_replaces_what_was_shown_before(app: TestApp) {
        let program = Program::on(&app);
        let first = program.run(&ADD).done().after("One-time password:");
        let second = program.run(&["staff", "reset", "--email", EMAIL]).done();
        // The clock of the test stands where the program's ran on.
        app.clock.set(contract::time::Clock::now(&contract::time::SystemClock));
        let sibling = app.restarted(service(&app, &program)).await;
        let totp = totp_rs::Totp::from_url(second.after("Authenticator:")).unwrap();
        let code = totp.generate(u64::try_from(app.now().as_seconds()).unwrap()).to_string();
        let sign_in = |password: &str| sibling.post("/v1/sign-in").json(json!({"email": EMAIL, "password": password, "authenticator_code": code}));
        sign_in(&first).expect(401).await;
        assert_eq!(sign_in(&second.after("One-time password:")).expect(200).await.json()["password_change_due"], true);
    }

    async fn a_mentor_is_told_that_the_first_phone_is_the_second_factor(app: TestApp) {
        let said = Program::on(&app).run(&but("--role", "mentor")).done();
        said.after("One-time password:");
        assert!(!said.output.contains("otpauth") && said.output.contains("second factor"), "{said:?}");
    }

    async fn an_enrolment_code_is_shown_once_and_closes_the_former(app: TestApp) {
        let (program, participant) = (Program::on(&app), app.world.participant.id.to_string());
        for _ in 0..2 {
            let said = program.run(&["enrol-code", "--participant", &participant]).done();
            for secret in [said.after("Code:"), said.after("QR text:")] {
                assert!(secret.len() >= 9, "{said:?}");
                assert_eq!(said.output.matches(&secret).count(), 1, "{said:?}");
                assert!(!said.errors.contains(&secret), "{said:?}");
            }
        }
        let mut tx = app.app.db.read().await.unwrap();
        let (open, at_the_command_line): (i64, i64) = tx
            .query(sql!(
                "SELECT (SELECT count(*) FROM enrolment_code WHERE closed_at IS NULL),
                        (SELECT count(*) FROM audit WHERE action = 'enrolment_code.create' AND details LIKE '%command_line%')"
            ))
            .one().await.unwrap();
        assert_eq!((open, at_the_command_line), (1, 2));
    }

    async fn keys_that_others_may_read_are_refused_before_anything_is_written(app: TestApp) {
        let program = Program::on(&app);
        program.run(&["migrate"]).done();
        program.run(&ADD).done();
        let (key, before) = (program.key("master.key"), counts(&app).await);
        set_mode(&key, 0o644);
        let path = key.display().to_string();
        program.run(&but("--email", "another@canary.example")).refused(1, &[&path, "chmod 600"]);
        set_mode(&key, 0o600);
        let kept = std::fs::read(&key).unwrap();
        std::fs::write(&key, "no key").unwrap();
        program.run(&but("--email", "another@canary.example")).refused(1, &[&path, "restore it from your backup"]);
        std::fs::write(&key, kept).unwrap();
        assert_eq!(counts(&app).await, before);
        program.run(&but("--email", "another@canary.example")).done();
    }

    async fn migrating_says_how_many_steps_it_took(app: TestApp) {
        let program = Program::on(&app);
        let said = program.run(&["migrate"]).done();
        assert!(said.output.contains("0 steps done, the schema is up to date"), "{said:?}");
        assert!(!program.data().join("keys").exists(), "it does nothing else");
    }

    async fn every_command_names_the_setting_that_stops_it(app: TestApp) {
        for (name, value, setting) in [
            ("MUWAKABA_LISTEN", "nowhere", "listen"),
            ("MUWAKABA_NONSENSE", "1", "MUWAKABA_NONSENSE"),
            ("DATABASE_URL", "mysql://root:canary-password@localhost/x", "DATABASE_URL"),
        ] {
            let program = Program::on(&app).with(name, value);
            let participant = app.world.participant.id.to_string();
            for arguments in [&["serve"][..], &["migrate"], &ADD, &["enrol-code", "--participant", &participant]] {
                let said = program.run(arguments).refused(1, &[setting]);
                assert!(!said.errors.contains("canary-password"), "{said:?}");
            }
            let doctor = program.run(&["doctor"]);
            assert_eq!(doctor.code, Some(1), "{doctor:?}");
            assert!(doctor.output.contains("ERROR") && doctor.output.contains(setting), "{doctor:?}");
            assert!(!doctor.output.contains("canary-password"), "{doctor:?}");
            assert!(!program.data().exists(), "nothing was made");
        }
    }
}

#[tokio::test]
async fn a_new_database_takes_every_step() {
    let directory = tempfile::TempDir::new().unwrap();
    let program = Program::at(&format!("sqlite:{}", directory.path().join("new.db").display()));
    let said = program.run(&["migrate"]).done();
    let steps: usize =
        said.output.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
    let written =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/sqlite")).unwrap().count();
    assert_eq!(steps, written, "{said:?}");
    assert!(program.run(&["migrate"]).done().output.contains(": 0 steps"));
}

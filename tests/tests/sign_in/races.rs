//! Two who do something about one account or file at the same moment. One of them is held at the place that matters.

use super::{Account, Device, enrol, enrolment_code};
use crate::people::{close_file, reopen_file};
use contract::StaffRole;
use db::sql;
use identity::sign_in::sessions::{self, EndReason};
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;
use std::time::{Duration, Instant as Moment};
use uuid::Uuid;

/// Longer than anything here takes.
const FOREVER: Duration = Duration::from_secs(30);

async fn count(app: &TestApp, statement: db::Sql) -> i64 {
    app.app.db.read().await.unwrap().query(statement).scalar().await.unwrap()
}

async fn living_sessions(app: &TestApp, person: Uuid) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let query = tx.query(sql!(
        "SELECT count(*) FROM session WHERE (staff_id = $1 OR participant_id = $1) AND ended_at IS NULL"
    ));
    query.bind(person).scalar().await.unwrap()
}

/// Keeps the hashes busy for a while, so that a try that was counted waits before it is settled.
fn busy_with_hashes(app: &TestApp) -> tokio::task::JoinSet<()> {
    let mut hashes = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let app = app.app.clone();
        hashes.spawn(async move {
            app.sign_in.passwords.hash(b"something else", &*app.random).await.unwrap();
        });
    }
    hashes
}

both_databases! {
    async fn a_sign_in_with_the_old_password_does_not_survive_its_change(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let new = app.app.sign_in.passwords.hash(b"le chat du voisin dort tard", &*app.app.random).await.unwrap();
        let mut change = app.database.db.write().await.unwrap();
        let hold = sql!("SELECT id FROM staff WHERE id = $1", pg " FOR UPDATE");
        change.query(hold).bind(account.id).scalar::<Uuid>().await.unwrap();
        let old = tokio::spawn(account.device.sign_in(&app).json(account.request(&app)).send());
        app.database.until_somebody_waits().await;
        change.query(sql!("UPDATE staff SET password_hash = $1 WHERE id = $2")).bind(new).bind(account.id).execute().await.unwrap();
        sessions::end_all(&mut change, account.id.0, None, EndReason::FactorChanged, app.now()).await.unwrap();
        change.commit().await.unwrap();
        let answer = old.await.unwrap();
        assert_eq!(answer.status, 401, "{}", answer.text());
        assert_eq!(living_sessions(&app, account.id.0).await, 0);
    }

    async fn of_two_enrolment_codes_made_at_once_one_is_open(app: TestApp) {
        let path = format!("/v1/participants/{}/enrolment-codes", app.world.participant.id);
        // Both are held where they come to the participant.
        let mut other = app.database.db.write().await.unwrap();
        let hold = sql!("SELECT id FROM participant WHERE id = $1", pg " FOR UPDATE");
        other.query(hold).bind(app.world.participant.id).scalar::<Uuid>().await.unwrap();
        let making: Vec<_> = [&app.world.mentor, &app.world.counsellor, &app.world.manager]
            .into_iter()
            .map(|person| tokio::spawn(app.post(&path).by(person).send()))
            .collect();
        app.database.until_somebody_waits().await;
        other.commit().await.unwrap();
        // All are made before the first is used: one that is made afterwards would rightly be open.
        let mut codes = Vec::new();
        for made in making {
            codes.push(made.await.unwrap());
        }
        let mut enrolled = 0;
        for made in codes {
            assert_eq!(made.status, 201, "{}", made.text());
            let used = enrol(&app, &Device::new(), json!({"code": made.string("/code")})).await;
            enrolled += i32::from(used.status == 200);
        }
        assert!(enrolled <= 1, "{enrolled} of them enrolled a phone");
        assert!(count(&app, sql!("SELECT count(*) FROM enrolment_code WHERE closed_at IS NULL")).await <= 1);
    }

    async fn a_phone_enrolled_while_the_file_is_closed_does_not_wake_when_it_is_opened_again(app: TestApp) {
        let (code, participant) = (enrolment_code(&app).await, app.world.participant.id);
        let hashes = busy_with_hashes(&app);
        let device = Device::new();
        let proof = device.proof(&app, "POST", "/v1/enrolment");
        let body = json!({"code": code.string("/code"), "device_label": "Android phone"});
        let enrolling = tokio::spawn(app.post("/v1/enrolment").header("dpop", proof).json(body).send());
        // The try was counted, the code is not looked at yet.
        let begun = Moment::now();
        while count(&app, sql!("SELECT count(*) FROM used_proof")).await == 0 {
            assert!(begun.elapsed() < FOREVER, "nobody ever tried");
            tokio::task::yield_now().await;
        }
        let mut close = app.database.db.write().await.unwrap();
        let hold = sql!("SELECT id FROM participant WHERE id = $1", pg " FOR UPDATE");
        close.query(hold).bind(participant).scalar::<Uuid>().await.unwrap();
        close.query(sql!("UPDATE participant SET active = $1, version = 2 WHERE id = $2")).bind(false).bind(participant).execute().await.unwrap();
        sessions::end_all(&mut close, participant, None, EndReason::AccountClosed, app.now()).await.unwrap();
        close.commit().await.unwrap();
        let answer = enrolling.await.unwrap();
        hashes.join_all().await;
        // Where the machine let it be faster than this, its session has been ended with the others.
        assert!(matches!(answer.status, 200 | 401 | 503), "{}", answer.text());
        reopen_file(&app, participant).await;
        assert_eq!(living_sessions(&app, participant).await, 0);
    }

    async fn a_code_that_was_made_for_an_open_file_ends_with_it(app: TestApp) {
        let code = enrolment_code(&app).await;
        close_file(&app, app.world.participant.id).await;
        reopen_file(&app, app.world.participant.id).await;
        for body in [json!({"code": code.string("/code")}), json!({"qr_secret": code.string("/qr_payload")})] {
            assert_eq!(enrol(&app, &Device::new(), body).await.status, 401);
        }
    }

    async fn a_change_of_ones_settings_that_changed_nothing_does_not_say_it_did(app: TestApp) {
        for (person, hold, write) in [
            (&app.world.participant, sql!("SELECT id FROM participant WHERE id = $1", pg " FOR UPDATE"), sql!("UPDATE participant SET version = version + 1 WHERE id = $1")),
            (&app.world.mentor, sql!("SELECT id FROM staff WHERE id = $1", pg " FOR UPDATE"), sql!("UPDATE staff SET version = version + 1 WHERE id = $1")),
        ] {
            let mut other = app.database.db.write().await.unwrap();
            other.query(hold).bind(person.id).scalar::<Uuid>().await.unwrap();
            let change = tokio::spawn(app.patch("/v1/me").by(person).if_match(1).json(json!({"language": "en"})).send());
            app.database.until_somebody_waits().await;
            other.query(write).bind(person.id).execute().await.unwrap();
            other.commit().await.unwrap();
            let answer = change.await.unwrap();
            assert_eq!((answer.status, answer.json()["current_version"].clone()), (412, json!(2)), "{}", answer.text());
            let me = app.get("/v1/me").by(person).expect(200).await;
            assert_ne!(me.json()["language"], "en");
        }
    }

    async fn closing_an_account_ends_what_is_being_signed_in(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let mut close = app.database.db.write().await.unwrap();
        let hold = sql!("SELECT id FROM staff WHERE id = $1", pg " FOR UPDATE");
        close.query(hold).bind(account.id).scalar::<Uuid>().await.unwrap();
        let signing_in = tokio::spawn(account.device.sign_in(&app).json(account.request(&app)).send());
        app.database.until_somebody_waits().await;
        close.query(sql!("UPDATE staff SET active = $1 WHERE id = $2")).bind(false).bind(account.id).execute().await.unwrap();
        sessions::end_all(&mut close, account.id.0, None, EndReason::AccountClosed, app.now()).await.unwrap();
        close.commit().await.unwrap();
        assert_eq!(signing_in.await.unwrap().status, 401);
        assert_eq!(living_sessions(&app, account.id.0).await, 0);
    }
}

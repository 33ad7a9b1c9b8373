//! Sessions and their tokens.

use super::canaries;
use crate::{
    operations::{PASSWORD, Stage},
    plans::Crowd,
    races::{By, deed},
    registry::{Feature, Phones, Subject, about, instead, over},
    sign_in::Device,
};
use chrono::TimeDelta;
use contract::StaffId;
use db::{Tx, sql};
use muwakaba_tests::http::Request;
use serde_json::json;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listMySessions"],
        of_caller: Some(|_, _, ids, caller| {
            Box::pin(async move { ids.with("session_id", caller.session.0) })
        }),
        is_shared: false,
        ..Subject::new("session_id", |stage, _, ids| {
            Box::pin(async move {
                let session = stage.participant_of(&ids).await.session.0;
                ids.with("session_id", session)
            })
        })
    }],
    // Nobody's credentials: what these operations give to whom is for the tests of signing in.
    bodies: &[
        over("signIn", |asked| {
            json!({
                "email": format!("nobody-{}@example.org", asked.serial),
                "password": "no such password",
                "authenticator_code": "000000",
                "refresh_token_in": "body",
            })
        }),
        instead("refreshTokens", |_| {
            json!({
                "refresh_token": "AZNvbk0AcACAAAAAAAAAAQAAAAAAAAABq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw",
                "refresh_token_in": "body",
            })
        }),
    ],
    open: &["POST /v1/sign-in", "POST /v1/token"],
    lists: &[("listMySessions", "session_id")],
    deeds: &[
        deed("end a session", "endMySession", By::Participant),
        deed("sign out", "signOut", By::Participant),
        deed("cut a phone off", "endParticipantSessions", By::Manager),
        deed("cut a mentor's devices off", "endStaffSessions", By::Administrator),
        deed("sign in", "signIn", By::Nobody)
            .sent(|stage, _, _| Box::pin(sign_in(stage)))
            .audited_when_refused(),
        // Tokens are replaced all the time.
        deed("refresh tokens", "refreshTokens", By::Nobody)
            .sent(|stage, _, _| Box::pin(refreshing(stage)))
            .unaudited(),
    ],
    never: &[
        "SELECT 'a living session of somebody who left: ' || session.id FROM session
         LEFT JOIN staff ON staff.id = session.staff_id LEFT JOIN participant ON participant.id = session.participant_id
         WHERE session.ended_at IS NULL AND NOT COALESCE(staff.active, participant.active)",
    ],
    tables: &[
        about("session", "session", Phones::SECRET).kept(),
        about("enrolled_device", "enrolled device of a staff member", Phones::SECRET)
            .unseeded("no list reads it"),
        about("throttle", "failed tries", Phones::SECRET).unseeded("no list reads it"),
        about("used_proof", "failed tries", Phones::SECRET).unseeded("no list reads it"),
    ],
    canaries: canaries::ALL,
    release: Some(|aviary, ids| Box::pin(canaries::release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill(crowd))),
    reset: Some(|_, tx| Box::pin(reset(tx))),
    ..Feature::NOTHING
};

/// Nobody is kept out for what was tried before.
async fn reset(tx: &mut Tx) {
    tx.query(sql!("DELETE FROM throttle")).execute().await.expect("throttles");
}

/// The mentor signs in on their own phone with the right password.
async fn sign_in(stage: &Stage) -> Request {
    let app = &stage.app;
    let device = Device::new();
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.query(sql!("INSERT INTO enrolled_device (staff_id, device_key, enrolled_at) VALUES ($1, $2, $3)"))
        .bind(StaffId(stage.own.companion))
        .bind(device.thumbprint())
        .bind(app.now())
        .execute()
        .await
        .expect("a second factor");
    tx.commit().await.expect("a second factor");
    device.sign_in(app).json(json!({"email": "mentor@example.org", "password": PASSWORD}))
}

/// The mentor's browser asks for new tokens.
async fn refreshing(stage: &Stage) -> Request {
    let app = &stage.app;
    let session = app.world.mentor.on_another_device(&app.app).await.session;
    let token = app.app.sign_in.refresh_tokens.issue(session, 1);
    app.post("/v1/token").json(json!({"refresh_token": token, "refresh_token_in": "body"}))
}

/// Several of everybody of the staff.
async fn fill(crowd: &Crowd) {
    let app = &crowd.app;
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.query(sql!(
        "INSERT INTO session (id, person_kind, staff_id, label, generation, rotated_at, created_at, expires_at)
         WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 6000),
              person (k, id) AS (SELECT row_number() OVER (ORDER BY id), id FROM staff)
         SELECT ",
        lite "unhex(printf('%012x7%03x8%015x', i, 1, i))",
        pg "(lpad(to_hex(i), 12, '0') || '70018' || lpad(to_hex(i), 15, '0'))::uuid",
        ", 'staff', person.id, 'a browser', 1, $1, $1, $2
         FROM number JOIN person ON person.k = number.i % (SELECT count(*) FROM person) + 1"
    ))
    .bind(app.now())
    .bind(app.now().saturating_add(TimeDelta::days(30)))
    .execute()
    .await
    .expect("sessions");
    tx.commit().await.expect("sessions");
}

//! What people are told, and the buttons on it.

use crate::{
    appointments::registration::appointment,
    operations::{Ids, Stage},
    plans::Crowd,
    races::{By, deed},
    registry::{Feature, Phones, Small, Subject, about},
};
use contract::{NotificationAction, ReminderId};
use db::sql;
use muwakaba_tests::http::Request;
use notifications::action_token::TokenPurpose;
use serde_json::json;
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listNotifications"],
        is_shared: false,
        ..Subject::new("reminder_id", |stage, _, ids| Box::pin(told(stage, ids)))
    }],
    open: &["POST /v1/actions", "POST /v1/receipts"],
    lists: &[("listNotifications", "appointment_id")],
    deeds: &[
        deed("press a button", "pressNotificationButton", By::Nobody)
            .about("appointment_id")
            .sent(|stage, ids, _| Box::pin(press(stage, ids))),
        // A receipt is no deed.
        deed("send a receipt", "sendReceipt", By::Nobody)
            .about("appointment_id")
            .sent(|stage, ids, _| Box::pin(receipt(stage, ids)))
            .unaudited(),
    ],
    never: &[
        "SELECT 'a reminder left behind: ' || r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.centre_id <> p.centre_id",
    ],
    tables: &[
        about("reminder", "reminder, delivery", Phones::ONLINE),
        about("reminder_facts", "reminder, delivery", Phones::ONLINE),
        about("delivery", "reminder, delivery", Phones::MACHINERY).unseeded("no list reads it"),
        about("used_action", "reminder, delivery", Phones::MACHINERY),
    ],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    small: Small {
        sorts: &[("FROM reminder LEFT JOIN participant", "reminder.subject_id =")],
        ..Feature::NOTHING.small
    },
    ..Feature::NOTHING
};

/// What the participant was told first about a new appointment.
async fn told(stage: &Stage, ids: Ids) -> Ids {
    let ids = appointment(stage, ids).await;
    let mut tx = stage.app.app.db.read().await.expect("a transaction");
    let reminder = tx
        .query(sql!("SELECT id FROM reminder WHERE subject_id = $1 AND recipient_kind = 'participant' AND due_at <= $2"))
        .bind(ids.of("appointment_id"))
        .bind(stage.app.now())
        .scalar()
        .await
        .expect("a reminder");
    ids.with("reminder_id", reminder)
}

async fn press(stage: &Stage, ids: &Ids) -> Request {
    let token = token(stage, ids, TokenPurpose::Action(NotificationAction::Confirm)).await;
    stage.app.post("/v1/actions").json(json!({"token": token}))
}

async fn receipt(stage: &Stage, ids: &Ids) -> Request {
    let token = token(stage, ids, TokenPurpose::Receipt).await;
    stage.app.post("/v1/receipts").json(json!({"token": token, "event": "seen"}))
}

/// As it lies in what the participant was told about their appointment.
async fn token(stage: &Stage, ids: &Ids, purpose: TokenPurpose) -> String {
    let app = &stage.app;
    let mut tx = app.app.db.read().await.expect("a transaction");
    let reminder: Option<Uuid> = tx
        .query(sql!("SELECT id FROM reminder WHERE subject_id = $1 AND recipient_kind = 'participant' ORDER BY due_at LIMIT 1"))
        .bind(ids.of("appointment_id"))
        .optional_scalar()
        .await
        .expect("a reminder");
    let until = app.now().saturating_add(chrono::TimeDelta::hours(1));
    let reminder = ReminderId(reminder.unwrap_or_default());
    app.app.push.action_key.issue(reminder, purpose, until).into_text()
}

/// Two of each appointment, to the participant and to the host.
async fn fill(crowd: &Crowd) {
    let mut tx = crowd.app.app.db.write().await.expect("a transaction");
    tx.query(sql!(
        "INSERT INTO reminder (id, centre_id, participant_id, recipient_kind, recipient_id, subject_kind, subject_id, purpose,
                               occasion, urgency, due_at, expires_at, state, created_at)
         SELECT a.id, a.centre_id, a.participant_id, 'staff', a.host_id, 'appointment', a.id, 'appointment_answered', '', 'normal',
                a.starts_at, a.ends_at, 'sent', a.created_at
         FROM appointment AS a WHERE a.place_kind = 'phone' AND a.id NOT IN (SELECT subject_id FROM reminder)"
    ))
    .execute()
    .await
    .expect("reminders");
    tx.query(sql!(
        "INSERT INTO reminder_facts (reminder_id, facts)
         SELECT reminder.id, (SELECT facts FROM reminder_facts ORDER BY reminder_id LIMIT 1) FROM reminder
         WHERE reminder.id NOT IN (SELECT reminder_id FROM reminder_facts)"
    ))
    .execute()
    .await
    .expect("their facts");
    tx.query(sql!(
        "INSERT INTO used_action (reminder_id, action, used_at)
         SELECT reminder.id, 'confirm', reminder.due_at FROM reminder
         WHERE reminder.id NOT IN (SELECT reminder_id FROM used_action)"
    ))
    .execute()
    .await
    .expect("buttons that were used");
    tx.commit().await.expect("reminders");
}

//! What the sweeps go through of appointments.

use super::{canaries, seed};
use crate::{
    operations::{Ids, Stage},
    races::{By, deed},
    registry::{Asked, Feature, Phones, Small, State, Subject, about, over},
};
use chrono::TimeDelta;
use contract::CentreId;
use db::sql;
use kernel::agenda::{self, Kind};
use muwakaba::background::reconciler;
use serde_json::{Value, json};
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            needed_by: &["scheduleAppointment", "listAppointments", "readTimeline"],
            version: Some(sql!("SELECT version FROM appointment WHERE id = $1")),
            ..Subject::new("appointment_id", |stage, _, ids| Box::pin(appointment(stage, ids)))
        },
        Subject {
            needed_by: &["chooseAppointmentTime"],
            is_shared: false,
            ..Subject::new("slot_id", |stage, _, ids| Box::pin(proposal(stage, ids)))
        },
    ],
    states: &[
        State {
            operation: "recordAppointmentOutcome",
            make: |stage, _, ids| Box::pin(begun(stage, ids)),
        },
        State {
            operation: "correctAppointmentOutcome",
            make: |stage, _, ids| Box::pin(with_outcome(stage, ids)),
        },
    ],
    bodies: &[
        over("scheduleAppointment", |asked| {
            json!({
                "local_start": start_in(2027, asked),
                "zone": "Africa/Casablanca",
                "guidance": "Bring the form",
                "override_reason": "No other hour suits",
            })
        }),
        over("moveAppointment", |asked| {
            json!({
                "local_start": start_in(2028, asked),
                "duration_minutes": 30,
                "zone": "Africa/Casablanca",
                "place": {"kind": "address", "details": "Rue des Orangers 12"},
                "override_reason": "No other hour suits",
            })
        }),
        over("proposeAppointment", |asked| {
            let day = format!("2027-{:02}-{:02}", 1 + asked.serial / 600, 1 + asked.serial / 24 % 25);
            json!({
                "slots": [
                    {"local_start": format!("{day}T10:00:00")},
                    {"local_start": format!("{day}T15:00:00")},
                ],
                "zone": "Africa/Casablanca",
                "guidance": "Bring the form",
                "override_reason": "No other hour suits",
            })
        }),
        over("offerAppointmentTimes", |_| {
            json!({
                "slots": [{"local_start": "2027-12-01T10:00:00"}, {"local_start": "2027-12-02T10:00:00"}],
                "duration_minutes": 30,
                "zone": "Africa/Casablanca",
                "place": {"kind": "address", "details": "Rue des Orangers 12"},
                "override_reason": "No other hour suits",
            })
        }),
    ],
    lists: &[("listAppointments", "appointment_id")],
    filters: &[
        ("listAppointments", "state", "change_requested"),
        ("listAppointments", "state", "did_not_come"),
        ("listAppointments", "state", "did_not_take_place"),
    ],
    deeds: &[
        deed("schedule", "scheduleAppointment", By::Mentor),
        deed("schedule with another host", "scheduleAppointment", By::Manager).with(at_anothers),
        deed("propose", "proposeAppointment", By::Mentor),
        deed("confirm", "confirmAppointment", By::Participant),
        deed("decline", "declineAppointment", By::Participant),
        deed("ask to move", "askToMoveAppointment", By::Participant),
        deed("choose", "chooseAppointmentTime", By::Participant),
        deed("offer other times", "offerAppointmentTimes", By::Mentor),
        deed("move", "moveAppointment", By::Mentor),
        deed("move to another host", "moveAppointment", By::Manager).with(to_another),
        deed("cancel", "cancelAppointment", By::Manager),
        deed("record the outcome", "recordAppointmentOutcome", By::Mentor),
        deed("correct the outcome", "correctAppointmentOutcome", By::Manager),
        deed("write a note", "writeAppointmentNote", By::Counsellor),
    ],
    never: &[
        // Two appointments at one time.
        "SELECT 'booked twice: ' || a.id FROM appointment AS a JOIN appointment AS b
         ON a.id < b.id AND (a.host_id = b.host_id OR a.participant_id = b.participant_id)
         AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
         WHERE a.state IN ('scheduled', 'confirmed', 'change_requested') AND a.time_origin <> 'offered'
         AND b.state IN ('scheduled', 'confirmed', 'change_requested') AND b.time_origin <> 'offered'",
        // Nobody comes, or nobody is there.
        "SELECT 'an open appointment of a closed file: ' || a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE NOT p.active AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
         AND (a.starts_at > '{now}' OR a.time_origin = 'offered')",
        "SELECT 'an open appointment with somebody who left: ' || a.id FROM appointment AS a JOIN staff AS s ON s.id = a.host_id
         WHERE NOT (s.active AND s.role IN ('mentor', 'counsellor', 'manager'))
         AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
         AND (a.starts_at > '{now}' OR a.time_origin = 'offered')",
        "SELECT 'booked after the file was closed: ' || a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE NOT p.active AND a.version = 1
         AND (SELECT max(position) FROM change WHERE subject_id = a.id) > (SELECT max(position) FROM change WHERE subject_id = p.id)",
        // Whoever has an appointment with somebody is of their centre.
        "SELECT 'an appointment left behind: ' || a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE a.centre_id <> p.centre_id",
        "SELECT 'an open appointment with another centre: ' || a.id FROM appointment AS a JOIN staff AS s ON s.id = a.host_id
         WHERE s.centre_id <> a.centre_id AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
         AND (a.starts_at > '{now}' OR a.time_origin = 'offered') AND NOT EXISTS (SELECT 1 FROM posting
              WHERE posting.staff_id = s.id AND posting.centre_id = a.centre_id AND posting.ended_at IS NULL)",
    ],
    versioned: &["appointment"],
    counted: &[
        "appointment.schedule",
        "appointment.confirm",
        "appointment.decline",
        "appointment.ask_to_move",
        "appointment.choose",
        "appointment.propose",
        "appointment.move",
        "appointment.cancel",
        "appointment.hand_over",
        "appointment.record_outcome",
        "appointment.correct_outcome",
    ],
    planned: &["appointment"],
    tables: &[
        about("appointment", "appointment", Phones::Get(&["appointments"])),
        about("appointment_slot", "appointment", Phones::Get(&["appointments"]))
            .unseeded("read by its appointment, which has few"),
        about("appointment_outcome", "outcome", Phones::Get(&["appointments"])),
        about("appointment_note", "note", Phones::Get(&["appointment_notes"])),
        about("unresolved_time", "appointment", Phones::MACHINERY).unseeded("no list reads it"),
        about("agenda", "change feed, agenda", Phones::MACHINERY).unseeded("no list reads it"),
        about("replanning", "change feed, agenda", Phones::MACHINERY).unseeded("no list reads it"),
    ],
    canaries: canaries::ALL,
    release: Some(|aviary, ids| Box::pin(canaries::release(aviary, ids))),
    seed: Some(|crowd| Box::pin(seed::fill(crowd))),
    small: Small {
        sorts: &[
            ("JOIN appointment_note AS note", "json_each"),
            ("LIMIT +$", "own.starts_at, own.id LIMIT"),
            ("FROM appointment_slot AS slot", "slot.appointment_id IN"),
        ],
        columns: &[("from", "starts_at"), ("to", "starts_at")],
        ..Feature::NOTHING.small
    },
    ..Feature::NOTHING
};

/// An hour that nobody else of this sweep asks for.
fn start_in(year: u32, asked: &Asked<'_>) -> String {
    let serial = asked.serial;
    format!("{year}-{:02}-{:02}T{:02}:00:00", 1 + serial / 600, 1 + serial / 24 % 25, serial % 24)
}

fn at_anothers(ids: &Ids) -> Value {
    json!({
        "participant_id": ids.participant, "host_id": ids.spare, "kind": "social_counselling",
        "local_start": "2027-01-01T10:00:00", "duration_minutes": 45, "zone": "Africa/Casablanca",
        "place": {"kind": "phone"}, "override_reason": "No other hour suits",
    })
}

fn to_another(ids: &Ids) -> Value {
    json!({"local_start": "2028-01-01T10:00:00", "host_id": ids.spare, "override_reason": "No other hour suits"})
}

/// One that lies ahead.
pub async fn appointment(stage: &Stage, ids: Ids) -> Ids {
    let start =
        chrono::NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day").and_hms_opt(8, 0, 0).expect("a time")
            + TimeDelta::hours(stage.serial().into());
    let body = json!({
        "participant_id": ids.participant,
        "host_id": ids.companion,
        "kind": "social_counselling",
        "local_start": start.format("%Y-%m-%dT%H:%M:%S").to_string(),
        "duration_minutes": 10,
        "place": {"kind": "phone"},
    });
    let manager = stage.manager_of(&ids).await;
    let made = stage.app.post("/v1/appointments").by(&manager).json(body).expect(201).await;
    ids.with("appointment_id", made.string("/id").parse().expect("an id"))
}

/// One with times to choose from, and the first of them.
async fn proposal(stage: &Stage, ids: Ids) -> Ids {
    let hour = stage.serial();
    let day = format!("2028-{:02}-{:02}", 7 + hour / 600, 1 + hour / 24 % 25);
    let body = json!({
        "participant_id": ids.participant,
        "host_id": ids.companion,
        "kind": "social_counselling",
        "slots": [
            {"local_start": format!("{day}T{:02}:20:00", hour % 24)},
            {"local_start": format!("{day}T{:02}:40:00", hour % 24)},
        ],
        "duration_minutes": 10,
        "place": {"kind": "phone"},
    });
    let manager = stage.manager_of(&ids).await;
    let made = stage.app.post("/v1/proposals").by(&manager).json(body).expect(201).await;
    let id = |pointer: &str| made.string(pointer).parse().expect("an id");
    ids.with("appointment_id", id("/id")).with("slot_id", id("/slots/0/id"))
}

/// Puts it into the past, with the plan that goes with it.
pub async fn begun(stage: &Stage, ids: Ids) -> Ids {
    let app = &stage.app;
    let start = app.now().saturating_add(-TimeDelta::minutes((stage.serial() * 10).into()));
    let id: Uuid = ids.of("appointment_id");
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.query(sql!("UPDATE appointment SET starts_at = $1, ends_at = $2 WHERE id = $3"))
        .bind(start)
        .bind(start.saturating_add(TimeDelta::minutes(5)))
        .bind(id)
        .execute()
        .await
        .expect("an appointment");
    agenda::note(&mut tx, Kind::new("appointment"), CentreId(stage.own.centre), &[id], app.now())
        .await
        .expect("noted");
    tx.commit().await.expect("it has begun");
    reconciler::run(&app.app).await.expect("a plan");
    ids
}

/// Puts it into the past, and says that nobody came.
async fn with_outcome(stage: &Stage, ids: Ids) -> Ids {
    let ids = begun(stage, ids).await;
    let path = format!("/v1/appointments/{}/record-outcome", ids.of("appointment_id"));
    let manager = stage.manager_of(&ids).await;
    stage.app.post(&path).by(&manager).if_match(1).json(json!({"outcome": "did_not_come"})).expect(200).await;
    ids
}

//! The texts of an appointment, each found nowhere else in the world.

use super::registration::begun;
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::Ids,
    privacy::Aviary,
    registry::Canary,
};
use serde_json::{Value, json};

/// Where they meet.
const ADDRESS: &str = "9 derb Qanari-address";
/// What they should bring.
const GUIDANCE: &str = "Qanari-guidance: bring the yellow folder";
/// Their wish for another time.
const WISH: &str = "Qanari-wish: after the milk round";
/// Why something was done.
const REASON: &str = "Qanari-reason: in the infirmary";
/// A counsellor's note for themself.
const OWN_NOTE: &str = "Qanari-own-note: dreams of the sea";
/// A note among staff.
const STAFF_NOTE: &str = "Qanari-staff-note: lost the job";
/// A note for everyone.
const OPEN_NOTE: &str = "Qanari-open-note: well done";

/// All of them.
pub const ALL: &[Canary] = &[
    Canary {
        text: ADDRESS,
        columns: &["appointment.place_sealed"],
        readers: &[Participant, Mentor, Counsellor, Manager],
    },
    Canary {
        text: GUIDANCE,
        columns: &["appointment.guidance_sealed"],
        readers: &[Participant, Mentor, Counsellor, Manager],
    },
    Canary {
        text: WISH,
        columns: &["appointment.change_wish_sealed"],
        readers: &[Participant, Mentor, Counsellor, Manager],
    },
    Canary {
        text: REASON,
        columns: &["appointment.reason_sealed", "appointment_outcome.reason_sealed"],
        readers: &[Mentor, Counsellor, Manager],
    },
    Canary { text: OWN_NOTE, columns: &["appointment_note.body_sealed"], readers: &[Counsellor] },
    Canary {
        text: STAFF_NOTE,
        columns: &["appointment_note.body_sealed"],
        readers: &[Mentor, Counsellor, Manager],
    },
    Canary {
        text: OPEN_NOTE,
        columns: &["appointment_note.body_sealed"],
        readers: &[Participant, Mentor, Counsellor, Manager],
    },
];

/// Schedules, moves, calls off and notes with them; the appointment that lasts.
pub async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let place = json!({"kind": "address", "details": ADDRESS});
    let new = json!({
        "participant_id": ids.participant, "host_id": world.mentor.id, "kind": "legal_counselling", "place": place,
        "local_start": "2026-12-03T10:00:00", "duration_minutes": 45, "guidance": GUIDANCE, "override_reason": REASON,
    });
    let schedule =
        || app.post("/v1/appointments").by(&world.mentor).header("idempotency-key", "k2").json(new.clone());
    let path = schedule().expect(201).await.header("location").to_owned();
    schedule().expect(201).await;
    let command = |name: &str, version, body: Value| {
        app.post(&format!("{path}/{name}")).by(&world.mentor).if_match(version).json(body)
    };
    let moved = json!({"local_start": "2026-12-04T10:00:00", "place": place, "override_reason": REASON});
    command("move", 1, moved).expect(200).await;
    command("ask-to-move", 2, json!({"wish": WISH})).expect(200).await;
    let notes = format!("{path}/notes");
    for (author, visibility, body) in [
        (&world.counsellor, "author", OWN_NOTE),
        (&world.counsellor, "staff", STAFF_NOTE),
        (&world.mentor, "everyone", OPEN_NOTE),
    ] {
        let note = json!({"visibility": visibility, "body": body});
        app.post(&notes).by(author).json(note).expect(201).await;
    }
    command("cancel", 9, json!({"reason": REASON})).expect(412).await;
    let other = |start: &str| {
        json!({
            "participant_id": ids.participant, "host_id": world.mentor.id, "kind": "legal_counselling", "place": place,
            "local_start": start, "duration_minutes": 45,
        })
    };
    let book = |start: &str| app.post("/v1/appointments").by(&world.mentor).json(other(start));
    let called_off = book("2026-12-07T10:00:00").expect(201).await;
    let cancel = format!("{}/cancel", called_off.header("location"));
    app.post(&cancel).by(&world.mentor).if_match(1).json(json!({"reason": REASON})).expect(200).await;
    let over = book("2026-12-08T10:00:00").expect(201).await.string("/id");
    begun(aviary.stage, ids.clone().with("appointment_id", over.parse().expect("an id"))).await;
    let outcome = json!({"outcome": "did_not_come", "side": "person", "cause": "illness", "accepted": true, "reason": REASON});
    let record = format!("/v1/appointments/{over}/record-outcome");
    app.post(&record).by(&world.mentor).if_match(1).json(outcome).expect(200).await;
    let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    ids.with("appointment_id", id)
}

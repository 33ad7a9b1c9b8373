//! Participants and their files.

use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    races::{By, deed},
    registry::{Canary, Feature, Phones, Small, State, about, over},
};
use contract::ParticipantId;
use db::{Tx, sql};
use muwakaba_tests::TestApp;
use serde_json::json;
use uuid::Uuid;

/// The participant's name, in two scripts.
pub const NAME: &str = "Tamou Qanaroun تامو الغرناطية";
/// Where to call them.
const PHONE: &str = "+212655443377";
/// Where to write to them.
const EMAIL: &str = "zohra@qanari-yellow.example";
/// The edition of their programme.
const EDITION: &str = "Qanari-edition-7734";

/// Their name in Latin script.
const LATIN: &str = "Zohra Qanariyya";
/// Their name in Arabic script.
const ARABIC: &str = "زهرة الكنارية";
/// The centre's own number of the file.
const NUMBER: &str = "QANARI-2026-0007";
/// What they need in order to hear, to see and to move.
const HEARING: &str = "Qanari-hearing: speak into the left ear";
const SEEING: &str = "Qanari-seeing: large letters";
const MOVING: &str = "Qanari-moving: no stairs";
/// Who stands for them, and where to call that person.
const GUARDIAN: &str = "Hadda Qanari-guardian";
const GUARDIAN_PHONE: &str = "+212655443378";
/// A part of their programme.
const AXIS: &str = "Qanari-axis";
/// What was noted when the file was paused.
const PAUSED: &str = "Qanari-pause: the sister called";
/// Who is said to have died, where a sweep says so.
const TYPED: &str = "Samira Typed";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    states: &[
        State { operation: "activateParticipant", make: |stage, _, ids| Box::pin(standing(stage, ids, "preparing")) },
        State { operation: "resumeParticipant", make: |stage, _, ids| Box::pin(standing(stage, ids, "paused")) },
        State { operation: "reopenParticipant", make: |stage, _, ids| Box::pin(standing(stage, ids, "completed")) },
        State { operation: "reverseDeath", make: |stage, _, ids| Box::pin(standing(stage, ids, "deceased")) },
        State { operation: "recordDeath", make: |stage, _, ids| Box::pin(with_a_name(stage, ids)) },
    ],
    bodies: &[
        over("registerParticipant", |_| {
            json!({
                "needs": {"hearing": "Speak slowly"}, "minor_until": "2028-03-01", "guardian": {"name": "Hadda Bennani"},
                "release": {"on": "2026-10-15", "kind": "other"},
            })
        }),
        // Their own zone: another one would plan all their reminders again.
        over("changeParticipant", |_| json!({"language": "fr", "zone": "Africa/Casablanca", "needs": {"seeing": "Large letters"}})),
        over("completeParticipant", |_| json!({"reason": "goal_reached"})),
        over("reopenParticipant", |_| json!({"reason": "came_back"})),
        over("recordDeath", |_| json!({"name": TYPED})),
    ],
    lists: &[("listParticipants", "participant_id"), ("readTimeline", "appointment_id")],
    filters: &[
        ("listParticipants", "active", "false"),
        ("listParticipants", "status", "paused,withdrawn"),
        ("listParticipants", "q", "person"),
        ("listParticipants", "file_number", "CAS-2026-0147"),
    ],
    deeds: &[
        deed("register a participant", "registerParticipant", By::Manager),
        deed("change a file", "changeParticipant", By::Mentor),
        deed("close a file", "withdrawParticipant", By::Manager),
        deed("complete a file", "completeParticipant", By::Manager),
        deed("transfer a file", "transferParticipant", By::Manager),
        deed("activate a file", "activateParticipant", By::Mentor),
        deed("pause a file", "pauseParticipant", By::Mentor),
        deed("resume a file", "resumeParticipant", By::Manager),
        deed("record a death", "recordDeath", By::Mentor),
        deed("reopen a file", "reopenParticipant", By::Manager),
        deed("reverse a death", "reverseDeath", By::Manager),
    ],
    never: &[
        // Whoever wrote either column last wrote both: no node of the former version is here.
        "SELECT 'a file that stands in two places: ' || id FROM participant
         WHERE active <> (status IN ('preparing', 'active', 'paused'))",
        "SELECT 'reminded while the file rests: ' || r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.subject_kind IN ('appointment', 'visit') AND p.status = 'paused' AND r.state = 'planned'",
    ],
    versioned: &["participant"],
    counted: &[
        "participant.create",
        "participant.change",
        "participant.move",
        "participant.change_settings",
        "participant.activate",
        "participant.pause",
        "participant.resume",
        "participant.complete",
        "participant.withdraw",
        "participant.transfer",
        "participant.record_death",
        "participant.reopen",
        "participant.reverse_death",
    ],
    tables: &[
        about("participant", "participant", Phones::Get(&["participants", "myself"])).kept(),
        about(
            "status_change",
            "where a file stood",
            Phones::GetNothing("where a file stands now is in it, and where it stood is looked up where there is a network"),
        ),
    ],
    canaries: &[
        Canary {
            text: NAME,
            columns: &["participant.name_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: LATIN,
            columns: &["participant.name_latin_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: ARABIC,
            columns: &["participant.name_arabic_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: NUMBER,
            columns: &["participant.file_number_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: PHONE,
            columns: &["participant.phone_sealed"],
            // As one of the ways to reach them.
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: EMAIL,
            columns: &["participant.email_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: HEARING,
            columns: &["participant.need_hearing_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: SEEING,
            columns: &["participant.need_seeing_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: MOVING,
            columns: &["participant.need_moving_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: GUARDIAN,
            columns: &["participant.guardian_name_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: GUARDIAN_PHONE,
            columns: &["participant.guardian_phone_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary { text: EDITION, columns: &["participant.edition_sealed"], readers: &[Manager] },
        Canary { text: AXIS, columns: &["participant.axes_sealed"], readers: &[Manager] },
        Canary { text: PAUSED, columns: &["status_change.note_sealed"], readers: &[Manager] },
    ],
    unsung: &[
        ("participant.former_file_number_sealed", "is the file number, sealed anew by a move"),
        ("participant.release_date_sealed", "holds a date, which is no text"),
        ("participant.release_kind_sealed", "holds a word of a vocabulary"),
        ("status_change.pause_reason_sealed", "holds a word of a vocabulary"),
    ],
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    small: Small {
        // A caseload is small.
        asked_of_few: &[
            ("active", "FROM assignment AS caseload JOIN participant"),
            ("status", "FROM assignment AS caseload JOIN participant"),
        ],
        columns: &[("assigned_to", "staff_id"), ("file_number", "file_number_lookup")],
        ..Feature::NOTHING.small
    },
    reset: Some(|stage, tx| Box::pin(reset(stage, tx))),
    ..Feature::NOTHING
};

/// The participant's file stands here.
async fn standing(stage: &Stage, ids: Ids, status: &str) -> Ids {
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    put(&mut tx, ids.participant, status).await;
    tx.commit().await.expect("the file stands there");
    ids
}

async fn put(tx: &mut Tx, participant: Uuid, status: &str) {
    tx.query(sql!("UPDATE participant SET status = $1, active = $2 WHERE id = $3"))
        .bind(status)
        .bind(["preparing", "active", "paused"].contains(&status))
        .bind(participant)
        .execute()
        .await
        .expect("a file");
}

/// The participant has the name that the sweeps type.
async fn with_a_name(stage: &Stage, ids: Ids) -> Ids {
    let manager = stage.manager_of(&ids).await;
    let file = format!("/v1/participants/{}", ids.participant);
    let rename = stage.app.patch(&file).by(&manager).header("if-match", "*");
    rename.json(json!({"name": TYPED})).expect(200).await;
    ids
}

async fn reset(stage: &Stage, tx: &mut Tx) {
    for ids in [&stage.own, &stage.centre, &stage.elsewhere] {
        put(tx, ids.participant, "active").await;
        // Nor did it ever stand elsewhere.
        tx.query(sql!("DELETE FROM status_change WHERE participant_id = $1"))
            .bind(ids.participant)
            .execute()
            .await
            .expect("the log");
    }
}

/// Each file has stood elsewhere once, and that of the world's participant often.
async fn fill_crowd(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let world = &app.world;
    let mut rows: Vec<(ParticipantId, i64)> =
        crowd.participants.iter().map(|(participant, ..)| (*participant, 2)).collect();
    rows.extend((2..300).map(|version| (ParticipantId(world.participant.id), version)));
    rows.sort_unstable();
    rows.dedup();
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO status_change (participant_id, version, at, from_status, to_status, author_id, author_role) VALUES {rows}"
            ),
            chunk.len(),
            7,
        );
        for (participant, version) in chunk {
            query = query
                .bind(*participant)
                .bind(*version)
                .bind(now)
                .bind("preparing")
                .bind("active")
                .bind(world.manager.id)
                .bind("manager");
        }
        query.execute().await.expect("where files stood");
    }
    tx.commit().await.expect("where files stood");
}

/// Somebody of whom every text is a canary, accompanied by the world's mentor and counsellor. Other features have theirs around them.
pub async fn canary(app: &TestApp) -> Uuid {
    let world = &app.world;
    let file = json!({
        "name": NAME, "name_arabic": ARABIC, "name_latin": LATIN, "file_number": NUMBER, "phone": PHONE, "email": EMAIL, "programme_edition": EDITION,
        "programme_axes": [AXIS], "language": "ar", "needs": {"hearing": HEARING, "seeing": SEEING, "moving": MOVING},
        "minor_until": "2027-06-30", "guardian": {"name": GUARDIAN, "phone": GUARDIAN_PHONE},
        "release": {"on": "2026-10-15", "kind": "pardon"},
    });
    let manager = &world.manager;
    let register = app.post("/v1/participants").by(manager).header("idempotency-key", "k1").json(file);
    let participant = register.expect(201).await.string("/id");
    for staff in [world.mentor.id, world.counsellor.id] {
        let path = format!("/v1/participants/{participant}/assignments");
        app.post(&path).by(manager).json(json!({"staff_id": staff})).expect(201).await;
    }
    let person = format!("/v1/participants/{participant}");
    let change = json!({"name": NAME, "email": EMAIL, "file_number": NUMBER});
    app.patch(&person).by(manager).if_match(1).json(change).expect(200).await;
    let pause = json!({"reason": "new_detention", "note": PAUSED});
    let pausing =
        app.post(&format!("{person}/pause")).by(manager).header("idempotency-key", "k1p").if_match(2);
    pausing.json(pause).expect(200).await;
    app.post(&format!("{person}/resume")).by(manager).if_match(3).expect(200).await;
    app.get("/v1/participants?q=Qanariyya").by(&world.mentor).expect(200).await;
    app.get("/v1/participants?file_number=QANARI-2026-0007").by(&world.mentor).expect(200).await;
    participant.parse().expect("an id")
}

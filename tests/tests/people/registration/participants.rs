//! Participants and their files.

use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    races::{By, deed},
    registry::{Canary, Feature, Phones, Small, about, over},
};
use muwakaba_tests::TestApp;
use serde_json::json;
use uuid::Uuid;

/// The participant's name, in two scripts.
pub const NAME: &str = "Zohra Qanariyya زهرة الكنارية";
/// Where to call them.
const PHONE: &str = "+212655443377";
/// Where to write to them.
const EMAIL: &str = "zohra@qanari-yellow.example";
/// The edition of their programme.
const EDITION: &str = "Qanari-edition-7734";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    bodies: &[
        over("moveParticipant", |asked| json!({"centre_id": asked.ids.next_centre})),
        // Their own zone: another one would plan all their reminders again.
        over("changeParticipant", |_| json!({"language": "fr", "zone": "Africa/Casablanca"})),
    ],
    lists: &[("listParticipants", "participant_id"), ("readTimeline", "appointment_id")],
    filters: &[("listParticipants", "active", "false"), ("listParticipants", "q", "person")],
    deeds: &[
        deed("register a participant", "registerParticipant", By::Manager),
        deed("change a file", "changeParticipant", By::Mentor),
        deed("move to another centre", "moveParticipant", By::Manager),
        deed("close a file", "changeParticipant", By::Manager).with(|_| json!({"active": false})),
    ],
    versioned: &["participant"],
    counted: &["participant.create", "participant.change", "participant.move", "participant.change_settings"],
    tables: &[about("participant", "participant", Phones::Get(&["participants", "myself"])).kept()],
    canaries: &[
        Canary {
            text: NAME,
            columns: &["participant.name_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: PHONE,
            columns: &["participant.phone_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: EMAIL,
            columns: &["participant.email_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary { text: EDITION, columns: &["participant.edition_sealed"], readers: &[Manager] },
    ],
    small: Small {
        // A caseload is small.
        asked_of_few: &[("active", "FROM assignment AS caseload JOIN participant")],
        columns: &[("assigned_to", "staff_id")],
        ..Feature::NOTHING.small
    },
    ..Feature::NOTHING
};

/// Somebody of whom every text is a canary, accompanied by the world's mentor and counsellor. Other features have theirs around them.
pub async fn canary(app: &TestApp) -> Uuid {
    let world = &app.world;
    let file =
        json!({"name": NAME, "phone": PHONE, "email": EMAIL, "programme_edition": EDITION, "language": "ar"});
    let manager = &world.manager;
    let register = app.post("/v1/participants").by(manager).header("idempotency-key", "k1").json(file);
    let participant = register.expect(201).await.string("/id");
    for staff in [world.mentor.id, world.counsellor.id] {
        let path = format!("/v1/participants/{participant}/assignments");
        app.post(&path).by(manager).json(json!({"staff_id": staff})).expect(201).await;
    }
    let person = format!("/v1/participants/{participant}");
    let change = json!({"name": NAME, "email": EMAIL});
    app.patch(&person).by(manager).if_match(1).json(change).expect(200).await;
    app.get("/v1/participants?q=Qanariyya").by(&world.mentor).expect(200).await;
    participant.parse().expect("an id")
}

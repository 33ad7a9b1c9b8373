//! What the sweeps go through of the change feed and of what phones recorded.

use super::seed;
use crate::{
    appointments::registration::appointment,
    races::{By, deed},
    registry::{Feature, Phones, State, about, about_nobody, instead},
};
use serde_json::json;
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    states: &[State { operation: "pushMutations", make: |stage, _, ids| Box::pin(appointment(stage, ids)) }],
    // The example's is always the same, and what was sent already is not done again.
    bodies: &[instead("pushMutations", |asked| {
        json!({"mutations": [{
            "id": Uuid::now_v7(),
            "recorded_at": "2026-11-23T09:30:00Z",
            "operation": "declineAppointment",
            "subject_id": asked.ids.of("appointment_id"),
            "base_version": 1,
            "body": {"reason": "On the road"},
        }]})
    })],
    deeds: &[deed("send what was recorded", "pushMutations", By::Participant).about("appointment_id")],
    never: &[
        "SELECT 'told by the feed of a former centre: ' || c.subject_kind FROM change AS c
         JOIN audit ON audit.subject_id = c.participant_id AND audit.centre_id = c.centre_id AND audit.action = 'participant.move'
         WHERE c.audience IS NULL AND c.operation <> 'revoke'",
        "SELECT 'a gap in the feed of ' || c.centre_id FROM change_counter AS c
         WHERE c.position <> (SELECT max(position) FROM change WHERE change.centre_id = c.centre_id)",
        "SELECT 'told twice in the feed: ' || subject_id FROM change
         GROUP BY centre_id, audience, subject_kind, subject_id HAVING count(*) > 1",
    ],
    tables: &[
        about("change", "change feed, agenda", Phones::MACHINERY).kept(),
        about("sync_seen", "who was told about on which phone", Phones::OVERSIGHT),
        about("mutation", "what was recorded without network", Phones::MACHINERY).unseeded("no list reads it"),
        about_nobody("change_counter").kept().unseeded("there is one line for each centre"),
        about_nobody("change_day").kept().unseeded("no list reads it"),
        about_nobody("epoch").kept(),
        about_nobody("epoch_position").kept(),
    ],
    seed: Some(|crowd| Box::pin(seed::fill(crowd))),
    ..Feature::NOTHING
};

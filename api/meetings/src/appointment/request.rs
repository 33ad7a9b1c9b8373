//! What callers send.

use super::{
    ending::Ending,
    words::{OutcomeAttempt, OutcomeCause, OutcomeSide},
};
use contract::{
    AppointmentId, AppointmentKind, AppointmentOutcome, AppointmentState, NoteId, NoteVisibility,
    ParticipantId, PlaceKind, SlotId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::{
    error::{Error, Result},
    page::list_query,
    protect::privacy::{Address, Note},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The shortest appointment, in minutes.
pub const MIN_MINUTES: u16 = 5;
/// The longest appointment, in minutes. The schema says the same (`appointment_lasts_eight_hours_at_most`): whoever looks for
/// overlaps need not look further back.
pub const MAX_MINUTES: u16 = 480;

/// Where the two meet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlace {
    /// How they meet.
    pub kind: PlaceKind,
    /// The address and how to get there, the number that will call, or the link. An address needs it.
    pub details: Option<Address>,
}

/// A new appointment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "host_id": "01936f6e-4d00-7000-8000-000000000002",
    "kind": "social_counselling",
    "local_start": "2026-12-01T10:00:00",
    "duration_minutes": 45,
    "place": {"kind": "address", "details": "Centre d'accompagnement, 2e étage, bureau 4"}
}))]
pub struct NewAppointment {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<AppointmentId>,
    /// Who comes.
    pub participant_id: ParticipantId,
    /// Whom they come to: a manager of the participant's centre, or somebody who accompanies the participant. A manager may name
    /// any mentor or counsellor of the centre, to whom the participant is assigned with that.
    pub host_id: StaffId,
    /// What it is for.
    pub kind: AppointmentKind,
    /// When it starts, as both read it on the wall.
    pub local_start: LocalDateTime,
    /// How long it takes.
    #[validate(range(min = MIN_MINUTES, max = MAX_MINUTES))]
    #[schema(minimum = 5, maximum = 480)]
    pub duration_minutes: u16,
    /// On whose wall; the centre's own zone if absent.
    pub zone: Option<ZoneName>,
    /// Where they meet.
    pub place: NewPlace,
    /// What the participant should know or bring.
    pub guidance: Option<Note>,
    /// Why it is put at a time when the centre is closed.
    pub override_reason: Option<Note>,
}

/// A time to choose.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSlot {
    /// When it would start, as both read it on the wall.
    pub local_start: LocalDateTime,
}

/// A new appointment at a time that the participant chooses.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "host_id": "01936f6e-4d00-7000-8000-000000000002",
    "kind": "social_counselling",
    "slots": [{"local_start": "2026-12-01T10:00:00"}, {"local_start": "2026-12-03T15:00:00"}],
    "duration_minutes": 45,
    "place": {"kind": "address", "details": "Centre d'accompagnement, 2e étage, bureau 4"}
}))]
pub struct NewProposal {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<AppointmentId>,
    /// Who comes.
    pub participant_id: ParticipantId,
    /// Whom they come to: a manager of the participant's centre, or somebody who accompanies the participant. A manager may name
    /// any mentor or counsellor of the centre, to whom the participant is assigned with that.
    pub host_id: StaffId,
    /// What it is for.
    pub kind: AppointmentKind,
    /// The times to choose from. None of them is held: who chooses first gets it.
    #[validate(length(min = 2, max = 5))]
    #[schema(min_items = 2, max_items = 5)]
    pub slots: Vec<NewSlot>,
    /// How long it takes.
    #[validate(range(min = MIN_MINUTES, max = MAX_MINUTES))]
    #[schema(minimum = 5, maximum = 480)]
    pub duration_minutes: u16,
    /// On whose wall; the centre's own zone if absent.
    pub zone: Option<ZoneName>,
    /// Where they meet.
    pub place: NewPlace,
    /// What the participant should know or bring.
    pub guidance: Option<Note>,
    /// Why a time is offered at which the centre is closed.
    pub override_reason: Option<Note>,
}

/// Several times in place of what was agreed on or offered before.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slots": [{"local_start": "2026-12-02T10:00:00"}, {"local_start": "2026-12-04T15:00:00"}]}))]
pub struct NewOffer {
    /// The times to choose from. None of them is held: who chooses first gets it.
    #[validate(length(min = 2, max = 5))]
    #[schema(min_items = 2, max_items = 5)]
    pub slots: Vec<NewSlot>,
    /// How long it takes; as before if absent.
    #[validate(range(min = MIN_MINUTES, max = MAX_MINUTES))]
    #[schema(minimum = 5, maximum = 480)]
    pub duration_minutes: Option<u16>,
    /// On whose wall; as before if absent.
    pub zone: Option<ZoneName>,
    /// Where they meet; as before if absent.
    pub place: Option<NewPlace>,
    /// Why a time is offered at which the centre is closed.
    pub override_reason: Option<Note>,
}

/// The time that suits.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slot_id": "01936f6e-4d00-7000-8000-000000000006"}))]
pub struct Choice {
    /// Which of the times that are offered.
    pub slot_id: SlotId,
}

/// Another time or place.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"local_start": "2026-12-02T15:30:00"}))]
pub struct NewTime {
    /// When it starts, as both read it on the wall.
    pub local_start: LocalDateTime,
    /// How long it takes; as before if absent.
    #[validate(range(min = MIN_MINUTES, max = MAX_MINUTES))]
    #[schema(minimum = 5, maximum = 480)]
    pub duration_minutes: Option<u16>,
    /// On whose wall; as before if absent.
    pub zone: Option<ZoneName>,
    /// Where they meet; as before if absent.
    pub place: Option<NewPlace>,
    /// Whom they come to, if that is somebody else from now on: a manager of the participant's centre, or somebody who
    /// accompanies the participant. A manager may name any mentor or counsellor of the centre, to whom the participant is
    /// assigned with that.
    pub host_id: Option<StaffId>,
    /// Why it is put at a time when the centre is closed.
    pub override_reason: Option<Note>,
}

/// A wish for another time.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"wish": "Je travaille le matin, plutôt après 16 h"}))]
pub struct ChangeWish {
    /// When it would suit, in the participant's own words.
    pub wish: Option<Note>,
}

/// Why somebody will not come.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Je suis en déplacement"}))]
pub struct DeclineReason {
    /// In a few words.
    pub reason: Option<Note>,
}

/// Why an appointment is called off.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Le conseiller est absent"}))]
pub struct CancelReason {
    /// In a few words.
    pub reason: Option<Note>,
}

/// How it ended.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "outcome": "did_not_take_place",
    "side": "host",
    "cause": "called_away",
    "tried": ["called", "offered_other_time"],
    "reason": "Réunion urgente à la province"
}))]
pub struct NewOutcome {
    /// How.
    pub outcome: AppointmentOutcome,
    /// On whose side it lay. Of `did_not_come`: `person` or `unknown`, which it is if absent. Of `did_not_take_place`, required: `service`,
    /// `host`, `weather` or `place`. Not with `took_place`.
    pub side: Option<OutcomeSide>,
    /// Why, from the list of that side.
    pub cause: Option<OutcomeCause>,
    /// Whether what kept the participant away is accepted; only with side `person`.
    #[serde(default)]
    pub accepted: bool,
    /// Whether the participant came late; only with `took_place`.
    #[serde(default)]
    pub late: bool,
    /// What was tried; not with `took_place`.
    #[serde(default)]
    #[validate(length(max = 7))]
    #[schema(max_items = 7)]
    pub tried: Vec<OutcomeAttempt>,
    /// Why in a few words, where that helps those who follow up.
    pub reason: Option<Note>,
}

/// How it really ended.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "outcome": "did_not_come", "side": "person", "cause": "illness", "accepted": true, "reason": "Certificat médical reçu le lendemain"
}))]
pub struct CorrectedOutcome {
    /// How.
    pub outcome: AppointmentOutcome,
    /// On whose side it lay, as when it is recorded.
    pub side: Option<OutcomeSide>,
    /// Why, from the list of that side.
    pub cause: Option<OutcomeCause>,
    /// Whether what kept the participant away is accepted; only with side `person`.
    #[serde(default)]
    pub accepted: bool,
    /// Whether the participant came late; only with `took_place`.
    #[serde(default)]
    pub late: bool,
    /// What was tried; not with `took_place`.
    #[serde(default)]
    #[validate(length(max = 7))]
    #[schema(max_items = 7)]
    pub tried: Vec<OutcomeAttempt>,
    /// Why the first entry was wrong.
    pub reason: Note,
}

/// What a request says of how it ended, or the field that cannot be so.
macro_rules! ending_of {
    ($request:ty) => {
        impl $request {
            /// How it ended, as this says.
            pub fn ending(&self) -> Result<Ending> {
                let said = Ending {
                    outcome: self.outcome,
                    side: self.side,
                    cause: self.cause,
                    is_accepted: self.accepted,
                    is_late: self.late,
                    tried: self.tried.clone(),
                };
                said.checked()
                    .map_err(|(field, code, detail)| Error::field(format!("/{field}"), code, detail))
            }
        }
    };
}

ending_of!(NewOutcome);
ending_of!(CorrectedOutcome);

/// A new note.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"visibility": "staff", "body": "Prévoir une attestation pour l'employeur"}))]
pub struct NewNote {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<NoteId>,
    /// Who may read it. `author` is for counsellors.
    pub visibility: NoteVisibility,
    /// What it says.
    pub body: Note,
}

list_query! {
    /// Which appointments to list.
    #[derive(Debug)]
    pub struct Filter {
        /// Starting at this instant or later.
        pub from: Option<Instant>,
        /// Starting before this instant.
        pub to: Option<Instant>,
        /// In this state.
        pub state: Option<AppointmentState>,
        /// Of this participant.
        pub participant_id: Option<ParticipantId>,
        /// With this host.
        pub host_id: Option<StaffId>,
    }
}

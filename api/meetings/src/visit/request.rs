//! What callers send.

use super::{
    together::MOST,
    words::{VisitId, VisitKind, VisitReaders},
};
use crate::recorded::Mutation;
use contract::{
    ParticipantId,
    time::{LocalDateTime, ZoneName},
};
use kernel::{
    extract::fields::{given, given_or_null},
    protect::privacy::Note,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// The longest visit, in minutes.
pub const MAX_MINUTES: u16 = 720;

/// What is to be done next.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNextStep {
    /// What.
    pub what: Note,
    /// By when, as its author reads it on the wall of the visit's zone. They are reminded then.
    pub local_due: LocalDateTime,
}

/// A visit that has been.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "kind": "home",
    "local_start": "2026-11-20T15:30:00",
    "duration_minutes": 40,
    "readers": "staff",
    "narrative": "Lives with a brother for now; the residence certificate is still missing",
    "next_step": {"what": "Go to the district office together", "local_due": "2026-12-01T09:00:00"}
}))]
pub struct NewVisit {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<VisitId>,
    /// Who was met.
    pub participant_id: ParticipantId,
    /// How.
    pub kind: VisitKind,
    /// When it began, as its author read it on the wall. Not in the future.
    pub local_start: LocalDateTime,
    /// On whose wall; the centre's own zone if absent.
    pub zone: Option<ZoneName>,
    /// How long it took.
    #[validate(range(min = 1, max = MAX_MINUTES))]
    #[schema(minimum = 1, maximum = 720)]
    pub duration_minutes: u16,
    /// Who may read what is written. A counsellor may write for themself alone.
    pub readers: VisitReaders,
    /// What was found and agreed.
    pub narrative: Note,
    /// What is to be done next, if anything.
    pub next_step: Option<NewNextStep>,
    /// What was recorded together with it, in its order: needs, an answered check-in, a milestone, an appointment to propose, whatever can be sent
    /// through `pushMutations`. Each is carried out for itself once the visit is logged. Not in a mutation, which names the visit instead.
    #[validate(length(max = MOST))]
    #[schema(value_type = Option<Vec<Mutation>>, max_items = 20)]
    pub parts: Option<Vec<serde_json::Value>>,
}

/// What was logged wrongly of a visit. Fields that are left out stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "reason": "The second half was at the neighbour's, who can lend the van",
    "duration_minutes": 60,
    "next_step": {"what": "Ask the neighbour for the van", "local_due": "2026-12-03T09:00:00"}
}))]
pub struct VisitCorrection {
    /// Why it is corrected.
    pub reason: Note,
    /// How somebody was met.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = VisitKind)]
    pub kind: Option<VisitKind>,
    /// When it began.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = LocalDateTime)]
    pub local_start: Option<LocalDateTime>,
    /// How long it took.
    #[serde(default, deserialize_with = "given")]
    #[validate(range(min = 1, max = MAX_MINUTES))]
    #[schema(value_type = u16, minimum = 1, maximum = 720)]
    pub duration_minutes: Option<u16>,
    /// Who may read what is written.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = VisitReaders)]
    pub readers: Option<VisitReaders>,
    /// What was found and agreed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Note)]
    pub narrative: Option<Note>,
    /// What is to be done next; `null` if nothing is. A step that is done stays done unless it is given anew.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<NewNextStep>)]
    pub next_step: Option<Option<NewNextStep>>,
}

/// Why a visit was entered by mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was somebody else of the same name"}))]
pub struct VisitWithdrawal {
    /// Why.
    pub reason: Note,
}

impl VisitCorrection {
    /// The names of the fields that are corrected.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("kind", self.kind.is_some()),
            ("local_start", self.local_start.is_some()),
            ("duration_minutes", self.duration_minutes.is_some()),
            ("readers", self.readers.is_some()),
            ("narrative", self.narrative.is_some()),
            ("next_step", self.next_step.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

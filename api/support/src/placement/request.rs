//! What callers send.

use super::words::{
    Confidence, EmployerKnowledge, EndReason, Evidence, Milestone, PlacementId, PlacementKind,
    PlacementStage, StageOutcome,
};
use crate::{employer::EmployerId, opening_hours::calendar::CalendarDate};
use contract::{ParticipantId, time::ImpreciseDate};
use kernel::{
    extract::fields::{given, given_or_null},
    protect::privacy::Note,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// The most hours a week.
pub const MAX_HOURS: u16 = 84;

/// A placement, as far as the way to it has come.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "kind": "fixed_term",
    "hours_a_week": 44,
    "stage": "start",
    "on": "2026-11-16"
}))]
pub struct NewPlacement {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<PlacementId>,
    /// Whose.
    pub participant_id: ParticipantId,
    /// What they work at.
    pub kind: PlacementKind,
    /// With whom; of the participant's centre. Nobody for day labour, or work of one's own.
    pub employer_id: Option<EmployerId>,
    /// How many hours a week.
    #[validate(range(min = 1, max = MAX_HOURS))]
    #[schema(minimum = 1, maximum = 84)]
    pub hours_a_week: Option<u16>,
    /// What the employer may know; nothing if absent. Anything else needs `agreed_on`, and the participant's consent to contact with this employer
    /// (`giveConsent`, with the placement's own id as `subject_id`) before it.
    pub employer_knowledge: Option<EmployerKnowledge>,
    /// On which day the participant agreed to that, before whoever records it.
    pub agreed_on: Option<CalendarDate>,
    /// The stage that was reached. With `start`, or `first_sale` of a project of one's own, the placement begins.
    pub stage: PlacementStage,
    /// When, as precisely as it is known.
    pub on: ImpreciseDate,
}

/// A stage of the way to a placement.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"stage": "start", "outcome": "reached", "on": "2026-11-16"}))]
pub struct NewStage {
    /// Which.
    pub stage: PlacementStage,
    /// What became of it.
    pub outcome: StageOutcome,
    /// When, as precisely as it is known.
    pub on: ImpreciseDate,
}

/// That a placement was held for so long.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"milestone": "days_30", "evidence": "payslip", "confidence": "high", "on": "2026-11-20"}))]
pub struct Verification {
    /// Which milestone.
    pub milestone: Milestone,
    /// By what it is known.
    pub evidence: Evidence,
    /// How sure that is.
    pub confidence: Confidence,
    /// Of which day the evidence is: not before the first day on which the placement can have been held for so long.
    pub on: CalendarDate,
}

/// What was recorded wrongly of a milestone that was verified. Fields that are left out stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"milestone": "days_30", "reason": "It was the statement of the fund", "evidence": "cnss_statement"}))]
pub struct MilestoneCorrection {
    /// Which milestone.
    pub milestone: Milestone,
    /// Why it is corrected.
    pub reason: Note,
    /// By what it is known.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Evidence)]
    pub evidence: Option<Evidence>,
    /// How sure that is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Confidence)]
    pub confidence: Option<Confidence>,
    /// Of which day the evidence is: not before the first day on which the placement can have been held for so long.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = CalendarDate)]
    pub on: Option<CalendarDate>,
}

/// That a milestone was verified by mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"milestone": "days_30", "reason": "The payslip was the cousin's"}))]
pub struct MilestoneWithdrawal {
    /// Which milestone.
    pub milestone: Milestone,
    /// Why.
    pub reason: Note,
}

/// What the participant agreed that the employer may know.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"employer_knowledge": "nothing"}))]
pub struct Agreement {
    /// What they may know from now on. Anything but `nothing` needs the participant's consent to contact with this employer.
    pub employer_knowledge: EmployerKnowledge,
    /// On which day that was agreed, before whoever records it. Not needed for `nothing`.
    pub agreed_on: Option<CalendarDate>,
}

/// That a placement is over.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "season_over", "until": "2026-11-20"}))]
pub struct Ending {
    /// Why.
    pub reason: EndReason,
    /// The last day, as precisely as it is known.
    pub until: ImpreciseDate,
}

/// That a placement was entered by mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was somebody else's"}))]
pub struct Withdrawal {
    /// Why.
    pub reason: Note,
}

/// What was recorded wrongly of a placement. Fields that are left out stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The contract says 30 hours", "hours_a_week": 30}))]
pub struct PlacementCorrection {
    /// Why it is corrected.
    pub reason: Note,
    /// What they work at. The way to it stays: from work with somebody to work with somebody, from a project to a project.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = PlacementKind)]
    pub kind: Option<PlacementKind>,
    /// With whom; `null` if with nobody.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<EmployerId>)]
    pub employer_id: Option<Option<EmployerId>>,
    /// How many hours a week; `null` if that is not known.
    #[serde(default, deserialize_with = "given_or_null")]
    #[validate(range(min = 1, max = MAX_HOURS))]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 84)]
    pub hours_a_week: Option<Option<u16>>,
    /// The first day, of one that has begun. Its milestones are reckoned again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ImpreciseDate)]
    pub from: Option<ImpreciseDate>,
    /// The last day, of one that has ended.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ImpreciseDate)]
    pub until: Option<ImpreciseDate>,
    /// Why it ended, of one that has.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = EndReason)]
    pub end_reason: Option<EndReason>,
}

impl PlacementCorrection {
    /// The names of the fields that are corrected.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("kind", self.kind.is_some()),
            ("employer_id", self.employer_id.is_some()),
            ("hours_a_week", self.hours_a_week.is_some()),
            ("from", self.from.is_some()),
            ("until", self.until.is_some()),
            ("end_reason", self.end_reason.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

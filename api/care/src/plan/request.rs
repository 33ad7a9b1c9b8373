//! What callers send.

use super::{course::PhaseAdjustment, words::PlanEndReason, words::PlanId};
use crate::{opening_hours::calendar::CalendarDate, plan_template::PlanTemplateId};
use contract::{AppointmentId, ParticipantId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// A plan.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "plan_template_id": "01936f6e-4d00-7000-8000-000000000002",
    "starts_on": "2026-12-01"
}))]
pub struct NewPlan {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<PlanId>,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// What it is made from.
    pub plan_template_id: PlanTemplateId,
    /// The version of it that the caller has seen; any other than the present one is refused.
    #[schema(minimum = 1)]
    pub template_number: Option<i64>,
    /// Its first day, on the wall of the centre; from two years ago until a year from now. What would have been before today is not planned.
    pub starts_on: CalendarDate,
    /// What is otherwise for this person.
    #[serde(default)]
    #[schema(max_items = 10)]
    #[validate(length(max = 10))]
    pub phases: Vec<PhaseAdjustment>,
}

/// What a plan is to be from tomorrow on.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phases": []}))]
pub struct PlanProposal {
    /// What it is made from; as it is if left out. Named, it is followed in its present version.
    pub plan_template_id: Option<PlanTemplateId>,
    /// The version of it that the caller has seen; any other than the present one is refused.
    #[schema(minimum = 1)]
    pub template_number: Option<i64>,
    /// What is otherwise for this person, all of it. Left out: as it is, or nothing if the template is another one.
    #[schema(max_items = 10)]
    #[validate(length(max = 10))]
    pub phases: Option<Vec<PhaseAdjustment>>,
}

/// A change as it was previewed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"template_number": 2, "fingerprint": "2c26b46b68ffc68ff99b453c1d304134"}))]
pub struct PlanChange {
    /// What the plan is made from; as in the preview.
    pub plan_template_id: Option<PlanTemplateId>,
    /// The version of it that the caller has seen; as in the preview.
    #[schema(minimum = 1)]
    pub template_number: Option<i64>,
    /// What is otherwise for this person; as in the preview.
    #[schema(max_items = 10)]
    #[validate(length(max = 10))]
    pub phases: Option<Vec<PhaseAdjustment>>,
    /// What the preview said: what was shown is done, or nothing.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    #[validate(length(min = 1, max = 64), custom(function = "is_of_a_preview"))]
    pub fingerprint: String,
}

/// Nothing else is ever written in a preview.
fn is_of_a_preview(text: &str) -> Result<(), ValidationError> {
    let is_one = text.chars().all(|one| one.is_ascii_alphanumeric() || "_-".contains(one));
    if is_one { Ok(()) } else { Err(ValidationError::new("pattern")) }
}

impl PlanChange {
    /// What was previewed, and what that said.
    pub fn parts(self) -> (PlanProposal, String) {
        let Self { plan_template_id, template_number, phases, fingerprint } = self;
        (PlanProposal { plan_template_id, template_number, phases }, fingerprint)
    }
}

/// Why a plan ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "completed"}))]
pub struct PlanEnding {
    /// The reason; `file_closed` is the service's own.
    pub reason: PlanEndReason,
}

/// At which appointment a conversation of a plan is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"appointment_id": "01936f6e-4d00-7000-8000-000000000003"}))]
pub struct SessionLink {
    /// One of the participant's that stands.
    pub appointment_id: AppointmentId,
}

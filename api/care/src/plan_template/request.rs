//! What callers send.

use super::{content::PlanContent, words::PlanTemplateId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A plan template.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "content": {
        "name": {"ar": "مواكبتكم", "fr": "Votre accompagnement", "zgh": "ⴰⵎⵓⵏ ⵏⵏⵓⵏ", "en": "Your accompaniment"},
        "phases": [
            {"id": "first_weeks", "lasts": {"count": 8, "unit": "weeks"}, "check_ins": {
                "recurrence": "FREQ=WEEKLY;BYDAY=TU",
                "window": {"opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}}},
            {"id": "first_months", "lasts": {"count": 6, "unit": "months"}, "since_start": true, "check_ins": {
                "recurrence": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
                "window": {"opens": "09:00", "due": {"days_after": 3, "time": "20:00"}, "closes": {"days_after": 6, "time": "20:00"}}}}
        ],
        "series": [{"id": "talks", "kind": "social_counselling", "minutes": 45, "recurrence": "FREQ=MONTHLY;BYMONTHDAY=31"}],
        "readiness": ["national_card", "cv"],
        "pathways": [{"kind": "apprenticeship", "stages": ["application", "interview", "start"]}]
    }
}))]
pub struct NewPlanTemplate {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<PlanTemplateId>,
    /// What it says.
    pub content: PlanContent,
}

/// What a template says from now on.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "content": {
        "name": {"ar": "مواكبتكم", "fr": "Votre accompagnement", "zgh": "ⴰⵎⵓⵏ ⵏⵏⵓⵏ", "en": "Your accompaniment"},
        "phases": [{"id": "first_weeks", "lasts": {"count": 12, "unit": "weeks"}, "check_ins": {
            "recurrence": "FREQ=WEEKLY;BYDAY=TU",
            "window": {"opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}}}]
    }
}))]
pub struct NewPlanTemplateVersion {
    /// What it says.
    pub content: PlanContent,
}

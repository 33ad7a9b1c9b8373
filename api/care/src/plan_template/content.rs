//! What a template says, as it is written, kept and read. Nothing of it is about anybody.

use super::words::SpanUnit;
use crate::{
    check_in::WindowRule,
    placement::{PlacementKind, PlacementStage},
    questionnaire::{QuestionnaireId, Slug, question::Texts},
    readiness::ReadinessItem,
    recurrence::Recurrence,
};
use chrono::{Days, Months, NaiveDate};
use contract::AppointmentKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// How many.
    #[schema(minimum = 0, maximum = 366)]
    pub count: u32,
    /// Of what.
    pub unit: SpanUnit,
}

impl Span {
    /// The day that is so much later; the last day of a month that has no such day. Nothing behind the end of the calendar.
    pub fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        match self.unit {
            SpanUnit::Days => day.checked_add_days(Days::new(self.count.into())),
            SpanUnit::Weeks => day.checked_add_days(Days::new(u64::from(self.count).checked_mul(7)?)),
            SpanUnit::Months => day.checked_add_months(Months::new(self.count)),
        }
    }
}

/// How often somebody is asked how they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// What is asked; what came with the service if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questionnaire_id: Option<QuestionnaireId>,
    /// The version of it that the writer has seen; any other than the present one is refused. What is asked is always the present one of the day on
    /// which a check-in is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub questionnaire_number: Option<i64>,
    /// On which days a check-in opens, counted from the first day of the phase.
    pub recurrence: Recurrence,
    /// When it opens, is due and closes.
    pub window: WindowRule,
}

/// A part of a plan. It begins where the one before it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name: the same in every version in which it means the same. Phones have it beside a person: it tells no more than `first_weeks`.
    pub id: Slug,
    /// How long it lasts.
    pub lasts: Span,
    /// Whether that is counted from the first day of the plan, and not from its own: until month six, whatever came before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub since_start: bool,
    /// How often somebody is asked how they are; nobody is without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_ins: Option<Cadence>,
}

impl Phase {
    /// The day behind its last, in a plan that starts then and of which it begins then; nothing behind the end of the calendar.
    pub fn ends(&self, starts_on: NaiveDate, begins: NaiveDate) -> Option<NaiveDate> {
        self.lasts.after(if self.since_start { starts_on } else { begins })
    }
}

/// Conversations that are to be arranged again and again, each within a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its name.
    pub id: Slug,
    /// What kind of appointment each is.
    pub kind: AppointmentKind,
    /// How long each is to last.
    #[schema(minimum = 5, maximum = 480)]
    pub minutes: u32,
    /// How long after the plan its first day is; at once if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins_after: Option<Span>,
    /// In which weeks: those of these days.
    pub recurrence: Recurrence,
}

/// Where work may lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pathway {
    /// To what.
    pub kind: PlacementKind,
    /// By which stages, in their order.
    #[serde(default)]
    #[schema(max_items = 9)]
    pub stages: Vec<PlacementStage>,
}

/// What a template says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanContent {
    /// What a plan that is made from it is called, in all four languages: participants read it. Name neither a programme nor what somebody did.
    pub name: Texts,
    /// Its phases, one after the other.
    #[schema(min_items = 1, max_items = 10)]
    pub phases: Vec<Phase>,
    /// Which conversations are to be arranged.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub series: Vec<Series>,
    /// Which papers and things are asked about.
    #[serde(default)]
    #[schema(max_items = 16)]
    pub readiness: Vec<ReadinessItem>,
    /// Where work may lead, as an intention: nothing is planned from it.
    #[serde(default)]
    #[schema(max_items = 6)]
    pub pathways: Vec<Pathway>,
}

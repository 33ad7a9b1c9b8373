//! What callers send.

use super::words::{AnswerCorrectionReason, CheckInCancelReason, CheckInExcuseReason, CheckInId};
use crate::{
    opening_hours::calendar::{CalendarDate, TimeOfDay},
    questionnaire::{QuestionnaireId, Slug},
};
use contract::{ParticipantId, time::ZoneName};
use kernel::protect::privacy::Note;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A time of day some days after a check-in opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DaysAfter {
    /// How many days after the day on which it opens.
    #[schema(minimum = 0, maximum = 60)]
    #[validate(range(max = 60))]
    pub days_after: u32,
    /// At what time of that day.
    pub time: TimeOfDay,
}

/// From a day on the calendar to a window on the wall: one rule for all of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WindowRule {
    /// At what time of its day it opens.
    pub opens: TimeOfDay,
    /// By when it should be answered.
    #[validate(nested)]
    pub due: DaysAfter,
    /// When it closes; what is answered then or later is late.
    #[validate(nested)]
    pub closes: DaysAfter,
}

/// One check-in of those that are planned.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckIn {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<CheckInId>,
    /// The day on which it opens.
    pub day: CalendarDate,
}

/// Check-ins of one participant.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "rule": {"opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}},
    "check_ins": [{"day": "2026-12-01"}, {"day": "2026-12-08"}]
}))]
pub struct NewCheckIns {
    /// Who answers.
    pub participant_id: ParticipantId,
    /// What is asked; what came with the service if left out.
    pub questionnaire_id: Option<QuestionnaireId>,
    /// The version that the caller has seen; any other than the present one is refused.
    #[schema(minimum = 1)]
    pub questionnaire_number: Option<i64>,
    /// On whose wall; the centre's own zone if left out.
    pub zone: Option<ZoneName>,
    /// When they open, are due and close.
    #[validate(nested)]
    pub rule: WindowRule,
    /// On which days they open.
    #[schema(min_items = 1, max_items = 26)]
    #[validate(length(min = 1, max = 26))]
    pub check_ins: Vec<NewCheckIn>,
}

/// The answer to a question: the one of its fields that the question's kind asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// Which question.
    pub question_id: Slug,
    /// Of faces, yes or no, and choices: which option.
    pub option: Option<Slug>,
    /// Of a number: how many.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub number: Option<i64>,
    /// Of a text: in which words, at most 500 characters.
    pub text: Option<Note>,
}

/// What somebody answers.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "answers": [
        {"question_id": "how_are_you", "option": "good"},
        {"question_id": "housing", "option": "with_others"},
        {"question_id": "work", "option": "searching"},
        {"question_id": "worry", "option": "no"}
    ],
    "call_wanted": false
}))]
pub struct NewAnswers {
    /// All answers so far; they take the place of those that were saved before.
    #[schema(max_items = 6)]
    pub answers: Vec<NewAnswer>,
    /// Whether somebody is to call.
    #[serde(default)]
    pub call_wanted: bool,
}

/// What somebody had meant to answer.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "reason": "slip",
    "answers": [
        {"question_id": "how_are_you", "option": "neutral"},
        {"question_id": "housing", "option": "with_others"},
        {"question_id": "work", "option": "searching"},
        {"question_id": "worry", "option": "no"}
    ],
    "call_wanted": false
}))]
pub struct AnswersCorrection {
    /// Why.
    pub reason: AnswerCorrectionReason,
    /// In words, if there is more to say.
    pub note: Option<Note>,
    /// All answers; they take the place of those that were given.
    #[schema(max_items = 6)]
    pub answers: Vec<NewAnswer>,
    /// Whether somebody is to call.
    #[serde(default)]
    pub call_wanted: bool,
}

/// Why a missed check-in is closed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "travel"}))]
pub struct NewCheckInExcuse {
    /// The reason.
    pub reason: CheckInExcuseReason,
}

/// Why a check-in is called off.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "other_time"}))]
pub struct NewCheckInCancellation {
    /// The reason; `file_closed` and `plan_changed` are the service's own.
    pub reason: CheckInCancelReason,
}

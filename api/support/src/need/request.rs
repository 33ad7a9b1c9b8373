//! What callers send.

use super::words::{NeedArea, NeedAreaAnswer, NeedId, NeedResult, StrengthId};
use crate::opening_hours::calendar::CalendarDate;
use contract::ParticipantId;
use kernel::{
    extract::fields::{given, given_or_null},
    protect::privacy::Note,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Something that somebody needs.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "area": "papers",
    "what": "A residence certificate, for the insurance",
    "on": "2026-11-20"
}))]
pub struct NewNeed {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<NeedId>,
    /// Who needs it.
    pub participant_id: ParticipantId,
    /// Of which area of life it is.
    pub area: NeedArea,
    /// What it is, in words that the participant reads as well.
    pub what: Note,
    /// When it was found, on the calendar of the centre; today if absent.
    pub on: Option<CalendarDate>,
}

/// That somebody sees to a need.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": "2026-11-23"}))]
pub struct NeedInHand {
    /// Since when; today if absent.
    pub on: Option<CalendarDate>,
}

/// How a need was closed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"result": "met", "helped": "Went to the district office together"}))]
pub struct NeedClosing {
    /// How.
    pub result: NeedResult,
    /// What helped, or why nothing did; staff alone read it.
    pub helped: Option<Note>,
    /// When; today if absent.
    pub on: Option<CalendarDate>,
}

/// Why a need is to be seen to again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The certificate was for the former address"}))]
pub struct NeedReopening {
    /// Why; staff alone read it.
    pub reason: Note,
}

/// What was recorded wrongly of a need. Fields that are left out stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It is the birth certificate", "what": "A birth certificate, for the insurance"}))]
pub struct NeedCorrection {
    /// Why it is corrected.
    pub reason: Note,
    /// Of which area of life it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = NeedArea)]
    pub area: Option<NeedArea>,
    /// What it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Note)]
    pub what: Option<Note>,
    /// What helped; `null` if nothing did. Of a need that is closed.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Note>)]
    pub helped: Option<Option<Note>>,
    /// When it was found.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = CalendarDate)]
    pub found_on: Option<CalendarDate>,
}

impl NeedCorrection {
    /// The names of the fields that are corrected.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("area", self.area.is_some()),
            ("what", self.what.is_some()),
            ("helped", self.helped.is_some()),
            ("found_on", self.found_on.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

/// Why something was entered by mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was said of somebody else"}))]
pub struct NeedWithdrawal {
    /// Why.
    pub reason: Note,
}

/// What somebody says of an area in which they need nothing.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"area": "education", "answer": "no_need"}))]
pub struct NewNeedAreaAnswer {
    /// Which area.
    pub area: NeedArea,
    /// That they need nothing there, or that saying so was a mistake.
    pub answer: NeedAreaAnswer,
}

/// Something that somebody is good at or can lean on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "area": "family",
    "what": "A sister who stands by them"
}))]
pub struct NewStrength {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<StrengthId>,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// Of which area of life it is.
    pub area: NeedArea,
    /// What it is, in words that the participant reads as well.
    pub what: Note,
}

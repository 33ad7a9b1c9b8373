//! What callers send.

use super::words::{PauseReason, StatusReason};
use kernel::protect::privacy::{Name, Note};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// The most attempts that are counted.
pub const MOST_ATTEMPTS: u16 = 99;

/// Why a file rests.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "illness"}))]
pub struct FilePause {
    /// Why. A new detention is for managers alone to say. Only managers read any of it.
    pub reason: PauseReason,
    /// What else there is to say, for managers.
    pub note: Option<Note>,
}

/// Why a file is closed or opened again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "moved_away"}))]
pub struct StatusChange {
    /// Why: one of the reasons of this command.
    pub reason: StatusReason,
    /// How often they were tried to be reached in vain: with `not_reached`, and only with it.
    #[validate(range(min = 1, max = MOST_ATTEMPTS))]
    #[schema(minimum = 1, maximum = 99)]
    pub attempts: Option<u16>,
    /// What else there is to say, for managers.
    pub note: Option<Note>,
}

/// That somebody died.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Amina Bennani"}))]
pub struct DeathRecord {
    /// The whole name of the participant, typed, as one of those on the file. Accents, case and the order of its words do not matter.
    pub name: Name,
    /// What else there is to say, for managers.
    pub note: Option<Note>,
}

/// That somebody did not die.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Somebody of the same name"}))]
pub struct DeathReversal {
    /// What else there is to say, for managers.
    pub note: Option<Note>,
}

//! What callers send.

use contract::{CentreId, Language, ParticipantId, StaffId, time::ZoneName};
use kernel::{
    extract::fields::{given, given_or_null},
    page::list_query,
    protect::privacy::{Edition, Email, Name, Phone},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A new participant.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Amina Bennani",
    "phone": "+212600000000",
    "language": "ar",
    "zone": "Africa/Casablanca",
    "programme_edition": "18"
}))]
pub struct NewParticipant {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<ParticipantId>,
    /// How they want to be called.
    pub name: Name,
    /// Where to call them.
    pub phone: Option<Phone>,
    /// Where to write to them.
    pub email: Option<Email>,
    /// The language of their app and messages.
    pub language: Language,
    /// Where they live, for the hours of their night; the centre's zone if left out.
    pub zone: Option<ZoneName>,
    /// The edition of the programme that they took part in.
    pub programme_edition: Option<Edition>,
    /// Whether reminders are pushed to their phone, or wait in the app. Pushed if left out.
    pub push_wanted: Option<bool>,
}

/// What should change about a participant. What is left out stays as it is; `null` empties a field that can be empty.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "+212611111111", "zone": "Europe/Paris"}))]
pub struct ParticipantChange {
    /// How they want to be called. Managers only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Name)]
    pub name: Option<Name>,
    /// Where to call them.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<Option<Phone>>,
    /// Where to write to them. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Email>)]
    pub email: Option<Option<Email>>,
    /// The language of their app and messages.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Language)]
    pub language: Option<Language>,
    /// Where they live.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ZoneName)]
    pub zone: Option<ZoneName>,
    /// The edition of the programme that they took part in. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Edition>)]
    pub programme_edition: Option<Option<Edition>>,
    /// Whether reminders are pushed. Managers only; participants choose it themselves in their app.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub push_wanted: Option<bool>,
    /// Whether they are still accompanied. `false` signs their phones out and cancels the appointments that lie
    /// ahead; nobody is reminded any more. Managers only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub active: Option<bool>,
}

impl ParticipantChange {
    /// The names of the fields that are to change.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("name", self.name.is_some()),
            ("phone", self.phone.is_some()),
            ("email", self.email.is_some()),
            ("language", self.language.is_some()),
            ("zone", self.zone.is_some()),
            ("programme_edition", self.programme_edition.is_some()),
            ("push_wanted", self.push_wanted.is_some()),
            ("active", self.active.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

/// Where a participant's file goes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"centre_id": "01936f6e-4d00-7000-8000-00000000000a"}))]
pub struct ParticipantMove {
    /// Which centre accompanies them from now on. Its manager finds the id at `GET /v1/centres`.
    pub centre_id: CentreId,
}

list_query! {
    /// Which participants to list. Not printable: it may hold a name.
    pub struct Filter {
        /// Words, or beginnings of words, of the name, in any of its spellings. The best matches come first, on
        /// one page: without `cursor`.
        #[validate(length(min = 1, max = 200))]
        #[param(min_length = 1, max_length = 200)]
        pub q: Option<String>,
        /// Assigned to this mentor or counsellor now.
        pub assigned_to: Option<StaffId>,
        /// Whether they are still accompanied.
        pub active: Option<bool>,
    }
}

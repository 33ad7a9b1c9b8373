//! What callers send.

use super::{
    status::words::FileStatus,
    statuses::Statuses,
    words::{HostWish, Reads, ReleaseKind, Sex, Speaks},
};
use crate::opening_hours::calendar::CalendarDate;
use contract::{Language, ParticipantId, Province, StaffId, time::ZoneName};
use kernel::{
    extract::fields::{given, given_or_null},
    page::list_query,
    protect::privacy::{
        AccessNeed, Axis, Edition, Email, FileNumber, Name, Phone, expose_in_answer, expose_in_answer_if_any,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// How many parts of the programme are kept.
pub const MOST_AXES: usize = 10;

/// What somebody needs in order to hear, see and move; what is left out is not needed or not known.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessNeeds {
    /// In order to hear.
    #[serde(default, serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub hearing: Option<AccessNeed>,
    /// In order to see.
    #[serde(default, serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub seeing: Option<AccessNeed>,
    /// In order to move.
    #[serde(default, serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub moving: Option<AccessNeed>,
}

/// Who stands for somebody under age.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Guardian {
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// Where to call them.
    #[serde(default, serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

/// When and how somebody was or will be released.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseTerms {
    /// The day.
    pub on: CalendarDate,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReleaseKind>,
}

/// A new participant. At least one of `name`, `name_arabic` and `name_latin`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name_arabic": "أمينة بناني",
    "name_latin": "Amina Bennani",
    "phone": "+212600000000",
    "language": "ar",
    "zone": "Africa/Casablanca",
    "reads": ["arabic"],
    "speaks": ["darija", "french"],
    "programme_edition": "18"
}))]
pub struct NewParticipant {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<ParticipantId>,
    /// How they want to be called, if that is neither of the two below; else the one in the script of their language.
    pub name: Option<Name>,
    /// Their name in Arabic script.
    pub name_arabic: Option<Name>,
    /// Their name in Latin script.
    pub name_latin: Option<Name>,
    /// The centre's own number of the file. Never a number that an authority gave them: neither an establishment's nor that of a card.
    pub file_number: Option<FileNumber>,
    /// The year in which they were born; never the day.
    #[schema(minimum = 1900, maximum = 2100)]
    pub birth_year: Option<i32>,
    /// Whether they are a woman or a man, as they say it.
    pub sex: Option<Sex>,
    /// By whom they wish to be received.
    pub host_wish: Option<HostWish>,
    /// Where to call them.
    pub phone: Option<Phone>,
    /// Where to write to them.
    pub email: Option<Email>,
    /// The language of their app and messages.
    pub language: Language,
    /// Where they live, for the hours of their night; the centre's zone if left out.
    pub zone: Option<ZoneName>,
    /// In which province or prefecture they live.
    pub province: Option<Province>,
    /// What they read.
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub reads: Vec<Reads>,
    /// What they speak.
    #[serde(default)]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub speaks: Vec<Speaks>,
    /// Whether somebody is to interpret. No if left out.
    pub interpreter_wanted: Option<bool>,
    /// What they need in order to hear, see and move.
    pub needs: Option<AccessNeeds>,
    /// The last day on which they are under age.
    pub minor_until: Option<CalendarDate>,
    /// Who stands for them while they are under age.
    pub guardian: Option<Guardian>,
    /// The edition of the programme that they took part in.
    pub programme_edition: Option<Edition>,
    /// The parts of the programme that they took part in.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub programme_axes: Vec<Axis>,
    /// When and how they were or will be released.
    pub release: Option<ReleaseTerms>,
    /// Whether reminders are pushed to their phone, or wait in the app. Pushed if left out.
    pub push_wanted: Option<bool>,
    /// Whether the file is only being prepared. If so, `activate` says when they are there; accompanied at once if left out.
    pub preparing: Option<bool>,
    /// Those of `similar` whose files were looked at: it is nobody of them.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub not_same_as: Vec<ParticipantId>,
}

impl NewParticipant {
    /// Somebody of whom no more is known than how they want to be called, and in which language.
    pub const fn called(name: Name, language: Language) -> Self {
        Self {
            id: None,
            name: Some(name),
            name_arabic: None,
            name_latin: None,
            file_number: None,
            birth_year: None,
            sex: None,
            host_wish: None,
            phone: None,
            email: None,
            language,
            zone: None,
            province: None,
            reads: Vec::new(),
            speaks: Vec::new(),
            interpreter_wanted: None,
            needs: None,
            minor_until: None,
            guardian: None,
            programme_edition: None,
            programme_axes: Vec::new(),
            release: None,
            push_wanted: None,
            preparing: None,
            not_same_as: Vec::new(),
        }
    }
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
    /// Their name in Arabic script. Managers only. If they are called by it, they are called by the new one.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Name>)]
    pub name_arabic: Option<Option<Name>>,
    /// Their name in Latin script; the same holds.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Name>)]
    pub name_latin: Option<Option<Name>>,
    /// The centre's own number of the file. Managers only. Never a number that an authority gave them: neither an establishment's nor that
    /// of a card.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<FileNumber>)]
    pub file_number: Option<Option<FileNumber>>,
    /// The year in which they were born. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<i32>, minimum = 1900, maximum = 2100)]
    pub birth_year: Option<Option<i32>>,
    /// Whether they are a woman or a man, as they say it. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Sex>)]
    pub sex: Option<Option<Sex>>,
    /// By whom they wish to be received.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<HostWish>)]
    pub host_wish: Option<Option<HostWish>>,
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
    /// In which province or prefecture they live.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Province>)]
    pub province: Option<Option<Province>>,
    /// What they read.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(max = 5))]
    #[schema(value_type = Vec<Reads>, max_items = 5)]
    pub reads: Option<Vec<Reads>>,
    /// What they speak.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(max = 8))]
    #[schema(value_type = Vec<Speaks>, max_items = 8)]
    pub speaks: Option<Vec<Speaks>>,
    /// Whether somebody is to interpret.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub interpreter_wanted: Option<bool>,
    /// What they need in order to hear, see and move, all of it.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<AccessNeeds>)]
    pub needs: Option<Option<AccessNeeds>>,
    /// The last day on which they are under age. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<CalendarDate>)]
    pub minor_until: Option<Option<CalendarDate>>,
    /// Who stands for them while they are under age. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Guardian>)]
    pub guardian: Option<Option<Guardian>>,
    /// The edition of the programme that they took part in. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Edition>)]
    pub programme_edition: Option<Option<Edition>>,
    /// The parts of the programme that they took part in. Managers only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Axis>, max_items = 10)]
    pub programme_axes: Option<Vec<Axis>>,
    /// When and how they were or will be released. Managers only.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<ReleaseTerms>)]
    pub release: Option<Option<ReleaseTerms>>,
    /// Whether reminders are pushed. Managers only; participants choose it themselves in their app.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub push_wanted: Option<bool>,
}

impl ParticipantChange {
    /// The names of the fields that are to change.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("name", self.name.is_some()),
            ("name_arabic", self.name_arabic.is_some()),
            ("name_latin", self.name_latin.is_some()),
            ("file_number", self.file_number.is_some()),
            ("birth_year", self.birth_year.is_some()),
            ("sex", self.sex.is_some()),
            ("host_wish", self.host_wish.is_some()),
            ("phone", self.phone.is_some()),
            ("email", self.email.is_some()),
            ("language", self.language.is_some()),
            ("zone", self.zone.is_some()),
            ("province", self.province.is_some()),
            ("reads", self.reads.is_some()),
            ("speaks", self.speaks.is_some()),
            ("interpreter_wanted", self.interpreter_wanted.is_some()),
            ("needs", self.needs.is_some()),
            ("minor_until", self.minor_until.is_some()),
            ("guardian", self.guardian.is_some()),
            ("programme_edition", self.programme_edition.is_some()),
            ("programme_axes", self.programme_axes.is_some()),
            ("release", self.release.is_some()),
            ("push_wanted", self.push_wanted.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

list_query! {
    /// Which participants to list. Not printable: it may hold a name.
    pub struct Filter {
        /// Words, or beginnings of words, of the name, in any of its spellings and scripts. The best matches come first, on
        /// one page: without `cursor`.
        #[validate(length(min = 1, max = 200))]
        #[param(min_length = 1, max_length = 200)]
        pub q: Option<String>,
        /// Whose file has exactly this number, or had it at a centre from which they moved. On one page: without `q`, `assigned_to` and
        /// `cursor`.
        pub file_number: Option<FileNumber>,
        /// Assigned to this mentor or counsellor now.
        pub assigned_to: Option<StaffId>,
        /// Whether they are still accompanied.
        pub active: Option<bool>,
        /// Where their file stands: one state or several, with commas between them.
        #[param(value_type = Option<Vec<FileStatus>>, style = Form, explode = false)]
        pub status: Option<Statuses>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::rules;

    #[test]
    fn every_field_of_a_change_has_its_place_in_the_table_of_who_may() {
        let change = <ParticipantChange as utoipa::PartialSchema>::schema();
        let json = serde_json::to_value(change).unwrap();
        let mut in_contract: Vec<&str> =
            json["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut in_table: Vec<&str> = rules::FIELDS.iter().map(|(name, ..)| *name).collect();
        in_contract.sort_unstable();
        in_table.sort_unstable();
        assert_eq!(in_contract, in_table);
    }
}

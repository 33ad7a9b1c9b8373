//! What callers send.

use crate::{calling::EmergencyPhone, opening_hours::calendar::Calendar};
use contract::{CentreId, time::ZoneName};
use kernel::{
    extract::fields::{given, given_or_null},
    protect::privacy::Phone,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

/// A new centre.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Casablanca-Settat", "zone": "Africa/Casablanca"}))]
pub struct NewCentre {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<CentreId>,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    #[validate(length(min = 1, max = 100))]
    pub name: String,
    /// Where it is.
    pub zone: ZoneName,
    /// When it is open; Monday to Friday if left out.
    #[validate(nested)]
    pub calendar: Option<Calendar>,
    /// Where its reminders differ from the service's.
    #[schema(value_type = Option<Object>)]
    pub reminder_policy: Option<Map<String, Value>>,
    /// Where people who need somebody call it while it is open.
    pub phone: Option<Phone>,
    /// Whom they call at any hour; those of the country if left out.
    #[schema(min_items = 1, max_items = 10)]
    #[validate(length(min = 1, max = 10), nested)]
    pub emergency_phones: Option<Vec<EmergencyPhone>>,
}

/// What should change about a centre. What is left out stays as it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"calendar": {"closed_days": [{"date": "2026-11-06", "label": "Green March", "every_year": true}]}}))]
pub struct CentreChange {
    /// What it is called. Administrators only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    #[validate(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// Where it is; what was agreed on before keeps its own zone. Administrators only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ZoneName)]
    pub zone: Option<ZoneName>,
    /// When it is open. It replaces the whole calendar.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Calendar)]
    #[validate(nested)]
    pub calendar: Option<Calendar>,
    /// Where its reminders differ from the service's; `null` for nowhere.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Object>)]
    pub reminder_policy: Option<Option<Map<String, Value>>>,
    /// Where people who need somebody call it while it is open; `null` if nowhere.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<Option<Phone>>,
    /// Whom they call at any hour. It replaces all of them; `null` for those of the country.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Vec<EmergencyPhone>>, min_items = 1, max_items = 10)]
    #[validate(length(min = 1, max = 10), nested)]
    pub emergency_phones: Option<Option<Vec<EmergencyPhone>>>,
    /// After how many days without contact somebody is to be looked for; `null` for the service's own number, which is 30.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<u16>, minimum = 7, maximum = 365)]
    pub no_contact_days: Option<Option<u16>>,
}

impl CentreChange {
    /// The names of the fields that are to change.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("name", self.name.is_some()),
            ("zone", self.zone.is_some()),
            ("calendar", self.calendar.is_some()),
            ("reminder_policy", self.reminder_policy.is_some()),
            ("phone", self.phone.is_some()),
            ("emergency_phones", self.emergency_phones.is_some()),
            ("no_contact_days", self.no_contact_days.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

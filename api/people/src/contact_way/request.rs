//! What callers send.

use super::words::{ContactMeans, ContactWayId, ContactWayKind, NumberOwner};
use crate::opening_hours::calendar::{CalendarDate, TimeOfDay};
use kernel::{
    extract::fields::{given, given_or_null},
    protect::privacy::{Name, Phone},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A number, or a person who passes on what is said.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "phone",
    "whose": "neighbour",
    "number": "+212600000001",
    "good_from": "17:00",
    "good_until": "20:00",
    "may_leave_message": false
}))]
pub struct NewContactWay {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses. Of a person it is the subject of the consent that has to be
    /// there before: that somebody talks with a relative (`contact_relative`).
    pub id: Option<ContactWayId>,
    /// A number, or a person.
    pub kind: ContactWayKind,
    /// Whose the number is, or what the person is to them.
    pub whose: NumberOwner,
    /// The number. Of a person it may be left out.
    pub number: Option<Phone>,
    /// Who passes it on; of a person alone.
    pub name: Option<Name>,
    /// From which time of day on it is good to call, on the clock where the participant lives; only with `good_until`.
    pub good_from: Option<TimeOfDay>,
    /// Until which time of day.
    pub good_until: Option<TimeOfDay>,
    /// Whether a message may be left there: with whoever answers, or on a machine. No if left out.
    pub may_leave_message: Option<bool>,
    /// The last day on which it is used.
    pub valid_until: Option<CalendarDate>,
    /// That the number is theirs although it was reported as somebody else's.
    pub despite_wrong: Option<bool>,
}

/// What is different of a number or a person. Another number leaves the former one behind, which is never called again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "contact_way_id": "01936f6e-4d00-7000-8000-000000000001",
    "good_from": "18:00",
    "good_until": "20:00"
}))]
pub struct ContactWayChange {
    /// Which. The number in the file is known by the id of the participant, also where there is none yet: then it is written down by this.
    pub contact_way_id: ContactWayId,
    /// The number.
    #[serde(default, deserialize_with = "given")]
    pub number: Option<Phone>,
    /// Whose it is; never of the number in the file, which is their own.
    #[serde(default, deserialize_with = "given")]
    pub whose: Option<NumberOwner>,
    /// Who passes it on.
    #[serde(default, deserialize_with = "given")]
    pub name: Option<Name>,
    /// From which time of day on it is good to call.
    #[serde(default, deserialize_with = "given_or_null")]
    pub good_from: Option<Option<TimeOfDay>>,
    /// Until which time of day.
    #[serde(default, deserialize_with = "given_or_null")]
    pub good_until: Option<Option<TimeOfDay>>,
    /// Whether a message may be left there.
    #[serde(default, deserialize_with = "given")]
    pub may_leave_message: Option<bool>,
    /// The last day on which it is used.
    #[serde(default, deserialize_with = "given_or_null")]
    pub valid_until: Option<Option<CalendarDate>>,
    /// That the number is theirs although it was reported as somebody else's.
    pub despite_wrong: Option<bool>,
}

/// By what somebody wants to be told, what they like best first. What is not in it, they do not want.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"order": ["phone", "app"]}))]
pub struct ContactOrder {
    /// Each once.
    #[validate(length(min = 1, max = 4))]
    #[schema(min_items = 1, max_items = 4)]
    pub order: Vec<ContactMeans>,
}

/// Which one.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contact_way_id": "01936f6e-4d00-7000-8000-000000000001"}))]
pub struct WhichContactWay {
    /// Which. The number in the file is known by the id of the participant.
    pub contact_way_id: ContactWayId,
}

/// A number that is somebody else's.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "contact_way_id": "01936f6e-4d00-7000-8000-000000000001",
    "number": "+212600000001"
}))]
pub struct WrongNumber {
    /// Which way it was. The number in the file is known by the id of the participant.
    pub contact_way_id: ContactWayId,
    /// The number that was called. Where the way has another one by now, that one stays.
    pub number: Phone,
}

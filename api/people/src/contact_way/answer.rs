//! What callers get.

use super::{
    rules::{self, Way},
    store::{FormerRow, MOST_FORMER, Person, WayRow},
    words::{ContactMeans, ContactWayId, ContactWayKind, FormerNumberReason, NumberOwner},
};
use crate::opening_hours::calendar::{CalendarDate, TimeOfDay};
use chrono::NaiveDate;
use contract::{ParticipantId, time::Instant};
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::{
        privacy::{Name, Phone, expose_in_answer_if_any},
        seal::{DataKey, Field},
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A number of somebody's, or a person who passes on what is said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactWay {
    /// Its id; that of the participant for the number in their file.
    pub id: ContactWayId,
    /// A number, or a person.
    pub kind: ContactWayKind,
    /// Whose the number is, or what the person is to them.
    pub whose: NumberOwner,
    /// Whether it is the number in the file.
    pub is_in_file: bool,
    /// The number.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub number: Option<Phone>,
    /// Who passes it on.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// From which time of day on it is good to call, on the clock where the participant lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_from: Option<TimeOfDay>,
    /// Until which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_until: Option<TimeOfDay>,
    /// Whether a message may be left there.
    pub may_leave_message: bool,
    /// The last day on which it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<CalendarDate>,
    /// Whether it can be used today: its last day is not over, and to a person they agree.
    pub is_usable: bool,
}

/// A number that is never called again. Which it was is shown to nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerNumber {
    /// What its way was known by.
    pub contact_way_id: ContactWayId,
    /// Whose it was.
    pub whose: NumberOwner,
    /// Why it is not called any more.
    pub why: FormerNumberReason,
    /// Since when.
    pub ended_at: Instant,
}

/// How to reach somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactWays {
    /// The participant's own: phones know it by that.
    pub id: ParticipantId,
    /// Who.
    pub participant_id: ParticipantId,
    /// By what they want to be told, what they like best first. What is not in it, they do not want.
    #[schema(min_items = 1, max_items = 4)]
    pub order: Vec<ContactMeans>,
    /// By what they are told today: what they like best of that which is there. Absent if there is no way to reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_by: Option<ContactMeans>,
    /// By which of the ways, if by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_by_way: Option<ContactWayId>,
    /// The number in the file first, then what was written down earlier.
    #[schema(max_items = 11)]
    pub ways: Vec<ContactWay>,
    /// What is never called again, the latest first.
    #[schema(max_items = 20)]
    pub former: Vec<FormerNumber>,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
}

/// Where a text of a way lies.
pub const fn field(column: &'static str, id: ContactWayId) -> Field {
    Field::new("contact_way", column, id.0)
}

/// Where the number in the file lies.
pub const fn field_in_file(participant: ParticipantId) -> Field {
    Field::new("participant", "phone_sealed", participant.0)
}

/// A way as it decides.
pub fn decisive(row: &WayRow) -> Way {
    Way {
        kind: row.kind,
        is_agreed_to: row.is_agreed_to,
        closed_until: day(row.closed_until.as_deref()),
        valid_until: last_day(row),
    }
}

/// The last day on which it is used.
pub fn last_day(row: &WayRow) -> Option<NaiveDate> {
    day(row.valid_until.as_deref())
}

fn day(stored: Option<&str>) -> Option<NaiveDate> {
    stored.and_then(|day| day.parse::<CalendarDate>().ok()).map(CalendarDate::to_chrono)
}

/// The ways of this person among these rows, the number in the file first if there is one.
pub fn ways_of(person: &Person, rows: &[WayRow], now: Instant) -> Vec<WayRow> {
    let own = || rows.iter().filter(|row| row.participant_id == person.id);
    let in_file = person.phone_sealed.as_ref().map(|_| {
        own().find(|row| row.is_in_file()).cloned().unwrap_or_else(|| WayRow::in_file(person.id, now))
    });
    in_file.into_iter().chain(own().filter(|row| !row.is_in_file()).cloned()).collect()
}

impl ContactWay {
    /// A row with its texts opened.
    pub fn of(key: &DataKey, person: &Person, row: &WayRow, today: NaiveDate) -> Result<Self> {
        let time = |text: Option<&str>| text.and_then(|text| text.parse::<TimeOfDay>().ok());
        Ok(Self {
            id: row.id,
            kind: row.kind,
            whose: row.whose,
            is_in_file: row.is_in_file(),
            number: number(key, person, row)?,
            name: row
                .name_sealed
                .as_ref()
                .map(|sealed| key.open_text(field("name_sealed", row.id), sealed))
                .transpose()?,
            good_from: time(row.good_from.as_deref()),
            good_until: time(row.good_until.as_deref()),
            may_leave_message: row.may_leave_message,
            valid_until: row.valid_until.as_deref().and_then(|day| day.parse().ok()),
            is_usable: decisive(row).is_usable(today),
        })
    }
}

/// The number of a way.
pub fn number(key: &DataKey, person: &Person, row: &WayRow) -> Result<Option<Phone>> {
    let (sealed, place) = if row.is_in_file() {
        (person.phone_sealed.as_ref(), field_in_file(person.id))
    } else {
        (row.number_sealed.as_ref(), field("number_sealed", row.id))
    };
    Ok(sealed.map(|sealed| key.open_text(place, sealed)).transpose()?)
}

/// Which day it is where they live.
pub fn today(kernel: &Kernel, person: &Person, now: Instant) -> Result<NaiveDate> {
    Ok(kernel.zones.to_local(now, &person.zone).map_err(Error::internal)?.date())
}

impl ContactWays {
    /// All of it, from the rows of whomever.
    pub fn of(
        kernel: &Kernel,
        person: &Person,
        (rows, former): (&[WayRow], &[FormerRow]),
        now: Instant,
    ) -> Result<Self> {
        let key = kernel.keys.participants.key(person.id.0, &person.data_key)?;
        let today = today(kernel, person, now)?;
        let own = ways_of(person, rows, now);
        let order = rules::order(person.preference.as_deref());
        let decisive: Vec<Way> = own.iter().map(decisive).collect();
        let reached = rules::reached(&order, person.has_app, &decisive, today);
        let by_way = reached.and_then(|one| one.way).and_then(|way| own.get(way)).map(|row| row.id);
        Ok(Self {
            id: person.id,
            participant_id: person.id,
            reached_by: reached.map(|one| one.by),
            reached_by_way: by_way,
            ways: own.iter().map(|row| ContactWay::of(&key, person, row, today)).collect::<Result<_>>()?,
            former: former
                .iter()
                .filter(|row| row.participant_id == person.id)
                .take(MOST_FORMER)
                .map(|row| FormerNumber {
                    contact_way_id: row.way_id,
                    whose: row.whose,
                    why: row.why,
                    ended_at: row.ended_at,
                })
                .collect(),
            order,
            version: person.version,
        })
    }
}

/// All of it, of these people.
pub async fn of_people(
    tx: &mut db::Tx,
    kernel: &Kernel,
    people: &[Person],
    now: Instant,
) -> db::Result<Vec<(ParticipantId, Result<ContactWays>)>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id.0).collect();
    let (rows, former) = (super::store::ways(tx, &ids, now).await?, super::store::former(tx, &ids).await?);
    let whole = |person: &Person| (person.id, ContactWays::of(kernel, person, (&rows, &former), now));
    Ok(people.iter().map(whole).collect())
}

//! Groups of fields of an appointment that belong together, and the versions at which each changed last. Who answers without network says
//! what they had seen; only a change of what they relied on is a conflict. Pure.

use super::row::Row;
use kernel::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Fields that change together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// When it is, or which times are offered.
    Time,
    /// How and where they meet.
    Place,
    /// Whom the participant comes to.
    Host,
    /// What was said to it: whether somebody comes, what they wish, that it is called off.
    Answer,
    /// What became of it.
    Outcome,
}

/// The versions of the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupVersions {
    /// The version of the row that this was written with.
    at: i64,
    time: i64,
    place: i64,
    host: i64,
    answer: i64,
    outcome: i64,
}

impl GroupVersions {
    /// Those of a row. Whatever changed the row without writing them may have changed anything.
    pub fn of(row: &Row) -> Self {
        let stored = row.group_versions.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let (at, all) = (row.version, row.version);
        let unknown = Self { at, time: all, place: all, host: all, answer: all, outcome: all };
        stored.filter(|stored: &Self| stored.at == row.version).unwrap_or(unknown)
    }

    /// Those of `row`, which was `former`.
    pub fn after(former: &Row, row: &Row) -> Self {
        let before = Self::of(former);
        let of = |is_same: bool, before: i64| if is_same { before } else { row.version };
        let times = |row: &Row| {
            let offered: Vec<_> = row.slots.iter().map(|slot| (slot.starts_at, slot.ends_at)).collect();
            (row.time_origin, row.starts_at, row.ends_at, row.zone.clone(), offered)
        };
        // Texts are sealed anew whenever they are written, so that two of them cannot be compared.
        let place = |row: &Row| (row.place_kind, row.place_sealed.clone());
        let answer = |row: &Row| (row.state(), row.change_wish_sealed.clone());
        let outcome =
            |row: &Row| (!row.state().is_open()).then(|| (row.standing.clone(), row.reason_sealed.clone()));
        Self {
            at: row.version,
            time: of(times(former) == times(row), before.time),
            place: of(place(former) == place(row), before.place),
            host: of(former.host_id == row.host_id, before.host),
            answer: of(answer(former) == answer(row), before.answer),
            outcome: of(outcome(former) == outcome(row), before.outcome),
        }
    }

    /// As it lies in the table.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// The versions behind this one at which any of these changed. Only the last change of each is known.
    pub fn changes_behind(&self, version: i64, groups: &[Group]) -> Vec<i64> {
        let last = groups.iter().map(|group| match group {
            Group::Time => self.time,
            Group::Place => self.place,
            Group::Host => self.host,
            Group::Answer => self.answer,
            Group::Outcome => self.outcome,
        });
        last.filter(|last| *last > version).collect()
    }
}

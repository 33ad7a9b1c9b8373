//! Groups of fields of an appointment that belong together, and the versions at which each changed last. Who answers without network says
//! what they had seen; only a change of what they relied on is a conflict. Pure.

use super::store::Row;
use crate::error::{Error, Result};
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
}

/// What somebody relies on who says whether they will come.
pub const AGREED_ON: [Group; 3] = [Group::Time, Group::Place, Group::Host];

/// The versions of the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupVersions {
    /// The version of the row that this was written with.
    at: i64,
    time: i64,
    place: i64,
    host: i64,
}

impl GroupVersions {
    /// Those of a row. Whatever changed the row without writing them may have changed anything.
    pub fn of(row: &Row) -> Self {
        let stored = row.group_versions.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let all = Self { at: row.version, time: row.version, place: row.version, host: row.version };
        stored.filter(|stored: &Self| stored.at == row.version).unwrap_or(all)
    }

    /// Those of `row`, which was `former`.
    pub fn after(former: &Row, row: &Row) -> Self {
        let before = Self::of(former);
        let of = |is_same: bool, before: i64| if is_same { before } else { row.version };
        let times = |row: &Row| {
            let offered: Vec<_> = row.slots.iter().map(|slot| (slot.starts_at, slot.ends_at)).collect();
            (row.time_origin, row.starts_at, row.ends_at, row.zone.clone(), offered)
        };
        // A place is sealed anew whenever it is written, so that two texts cannot be compared.
        let place = |row: &Row| (row.place_kind, row.place_sealed.clone());
        Self {
            at: row.version,
            time: of(times(former) == times(row), before.time),
            place: of(place(former) == place(row), before.place),
            host: of(former.host_id == row.host_id, before.host),
        }
    }

    /// As it lies in the table.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Whether any of these changed behind this version.
    pub fn changed_behind(&self, version: i64, groups: &[Group]) -> bool {
        groups.iter().any(|group| match group {
            Group::Time => self.time > version,
            Group::Place => self.place > version,
            Group::Host => self.host > version,
        })
    }
}

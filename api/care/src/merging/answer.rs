//! What callers get.

use super::words::FileField;
use contract::{ParticipantId, time::Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// Two files that are one from now on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000001",
    "merged_id": "01936f6e-4d00-7000-8000-00000000000c",
    "fields_taken": ["phone"],
    "appointments_carried": 1,
    "appointments_ended": 0,
    "check_ins_cancelled": 1,
    "work_items_carried": 0,
    "assignments_started": 1,
    "undone_until": "2026-12-23T10:00:00Z",
    "version": 4
}))]
pub struct MergedFiles {
    /// The file that goes on.
    pub id: ParticipantId,
    /// The one that was merged into it.
    pub merged_id: ParticipantId,
    /// What the file that goes on says now as the other one did.
    pub fields_taken: Vec<FileField>,
    /// How many appointments that lay ahead under the merged file stand under the one that goes on.
    #[schema(minimum = 0)]
    pub appointments_carried: usize,
    /// How many were cancelled: their times were offered and not chosen, or taken, or their host receives nobody then.
    #[schema(minimum = 0)]
    pub appointments_ended: usize,
    /// How many check-ins waited for an answer, and were called off.
    #[schema(minimum = 0)]
    pub check_ins_cancelled: usize,
    /// How many work items about the person were raised again under the file that goes on.
    #[schema(minimum = 0)]
    pub work_items_carried: usize,
    /// How many who accompanied the person under the merged file do so now under the one that goes on.
    #[schema(minimum = 0)]
    pub assignments_started: usize,
    /// Until when it can be undone.
    pub undone_until: Instant,
    /// The version of the file that goes on; the same as in the ETag.
    pub version: i64,
}

/// Two files that are two again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-00000000000c",
    "survivor_id": "01936f6e-4d00-7000-8000-000000000001",
    "fields_given_back": ["phone"],
    "fields_changed_since": [],
    "appointments_given_back": 1,
    "assignments_ended": 1,
    "version": 3
}))]
pub struct UnmergedFile {
    /// The file that stands for itself again.
    pub id: ParticipantId,
    /// The one that it had been merged into.
    pub survivor_id: ParticipantId,
    /// What that one says again as it did before.
    pub fields_given_back: Vec<FileField>,
    /// What it had taken and has changed since: that stays.
    pub fields_changed_since: Vec<FileField>,
    /// How many appointments stand under this file again.
    #[schema(minimum = 0)]
    pub appointments_given_back: usize,
    /// How many no longer accompany the person of the other file, whom the merging had brought there.
    #[schema(minimum = 0)]
    pub assignments_ended: usize,
    /// The version of this file; the same as in the ETag.
    pub version: i64,
}

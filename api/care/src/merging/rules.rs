//! Which files can be merged, what is kept of the two, and when it can be undone. Pure.
//!
//! | what was open on the merged file | what becomes of it | when it is undone |
//! | --- | --- | --- |
//! | appointments ahead that have a time | stand under the file that goes on, if the time is free there | stand under the merged file again, if nothing changed |
//! | appointments that offer several times | are cancelled | stay cancelled |
//! | check-ins that wait for an answer | are called off: the person is asked once | stay called off |
//! | what somebody must act on about the person | is raised under the file that goes on | is raised under the merged file again, if nobody saw to it |
//! | whoever accompanies them | accompanies them under the file that goes on as well | no longer do, unless they were made lead there |
//! | sessions, codes and phones | end: the person enrols a phone with the file that goes on | stay ended |
//! | consents taken back later than given | are taken back under the file that goes on | stay taken back |
//! | referrals, reminders | end as with closing | stay ended |

use crate::{participant::status::words::FileStatus, work_item::WorkCause};
use chrono::TimeDelta;
use contract::time::Instant;

/// For so long it can be undone.
pub const UNDONE_WITHIN: TimeDelta = TimeDelta::days(30);

/// Why two files are not merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The one that is to go on was merged itself.
    ThisIsMerged,
    /// The one that is to go on is closed, and the other is not: nobody would be accompanied any more.
    ThisIsClosed,
    /// The other one was merged already.
    OtherIsMerged,
    /// One of the two says that they died, and the other does not.
    OneDied,
}

/// Where the other file stands once it is merged into this one.
pub const fn merge(this: FileStatus, other: FileStatus) -> Result<FileStatus, Refusal> {
    use FileStatus::{Active, Completed, Deceased, Merged, Paused, Preparing, Transferred, Withdrawn};
    match (this, other) {
        (Merged, _) => Err(Refusal::ThisIsMerged),
        (_, Merged) => Err(Refusal::OtherIsMerged),
        (Deceased, Deceased) => Ok(Merged),
        (Deceased, _) | (_, Deceased) => Err(Refusal::OneDied),
        (Completed | Withdrawn | Transferred, Preparing | Active | Paused) => Err(Refusal::ThisIsClosed),
        (Preparing | Active | Paused | Completed | Withdrawn | Transferred, _) => Ok(Merged),
    }
}

/// Why it is not undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The file stands for itself.
    NotMerged,
    /// The file that it was merged into was merged in turn.
    SurvivorIsMerged,
    /// It is too long ago.
    TooLate,
}

/// Where the merged file stands once that is undone: where it stood before.
pub fn unmerge(
    (merged, survivor): (FileStatus, FileStatus),
    before: FileStatus,
    (at, now): (Instant, Instant),
) -> Result<FileStatus, Settled> {
    match (merged, survivor) {
        (FileStatus::Merged, FileStatus::Merged) => Err(Settled::SurvivorIsMerged),
        (FileStatus::Merged, _) if now > undone_until(at) => Err(Settled::TooLate),
        (FileStatus::Merged, _) => Ok(before),
        _ => Err(Settled::NotMerged),
    }
}

/// Until when a merging at this moment can be undone.
pub fn undone_until(at: Instant) -> Instant {
    at.saturating_add(UNDONE_WITHIN)
}

/// Whether something that somebody must act on is about the person whatever file they have. All else is about what ends with the merged file,
/// or is found anew for the one that goes on.
pub const fn outlasts(cause: WorkCause) -> bool {
    matches!(
        cause,
        WorkCause::CheckInAlarm
            | WorkCause::CallWanted
            | WorkCause::DidNotCome
            | WorkCause::JobLost
            | WorkCause::CheckInMissed
            | WorkCause::OutcomeNotRecorded
            | WorkCause::QuestionBack
    )
}

#[cfg(test)]
mod tests;

//! What may be done about where a file stands, by whom, and what becomes of it. Pure.

use super::words::{FileCommand, FileStatus, PauseReason, StatusReason, StatusSide};
use contract::StaffRole;

/// Where a file stands, and what of its log a command depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub status: FileStatus,
    /// Whether it was a manager who paused it last.
    pub is_paused_by_manager: bool,
    /// Where it stood before a death was recorded last.
    pub before_death: FileStatus,
}

/// Why a command is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// This role never may.
    NotForThisRole,
    /// A manager paused the file, perhaps for a reason that only they know.
    PausedByManager,
    /// The file does not stand where the command begins.
    NotNow,
}

/// Whether somebody in this state is accompanied, and may sign in.
pub const fn is_accompanied(status: FileStatus) -> bool {
    match status {
        FileStatus::Preparing | FileStatus::Active | FileStatus::Paused => true,
        FileStatus::Completed
        | FileStatus::Withdrawn
        | FileStatus::Transferred
        | FileStatus::Deceased
        | FileStatus::Merged => false,
    }
}

/// Where a file stands by both columns. They part only if a node of the former version has closed or opened the file, which knows of no
/// status: then it was closed without a word, or somebody is accompanied.
pub const fn standing(active: bool, status: FileStatus) -> FileStatus {
    match (active, is_accompanied(status)) {
        (true, false) => FileStatus::Active,
        (false, true) => FileStatus::Withdrawn,
        (true, true) | (false, false) => status,
    }
}

/// What both columns can be of a file that stands here.
pub fn columns(stands: FileStatus) -> impl Iterator<Item = (bool, FileStatus)> {
    let both = |status: &FileStatus| [(true, *status), (false, *status)];
    let is_here = move |(active, status): &(bool, FileStatus)| standing(*active, *status) == stands;
    FileStatus::ALL.iter().flat_map(both).filter(is_here)
}

/// Who may give this command at all. What whoever meets somebody sees for themself, they say: that it begins, that somebody is ill or
/// travels, or died. Closing and opening again is the managers'.
pub const fn may(command: FileCommand, role: StaffRole) -> bool {
    let is_companions = matches!(
        command,
        FileCommand::Activate | FileCommand::Pause | FileCommand::Resume | FileCommand::RecordDeath
    );
    match role {
        StaffRole::Manager => true,
        StaffRole::Mentor | StaffRole::Counsellor => is_companions,
        StaffRole::Administrator | StaffRole::Observer => false,
    }
}

/// Where the file stands after the command.
pub const fn next(standing: Standing, command: FileCommand, role: StaffRole) -> Result<FileStatus, Refusal> {
    use FileStatus::{Active, Completed, Deceased, Paused, Preparing, Transferred, Withdrawn};
    if !may(command, role) {
        return Err(Refusal::NotForThisRole);
    }
    match (command, standing.status) {
        (FileCommand::Activate, Preparing) => Ok(Active),
        (FileCommand::Pause, Active) => Ok(Paused),
        (FileCommand::Resume, Paused) => match role {
            StaffRole::Manager => Ok(Active),
            _ if standing.is_paused_by_manager => Err(Refusal::PausedByManager),
            _ => Ok(Active),
        },
        (FileCommand::Complete, Active | Paused) => Ok(Completed),
        (FileCommand::Withdraw, Preparing | Active | Paused) => Ok(Withdrawn),
        (FileCommand::Transfer, Preparing | Active | Paused) => Ok(Transferred),
        // Also of somebody whose file is closed: it must not be opened again.
        (FileCommand::RecordDeath, Preparing | Active | Paused | Completed | Withdrawn | Transferred) => {
            Ok(Deceased)
        }
        (FileCommand::Reopen, Completed | Withdrawn | Transferred) => Ok(Active),
        (FileCommand::ReverseDeath, Deceased) => Ok(standing.before_death),
        _ => Err(Refusal::NotNow),
    }
}

/// What somebody of this role can do now.
pub fn possible(standing: Standing, role: StaffRole) -> Vec<FileCommand> {
    FileCommand::ALL.iter().copied().filter(|command| next(standing, *command, role).is_ok()).collect()
}

/// What it means for everything else that a file stood here and stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// Nothing.
    Nothing,
    /// The file rests.
    Pauses,
    /// It rests no longer.
    Resumes,
    /// It is closed.
    Closes,
    /// It is open again.
    Opens,
}

/// The same.
pub const fn consequence(from: FileStatus, to: FileStatus) -> Consequence {
    match (is_accompanied(from), is_accompanied(to)) {
        (true, false) => Consequence::Closes,
        (false, true) => Consequence::Opens,
        (false, false) => Consequence::Nothing,
        (true, true) => match (from, to) {
            (FileStatus::Active, FileStatus::Paused) => Consequence::Pauses,
            (FileStatus::Paused, FileStatus::Active) => Consequence::Resumes,
            _ => Consequence::Nothing,
        },
    }
}

/// Whether a command can have this reason.
pub const fn is_reason_of(reason: StatusReason, command: FileCommand) -> bool {
    match reason {
        StatusReason::GoalReached => matches!(command, FileCommand::Complete),
        StatusReason::MovedAway => matches!(command, FileCommand::Withdraw | FileCommand::Transfer),
        StatusReason::AskedToStop | StatusReason::ServiceEnded | StatusReason::NotReached => {
            matches!(command, FileCommand::Withdraw)
        }
        StatusReason::ServedElsewhere => matches!(command, FileCommand::Transfer),
        StatusReason::Died => matches!(command, FileCommand::RecordDeath),
        StatusReason::CameBack | StatusReason::ClosedByMistake => matches!(command, FileCommand::Reopen),
        StatusReason::DeathByMistake => matches!(command, FileCommand::ReverseDeath),
    }
}

/// From whose side it comes.
pub const fn side(reason: StatusReason) -> StatusSide {
    match reason {
        StatusReason::GoalReached => StatusSide::Both,
        StatusReason::MovedAway | StatusReason::AskedToStop | StatusReason::CameBack => {
            StatusSide::Participant
        }
        StatusReason::ServiceEnded
        | StatusReason::ServedElsewhere
        | StatusReason::ClosedByMistake
        | StatusReason::DeathByMistake => StatusSide::Service,
        StatusReason::NotReached | StatusReason::Died => StatusSide::Neither,
    }
}

/// Whether somebody of this role may pause a file for this reason.
pub const fn may_pause_for(reason: PauseReason, role: StaffRole) -> bool {
    match reason {
        PauseReason::Illness | PauseReason::Travel | PauseReason::Other => may(FileCommand::Pause, role),
        PauseReason::NewDetention => matches!(role, StaffRole::Manager),
    }
}

/// Whether somebody of this role reads why a file rests, and what was noted.
pub const fn may_read_why(role: StaffRole) -> bool {
    matches!(role, StaffRole::Manager)
}

#[cfg(test)]
mod tests;

use super::*;
use proptest::prelude::*;

const fn at(status: FileStatus) -> Standing {
    Standing { status, is_paused_by_manager: false, before_death: FileStatus::Active }
}

/// Every state by every command, for a manager: a row a state in the order of the vocabulary, `.` where it is refused.
const TABLE: &str = "
                activate pause resume complete withdraw transfer record_death reopen reverse_death
preparing       active   .     .      .        withdrawn transferred deceased .      .
active          .        paused .     completed withdrawn transferred deceased .     .
paused          .        .     active completed withdrawn transferred deceased .     .
completed       .        .     .      .        .        .        deceased     active .
withdrawn       .        .     .      .        .        .        deceased     active .
transferred     .        .     .      .        .        .        deceased     active .
deceased        .        .     .      .        .        .        .            .      active
merged          .        .     .      .        .        .        .            .      .";

#[test]
fn every_command_in_every_state_leads_where_the_table_says() {
    let mut lines = TABLE.lines().filter(|line| !line.is_empty());
    let commands: Vec<FileCommand> =
        lines.next().unwrap().split_whitespace().map(|word| word.parse().unwrap()).collect();
    assert_eq!(commands, FileCommand::ALL);
    let mut states = Vec::new();
    for line in lines {
        let mut words = line.split_whitespace();
        let status: FileStatus = words.next().unwrap().parse().unwrap();
        states.push(status);
        for (command, expected) in commands.iter().zip(words) {
            let found = next(at(status), *command, StaffRole::Manager);
            let expected = expected.parse::<FileStatus>().map_err(|_| Refusal::NotNow);
            assert_eq!(found, expected, "{status} {command}");
        }
    }
    assert_eq!(states, FileStatus::ALL);
}

#[test]
fn others_do_less_than_managers_and_never_something_else() {
    let companions =
        [FileCommand::Activate, FileCommand::Pause, FileCommand::Resume, FileCommand::RecordDeath];
    for status in FileStatus::ALL {
        for command in FileCommand::ALL {
            for role in StaffRole::ALL {
                let found = next(at(*status), *command, *role);
                let is_companion = matches!(role, StaffRole::Mentor | StaffRole::Counsellor);
                let may = *role == StaffRole::Manager || is_companion && companions.contains(command);
                let expected = if may {
                    next(at(*status), *command, StaffRole::Manager)
                } else {
                    Err(Refusal::NotForThisRole)
                };
                assert_eq!(found, expected, "{status} {command} {role}");
            }
        }
    }
}

#[test]
fn what_a_manager_paused_a_manager_resumes() {
    let paused = Standing { is_paused_by_manager: true, ..at(FileStatus::Paused) };
    assert_eq!(next(paused, FileCommand::Resume, StaffRole::Manager), Ok(FileStatus::Active));
    assert_eq!(next(paused, FileCommand::Resume, StaffRole::Mentor), Err(Refusal::PausedByManager));
    assert_eq!(possible(paused, StaffRole::Counsellor), [FileCommand::RecordDeath]);
    let by_companion = at(FileStatus::Paused);
    assert_eq!(possible(by_companion, StaffRole::Mentor), [FileCommand::Resume, FileCommand::RecordDeath]);
}

#[test]
fn a_death_that_was_none_leaves_the_file_where_it_stood() {
    for before_death in FileStatus::ALL {
        let dead = Standing { before_death: *before_death, ..at(FileStatus::Deceased) };
        assert_eq!(next(dead, FileCommand::ReverseDeath, StaffRole::Manager), Ok(*before_death));
    }
}

#[test]
fn each_reason_belongs_to_a_command_and_a_side_and_the_ones_that_need_one_have_some() {
    use FileCommand::{Complete, RecordDeath, Reopen, ReverseDeath, Transfer, Withdraw};
    for command in FileCommand::ALL {
        let has_some = StatusReason::ALL.iter().any(|reason| is_reason_of(*reason, *command));
        let needs = [Complete, Withdraw, Transfer, RecordDeath, Reopen, ReverseDeath];
        assert_eq!(has_some, needs.contains(command), "{command}");
    }
    let of = |wanted| -> Vec<&str> {
        StatusReason::ALL
            .iter()
            .filter(|reason| side(**reason) == wanted)
            .map(|reason| reason.as_str())
            .collect()
    };
    assert_eq!(of(StatusSide::Participant), ["moved_away", "asked_to_stop", "came_back"]);
    assert_eq!(of(StatusSide::Both), ["goal_reached"]);
    assert_eq!(of(StatusSide::Neither), ["not_reached", "died"]);
    assert_eq!(
        of(StatusSide::Service),
        ["service_ended", "served_elsewhere", "closed_by_mistake", "death_by_mistake"]
    );
}

#[test]
fn a_new_detention_is_for_managers_to_say_and_to_read() {
    for role in StaffRole::ALL {
        let is_manager = *role == StaffRole::Manager;
        assert_eq!(may_pause_for(PauseReason::NewDetention, *role), is_manager);
        assert_eq!(may_read_why(*role), is_manager);
        for reason in [PauseReason::Illness, PauseReason::Travel, PauseReason::Other] {
            assert_eq!(may_pause_for(reason, *role), may(FileCommand::Pause, *role));
        }
    }
}

#[test]
fn what_a_node_of_the_former_version_did_counts() {
    for status in FileStatus::ALL {
        let (open, closed) = (standing(true, *status), standing(false, *status));
        assert!(is_accompanied(open) && !is_accompanied(closed), "{status}");
        assert_eq!(if is_accompanied(*status) { open } else { closed }, *status);
    }
    assert_eq!(standing(true, FileStatus::Deceased), FileStatus::Active);
    assert_eq!(standing(false, FileStatus::Paused), FileStatus::Withdrawn);
}

proptest! {
    /// Whatever is commanded by whomever, a file is closed and opened in turn, and rests and goes on in turn.
    #[test]
    fn consequences_alternate(commands in prop::collection::vec((0..FileCommand::ALL.len(), 0..StaffRole::ALL.len()), 0..40)) {
        let mut here = Standing { status: FileStatus::Preparing, is_paused_by_manager: false, before_death: FileStatus::Active };
        let (mut is_open, mut is_resting) = (true, false);
        for (command, role) in commands {
            let (command, role) = (FileCommand::ALL[command], StaffRole::ALL[role]);
            let Ok(status) = next(here, command, role) else { continue };
            match consequence(here.status, status) {
                Consequence::Nothing => {}
                Consequence::Closes => {
                    prop_assert!(is_open);
                    (is_open, is_resting) = (false, false);
                }
                Consequence::Opens => {
                    prop_assert!(!is_open);
                    (is_open, is_resting) = (true, status == FileStatus::Paused);
                }
                Consequence::Pauses => {
                    prop_assert!(is_open && !is_resting);
                    is_resting = true;
                }
                Consequence::Resumes => {
                    prop_assert!(is_open && is_resting);
                    is_resting = false;
                }
            }
            if command == FileCommand::RecordDeath {
                here.before_death = here.status;
            }
            if status == FileStatus::Paused {
                here.is_paused_by_manager = role == StaffRole::Manager;
            }
            here.status = status;
            prop_assert_eq!(is_open, is_accompanied(status));
            prop_assert_eq!(is_resting, status == FileStatus::Paused);
        }
    }
}

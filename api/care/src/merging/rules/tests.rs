use super::*;
use crate::participant::status::rules::is_accompanied;
use proptest::prelude::*;

#[test]
fn every_pair_of_states_is_decided_and_nobody_is_lost_by_it() {
    for this in FileStatus::ALL {
        for other in FileStatus::ALL {
            let merged = merge(*this, *other);
            if *this == FileStatus::Merged {
                assert_eq!(merged, Err(Refusal::ThisIsMerged));
            } else if *other == FileStatus::Merged {
                assert_eq!(merged, Err(Refusal::OtherIsMerged));
            } else if (*this == FileStatus::Deceased) != (*other == FileStatus::Deceased) {
                assert_eq!(merged, Err(Refusal::OneDied), "{this} {other}");
            } else if is_accompanied(*other) && !is_accompanied(*this) {
                assert_eq!(merged, Err(Refusal::ThisIsClosed), "{this} {other}");
            } else {
                assert_eq!(merged, Ok(FileStatus::Merged), "{this} {other}");
            }
        }
    }
}

#[test]
fn it_is_undone_within_thirty_days_and_never_below_another_merging() {
    let at = Instant::from_micros(0).unwrap();
    let undo =
        |states, days| unmerge(states, FileStatus::Paused, (at, at.saturating_add(TimeDelta::days(days))));
    for survivor in FileStatus::ALL {
        let expected = if *survivor == FileStatus::Merged {
            Err(Settled::SurvivorIsMerged)
        } else {
            Ok(FileStatus::Paused)
        };
        assert_eq!(undo((FileStatus::Merged, *survivor), 30), expected, "{survivor}");
        if *survivor != FileStatus::Merged {
            assert_eq!(undo((FileStatus::Merged, *survivor), 31), Err(Settled::TooLate), "{survivor}");
        }
        if *survivor != FileStatus::Merged {
            assert_eq!(undo((*survivor, FileStatus::Active), 0), Err(Settled::NotMerged), "{survivor}");
        }
    }
    let late = at.saturating_add(UNDONE_WITHIN + TimeDelta::microseconds(1));
    assert_eq!(
        unmerge((FileStatus::Merged, FileStatus::Active), FileStatus::Active, (at, late)),
        Err(Settled::TooLate)
    );
}

/// A file of the model: where it stands, and into which it was merged, from where and when.
#[derive(Debug, Clone, Copy)]
struct Model {
    status: FileStatus,
    merged: Option<(usize, FileStatus, Instant)>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Merge(usize, usize),
    Unmerge(usize),
    Stand(usize, FileStatus),
    Pass(i64),
}

const FILES: usize = 4;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let standing = prop::sample::select(vec![
        FileStatus::Preparing,
        FileStatus::Active,
        FileStatus::Paused,
        FileStatus::Completed,
        FileStatus::Deceased,
    ]);
    let step = prop_oneof![
        4 => (0..FILES, 0..FILES).prop_map(|(this, other)| Step::Merge(this, other)),
        3 => (0..FILES).prop_map(Step::Unmerge),
        2 => (0..FILES, standing).prop_map(|(file, status)| Step::Stand(file, status)),
        1 => (0_i64..40).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 0..40)
}

fn take(files: &mut [Model; FILES], step: Step, now: &mut Instant) {
    match step {
        Step::Merge(this, other) if this != other => {
            if let Ok(status) = merge(files[this].status, files[other].status) {
                files[other] = Model { status, merged: Some((this, files[other].status, *now)) };
            }
        }
        Step::Unmerge(file) => {
            if let Some((survivor, before, at)) = files[file].merged
                && let Ok(status) = unmerge((files[file].status, files[survivor].status), before, (at, *now))
            {
                files[file] = Model { status, merged: None };
            }
        }
        // What other commands do: none of them touches a merged file.
        Step::Stand(file, status) if files[file].status != FileStatus::Merged => files[file].status = status,
        Step::Pass(days) => *now = now.saturating_add(TimeDelta::days(days)),
        Step::Merge(..) | Step::Stand(..) => {}
    }
}

proptest! {
    #[test]
    fn whatever_is_done_each_file_stands_for_itself_or_leads_to_one_that_does(steps in steps()) {
        let mut files = [Model { status: FileStatus::Active, merged: None }; FILES];
        let mut now = Instant::from_micros(0).unwrap();
        for step in steps {
            take(&mut files, step, &mut now);
            for file in files {
                prop_assert_eq!(file.status == FileStatus::Merged, file.merged.is_some());
                // Followed as often as there are files, the way has an end.
                let mut at = file;
                for _ in 0..FILES {
                    if let Some((into, ..)) = at.merged {
                        at = files[into];
                    }
                }
                prop_assert!(at.merged.is_none(), "a circle");
            }
        }
    }

    #[test]
    fn what_is_undone_at_once_was_never_done(before in steps(), this in 0..FILES, other in 0..FILES) {
        let mut files = [Model { status: FileStatus::Active, merged: None }; FILES];
        let mut now = Instant::from_micros(0).unwrap();
        for step in before {
            take(&mut files, step, &mut now);
        }
        let stood: Vec<_> = files.iter().map(|file| file.status).collect();
        if this != other && merge(files[this].status, files[other].status).is_ok() {
            take(&mut files, Step::Merge(this, other), &mut now);
            prop_assert_eq!(files[other].status, FileStatus::Merged);
            take(&mut files, Step::Unmerge(other), &mut now);
        }
        prop_assert_eq!(files.iter().map(|file| file.status).collect::<Vec<_>>(), stood);
    }
}

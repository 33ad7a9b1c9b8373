//! What is written to the feed and to the audit log is of a kind that is declared, and what phones are told of is asked for.

use super::{none, root, shipped};
use care::sync::lists_for;
use contract::{CentreId, ParticipantId, SessionId, StaffId, StaffRole};
use kernel::{access::Actor, things::ThingKind};
use uuid::Uuid;

#[test]
fn only_declared_kinds_are_written_to_the_feed() {
    let faults = shipped()
        .iter()
        .filter(|file| file.name.starts_with("api/") && file.name != "api/kernel/src/things.rs")
        .filter(|file| file.mentions(&["subject_kind", ":", "…"]))
        .map(|file| format!("{}: write its change with ThingKind::changed", file.name))
        .collect();
    none(faults);
}

#[test]
fn every_action_of_the_audit_log_is_of_a_declared_kind() {
    let (mut faults, mut found) = (Vec::new(), 0);
    for file in shipped().iter().filter(|file| file.name.starts_with("api/") && !file.is_tests()) {
        if !file.mentions(&["Audit", "::", "new"]) && !file.mentions(&["fn", "audited_as"]) {
            continue;
        }
        for literal in file.text.split('"').skip(1).step_by(2).filter(|literal| is_action(literal)) {
            found += 1;
            if ThingKind::of_action(literal).is_none() {
                faults.push(format!("{}: `{literal}` is of no kind in things.rs", file.name));
            }
        }
    }
    assert!(found > 40, "only {found} actions were found");
    none(faults);
}

fn is_action(literal: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    literal.split_once('.').is_some_and(|(kind, verb)| is_word(kind) && is_word(verb) && verb != "id")
}

#[test]
fn the_feed_is_asked_for_every_kind_that_a_phone_is_told_of() {
    let text = std::fs::read_to_string(root().join("api/care/src/sync/feed.rs")).unwrap();
    let (centre, session) = (CentreId(Uuid::nil()), SessionId(Uuid::nil()));
    let mut actors: Vec<Actor> = [StaffRole::Mentor, StaffRole::Manager]
        .into_iter()
        .map(|role| Actor::Staff { id: StaffId(Uuid::nil()), role, centre, session })
        .collect();
    actors.push(Actor::Participant { id: ParticipantId(Uuid::nil()), centre, session: None });
    let asked: Vec<Vec<&str>> = text
        .split("subject_kind IN (")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap_or_default().split('\'').skip(1).step_by(2).collect())
        .collect();
    // A participant's own, a manager's, and a mentor's, whose centre is asked for by itself.
    assert_eq!(asked.len(), 3, "{asked:?}");
    for (actor, kinds) in actors.iter().zip([&asked[2], &asked[1], &asked[0]]) {
        for (list, wanted) in lists_for(actor) {
            for kind in wanted {
                let is_mentors_centre = actor.role() == Some(StaffRole::Mentor) && *kind == ThingKind::Centre;
                let is_for_staff = *kind == ThingKind::StaffNotes && actor.role().is_none();
                assert!(
                    kinds.contains(&kind.as_str()) || is_mentors_centre || is_for_staff,
                    "nobody asks the feed for `{}` of {list}: {kinds:?}",
                    kind.as_str()
                );
            }
        }
    }
}

//! What nothing but a test can miss of a kind of subject.

use super::*;
use crate::{
    message::button_label,
    purpose::{Audience, of},
};

#[test]
fn every_purpose_is_declared_once_and_by_its_kind() {
    let mut declared: Vec<&str> =
        PURPOSES.iter().flat_map(|(_, purposes)| *purposes).map(|one| one.purpose.as_str()).collect();
    let mut all: Vec<&str> = ReminderPurpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
    declared.sort_unstable();
    all.sort_unstable();
    assert_eq!(declared, all);
    for purpose in ReminderPurpose::ALL {
        assert_eq!(of(*purpose).unwrap().subject, purpose.subject_kind(), "{purpose}");
    }
}

#[test]
fn every_kind_has_a_line() {
    let mut kinds: Vec<&str> = PURPOSES.iter().map(|(kind, _)| kind.as_str()).collect();
    kinds.sort_unstable();
    let mut all: Vec<&str> = SubjectKind::ALL.iter().map(|kind| kind.as_str()).collect();
    all.sort_unstable();
    assert_eq!(kinds, all);
}

#[test]
fn every_kind_is_stored_by_its_word() {
    for purpose in ReminderPurpose::ALL {
        for sample in samples(*purpose) {
            let written = serde_json::to_value(sample.facts).unwrap();
            assert_eq!(written["subject_kind"], purpose.subject_kind().as_str());
        }
    }
}

#[test]
fn what_is_for_oversight_is_what_the_purposes_say() {
    let declared = PURPOSES.iter().flat_map(|(_, purposes)| *purposes);
    let words: Vec<String> = declared
        .filter(|declared| declared.audience == Audience::Oversight)
        .map(|declared| format!("'{}'", declared.purpose))
        .collect();
    let listed = format!("reminder.purpose IN ({})", words.join(", "));
    assert!(for_oversight!().contains(&listed), "{listed}");
    let declared = PURPOSES.iter().flat_map(|(_, purposes)| *purposes);
    let words: Vec<String> = declared
        .filter(|declared| declared.audience == Audience::Sides)
        .map(|declared| format!("'{}'", declared.purpose))
        .collect();
    let listed = format!("reminder.purpose IN ({})", words.join(", "));
    assert!(for_oversight!().contains(&listed), "{listed}");
}

#[test]
fn every_purpose_has_samples_and_one_of_them_is_shown() {
    for purpose in ReminderPurpose::ALL {
        assert!(samples(*purpose).iter().any(|sample| sample.is_shown), "{purpose}");
    }
}

#[test]
fn a_purpose_has_buttons_if_it_says_so_and_each_button_has_words() {
    let offered = |purpose: ReminderPurpose| {
        samples(purpose)
            .iter()
            .flat_map(|sample| sample.facts.telling().actions())
            .copied()
            .collect::<Vec<_>>()
    };
    let mut somewhere = Vec::new();
    for purpose in ReminderPurpose::ALL {
        if of(*purpose).unwrap().purpose.has_buttons {
            assert!(!offered(*purpose).is_empty(), "{purpose} has no buttons");
            somewhere.extend(offered(*purpose));
        }
    }
    for action in NotificationAction::ALL {
        assert!(somewhere.contains(action), "nothing offers {action}");
        for language in Language::ALL {
            let label = button_label(*action, *language);
            assert!((1..=20).contains(&label.chars().count()), "{language} {action}: {label:?}");
        }
    }
}

//! What to say to somebody who is told in person, because no app tells them. Like every text it says when; never with whom, what for or who runs
//! the service: somebody else may listen, or answer.

use super::{TextDirection, bundle::messages, clock::Clock, words};
use crate::plan::ReminderFacts;
use contract::{
    Language,
    time::{Instant, ZoneName, Zones},
};
use fluent_bundle::FluentArgs;

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallText {
    /// Its language.
    pub language: Language,
    /// Which way it runs.
    pub direction: TextDirection,
    /// To the person themself.
    pub to_them: String,
    /// To whoever else answers.
    pub to_others: String,
    /// What is left as a message, where one may be left.
    pub as_message: String,
}

/// What is said of this reminder at `now` to somebody who lives in `home`; `None` of what nobody is called for.
pub fn call(
    facts: &ReminderFacts,
    language: Language,
    home: Option<&ZoneName>,
    now: Instant,
    zones: &Zones,
) -> Option<CallText> {
    let messages = messages(language);
    let mut arguments = FluentArgs::with_capacity(5);
    arguments.set("when", words::when(facts.local_start, words::today(facts, now, zones), messages));
    arguments.set("clock", words::remark(facts, Clock::of(facts, home, zones), messages));
    facts.about.telling().fill(&mut arguments, messages, false);
    let to_them = messages.text(&format!("call-{}", facts.purpose), None, &arguments).trim_end().to_owned();
    (!to_them.is_empty()).then(|| CallText {
        language,
        direction: language.into(),
        to_them,
        to_others: messages.plain("call-otherwise"),
        as_message: messages.plain("call-message"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subjects::samples;
    use contract::ReminderPurpose;
    use uuid::Uuid;

    /// What a participant is called for. Whoever adds a purpose to a participant decides whether it is among them.
    const CALLED_FOR: [ReminderPurpose; 11] = [
        ReminderPurpose::AppointmentScheduled,
        ReminderPurpose::AppointmentProposed,
        ReminderPurpose::AppointmentMoved,
        ReminderPurpose::AppointmentCancelled,
        ReminderPurpose::AppointmentInSevenDays,
        ReminderPurpose::AppointmentInThreeDays,
        ReminderPurpose::AppointmentTomorrow,
        ReminderPurpose::AppointmentSoon,
        ReminderPurpose::CheckInOpen,
        ReminderPurpose::CheckInHalfWay,
        ReminderPurpose::CheckInLastEvening,
    ];

    #[test]
    fn there_is_something_to_say_of_all_that_a_participant_is_called_for_and_of_nothing_else() {
        let zones = Zones::built_in();
        let (now, paris) =
            ("2026-11-30T10:00:00Z".parse().unwrap(), "Europe/Paris".parse::<ZoneName>().unwrap());
        for purpose in ReminderPurpose::ALL {
            for sample in samples(*purpose) {
                let facts = ReminderFacts {
                    purpose: *purpose,
                    subject_id: Uuid::from_u128(1),
                    local_start: "2026-12-01T10:00:00".parse().unwrap(),
                    zone: ZoneName::CASABLANCA,
                    about: sample.facts,
                };
                for language in Language::ALL {
                    for home in [&ZoneName::CASABLANCA, &paris] {
                        let said = call(&facts, *language, Some(home), now, &zones);
                        assert_eq!(said.is_some(), CALLED_FOR.contains(purpose), "{purpose} {language}");
                        let Some(said) = said else { continue };
                        for text in [&said.to_them, &said.to_others, &said.as_message] {
                            assert!(!text.is_empty() && !text.contains(['{', '}']), "{language}: {text}");
                            assert!(text.chars().count() <= 220, "{language}: {text}");
                        }
                        assert!(!said.to_others.contains(&said.to_them), "{language}");
                    }
                }
            }
        }
    }
}

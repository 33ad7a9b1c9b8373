mod every_text;

use std::fmt::Write as _;

use contract::{
    AppointmentState, Language, PlaceKind, ReminderPurpose, SubjectKind, TimeOrigin,
    time::{Instant, Zones},
};
use fluent_bundle::FluentResource;
use uuid::Uuid;

use super::*;
use crate::{
    purpose::{self, Sort},
    subjects::{
        SubjectFacts,
        appointment::{
            TextFacts,
            samples::{STANDINGS, Standing, is_told},
        },
        message_files, samples,
    },
};

fn facts(purpose: ReminderPurpose, local_start: &str, zone: &str) -> ReminderFacts {
    ReminderFacts {
        purpose,
        subject_id: Uuid::from_u128(1),
        local_start: local_start.parse().unwrap(),
        zone: zone.parse().unwrap(),
        about: samples(purpose).remove(0).facts,
    }
}

/// What a text about an appointment that stands like this is made from.
fn about((state, time_origin): Standing, place_kind: PlaceKind) -> SubjectFacts {
    SubjectFacts::Appointment(TextFacts { state, time_origin, place_kind })
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

fn is_lead(purpose: &ReminderPurpose) -> bool {
    purpose::of(*purpose).is_some_and(|declared| declared.purpose.sort == Sort::Lead)
}

#[test]
fn every_file_is_well_formed_and_has_the_same_messages() {
    let names = |language: Language| {
        for file in message_files(language) {
            let resource = FluentResource::try_new((*file).to_owned());
            assert!(resource.is_ok(), "{language}: {:?}", resource.err().map(|(_, faults)| faults));
        }
        let mut message = "";
        let mut names: Vec<String> = Vec::new();
        for line in message_files(language).iter().flat_map(|file| file.lines()) {
            let Some((name, _)) = line.split_once(" =") else { continue };
            if let Some(attribute) = name.strip_prefix("    .") {
                names.push(format!("{message}.{attribute}"));
            } else if name.starts_with(|first: char| first.is_ascii_lowercase()) {
                message = name;
                names.push(name.to_owned());
            }
        }
        names.sort();
        names
    };
    let english = names(Language::English);
    assert!(english.windows(2).all(|pair| pair[0] != pair[1]), "a message appears twice");
    for language in Language::ALL {
        assert_eq!(names(*language), english, "{language}");
    }
}

/// One list for each kind, so that a kind that is added leaves the others as they are.
#[test]
fn all_texts() {
    for kind in SubjectKind::ALL {
        insta::assert_snapshot!(format!("texts_of_{kind}"), texts_of(*kind));
    }
}

fn texts_of(kind: SubjectKind) -> String {
    let (zones, now) = (Zones::built_in(), instant("2026-11-23T12:00:00Z"));
    let mut shown = String::new();
    for language in Language::ALL {
        for purpose in ReminderPurpose::ALL.iter().filter(|purpose| purpose.subject_kind() == kind) {
            let mut earlier: Vec<MessageText> = Vec::new();
            for sample in samples(*purpose).into_iter().filter(|sample| sample.is_shown) {
                let mut facts = facts(*purpose, "2026-12-01T09:05", "Africa/Casablanca");
                facts.about = sample.facts;
                let text = render(&facts, *language, None, now, &zones);
                if earlier.contains(&text) {
                    continue;
                }
                let labels: Vec<_> = text.actions.iter().map(|(_, label)| format!("[{label}]")).collect();
                writeln!(shown, "{language} {purpose}{}", sample.name).unwrap();
                writeln!(shown, "  {}\n  {}\n  {}", text.title, text.body, labels.join(" ")).unwrap();
                earlier.push(text);
            }
        }
    }
    shown
}

fn title(local_start: &str, zone: &str, now: &str, language: Language) -> String {
    let facts = facts(ReminderPurpose::AppointmentTomorrow, local_start, zone);
    render(&facts, language, None, instant(now), &Zones::built_in()).title
}

#[test]
fn the_day_is_named_as_people_say_it() {
    let english = |now| title("2026-12-01T10:00", "Africa/Casablanca", now, Language::English);
    assert_eq!(english("2026-11-29T23:59:59Z"), "Appointment on Tuesday 1 December at 10:00");
    assert_eq!(english("2026-11-30T00:00:00Z"), "Appointment tomorrow, 1 December at 10:00");
    assert_eq!(english("2026-11-30T23:59:59Z"), "Appointment tomorrow, 1 December at 10:00");
    assert_eq!(english("2026-12-01T00:00:00Z"), "Appointment today, 1 December at 10:00");
    assert_eq!(english("2026-12-02T00:00:00Z"), "Appointment yesterday, 1 December at 10:00");
    assert_eq!(english("2025-11-30T00:00:00Z"), "Appointment on Tuesday 1 December 2026 at 10:00");
    let now = "2026-11-20T12:00:00Z";
    let in_language = |language| title("2026-12-01T09:05", "Africa/Casablanca", now, language);
    let near = |language| title("2026-12-01T09:05", "Africa/Casablanca", "2026-11-30T20:00:00Z", language);
    assert_eq!(near(Language::French), "Rendez-vous demain 1er décembre à 9h05");
    assert_eq!(near(Language::Arabic), "موعدكم غدا 1 دجنبر على الساعة 09:05");
    assert_eq!(near(Language::Amazigh), "ⵜⵉⵎⵍⵉⵍⵉⵜ ⴰⵙⴽⴽⴰ 1 ⴷⵓⵊⴰⵏⴱⵉⵔ ⴳ ⵜⵙⵔⴰⴳⵜ 09:05");
    assert_eq!(in_language(Language::French), "Rendez-vous mardi 1er décembre à 9h05");
    assert_eq!(in_language(Language::Arabic), "موعدكم يوم الثلاثاء 1 دجنبر على الساعة 09:05");
    assert_eq!(in_language(Language::Amazigh), "ⵜⵉⵎⵍⵉⵍⵉⵜ ⴰⵙⵉⵏⴰⵙ 1 ⴷⵓⵊⴰⵏⴱⵉⵔ ⴳ ⵜⵙⵔⴰⴳⵜ 09:05");
    assert_eq!(
        title("2026-12-22T14:30", "Africa/Casablanca", now, Language::French),
        "Rendez-vous mardi 22 décembre à 14h30"
    );
}

#[test]
fn the_day_turns_where_the_appointment_is() {
    let english = |zone, now| title("2026-12-01T10:00", zone, now, Language::English);
    // 23:30 in Casablanca is past midnight in Paris, and the afternoon in Toronto.
    let now = "2026-11-30T23:30:00Z";
    assert_eq!(english("Africa/Casablanca", now), "Appointment tomorrow, 1 December at 10:00");
    assert_eq!(english("Europe/Paris", now), "Appointment today, 1 December at 10:00");
    assert_eq!(english("America/Toronto", now), "Appointment tomorrow, 1 December at 10:00");
    // On the evening before Morocco left UTC+1, midnight was at 23:00Z.
    let september = |now| title("2026-09-20T10:00", "Africa/Casablanca", now, Language::English);
    assert_eq!(september("2026-09-19T22:59:59Z"), "Appointment tomorrow, 20 September at 10:00");
    assert_eq!(september("2026-09-19T23:00:00Z"), "Appointment today, 20 September at 10:00");
}

#[test]
fn where_clocks_differ_it_says_whose() {
    let zones = Zones::built_in();
    let body = |place_kind, zone: &str, home: &str, at: &str, language| {
        let purpose = ReminderPurpose::AppointmentTomorrow;
        let about = about(STANDINGS[0], place_kind);
        let facts = ReminderFacts { about, ..facts(purpose, at, zone) };
        let home = home.parse().unwrap();
        render(&facts, language, Some(&home), instant("2026-11-30T12:00:00Z"), &zones).body
    };
    let winter = "2026-12-01T16:00";
    let english = |place, zone, home, at| body(place, zone, home, at, Language::English);
    let (casablanca, paris) = ("Africa/Casablanca", "Europe/Paris");
    assert!(
        english(PlaceKind::Phone, casablanca, paris, winter)
            .starts_with("Morocco time; 17:00 for you. It is by phone")
    );
    assert!(
        english(PlaceKind::Video, casablanca, paris, "2027-07-01T16:00")
            .starts_with("Morocco time; 18:00 for you.")
    );
    // They come to an address: what their clock at home shows is of no use there.
    assert!(english(PlaceKind::Address, casablanca, paris, winter).starts_with("Morocco time. The address"));
    assert!(
        english(PlaceKind::Phone, paris, casablanca, winter).starts_with("Local time there; 15:00 for you.")
    );
    // Clocks that show the same need no words, whatever they are called.
    for home in [casablanca, "Africa/El_Aaiun", "Europe/London"] {
        assert!(english(PlaceKind::Phone, casablanca, home, winter).starts_with("It is by phone"), "{home}");
    }
    // Where it is another day.
    assert!(
        english(PlaceKind::Phone, casablanca, "Pacific/Auckland", winter)
            .starts_with("Morocco time; for you 2 December, 05:00.")
    );
    let shown = |language| body(PlaceKind::Phone, casablanca, paris, winter, language);
    assert!(shown(Language::French).starts_with("Heure du Maroc ; 17h00 chez vous."));
    assert!(shown(Language::Arabic).starts_with("بتوقيت المغرب، أي 17:00 عندكم."));
    assert!(shown(Language::Amazigh).starts_with("ⴰⴽⵓⴷ ⵏ ⵍⵎⵖⵔⵉⴱ; ⵖⵓⵔⴽ 17:00."));
}

/// In every message about a time that somebody agreed to, there is room for whose clock it is.
#[test]
fn the_remark_about_the_clock_is_never_lost_to_a_phone() {
    let zones = Zones::built_in();
    let paris = "Europe/Paris".parse().unwrap();
    for purpose in ReminderPurpose::ALL.iter().filter(|purpose| is_lead(purpose)).chain(&[
        ReminderPurpose::AppointmentScheduled,
        ReminderPurpose::AppointmentMoved,
        ReminderPurpose::AppointmentProposed,
    ]) {
        for standing in STANDINGS.into_iter().filter(|standing| is_told(*purpose, *standing)) {
            for language in Language::ALL {
                for day in [9, 23, 28] {
                    for month in 1..=12 {
                        let mut facts =
                            facts(*purpose, &format!("2026-{month:02}-{day:02}T09:05"), "Africa/Casablanca");
                        facts.about = about(standing, PlaceKind::Phone);
                        let now = instant(&format!("2026-{month:02}-01T06:00:00Z"));
                        let there = render(&facts, *language, Some(&paris), now, &zones);
                        let here = render(&facts, *language, None, now, &zones);
                        let differs = facts.local_start
                            != zones
                                .to_local(
                                    zones.resolve(facts.local_start, &facts.zone).unwrap().instant,
                                    &paris,
                                )
                                .unwrap();
                        assert_eq!(there.body != here.body, differs, "{facts:?}: {}", there.body);
                    }
                }
            }
        }
    }
}

#[test]
fn the_buttons_fit_the_state() {
    use NotificationAction::{AskToMove, Confirm};
    let (zones, now) = (Zones::built_in(), instant("2026-11-30T12:00:00Z"));
    let buttons = |purpose, state| {
        let about = about((state, TimeOrigin::Set), PlaceKind::Address);
        let facts = ReminderFacts { about, ..facts(purpose, "2026-12-01T10:00", "Africa/Casablanca") };
        let actions = render(&facts, Language::English, None, now, &zones).actions;
        actions.into_iter().map(|(action, _)| action).collect::<Vec<_>>()
    };
    let lead = ReminderPurpose::AppointmentTomorrow;
    assert_eq!(buttons(lead, AppointmentState::Scheduled), [Confirm, AskToMove]);
    assert_eq!(buttons(lead, AppointmentState::Confirmed), [AskToMove]);
    assert_eq!(buttons(lead, AppointmentState::ChangeRequested), [Confirm]);
    assert_eq!(buttons(ReminderPurpose::AppointmentCancelled, AppointmentState::Cancelled), []);
    assert_eq!(buttons(ReminderPurpose::AppointmentUnconfirmed, AppointmentState::Scheduled), []);
    assert_eq!(
        buttons(ReminderPurpose::AppointmentProposed, AppointmentState::Proposed),
        [],
        "it opens the app"
    );
    let chosen = ReminderFacts {
        about: about((AppointmentState::Scheduled, TimeOrigin::Chosen), PlaceKind::Address),
        ..facts(lead, "2026-12-01T10:00", "Africa/Casablanca")
    };
    let actions = render(&chosen, Language::English, None, now, &zones).actions;
    assert_eq!(actions.into_iter().map(|(action, _)| action).collect::<Vec<_>>(), [AskToMove]);
}

#[test]
fn a_renderer_writes_the_same_and_remembers_it() {
    let (zones, renderer) = (Zones::built_in(), Renderer::new());
    let mut shown = 0;
    for now in ["2026-11-30T12:00:00Z", "2026-11-30T23:00:00Z", "2026-12-01T07:00:00Z"] {
        for language in Language::ALL {
            for purpose in ReminderPurpose::ALL {
                let facts = facts(*purpose, "2026-12-01T10:00", "Africa/Casablanca");
                let text = renderer.render(&facts, *language, None, instant(now), &zones);
                assert_eq!(*text, render(&facts, *language, None, instant(now), &zones));
                shown += 1;
            }
        }
    }
    // Two days, not three moments.
    assert_eq!(renderer.remembered(), shown / 3 * 2);
    for minute in 0..60 {
        for hour in 0..24 {
            for day in 10..15 {
                let facts = facts(
                    ReminderPurpose::AppointmentSoon,
                    &format!("2026-12-{day}T{hour:02}:{minute:02}"),
                    "UTC",
                );
                renderer.render(&facts, Language::French, None, instant("2026-12-01T07:00:00Z"), &zones);
                assert!(renderer.remembered() <= 4_096);
            }
        }
    }
}

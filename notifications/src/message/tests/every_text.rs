//! What must hold of every text. Writing them all takes seconds, so one test writes them once and looks at each in every way.

use super::*;
use chrono::NaiveDate;
use std::collections::HashSet;

/// What no text may say.
const BANNED: &[&str] = &[
    // The service and those behind it.
    "muwakaba",
    "moussalaha",
    "mohammed",
    "foundation",
    "fondation",
    "programme",
    "program",
    "centre",
    "center",
    "association",
    "ministry",
    "ministère",
    "dgapr",
    "مواكبة",
    "مصالحة",
    "مؤسسة",
    "برنامج",
    "مركز",
    "مصاحبة",
    "إدماج",
    "محمد السادس",
    "ⵜⴰⵎⵔⵙⴰⵍⵜ",
    "ⴰⵀⵉⵍ",
    "ⴰⵎⵎⴰⵙ",
    // Where people come from.
    "prison",
    "détention",
    "detention",
    "detenu",
    "détenu",
    "probation",
    "offend",
    "convict",
    "condamn",
    "release",
    "libération",
    "libéré",
    "justice",
    "court",
    "tribunal",
    "judge",
    "juge",
    "سجن",
    "سجين",
    "نزيل",
    "معتقل",
    "إفراج",
    "محكمة",
    "ⴰⵙⴽⵔⴰⴼ",
    "ⵍⵃⴱⵙ",
    "ⴰⵎⴰⵙⴽⵔⴰⴼ",
    // What for, and words that judge.
    "counsel",
    "psycho",
    "psych",
    "religi",
    "legal",
    "juridique",
    "نفسي",
    "ديني",
    "failed",
    "violation",
    "missed",
];

/// Words that are true for a day.
const WORDS_FOR_A_DAY: &[&str] = &[
    "today",
    "tomorrow",
    "yesterday",
    "aujourd’hui",
    "demain",
    "hier",
    "اليوم",
    "غدا",
    "أمس",
    "ⴰⵙⵙⴰ",
    "ⴰⵙⴽⴽⴰ",
    "ⵉⴹⵍⵍⵉ",
];

#[test]
fn every_text_keeps_what_all_of_them_promise() {
    let (mut all, mut dated) = (String::new(), 0);
    for_every_text(|facts, text| {
        is_whole_and_short(facts, text);
        dated += words_for_days_with_their_dates(facts, text);
        assert_eq!(text.direction == TextDirection::Rtl, text.language == Language::Arabic);
        let labels = text.actions.iter().map(|(_, label)| label.as_str());
        for line in [text.title.as_str(), text.body.as_str()].into_iter().chain(labels) {
            all.push_str(line);
            all.push('\n');
        }
    });
    assert!(dated > 500, "{dated}");
    let all = all.to_lowercase();
    for banned in BANNED {
        let found = all.find(banned).and_then(|at| all[..at + banned.len()].lines().last());
        assert_eq!(found, None, "says with whom or what for: {banned}");
    }
}

/// Hands over each text once, with the longest dates each language has: all days of a week in all months.
fn for_every_text(mut check: impl FnMut(&ReminderFacts, &MessageText)) {
    let (zones, now) = (Zones::built_in(), instant("2026-11-23T12:00:00Z"));
    let [paris, auckland] = ["Europe/Paris", "Pacific/Auckland"].map(|zone| zone.parse().unwrap());
    let days = ["2026-11-22", "2026-11-23", "2026-11-24"].map(str::to_owned).into_iter();
    // A policy looks 60 days ahead at most, so reminders before an appointment never need the year.
    let weeks =
        |year| (1..=12).flat_map(move |month| (22..=28).map(move |day| format!("{year}-{month:02}-{day}")));
    let mut seen = HashSet::new();
    for day in days.chain(weeks(2026)).chain(weeks(2027)) {
        let far = (day.parse::<NaiveDate>().unwrap() - now.to_chrono().date_naive()).num_days().abs() > 300;
        for purpose in ReminderPurpose::ALL {
            if far && is_lead(purpose) {
                continue;
            }
            let mut facts = facts(*purpose, &format!("{day}T09:05"), "Africa/Casablanca");
            for sample in samples(*purpose) {
                facts.about = sample.facts;
                // Where clocks differ, the longest days of the months tell all there is to tell.
                let homes = [None, Some(&paris), Some(&auckland)];
                for home in homes.into_iter().take(if day.ends_with("28") { 3 } else { 1 }) {
                    for language in Language::ALL {
                        let text = render(&facts, *language, home, now, &zones);
                        if seen.insert((text.title.clone(), text.body.clone())) {
                            check(&facts, &text);
                        }
                    }
                }
            }
        }
    }
}

fn is_whole_and_short(facts: &ReminderFacts, text: &MessageText) {
    let (title, body) = (text.title.chars().count(), text.body.chars().count());
    assert!((1..=50).contains(&title), "{facts:?}: {title}: {}", text.title);
    assert!((1..=160).contains(&body), "{facts:?}: {body}: {}", text.body);
    let all = [&text.title, &text.body].into_iter().chain(text.actions.iter().map(|(_, label)| label));
    for words in all {
        assert!(!words.is_empty() && words.trim() == words && !words.contains("  "), "{facts:?}: {words:?}");
        // Fluent writes what is missing in braces; isolates would show as boxes.
        assert!(!words.contains(['{', '}', '$', '\n', '\u{2068}', '\u{2069}']), "{facts:?}: {words:?}");
    }
    assert!(text.actions.iter().all(|(_, label)| label.chars().count() <= 20), "{text:?}");
}

/// What is read after midnight is still true: no word for a day stands without its date. How many such words there are.
fn words_for_days_with_their_dates(facts: &ReminderFacts, text: &MessageText) -> usize {
    let mut seen = 0;
    for line in [&text.title, &text.body] {
        for (at, word) in WORDS_FOR_A_DAY.iter().filter_map(|word| Some((line.find(word)?, word))) {
            let behind = line[at + word.len()..].trim_start_matches([',', ' ']);
            let day = facts.local_start.date().format("%-d").to_string();
            assert!(behind.starts_with(&day), "{line}");
            seen += 1;
        }
    }
    seen
}

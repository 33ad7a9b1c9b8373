//! An appointment on paper, for somebody without a phone of their own. Like every text it says when and where, never with whom, what for or
//! who runs the service: a paper is found by others.

use super::{
    TextDirection,
    bundle::messages,
    clock::MOROCCO,
    words::{date, time},
};
use contract::{
    Language, PlaceKind,
    time::{LocalDateTime, ZoneName},
};
use fluent_bundle::FluentArgs;

/// What is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipText {
    /// Its language.
    pub language: Language,
    /// Which way it runs.
    pub direction: TextDirection,
    /// What it is.
    pub title: String,
    /// The day with its year, and the word for it.
    pub day: (String, String),
    /// The time on the wall, and the word for it.
    pub time: (String, String),
    /// Whose clock that is, where the reader's own is another.
    pub clock: Option<String>,
    /// The word for the place, and what is to be said of it if there is no address.
    pub place: (String, String),
    /// How to say that one cannot come.
    pub cancel: String,
}

/// The text about an appointment at this time in this zone, for somebody who lives in `home`.
pub fn slip(
    language: Language,
    (start, zone): (LocalDateTime, &ZoneName),
    home: &ZoneName,
    place: PlaceKind,
) -> SlipText {
    let messages = messages(language);
    let whose = if MOROCCO.contains(&zone.as_str()) { "morocco" } else { "there" };
    let mut clock = FluentArgs::with_capacity(1);
    clock.set("whose", whose);
    let place = match place {
        PlaceKind::Address => "slip-in-app",
        PlaceKind::Phone => "slip-by-phone",
        PlaceKind::Video => "slip-by-video",
    };
    SlipText {
        language,
        direction: language.into(),
        title: messages.plain("slip-title"),
        day: (messages.plain("slip-date"), date(start.date(), "date-of-year", messages)),
        time: (messages.plain("slip-time"), time(start, messages)),
        clock: (zone != home).then(|| messages.text("clock", None, &clock)),
        place: (messages.plain("slip-place"), messages.plain(place)),
        cancel: messages.plain("slip-cancel"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn every_slip() {
        let casablanca = ZoneName::CASABLANCA;
        let paris: ZoneName = "Europe/Paris".parse().unwrap();
        let start = "2026-12-01T09:05:00".parse().unwrap();
        let mut all = String::new();
        for language in Language::ALL {
            for (place, home) in [
                (PlaceKind::Address, &casablanca),
                (PlaceKind::Phone, &paris),
                (PlaceKind::Video, &casablanca),
            ] {
                let text = slip(*language, (start, &casablanca), home, place);
                let SlipText { title, day, time, clock, place, cancel, .. } = text;
                writeln!(all, "{language} {title} | {}: {} | {}: {}", day.0, day.1, time.0, time.1).unwrap();
                writeln!(all, "   {} | {}: {} | {cancel}", clock.unwrap_or_default(), place.0, place.1)
                    .unwrap();
            }
        }
        insta::assert_snapshot!("every_slip", all);
    }
}

//! From facts to sentences: the day as people say it, the agreed time, how to meet and what can be done next.

use chrono::{Datelike, NaiveDate, Timelike};
use contract::{
    Language, NotificationAction,
    time::{Instant, LocalDateTime, Zones},
};
use fluent_bundle::FluentArgs;

use super::{
    MessageText,
    bundle::{Messages, messages},
    clock::Clock,
};
use crate::{plan::ReminderFacts, purpose};

/// From so many days on a date needs its year.
const DAYS_WITHOUT_YEAR: i64 = 300;

/// Which day it is where it takes place.
pub(super) fn today(facts: &ReminderFacts, now: Instant, zones: &Zones) -> NaiveDate {
    let local = zones.to_local(now, &facts.zone);
    // The zone was known when it was agreed on. A day word that is wrong around midnight is better than no message.
    local.map_or_else(|_| now.to_chrono().date_naive(), |local| local.date())
}

/// The longest body that a phone shows whole.
const ROOM: usize = 160;

/// The text on a day that is `today` where it takes place. Where a remark about the clock leaves no room, what to do
/// next is left out, which the app and the buttons say as well; where there is no such sentence, the remark is cut short.
pub(super) fn write(
    facts: &ReminderFacts,
    language: Language,
    clock: Clock,
    today: NaiveDate,
) -> MessageText {
    let fits = |text: &MessageText| text.body.chars().count() <= ROOM;
    [(clock, true), (clock, false), (clock.shorter(), false)]
        .into_iter()
        .map(|(clock, with_next)| write_with(facts, language, clock, with_next, today))
        .find(|text| clock == Clock::Same || fits(text))
        .unwrap_or_else(|| write_with(facts, language, Clock::Same, true, today))
}

fn write_with(
    facts: &ReminderFacts,
    language: Language,
    clock: Clock,
    with_next: bool,
    today: NaiveDate,
) -> MessageText {
    let messages = messages(language);
    let actions = actions(facts);
    let mut arguments = FluentArgs::with_capacity(5);
    arguments.set("when", when(facts.local_start, today, messages));
    arguments.set("clock", remark(facts, clock, messages));
    facts.about.telling().fill(&mut arguments, messages, with_next);
    let name = facts.purpose.as_str();
    MessageText {
        title: messages.text(name, None, &arguments),
        body: messages.text(name, Some("body"), &arguments).trim_end().to_owned(),
        language,
        direction: language.into(),
        actions: actions.iter().map(|action| (*action, button_label(*action, language))).collect(),
    }
}

pub(super) fn when(at: LocalDateTime, today: NaiveDate, messages: &Messages) -> String {
    let mut arguments = FluentArgs::with_capacity(2);
    arguments.set("date", day(at.date(), today, messages));
    arguments.set("time", time(at, messages));
    messages.text("when", None, &arguments)
}

pub(super) fn time(at: LocalDateTime, messages: &Messages) -> String {
    let time = at.time();
    let mut clock = FluentArgs::with_capacity(3);
    clock.set("clock", time.format("%H:%M").to_string());
    clock.set("hour", time.hour().to_string());
    clock.set("minute", format!("{:02}", time.minute()));
    messages.text("time", None, &clock)
}

/// Whose clock it is, as a sentence with a space behind it; empty if it is the reader's.
pub(super) fn remark(facts: &ReminderFacts, clock: Clock, messages: &Messages) -> String {
    let Clock::Named { is_moroccan, theirs } = clock else { return String::new() };
    let mut arguments = FluentArgs::with_capacity(3);
    arguments.set("whose", if is_moroccan { "morocco" } else { "there" });
    let name = match theirs {
        None => "clock",
        Some(theirs) => {
            arguments.set("time", time(theirs, messages));
            if theirs.date() != facts.local_start.date() {
                arguments.set("date", date(theirs.date(), "date-short", messages));
                "clock-and-other-day"
            } else {
                "clock-and-yours"
            }
        }
    };
    messages.text(name, None, &arguments) + " "
}

/// The day as people say it, and its date: what says "tomorrow" may be read after midnight.
fn day(on: NaiveDate, today: NaiveDate, messages: &Messages) -> String {
    let ahead = (on - today).num_days();
    let name = match ahead {
        -1 => "yesterday",
        0 => "today",
        1 => "tomorrow",
        _ if ahead.abs() > DAYS_WITHOUT_YEAR => "date-of-year",
        _ => "date",
    };
    date(on, name, messages)
}

pub(super) fn date(date: NaiveDate, name: &str, messages: &Messages) -> String {
    let mut arguments = FluentArgs::with_capacity(4);
    arguments.set("weekday", messages.plain(&format!("weekday-{}", date.weekday().number_from_monday())));
    arguments.set("day", date.day());
    arguments.set("month", messages.plain(&format!("month-{}", date.month())));
    // As text: a number would be written with a separator of thousands in some languages.
    arguments.set("year", date.year().to_string());
    messages.text(name, None, &arguments)
}

/// The words on this button.
pub(crate) fn button_label(action: NotificationAction, language: Language) -> String {
    messages(language).plain(&format!("action-{action}"))
}

/// What the reader can answer from the lock screen.
fn actions(facts: &ReminderFacts) -> &'static [NotificationAction] {
    let has_buttons = purpose::of(facts.purpose).is_some_and(|declared| declared.purpose.has_buttons);
    if has_buttons { facts.about.telling().actions() } else { &[] }
}

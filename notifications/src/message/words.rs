use super::MessageText;
use crate::plan::ReminderFacts;
use chrono::NaiveDate;
use contract::{
    Language,
    time::{Instant, Zones},
};
pub(super) fn today(facts: &ReminderFacts, now: Instant, zones: &Zones) -> NaiveDate {
    zones.to_local(now, &facts.zone).map_or_else(|_| now.to_chrono().date_naive(), |local| local.date())
}
pub(super) fn write(facts: &ReminderFacts, language: Language, today: NaiveDate) -> MessageText {
    let _ = (facts, today);
    MessageText {
        title: String::new(),
        body: String::new(),
        language,
        direction: language.into(),
        actions: Vec::new(),
    }
}

//! Who hears of an emergency access, when, and how loudly.

use contract::{EmergencyAccessId, ReminderPurpose, Urgency};

use super::*;
use crate::policy::{QuietHours, ReminderPolicy};

fn facts(opened_at: &str) -> EmergencyAccessFacts {
    let (opened_at, zone) = (instant(opened_at), ZoneName::CASABLANCA);
    EmergencyAccessFacts {
        id: EmergencyAccessId(Uuid::from_u128(1)),
        centre_id: CentreId(Uuid::from_u128(2)),
        participant_id: ParticipantId(Uuid::from_u128(3)),
        administrators: vec![StaffId(Uuid::from_u128(4)), StaffId(Uuid::from_u128(5))],
        authors: vec![StaffId(Uuid::from_u128(6))],
        shown: EmergencyAccessFacts::shown_at(opened_at, &zone, &Zones::built_in()),
        zone,
        opened_at,
    }
}

fn told(now: &str, quiet_hours: Option<QuietHours>) -> Vec<(u128, ReminderPurpose, Urgency, String)> {
    let policy = ReminderPolicy { quiet_hours, ..ReminderPolicy::default() };
    let mut plan = plan(&facts(now), &policy, &Zones::built_in(), instant(now));
    plan.sort_by_key(|one| (one.delivery == Delivery::InApp, one.key.recipient.id));
    for one in &plan {
        assert_eq!(one.delivery == Delivery::InApp, one.key.recipient.kind == PersonKind::Participant);
    }
    let line = |one: &PlannedReminder| {
        (one.key.recipient.id.as_u128(), one.facts.purpose, one.urgency, one.due_at.to_string())
    };
    plan.iter().map(line).collect()
}

#[test]
fn at_night_only_administrators_phones_ring() {
    use ReminderPurpose::{EmergencyAccessOpened, OwnInformationOpened, OwnNotesOpened};
    let (day, night, morning) = ("2026-11-23T10:00:00Z", "2026-11-23T23:30:00Z", "2026-11-24T08:00:00Z");
    for (now, hours, to_author) in [
        (day, Some(QuietHours::default()), day),
        (night, Some(QuietHours::default()), morning),
        (night, None, night),
    ] {
        assert_eq!(
            told(now, hours),
            [
                (4, EmergencyAccessOpened, Urgency::High, now.to_owned()),
                (5, EmergencyAccessOpened, Urgency::High, now.to_owned()),
                (6, OwnNotesOpened, Urgency::Low, to_author.to_owned()),
                (3, OwnInformationOpened, Urgency::Low, now.to_owned()),
            ]
        );
    }
}

#[test]
fn a_zone_that_is_no_longer_known_costs_the_hour_and_not_the_message() {
    let now = "2026-11-23T10:00:00Z";
    let zone: ZoneName = "America/Nowhere".parse().unwrap_or(ZoneName::UTC);
    let shown = EmergencyAccessFacts::shown_at(instant(now), &zone, &Zones::built_in());
    assert_eq!(shown, ("2026-11-23T10:00:00".parse().unwrap(), ZoneName::UTC));
    let unknown = EmergencyAccessFacts { zone, shown, ..facts(now) };
    let plan = plan(&unknown, &ReminderPolicy::default(), &Zones::built_in(), instant(now));
    assert_eq!(plan.len(), 4);
}

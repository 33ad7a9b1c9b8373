//! Who hears of an emergency access, when, and how loudly.

use contract::{EmergencyAccessId, ReminderPurpose, Urgency, time::LocalDateTime};

use super::*;
use crate::policy::QuietHours;

fn facts() -> EmergencyAccessFacts {
    EmergencyAccessFacts {
        id: EmergencyAccessId(Uuid::from_u128(1)),
        centre_id: CentreId(Uuid::from_u128(2)),
        participant_id: ParticipantId(Uuid::from_u128(3)),
        administrators: vec![StaffId(Uuid::from_u128(4)), StaffId(Uuid::from_u128(5))],
        authors: vec![StaffId(Uuid::from_u128(6))],
        zone: ZoneName::CASABLANCA,
        quiet_hours: Some(QuietHours::default()),
    }
}

fn told(facts: &EmergencyAccessFacts, now: &str) -> Vec<(u128, ReminderPurpose, Urgency, String)> {
    let notices = plan_emergency_access(facts, &Zones::built_in(), now.parse().unwrap());
    assert!(notices.in_app.iter().all(|one| one.key.recipient.kind == PersonKind::Participant));
    assert!(notices.pushed.iter().all(|one| one.key.recipient.kind == PersonKind::Staff));
    let all = notices.pushed.iter().chain(&notices.in_app);
    all.map(|one| (one.key.recipient.id.as_u128(), one.facts.purpose, one.urgency, one.due_at.to_string()))
        .collect()
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
            told(&EmergencyAccessFacts { quiet_hours: hours, ..facts() }, now),
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
    let unknown =
        EmergencyAccessFacts { zone: "America/Nowhere".parse().unwrap_or(ZoneName::UTC), ..facts() };
    let notices =
        plan_emergency_access(&unknown, &Zones::built_in(), "2026-11-23T10:00:00Z".parse().unwrap());
    let shown: LocalDateTime = "2026-11-23T10:00:00".parse().unwrap();
    assert_eq!((notices.pushed.len(), notices.pushed[0].facts.local_start), (3, shown));
    assert_eq!(notices.pushed[0].facts.zone, ZoneName::UTC);
}

//! Who hears of a placement: whoever leads among those who accompany the participant, when one of its milestones falls due. The
//! text says when, and nothing of whom it is about nor that it is about work: others may see the screen.

use chrono::TimeDelta;
use contract::{
    CentreId, NotificationAction, ParticipantId, PersonKind, ReminderPurpose, StaffId, SubjectKind, Urgency,
    time::{Instant, LocalDateTime, ZoneName},
};
use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{SubjectFacts, Telling};
use crate::{
    message::Messages,
    plan::{
        Delivery, Recipient, ReminderFacts,
        subject::{About, Listener, Pressing, Subject, When, Wish},
    },
    policy::ReminderPolicy,
    purpose::Purpose,
};

/// Why people are told of one.
pub(crate) const PURPOSES: &[Purpose] = &[Purpose::notice(ReminderPurpose::MilestoneDue)];

/// Its texts say when, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextFacts {}

/// It has none.
pub(crate) const FIELDS: &[&str] = &[];

impl Telling for TextFacts {
    fn reader_stays(&self) -> bool {
        false
    }

    fn fill(&self, _: &mut FluentArgs<'static>, _: &Messages, _: bool) {}

    fn actions(&self) -> &'static [NotificationAction] {
        &[]
    }
}

#[cfg(test)]
pub(crate) fn samples(_: ReminderPurpose) -> Vec<super::samples::Sample<TextFacts>> {
    super::samples::Sample::only(TextFacts {})
}

/// For how long it is worth telling: until about the time at which somebody else would take it up.
const OF_USE: TimeDelta = TimeDelta::days(7);

/// All that the planner needs to know of a placement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementFacts {
    /// The placement.
    pub id: Uuid,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// Who is to find out: whoever leads among those who accompany the participant.
    pub in_charge: Option<StaffId>,
    /// The milestones of which it is not known yet whether they were held.
    pub milestones: Vec<DueMilestone>,
    /// Whether the participant is still accompanied.
    pub is_accompanied: bool,
    /// The centre's zone: staff's nights.
    pub centre_zone: ZoneName,
}

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMilestone {
    /// Which one, in its word.
    pub word: &'static str,
    /// When it falls due, on the wall.
    pub local: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When that is.
    pub at: Instant,
}

impl Subject for PlacementFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::Placement,
            id: self.id,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.centre_zone
    }

    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        let Some(staff) = self.in_charge.filter(|_| self.is_accompanied) else { return Vec::new() };
        self.milestones.iter().map(|due| self.wish(due, staff)).collect()
    }
}

impl PlacementFacts {
    fn wish(&self, due: &DueMilestone, staff: StaffId) -> Wish<'_> {
        Wish {
            to: Listener {
                recipient: Recipient { kind: PersonKind::Staff, id: staff.0 },
                home: &self.centre_zone,
            },
            purpose: ReminderPurpose::MilestoneDue,
            occasion: format!("{} {} {}", due.word, due.local, due.zone),
            when: When::From(due.at),
            expires_at: due.at.saturating_add(OF_USE),
            pressing: Pressing::Always(Urgency::Normal),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose: ReminderPurpose::MilestoneDue,
                subject_id: self.id,
                local_start: due.local,
                zone: due.zone.clone(),
                about: SubjectFacts::Placement(TextFacts {}),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;
    use contract::time::Zones;

    fn facts(locals: &[&str]) -> PlacementFacts {
        let (zones, zone): (_, ZoneName) = (Zones::built_in(), "Africa/Casablanca".parse().unwrap());
        let due = |local: &&str| {
            let local: LocalDateTime = local.parse().unwrap();
            DueMilestone {
                word: "days_30",
                local,
                zone: zone.clone(),
                at: zones.resolve(local, &zone).unwrap().instant,
            }
        };
        PlacementFacts {
            id: Uuid::from_u128(1),
            centre_id: CentreId(Uuid::from_u128(2)),
            participant_id: ParticipantId(Uuid::from_u128(3)),
            in_charge: Some(StaffId(Uuid::from_u128(4))),
            milestones: locals.iter().map(due).collect(),
            is_accompanied: true,
            centre_zone: zone.clone(),
        }
    }

    fn due(facts: &PlacementFacts, now: &str) -> Vec<String> {
        let planned = plan(facts, &ReminderPolicy::default(), &Zones::built_in(), now.parse().unwrap());
        planned.iter().map(|one| format!("{} until {}", one.due_at, one.expires_at)).collect()
    }

    #[test]
    fn each_milestone_is_told_in_the_morning_of_its_day_while_it_is_of_use() {
        let two = facts(&["2026-12-16T09:00:00", "2027-02-14T09:00:00"]);
        let (first, second) = (
            "2026-12-16T09:00:00Z until 2026-12-23T09:00:00Z",
            "2027-02-14T09:00:00Z until 2027-02-21T09:00:00Z",
        );
        assert_eq!(due(&two, "2026-11-27T10:00:00Z"), [first, second]);
        // Recorded late, in the evening: the next morning.
        let late = "2026-12-21T08:00:00Z until 2026-12-23T09:00:00Z";
        assert_eq!(due(&two, "2026-12-20T22:00:00Z"), [late, second]);
        assert_eq!(due(&two, "2026-12-24T10:00:00Z"), [second]);
    }

    #[test]
    fn nobody_is_told_of_what_nobody_is_asked() {
        let open = facts(&["2026-12-16T09:00:00"]);
        for quiet in [
            PlacementFacts { milestones: Vec::new(), ..open.clone() },
            PlacementFacts { is_accompanied: false, ..open.clone() },
            PlacementFacts { in_charge: None, ..open.clone() },
        ] {
            assert!(due(&quiet, "2026-11-27T10:00:00Z").is_empty());
        }
    }
}

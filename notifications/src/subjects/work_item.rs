//! Who hears of a work item at once: whoever is responsible, if somebody needs a person now; whoever is asked to take it over; and the
//! managers, once it is overdue. All else waits in the list. The texts name nobody and no cause: others may see the screen.

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
pub(crate) const PURPOSES: &[Purpose] = &[
    Purpose::notice(ReminderPurpose::WorkItemUrgent),
    Purpose::notice(ReminderPurpose::WorkItemRisen),
    Purpose::notice(ReminderPurpose::WorkItemAsked),
];

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

/// For how long it is worth telling: afterwards it is overdue, or in the list anyway.
const OF_USE: TimeDelta = TimeDelta::days(2);

/// All that the planner needs to know of a work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkItemFacts {
    /// The item.
    pub id: Uuid,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whom it is about.
    pub participant_id: ParticipantId,
    /// The centre's zone: staff's nights.
    pub zone: ZoneName,
    /// Who is needed now, since the cause came last; nobody if it can wait.
    pub needed: Option<Told>,
    /// To whom it rose, since then.
    pub rose: Option<Told>,
    /// Who is asked to take it over, since then.
    pub asked: Option<Told>,
}

/// Who is told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub to: Vec<StaffId>,
    /// When it happened.
    pub at: Instant,
    /// The same on the wall of the centre.
    pub local: LocalDateTime,
}

impl Subject for WorkItemFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::WorkItem,
            id: self.id,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.zone
    }

    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        [
            (&self.needed, ReminderPurpose::WorkItemUrgent, Urgency::High),
            (&self.rose, ReminderPurpose::WorkItemRisen, Urgency::Normal),
            (&self.asked, ReminderPurpose::WorkItemAsked, Urgency::Normal),
        ]
        .into_iter()
        .filter_map(|(told, purpose, urgency)| Some((told.as_ref()?, purpose, urgency)))
        .flat_map(|(told, purpose, urgency)| {
            told.to.iter().map(move |staff| self.wish(*staff, told, purpose, urgency))
        })
        .collect()
    }
}

impl WorkItemFacts {
    fn wish(&self, staff: StaffId, told: &Told, purpose: ReminderPurpose, urgency: Urgency) -> Wish<'_> {
        Wish {
            to: Listener { recipient: Recipient { kind: PersonKind::Staff, id: staff.0 }, home: &self.zone },
            purpose,
            // It rings again when its cause comes again.
            occasion: told.at.to_string(),
            when: When::AtOnce { happened_at: told.at, deadline: None, covers_leads: false },
            expires_at: told.at.saturating_add(OF_USE),
            pressing: Pressing::Always(urgency),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose,
                subject_id: self.id,
                local_start: told.local,
                zone: self.zone.clone(),
                about: SubjectFacts::WorkItem(TextFacts {}),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;
    use contract::time::Zones;

    fn told(to: &[u128], at: &str) -> Option<Told> {
        let at: Instant = at.parse().unwrap();
        let zone = "Africa/Casablanca".parse().unwrap();
        let local = Zones::built_in().to_local(at, &zone).unwrap();
        Some(Told { to: to.iter().map(|id| StaffId(Uuid::from_u128(*id))).collect(), at, local })
    }

    fn quiet() -> WorkItemFacts {
        WorkItemFacts {
            id: Uuid::from_u128(1),
            centre_id: CentreId(Uuid::from_u128(2)),
            participant_id: ParticipantId(Uuid::from_u128(3)),
            zone: "Africa/Casablanca".parse().unwrap(),
            needed: None,
            rose: None,
            asked: None,
        }
    }

    fn due(facts: &WorkItemFacts, now: &str) -> Vec<String> {
        let planned = plan(facts, &ReminderPolicy::default(), &Zones::built_in(), now.parse().unwrap());
        planned.iter().map(|one| format!("{} {}", one.key.purpose, one.due_at)).collect()
    }

    #[test]
    fn whoever_is_needed_hears_it_at_once_or_in_the_morning() {
        let by_day = WorkItemFacts { needed: told(&[4], "2026-11-27T10:00:00Z"), ..quiet() };
        assert_eq!(due(&by_day, "2026-11-27T10:00:00Z"), ["work_item_urgent 2026-11-27T10:00:00Z"]);
        let at_night = WorkItemFacts { needed: told(&[4], "2026-11-27T23:00:00Z"), ..quiet() };
        assert_eq!(due(&at_night, "2026-11-27T23:00:00Z"), ["work_item_urgent 2026-11-28T08:00:00Z"]);
        assert!(due(&by_day, "2026-11-30T10:00:00Z").is_empty(), "it is in the list");
    }

    #[test]
    fn every_manager_hears_what_rose_and_what_can_wait_is_told_to_nobody() {
        let rose = WorkItemFacts { rose: told(&[5, 6], "2026-11-27T16:30:00Z"), ..quiet() };
        assert_eq!(due(&rose, "2026-11-27T16:30:00Z").len(), 2);
        assert!(due(&quiet(), "2026-11-27T16:30:00Z").is_empty());
    }
}

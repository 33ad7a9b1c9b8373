//! Who hears of a visit: whoever logged it, or who accompanies the participant in their place, when its next step is due. The text says when, and nothing of whom it is about
//! nor that there was a visit: others may see the screen.

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
pub(crate) const PURPOSES: &[Purpose] = &[Purpose::notice(ReminderPurpose::VisitNextStep).with_buttons()];

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
        &[NotificationAction::Done]
    }
}

#[cfg(test)]
pub(crate) fn samples(_: ReminderPurpose) -> Vec<super::samples::Sample<TextFacts>> {
    super::samples::Sample::only(TextFacts {})
}

/// For how long after it was due it is worth telling: somebody whose phone was off over a week-end still learns of it.
const OF_USE: TimeDelta = TimeDelta::days(3);

/// All that the planner needs to know of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitFacts {
    /// The visit.
    pub id: Uuid,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whom it is about.
    pub participant_id: ParticipantId,
    /// Who is to see to the next step: whoever logged it, or those who accompany the participant in their place.
    pub in_charge: Vec<StaffId>,
    /// The next step that is still to be done, if there is one.
    pub next_step: Option<NextStep>,
    /// Whether the participant is still accompanied.
    pub is_accompanied: bool,
    /// The centre's zone: staff's nights.
    pub centre_zone: ZoneName,
}

/// A next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// When it is due, on the wall.
    pub local: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When that is.
    pub at: Instant,
}

impl Subject for VisitFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::Visit,
            id: self.id,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.centre_zone
    }

    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        let Some(next) = self.next_step.as_ref().filter(|_| self.is_accompanied) else { return Vec::new() };
        let wish = |staff: &StaffId| Wish {
            to: Listener {
                recipient: Recipient { kind: PersonKind::Staff, id: staff.0 },
                home: &self.centre_zone,
            },
            purpose: ReminderPurpose::VisitNextStep,
            occasion: format!("{} {}", next.local, next.zone),
            when: When::From(next.at),
            expires_at: next.at.saturating_add(OF_USE),
            pressing: Pressing::Always(Urgency::Normal),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose: ReminderPurpose::VisitNextStep,
                subject_id: self.id,
                local_start: next.local,
                zone: next.zone.clone(),
                about: SubjectFacts::Visit(TextFacts {}),
            },
        };
        self.in_charge.iter().map(wish).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;
    use contract::time::Zones;

    fn facts(local: &str) -> VisitFacts {
        let zones = Zones::built_in();
        let (local, zone): (LocalDateTime, ZoneName) =
            (local.parse().unwrap(), "Africa/Casablanca".parse().unwrap());
        let at = zones.resolve(local, &zone).unwrap().instant;
        VisitFacts {
            id: Uuid::from_u128(1),
            centre_id: CentreId(Uuid::from_u128(2)),
            participant_id: ParticipantId(Uuid::from_u128(3)),
            in_charge: vec![StaffId(Uuid::from_u128(4))],
            next_step: Some(NextStep { local, zone: zone.clone(), at }),
            is_accompanied: true,
            centre_zone: zone,
        }
    }

    fn due(facts: &VisitFacts, now: &str) -> Vec<String> {
        let now: Instant = now.parse().unwrap();
        let planned = plan(facts, &ReminderPolicy::default(), &Zones::built_in(), now);
        planned.iter().map(|one| format!("{} until {}", one.due_at, one.expires_at)).collect()
    }

    #[test]
    fn it_is_told_when_it_is_due_and_never_at_night() {
        let morning = facts("2026-12-01T09:30:00");
        let told = ["2026-12-01T09:30:00Z until 2026-12-04T09:30:00Z"];
        assert_eq!(due(&morning, "2026-11-27T10:00:00Z"), told);
        let night = facts("2026-12-01T23:00:00");
        let in_the_morning = ["2026-12-02T08:00:00Z until 2026-12-04T23:00:00Z"];
        assert_eq!(due(&night, "2026-11-27T10:00:00Z"), in_the_morning);
        // Logged late, from a phone that was without network.
        assert_eq!(
            due(&morning, "2026-12-02T12:00:00Z"),
            ["2026-12-02T12:00:00Z until 2026-12-04T09:30:00Z"]
        );
        assert!(due(&morning, "2026-12-05T12:00:00Z").is_empty());
    }

    #[test]
    fn what_is_done_and_who_is_no_longer_accompanied_is_not_reminded_of() {
        let open = facts("2026-12-01T09:30:00");
        for quiet in [
            VisitFacts { next_step: None, ..open.clone() },
            VisitFacts { is_accompanied: false, ..open.clone() },
            VisitFacts { in_charge: Vec::new(), ..open.clone() },
        ] {
            assert!(due(&quiet, "2026-11-27T10:00:00Z").is_empty());
        }
    }
}

//! Who hears that the week of a centre can be looked at: its managers, by day. The text says when it was made, and no figure: others may see the
//! screen.

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
pub(crate) const PURPOSES: &[Purpose] = &[Purpose::notice(ReminderPurpose::DigestReady)];

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

/// For how long it is worth telling: until the end of the working week.
const OF_USE: TimeDelta = TimeDelta::days(4);

/// All that the planner needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestFacts {
    /// The digest.
    pub id: Uuid,
    /// Whose week it is.
    pub centre_id: CentreId,
    /// Somebody of the centre, whoever it is: only who may see its people is told.
    pub participant_id: ParticipantId,
    /// Who runs the centre.
    pub managers: Vec<StaffId>,
    /// The centre's zone: staff's nights.
    pub zone: ZoneName,
    /// When it was made.
    pub made_at: Instant,
    /// The same on the wall of the centre.
    pub local_made: LocalDateTime,
}

impl Subject for DigestFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::Digest,
            id: self.id,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.zone
    }

    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        let wish = |staff: &StaffId| Wish {
            to: Listener { recipient: Recipient { kind: PersonKind::Staff, id: staff.0 }, home: &self.zone },
            purpose: ReminderPurpose::DigestReady,
            occasion: self.made_at.to_string(),
            when: When::AtOnce { happened_at: self.made_at, deadline: None, covers_leads: false },
            expires_at: self.made_at.saturating_add(OF_USE),
            pressing: Pressing::Always(Urgency::Low),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose: ReminderPurpose::DigestReady,
                subject_id: self.id,
                local_start: self.local_made,
                zone: self.zone.clone(),
                about: SubjectFacts::Digest(TextFacts {}),
            },
        };
        self.managers.iter().map(wish).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;
    use contract::time::Zones;

    fn due(managers: &[u128], made: &str, now: &str) -> Vec<String> {
        let (zones, zone): (Zones, ZoneName) = (Zones::built_in(), "Africa/Casablanca".parse().unwrap());
        let made_at: Instant = made.parse().unwrap();
        let facts = DigestFacts {
            id: Uuid::from_u128(1),
            centre_id: CentreId(Uuid::from_u128(2)),
            participant_id: ParticipantId(Uuid::from_u128(3)),
            managers: managers.iter().map(|id| StaffId(Uuid::from_u128(*id))).collect(),
            local_made: zones.to_local(made_at, &zone).unwrap(),
            zone,
            made_at,
        };
        let planned = plan(&facts, &ReminderPolicy::default(), &zones, now.parse().unwrap());
        planned.iter().map(|one| format!("{} until {}", one.due_at, one.expires_at)).collect()
    }

    #[test]
    fn each_manager_hears_it_by_day_and_nobody_once_the_week_is_over() {
        let morning = "2026-11-30T08:30:00Z";
        assert_eq!(due(&[4], morning, morning), ["2026-11-30T08:30:00Z until 2026-12-04T08:30:00Z"]);
        assert_eq!(due(&[4, 5], morning, morning).len(), 2);
        // A centre that opens before the nights of its staff end.
        let early = "2026-11-30T06:00:00Z";
        assert_eq!(due(&[4], early, early), ["2026-11-30T08:00:00Z until 2026-12-04T06:00:00Z"]);
        assert!(due(&[], morning, morning).is_empty());
        assert!(due(&[4], morning, "2026-12-05T08:30:00Z").is_empty());
    }
}

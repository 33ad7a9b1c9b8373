//! Who hears that somebody is to be tried again: whoever tried last in vain, or who accompanies the participant in their place. The text says
//! when it was set for, and nothing of whom it is about: others may see the screen.

use chrono::TimeDelta;
use contract::{
    CentreId, NotificationAction, ParticipantId, PersonKind, ReminderPurpose, StaffId, SubjectKind, Urgency,
    time::{Instant, LocalDateTime, ZoneName},
};
use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

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

/// Why people are told of it.
pub(crate) const PURPOSES: &[Purpose] = &[Purpose::notice(ReminderPurpose::ContactTryAgain)];

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

/// For how long after it was due it is worth telling: somebody whose phone was off over a week-end still learns of it.
const OF_USE: TimeDelta = TimeDelta::days(3);

/// All that the planner needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFacts {
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who is to be tried.
    pub participant_id: ParticipantId,
    /// Who is to try: whoever did last, or those who accompany the participant in their place.
    pub in_charge: Vec<StaffId>,
    /// When, if at all.
    pub try_again: Option<TryAgain>,
    /// The centre's zone: staff's nights.
    pub centre_zone: ZoneName,
}

/// When another attempt is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryAgain {
    /// On the wall of the centre.
    pub local: LocalDateTime,
    /// When that is.
    pub at: Instant,
}

impl Subject for ContactFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::Contact,
            id: self.participant_id.0,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.centre_zone
    }

    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        let Some(again) = &self.try_again else { return Vec::new() };
        let wish = |staff: &StaffId| Wish {
            to: Listener {
                recipient: Recipient { kind: PersonKind::Staff, id: staff.0 },
                home: &self.centre_zone,
            },
            purpose: ReminderPurpose::ContactTryAgain,
            occasion: again.at.to_string(),
            when: When::From(again.at),
            expires_at: again.at.saturating_add(OF_USE),
            pressing: Pressing::Always(Urgency::Normal),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose: ReminderPurpose::ContactTryAgain,
                subject_id: self.participant_id.0,
                local_start: again.local,
                zone: self.centre_zone.clone(),
                about: SubjectFacts::Contact(TextFacts {}),
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
    use uuid::Uuid;

    fn due(local: Option<&str>, in_charge: &[u128], now: &str) -> Vec<String> {
        let zones = Zones::built_in();
        let zone: ZoneName = "Africa/Casablanca".parse().unwrap();
        let try_again = local.map(|local| {
            let local: LocalDateTime = local.parse().unwrap();
            TryAgain { local, at: zones.resolve(local, &zone).unwrap().instant }
        });
        let facts = ContactFacts {
            centre_id: CentreId(Uuid::from_u128(2)),
            participant_id: ParticipantId(Uuid::from_u128(3)),
            in_charge: in_charge.iter().map(|id| StaffId(Uuid::from_u128(*id))).collect(),
            try_again,
            centre_zone: zone,
        };
        let planned = plan(&facts, &ReminderPolicy::default(), &zones, now.parse().unwrap());
        planned.iter().map(|one| format!("{} until {}", one.due_at, one.expires_at)).collect()
    }

    #[test]
    fn it_is_told_by_day_when_it_is_due_and_to_nobody_if_nobody_is_to_try() {
        let now = "2026-11-27T10:00:00Z";
        let morning = Some("2026-12-01T09:30:00");
        assert_eq!(due(morning, &[4], now), ["2026-12-01T09:30:00Z until 2026-12-04T09:30:00Z"]);
        assert_eq!(due(morning, &[4, 5], now).len(), 2);
        assert_eq!(
            due(Some("2026-12-01T22:30:00"), &[4], now),
            ["2026-12-02T08:00:00Z until 2026-12-04T22:30:00Z"]
        );
        assert!(due(morning, &[], now).is_empty());
        assert!(due(None, &[4], now).is_empty());
        assert!(due(morning, &[4], "2026-12-05T10:00:00Z").is_empty());
    }
}

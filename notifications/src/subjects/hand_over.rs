//! Who hears of a hand-over: whoever is asked, at once; whoever asked, when it was answered; and the participant, when somebody else accompanies
//! them. The texts name nobody: others may see the screen, and a name stands in the app alone.

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
    Purpose::notice(ReminderPurpose::HandOverAsked).for_sides(),
    Purpose::notice(ReminderPurpose::HandOverAnswered).for_sides(),
    Purpose::notice(ReminderPurpose::CompanionChanged),
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

/// For how long it is worth telling: afterwards it is in the list anyway.
const OF_USE: TimeDelta = TimeDelta::days(3);
/// For how long it is worth telling a participant: some open their phone once a week.
const OF_USE_TO_PARTICIPANT: TimeDelta = TimeDelta::days(7);

/// All that the planner needs to know of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverFacts {
    /// The hand-over.
    pub id: Uuid,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whom it is about.
    pub participant_id: ParticipantId,
    /// The zone of that centre.
    pub zone: ZoneName,
    /// Who is asked, while it is asked.
    pub asked: Option<Told>,
    /// Who asked, once it is answered.
    pub answered: Option<Told>,
    /// When somebody else began to accompany the participant, on their own wall; whom that tells is they.
    pub accompanied: Option<Told>,
}

/// Who is told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which staff.
    pub to: Vec<StaffId>,
    /// When it happened.
    pub at: Instant,
    /// The same on the wall of whoever is told.
    pub local: LocalDateTime,
    /// Whose wall: their nights.
    pub zone: ZoneName,
}

impl Subject for HandOverFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::HandOver,
            id: self.id,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.zone
    }

    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        let to_staff = [
            (&self.asked, ReminderPurpose::HandOverAsked),
            (&self.answered, ReminderPurpose::HandOverAnswered),
        ]
        .into_iter()
        .filter_map(|(told, purpose)| Some((told.as_ref()?, purpose)))
        .flat_map(|(told, purpose)| {
            told.to.iter().map(move |staff| self.wish((PersonKind::Staff, staff.0), told, purpose))
        });
        let to_participant = self.accompanied.as_ref().map(|told| {
            let who = (PersonKind::Participant, self.participant_id.0);
            self.wish(who, told, ReminderPurpose::CompanionChanged)
        });
        to_staff.chain(to_participant).collect()
    }
}

impl HandOverFacts {
    fn wish<'w>(
        &'w self,
        (kind, id): (PersonKind, Uuid),
        told: &'w Told,
        purpose: ReminderPurpose,
    ) -> Wish<'w> {
        let of_use = if kind == PersonKind::Participant { OF_USE_TO_PARTICIPANT } else { OF_USE };
        Wish {
            to: Listener { recipient: Recipient { kind, id }, home: &told.zone },
            purpose,
            occasion: told.at.to_string(),
            when: When::AtOnce { happened_at: told.at, deadline: None, covers_leads: false },
            expires_at: told.at.saturating_add(of_use),
            pressing: Pressing::Always(Urgency::Normal),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose,
                subject_id: self.id,
                local_start: told.local,
                zone: told.zone.clone(),
                about: SubjectFacts::HandOver(TextFacts {}),
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
        let zone: ZoneName = "Africa/Casablanca".parse().unwrap();
        let local = Zones::built_in().to_local(at, &zone).unwrap();
        Some(Told { to: to.iter().map(|id| StaffId(Uuid::from_u128(*id))).collect(), at, local, zone })
    }

    fn quiet() -> HandOverFacts {
        HandOverFacts {
            id: Uuid::from_u128(1),
            centre_id: CentreId(Uuid::from_u128(2)),
            participant_id: ParticipantId(Uuid::from_u128(3)),
            zone: "Africa/Casablanca".parse().unwrap(),
            asked: None,
            answered: None,
            accompanied: None,
        }
    }

    fn due(facts: &HandOverFacts, now: &str) -> Vec<String> {
        let planned = plan(facts, &ReminderPolicy::default(), &Zones::built_in(), now.parse().unwrap());
        planned.iter().map(|one| format!("{} {}", one.key.purpose, one.due_at)).collect()
    }

    #[test]
    fn whoever_is_asked_hears_it_at_once_or_in_the_morning() {
        let by_day = HandOverFacts { asked: told(&[4, 5], "2026-11-27T10:00:00Z"), ..quiet() };
        let at_once = "hand_over_asked 2026-11-27T10:00:00Z";
        assert_eq!(due(&by_day, "2026-11-27T10:00:00Z"), [at_once, at_once]);
        let at_night = HandOverFacts { asked: told(&[4], "2026-11-27T23:00:00Z"), ..quiet() };
        assert_eq!(due(&at_night, "2026-11-27T23:00:00Z"), ["hand_over_asked 2026-11-28T08:00:00Z"]);
        assert!(due(&by_day, "2026-12-02T10:00:00Z").is_empty(), "it is in the list");
    }

    #[test]
    fn a_yes_is_told_to_whoever_asked_and_to_the_participant_and_nothing_to_nobody() {
        let at = "2026-11-27T10:00:00Z";
        let accepted = HandOverFacts { answered: told(&[6], at), accompanied: told(&[], at), ..quiet() };
        let mut told = due(&accepted, at);
        told.sort_unstable();
        assert_eq!(told, [format!("companion_changed {at}"), format!("hand_over_answered {at}")]);
        assert!(due(&quiet(), at).is_empty());
    }
}

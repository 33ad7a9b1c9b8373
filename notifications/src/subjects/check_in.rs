//! Who hears of a check-in: the participant who is to answer it, when it opens, half-way, and in the last evening before it closes; then nobody
//! any more. Once it is answered there is nothing to tell. The texts say until when, and neither who asks nor what: others may see the screen.

use contract::{
    CentreId, NotificationAction, ParticipantId, PersonKind, ReminderPurpose, SubjectKind, Urgency,
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

/// Why people are told of one. It is answered in the app: there is no button.
pub(crate) const PURPOSES: &[Purpose] = &[
    Purpose::notice(ReminderPurpose::CheckInOpen),
    Purpose::notice(ReminderPurpose::CheckInHalfWay),
    Purpose::notice(ReminderPurpose::CheckInLastEvening),
];

/// Its texts say when, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextFacts {}

/// It has none.
pub(crate) const FIELDS: &[&str] = &[];

impl Telling for TextFacts {
    /// It is answered wherever the reader is.
    fn reader_stays(&self) -> bool {
        true
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

/// All that the planner needs to know of a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInFacts {
    /// The check-in.
    pub id: Uuid,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who answers.
    pub participant_id: ParticipantId,
    /// What of it is still to be answered; nothing if it is answered, closed or called off.
    pub to_answer: Option<ToAnswer>,
    /// Whether the participant is still accompanied.
    pub is_accompanied: bool,
    /// Where the participant lives: their nights are meant by quiet hours.
    pub participant_zone: ZoneName,
    /// Where the centre is.
    pub centre_zone: ZoneName,
}

/// When something is to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToAnswer {
    /// From when on.
    pub opens_at: Instant,
    /// When half of the time is over, if that is worth telling.
    pub half_way: Option<Instant>,
    /// When its last evening begins, if that is worth telling.
    pub last_evening: Option<Instant>,
    /// Until before when.
    pub closes_at: Instant,
    /// The same on the wall.
    pub local_closes: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
}

impl Subject for CheckInFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::CheckIn,
            id: self.id,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.centre_zone
    }

    /// Each is of use until the next: what was put off by a night is not told beside what follows it.
    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        let Some(answer) = self.to_answer.as_ref().filter(|_| self.is_accompanied) else {
            return Vec::new();
        };
        let moments = [
            (ReminderPurpose::CheckInOpen, Some(answer.opens_at)),
            (ReminderPurpose::CheckInHalfWay, answer.half_way),
            (ReminderPurpose::CheckInLastEvening, answer.last_evening),
        ];
        let told: Vec<(ReminderPurpose, Instant)> =
            moments.into_iter().filter_map(|(purpose, at)| Some((purpose, at?))).collect();
        let ends = told.iter().skip(1).map(|(_, at)| *at).chain([answer.closes_at]);
        let wish = |((purpose, at), expires_at): (&(ReminderPurpose, Instant), Instant)| Wish {
            to: Listener {
                recipient: Recipient { kind: PersonKind::Participant, id: self.participant_id.0 },
                home: &self.participant_zone,
            },
            purpose: *purpose,
            occasion: format!("{} {}", answer.local_closes, answer.zone),
            when: When::From(*at),
            expires_at,
            pressing: Pressing::Always(Urgency::Normal),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose: *purpose,
                subject_id: self.id,
                local_start: answer.local_closes,
                zone: answer.zone.clone(),
                about: SubjectFacts::CheckIn(TextFacts {}),
            },
        };
        told.iter().zip(ends).map(wish).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;
    use contract::time::Zones;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn facts() -> CheckInFacts {
        CheckInFacts {
            id: Uuid::from_u128(1),
            centre_id: CentreId(Uuid::from_u128(2)),
            participant_id: ParticipantId(Uuid::from_u128(3)),
            to_answer: Some(ToAnswer {
                opens_at: at("2026-12-01T09:00:00Z"),
                half_way: Some(at("2026-12-03T14:30:00Z")),
                last_evening: Some(at("2026-12-05T18:00:00Z")),
                closes_at: at("2026-12-05T20:00:00Z"),
                local_closes: "2026-12-05T20:00:00".parse().unwrap(),
                zone: ZoneName::CASABLANCA,
            }),
            is_accompanied: true,
            participant_zone: ZoneName::CASABLANCA,
            centre_zone: ZoneName::CASABLANCA,
        }
    }

    fn due(facts: &CheckInFacts, now: &str) -> Vec<String> {
        let planned = plan(facts, &ReminderPolicy::default(), &Zones::built_in(), at(now));
        planned.iter().map(|one| format!("{} {}", one.key.purpose, one.due_at)).collect()
    }

    #[test]
    fn it_is_told_three_times_and_then_no_more() {
        assert_eq!(
            due(&facts(), "2026-11-27T10:00:00Z"),
            [
                "check_in_open 2026-12-01T09:00:00Z",
                "check_in_half_way 2026-12-03T14:30:00Z",
                "check_in_last_evening 2026-12-05T18:00:00Z",
            ]
        );
        // What is over when it is planned is not told beside what follows it.
        assert_eq!(
            due(&facts(), "2026-12-04T10:00:00Z"),
            ["check_in_half_way 2026-12-04T10:00:00Z", "check_in_last_evening 2026-12-05T18:00:00Z"]
        );
        assert!(due(&facts(), "2026-12-05T20:00:00Z").is_empty());
    }

    #[test]
    fn nobody_is_woken_and_what_the_night_has_overtaken_is_dropped() {
        let mut early = facts();
        let answer = early.to_answer.as_mut().unwrap();
        answer.opens_at = at("2026-12-01T00:00:00Z");
        answer.half_way = None;
        answer.last_evening = Some(at("2026-12-05T23:00:00Z"));
        answer.closes_at = at("2026-12-06T07:00:00Z");
        assert_eq!(due(&early, "2026-11-27T10:00:00Z"), ["check_in_open 2026-12-01T08:00:00Z"]);
        // Their nights, not the centre's.
        early.participant_zone = "America/Montreal".parse().unwrap();
        assert_eq!(due(&early, "2026-11-27T10:00:00Z")[0], "check_in_open 2026-12-01T00:00:00Z");
    }

    #[test]
    fn what_is_answered_and_who_is_no_longer_accompanied_is_not_reminded_of() {
        for quiet in
            [CheckInFacts { to_answer: None, ..facts() }, CheckInFacts { is_accompanied: false, ..facts() }]
        {
            assert!(due(&quiet, "2026-11-27T10:00:00Z").is_empty());
        }
    }
}

//! Who hears of an emergency access to a participant's notes: every administrator at once, since they can end it while it
//! lasts; whoever wrote notes for themself alone, when their phone may ring; and the participant, whose phone does not ring at
//! all. Somebody beside them would see it, and there is nothing that they must do in time: it stands in their app.

use chrono::TimeDelta;
use contract::{
    CentreId, EmergencyAccessId, NotificationAction, ParticipantId, PersonKind, ReminderPurpose, StaffId,
    SubjectKind, Urgency,
    time::{Instant, LocalDateTime, ZoneName, Zones},
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
    Purpose::notice(ReminderPurpose::EmergencyAccessOpened).for_oversight(),
    Purpose::notice(ReminderPurpose::OwnInformationOpened),
    Purpose::notice(ReminderPurpose::OwnNotesOpened),
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

/// For how long it is worth telling.
const OF_USE: TimeDelta = TimeDelta::days(7);

/// All that the planner needs to know of an emergency access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyAccessFacts {
    /// The access.
    pub id: EmergencyAccessId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose notes are opened.
    pub participant_id: ParticipantId,
    /// Who oversees it.
    pub administrators: Vec<StaffId>,
    /// Who wrote about the participant for themself alone.
    pub authors: Vec<StaffId>,
    /// The centre's zone: staff's nights.
    pub zone: ZoneName,
    /// When it was opened.
    pub opened_at: Instant,
    /// The same on the clock that the messages show.
    pub shown: (LocalDateTime, ZoneName),
}

impl Subject for EmergencyAccessFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::EmergencyAccess,
            id: self.id.0,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.zone
    }

    fn wishes(&self, _: &ReminderPolicy) -> Vec<Wish<'_>> {
        let at = self.opened_at;
        let staff = |id: &StaffId| (PersonKind::Staff, id.0);
        let now = When::Then(at);
        let by_day = When::AtOnce { happened_at: at, deadline: None, covers_leads: false };
        let administrators = self.administrators.iter().map(|id| {
            let urgency = Urgency::High;
            self.wish(staff(id), ReminderPurpose::EmergencyAccessOpened, now, urgency, Delivery::Push)
        });
        let authors = self.authors.iter().map(|id| {
            self.wish(staff(id), ReminderPurpose::OwnNotesOpened, by_day, Urgency::Low, Delivery::Push)
        });
        let participant = self.wish(
            (PersonKind::Participant, self.participant_id.0),
            ReminderPurpose::OwnInformationOpened,
            now,
            Urgency::Low,
            Delivery::InApp,
        );
        administrators.chain(authors).chain([participant]).collect()
    }
}

impl EmergencyAccessFacts {
    fn wish(
        &self,
        (kind, id): (PersonKind, Uuid),
        purpose: ReminderPurpose,
        when: When<'static>,
        urgency: Urgency,
        delivery: Delivery,
    ) -> Wish<'_> {
        let (local_start, zone) = self.shown.clone();
        Wish {
            to: Listener { recipient: Recipient { kind, id }, home: &self.zone },
            purpose,
            occasion: self.opened_at.to_string(),
            when,
            expires_at: self.opened_at.saturating_add(OF_USE),
            pressing: Pressing::Always(urgency),
            delivery,
            facts: ReminderFacts {
                purpose,
                subject_id: self.id.0,
                local_start,
                zone,
                about: SubjectFacts::EmergencyAccess(TextFacts {}),
            },
        }
    }

    /// What the clock showed there. If the zone data in use does not know the zone (it did when the centre was registered), the time in
    /// UTC is better than no message.
    pub fn shown_at(at: Instant, zone: &ZoneName, zones: &Zones) -> (LocalDateTime, ZoneName) {
        match zones.to_local(at, zone) {
            Ok(local) => (local, zone.clone()),
            Err(_) => (
                LocalDateTime::from_chrono(at.to_chrono().naive_utc()).unwrap_or(LocalDateTime::MIN),
                ZoneName::UTC,
            ),
        }
    }
}

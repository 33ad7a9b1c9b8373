//! Who hears of an emergency access to a participant's notes: every administrator at once, since they can end it while it
//! lasts; whoever wrote notes for themself alone, when their phone may ring; and the participant, whose phone does not ring at
//! all. Somebody beside them would see it, and there is nothing that they must do in time: it stands in their app.

use chrono::TimeDelta;
use contract::{
    CentreId, EmergencyAccessId, ParticipantId, PersonKind, ReminderPurpose, StaffId, SubjectKind,
    TimeOrigin, Urgency,
    time::{Instant, LocalDateTime, ZoneName, Zones},
};
use uuid::Uuid;

use super::{PlannedReminder, Recipient, ReminderFacts, ReminderKey, quiet::Nights};
use crate::policy::QuietHours;

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
    /// The centre's zone: staff's nights, and the time that the messages show.
    pub zone: ZoneName,
    /// When phones are silent there.
    pub quiet_hours: Option<QuietHours>,
}

/// What is told of an emergency access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyNotices {
    /// What is pushed.
    pub pushed: Vec<PlannedReminder>,
    /// What only stands in the recipient's app.
    pub in_app: Vec<PlannedReminder>,
}

/// Who is told what of an access that was opened at `now`.
pub fn plan_emergency_access(facts: &EmergencyAccessFacts, zones: &Zones, now: Instant) -> EmergencyNotices {
    let nights = Nights::new(facts.quiet_hours, &facts.zone, &facts.zone, zones);
    let awake = nights.at(now).map_or(now, |night| night.morning());
    let tell = |person: PersonKind, id: Uuid, purpose, due_at| {
        notice(facts, zones, now, (person, id), purpose, due_at)
    };
    let administrators = facts
        .administrators
        .iter()
        .map(|id| tell(PersonKind::Staff, id.0, ReminderPurpose::EmergencyAccessOpened, now));
    let authors =
        facts.authors.iter().map(|id| tell(PersonKind::Staff, id.0, ReminderPurpose::OwnNotesOpened, awake));
    let participant =
        tell(PersonKind::Participant, facts.participant_id.0, ReminderPurpose::OwnInformationOpened, now);
    EmergencyNotices { pushed: administrators.chain(authors).collect(), in_app: vec![participant] }
}

fn notice(
    facts: &EmergencyAccessFacts,
    zones: &Zones,
    now: Instant,
    (kind, id): (PersonKind, Uuid),
    purpose: ReminderPurpose,
    due_at: Instant,
) -> PlannedReminder {
    let (local_start, zone) = match zones.to_local(now, &facts.zone) {
        Ok(local) => (local, facts.zone.clone()),
        // The zone was known when the centre was registered. The time in UTC is better than no message.
        Err(_) => (
            LocalDateTime::from_chrono(now.to_chrono().naive_utc()).unwrap_or(LocalDateTime::MIN),
            ZoneName::UTC,
        ),
    };
    PlannedReminder {
        key: ReminderKey {
            recipient: Recipient { kind, id },
            subject_kind: SubjectKind::EmergencyAccess,
            subject_id: facts.id.0,
            purpose,
            occasion: now.to_string(),
        },
        centre_id: facts.centre_id,
        participant_id: facts.participant_id,
        facts: ReminderFacts {
            purpose,
            subject_kind: SubjectKind::EmergencyAccess,
            subject_id: facts.id.0,
            state: None,
            local_start,
            zone,
            time_origin: TimeOrigin::Set,
            place_kind: None,
        },
        urgency: match purpose {
            ReminderPurpose::EmergencyAccessOpened => Urgency::High,
            _ => Urgency::Low,
        },
        due_at,
        expires_at: now.saturating_add(OF_USE),
    }
}

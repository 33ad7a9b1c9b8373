//! What callers get.

use super::{
    rules::{self, Due},
    store::{Line, Row},
    words::{ReminderCallId, ToldHow},
};
use crate::{
    contact_way::{self, ContactMeans, ContactWay, store as ways},
    work_item::{PartOfDay, part_of_day},
};
use contract::{
    Language, ParticipantId, ReminderId, ReminderPurpose, ReminderState, StaffId, Subject, SubjectKind,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::{
        privacy::{Name, expose_in_answer},
        seal::Field,
    },
};
use notifications::{message, outbox::read_facts, policy::ReminderPolicy};
use serde::Serialize;
use utoipa::ToSchema;

/// When somebody may be called: by day where they live. Say it in words: "before Tuesday evening".
#[derive(Debug, Serialize, ToSchema)]
pub struct CallWindow {
    /// From when on, on the wall of the centre. Show it as it is.
    pub local_from: LocalDateTime,
    /// Until when, on the same wall.
    pub local_end: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// From when on, as an instant.
    pub begins_at: Instant,
    /// Until when, as an instant: then it is too late.
    pub ends_at: Instant,
    /// In which part of its day that is.
    pub part_of_day: PartOfDay,
}

/// What to say, in the language of the participant.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordsToSay {
    /// Their language.
    pub language: Language,
    /// To the participant, once it is they who speak. It says neither with whom nor what for, nor who runs the service.
    #[schema(max_length = 400)]
    pub to_them: String,
    /// To whoever else answers.
    #[schema(max_length = 400)]
    pub to_others: String,
    /// What is left as a message; absent where none may be left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 400)]
    pub as_message: Option<String>,
}

/// Somebody who is to be told in person, since no app tells them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallToMake {
    /// The reminder that they are told.
    pub reminder_id: ReminderId,
    /// Who is told.
    pub participant_id: ParticipantId,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub participant_name: Name,
    /// What it is about.
    pub subject: Subject,
    /// Why they are told.
    pub purpose: ReminderPurpose,
    /// When they may be called.
    pub window: CallWindow,
    /// By what they are reached; absent if there is no way to reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_by: Option<ContactMeans>,
    /// At which number, or through whom; absent where they are handed a slip, or there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<ContactWay>,
    /// What to say.
    pub words: WordsToSay,
}

/// The lines that are calls to make, with when: those about which the app tells, or somebody told them, are left out, and so is what a later version of this
/// service wrote.
pub fn to_make(kernel: &Kernel, lines: Vec<Line>, now: Instant) -> Result<Vec<(Line, Known)>> {
    let read: Vec<(Line, Known)> =
        lines.into_iter().filter_map(|line| Known::of(&line).map(|known| (line, known))).collect();
    let due: Vec<Due> = read.iter().map(|(line, known)| known.due(line)).collect();
    let ends = read
        .iter()
        .map(|(line, _)| rules::day_ends(now, &line.zone, &kernel.zones).map_err(Error::internal))
        .collect::<Result<Vec<_>>>()?;
    let chosen = rules::to_call(&due, now, |at| ends.get(at).copied().unwrap_or(now));
    let mut kept = Vec::with_capacity(chosen.len());
    for (at, (line, mut known)) in read.into_iter().enumerate() {
        // They come in the order of the lines.
        if chosen.binary_search(&at).is_err() {
            continue;
        }
        // A policy that cannot be read silences nobody for good, and rings at night for nobody: the usual night holds.
        let quiet =
            ReminderPolicy::of_centre(line.reminder_policy.as_deref()).unwrap_or_default().quiet_hours;
        let span = (line.due_at, line.expires_at);
        let window = rules::window(span, now, quiet, &line.home, &kernel.zones).map_err(Error::internal)?;
        let Some(window) = window else { continue };
        known.window = window;
        kept.push((line, known));
    }
    kept.sort_by_key(|(line, known)| (known.window.1, line.id));
    Ok(kept)
}

/// What this version knows of a line.
pub struct Known {
    facts: notifications::plan::ReminderFacts,
    kind: SubjectKind,
    language: Language,
    is_told: bool,
    /// When they may be called.
    pub window: (Instant, Instant),
}

impl Known {
    fn of(line: &Line) -> Option<Self> {
        let state: ReminderState = line.state.parse().ok()?;
        let first = line.first.as_deref().and_then(|word| word.parse().ok()).unwrap_or(ContactMeans::InApp);
        let by_app = line.has_app && first == ContactMeans::InApp && state != ReminderState::Failed;
        let is_read = matches!(state, ReminderState::Seen | ReminderState::Acted);
        Some(Self {
            facts: read_facts(&line.facts).ok()?.facts,
            kind: line.subject_kind.parse().ok()?,
            language: line.language.parse().unwrap_or(Language::Arabic),
            is_told: line.is_settled || by_app || is_read,
            window: (line.due_at, line.expires_at),
        })
    }

    fn due(&self, line: &Line) -> Due {
        Due {
            recipient: line.participant_id.0,
            subject: (self.kind, line.subject_id),
            due_at: line.due_at,
            is_told: self.is_told,
        }
    }
}

impl CallToMake {
    /// A line with the ways to reach its participant; nothing if it is of what nobody is called for.
    pub fn of(
        kernel: &Kernel,
        (line, known): &(Line, Known),
        (people, rows): (&[ways::Person], &[ways::WayRow]),
        now: Instant,
    ) -> Result<Option<Self>> {
        let said = message::call(&known.facts, known.language, Some(&line.home), now, &kernel.zones);
        let (Some(said), Some(person)) = (said, people.iter().find(|one| one.id == line.participant_id))
        else {
            return Ok(None);
        };
        let key = kernel.keys.participants.key(person.id.0, &line.data_key)?;
        let name = Field::new("participant", "name_sealed", person.id.0);
        let today = contact_way::today(kernel, person, now)?;
        let own = contact_way::ways_of(person, rows, now);
        let decisive: Vec<_> = own.iter().map(contact_way::decisive).collect();
        // The app does not tell them this.
        let reached =
            contact_way::reached(&contact_way::order(person.preference.as_deref()), false, &decisive, today);
        let way = reached.and_then(|one| one.way).and_then(|at| own.get(at));
        let way = way.map(|row| ContactWay::of(&key, person, row, today)).transpose()?;
        let local = |at| kernel.zones.to_local(at, &line.zone).map_err(Error::internal);
        let (begins_at, ends_at) = known.window;
        let local_end = local(ends_at)?;
        Ok(Some(Self {
            reminder_id: line.id,
            participant_id: person.id,
            participant_name: key.open_text(name, &line.name_sealed)?,
            subject: Subject { kind: known.kind, id: line.subject_id },
            purpose: known.facts.purpose,
            window: CallWindow {
                local_from: local(begins_at)?,
                local_end,
                zone: line.zone.clone(),
                begins_at,
                ends_at,
                part_of_day: part_of_day(local_end),
            },
            reached_by: reached.map(|one| one.by),
            words: WordsToSay {
                language: said.language,
                to_them: said.to_them,
                to_others: said.to_others,
                as_message: way.as_ref().filter(|way| way.may_leave_message).map(|_| said.as_message),
            },
            way,
        }))
    }
}

/// That somebody was told in person what a reminder says.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReminderCall {
    /// Its id.
    pub id: ReminderCallId,
    /// Who was told.
    pub participant_id: ParticipantId,
    /// The reminder.
    pub reminder_id: ReminderId,
    /// By whom.
    pub staff_id: StaffId,
    /// How.
    pub how: ToldHow,
    /// Whether they themself were reached: then it counts as a contact.
    pub is_contact: bool,
    /// When, as whoever told them read it on the wall. Show it as it is.
    pub local_at: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// The same as an instant.
    pub at: Instant,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When a phone recorded it, by its own clock; absent if it was not sent through `pushMutations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted_at: Option<Instant>,
    /// When it was withdrawn as entered by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<StaffId>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

impl ReminderCall {
    /// As it lies in the table.
    pub fn of(row: &Row) -> Self {
        Self {
            id: row.id,
            participant_id: row.participant_id,
            reminder_id: row.reminder_id,
            staff_id: row.staff_id,
            how: row.how,
            is_contact: row.how.reaches_them(),
            local_at: row.local_at,
            zone: row.zone.clone(),
            at: row.at,
            recorded_at: row.recorded_at,
            noted_at: row.noted_at,
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by,
            version: row.version,
        }
    }
}

//! What callers get. Of a plan nothing says which kind a conversation is: the axes of somebody's accompaniment disclose a conviction, and phones and
//! participants have no need of them. Staff read it of the one that they are about to arrange.

use super::{
    compare::{Difference, Existing},
    course::{self, Key, PhaseAdjustment, PlanPause, on_the_wall},
    materialise::Whole,
    planned::SessionRow,
    rules,
    store::{self, Version, day},
    words::{
        PlanCommand, PlanEndReason, PlanId, PlanSessionCommand, PlanSessionId, PlanSessionState, PlanState,
        PlanStepKind,
    },
};
use crate::{
    check_in::CheckInId,
    opening_hours::calendar::CalendarDate,
    plan_template::{PlanTemplateId, content::Pathway, store::Edition},
    questionnaire::{Slug, question::Texts},
    readiness::ReadinessItem,
};
use contract::{AppointmentId, AppointmentKind, Language, ParticipantId, StaffId, time::Instant};
use kernel::{access::Actor, error::Result};
use serde::Serialize;
use utoipa::ToSchema;

/// Who reads.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'r> {
    /// Who.
    pub actor: &'r Actor,
    /// In which language staff reads; a participant's stands with the plan.
    pub language: Option<Language>,
}

impl Reader<'_> {
    const fn is_staff(self) -> bool {
        matches!(self.actor, Actor::Staff { .. })
    }
}

/// What a plan is called, in the language of whoever reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanName {
    /// The text.
    pub text: String,
    /// The language that it is in.
    pub language: Language,
}

impl PlanName {
    fn of(texts: &Texts, language: Language) -> Self {
        let (text, language) = texts.for_reader_of(language).unwrap_or(("", language));
        Self { text: text.to_owned(), language }
    }
}

/// A phase of a plan, on the wall.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanPhase {
    /// Its name.
    pub phase_id: Slug,
    /// Its first day.
    pub starts_on: CalendarDate,
    /// The day behind its last.
    pub ends_before: CalendarDate,
}

/// A check-in that lies ahead.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanCheckIn {
    /// Which.
    pub check_in_id: CheckInId,
    /// On which day it opens.
    pub on: CalendarDate,
    /// On which day it would, had nothing moved it: neither a pause nor a day on which the centre is closed. Absent if nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_on: Option<CalendarDate>,
}

/// A conversation within a week.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanSession {
    /// Its id.
    pub id: PlanSessionId,
    /// The Monday of its week.
    pub week: CalendarDate,
    /// How long it is to last.
    #[schema(minimum = 5, maximum = 480)]
    pub minutes: i64,
    /// Where it stands.
    pub state: PlanSessionState,
    /// At which appointment it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment_id: Option<AppointmentId>,
    /// Counts what people did; the same as its ETag: what is said of it without network is said of this version.
    pub version: i64,
}

impl PlanSession {
    fn of(row: &SessionRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            week: day(&row.planned_on)?.into(),
            minutes: row.minutes,
            state: row.state(),
            appointment_id: row.appointment_id,
            version: row.version,
        })
    }
}

/// That a plan ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanEnd {
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: PlanEndReason,
    /// Who ended it; for staff. Absent if it followed from something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
}

/// What only those read who accompany the participant.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanForStaff {
    /// What it is made from.
    pub plan_template_id: PlanTemplateId,
    /// In which version.
    #[schema(minimum = 1)]
    pub template_number: i64,
    /// What is otherwise for this person.
    #[schema(max_items = 10)]
    pub adjustments: Vec<PhaseAdjustment>,
    /// When it rested.
    pub pauses: Vec<PlanPause>,
    /// Which papers and things are asked about.
    pub readiness: Vec<ReadinessItem>,
    /// Where work may lead.
    pub pathways: Vec<Pathway>,
    /// Who started it.
    pub started_by: StaffId,
    /// What can be done with it.
    pub possible_commands: Vec<PlanCommand>,
}

/// A plan, with what comes next.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// What it is called.
    pub name: PlanName,
    /// Where it stands.
    pub state: PlanState,
    /// Which version of it is followed.
    #[schema(minimum = 1)]
    pub number: i64,
    /// Its first day.
    pub starts_on: CalendarDate,
    /// When it was started.
    pub started_at: Instant,
    /// Since which day it rests with the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_on: Option<CalendarDate>,
    /// Its phases, one after the other.
    #[schema(max_items = 10)]
    pub phases: Vec<PlanPhase>,
    /// Check-ins of it that open today or later, as far as they are planned.
    pub check_ins: Vec<PlanCheckIn>,
    /// Conversations of this week and later ones, and those of before that nobody has arranged.
    pub sessions: Vec<PlanSession>,
    /// That it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<PlanEnd>,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<PlanForStaff>,
    /// Counts what people did; the same as its ETag.
    pub version: i64,
}

impl Plan {
    /// As this person reads it.
    pub fn seen_by(reader: Reader<'_>, whole: &Whole) -> Result<Self> {
        let (followed, row) = (&whole.followed, &whole.followed.row);
        let language = reader.language.unwrap_or(row.participant_language);
        let is_staff = reader.is_staff();
        let phases = followed.course().stretches().into_iter().map(|stretch| PlanPhase {
            phase_id: stretch.phase.id.clone(),
            starts_on: on_the_wall(stretch.begins, &followed.pauses).into(),
            ends_before: on_the_wall(stretch.ends, &followed.pauses).into(),
        });
        let end = row.ended_at.zip(row.end_reason).map(|(at, reason)| PlanEnd {
            at,
            reason,
            by: row.ended_by.filter(|_| is_staff),
        });
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            name: PlanName::of(&followed.content.name, language),
            state: row.state(),
            number: row.number,
            starts_on: followed.starts_on.into(),
            started_at: row.started_at,
            paused_on: row.paused_on.as_deref().map(day).transpose()?.map(CalendarDate::from),
            phases: phases.collect(),
            check_ins: check_ins(whole)?,
            sessions: sessions(whole)?,
            end,
            staff: is_staff.then(|| for_staff(whole)),
            version: row.version,
        })
    }
}

fn for_staff(whole: &Whole) -> PlanForStaff {
    let (followed, row) = (&whole.followed, &whole.followed.row);
    PlanForStaff {
        plan_template_id: row.template_id,
        template_number: row.template_number,
        adjustments: course::told(&followed.adjustments, &followed.pauses),
        pauses: followed.pauses.clone(),
        readiness: followed.content.readiness.clone(),
        pathways: followed.content.pathways.clone(),
        started_by: row.started_by,
        possible_commands: rules::possible(row.state()),
    }
}

fn check_ins(whole: &Whole) -> Result<Vec<PlanCheckIn>> {
    if whole.followed.row.ended_at.is_some() {
        return Ok(Vec::new());
    }
    let mut ahead = Vec::new();
    for row in &whole.check_ins {
        let (on, original_on) = (day(&row.planned_on)?, day(&row.original_on)?);
        if on >= whole.today {
            ahead.push(PlanCheckIn {
                check_in_id: row.check_in_id,
                on: on.into(),
                original_on: (original_on != on).then(|| original_on.into()),
            });
        }
    }
    ahead.sort_by_key(|check_in| check_in.on);
    Ok(ahead)
}

fn sessions(whole: &Whole) -> Result<Vec<PlanSession>> {
    let this_week = CalendarDate::from(course::monday(whole.today));
    let mut told = Vec::new();
    for row in &whole.sessions {
        let session = PlanSession::of(row)?;
        if session.week >= this_week || session.state == PlanSessionState::ToArrange {
            told.push(session);
        }
    }
    Ok(told)
}

/// A conversation of a plan, as whoever arranges it reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanSessionDetails {
    /// Its id.
    pub id: PlanSessionId,
    /// Of which plan.
    pub plan_id: PlanId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// What kind of appointment it is to be. Absent if the plan no longer has its series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<AppointmentKind>,
    /// The Monday of its week.
    pub week: CalendarDate,
    /// The day of which it came: before pauses and weeks in which the centre is closed.
    pub original_on: CalendarDate,
    /// How long it is to last.
    #[schema(minimum = 5, maximum = 480)]
    pub minutes: i64,
    /// Where it stands.
    pub state: PlanSessionState,
    /// At which appointment it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment_id: Option<AppointmentId>,
    /// Since when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_at: Option<Instant>,
    /// Who said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_by: Option<StaffId>,
    /// What can be done with it.
    pub possible_commands: Vec<PlanSessionCommand>,
    /// Counts what people did; the same as its ETag.
    pub version: i64,
}

impl PlanSessionDetails {
    /// Of this row, whose series is of this kind.
    pub fn of(row: &SessionRow, kind: Option<AppointmentKind>) -> Result<Self> {
        let state = row.state();
        Ok(Self {
            id: row.id,
            plan_id: row.plan_id,
            participant_id: row.participant_id,
            kind,
            week: day(&row.planned_on)?.into(),
            original_on: day(&row.original_on)?.into(),
            minutes: row.minutes,
            state,
            appointment_id: row.appointment_id,
            linked_at: row.linked_at,
            linked_by: row.linked_by,
            possible_commands: rules::session_possible(state),
            version: row.version,
        })
    }
}

/// What a plan followed in one of its versions. None is ever changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanVersion {
    /// The number of the version.
    #[schema(minimum = 1)]
    pub number: i64,
    /// From which template.
    pub plan_template_id: PlanTemplateId,
    /// In which version of that.
    #[schema(minimum = 1)]
    pub template_number: i64,
    /// What was otherwise for this person.
    #[schema(max_items = 10)]
    pub adjustments: Vec<PhaseAdjustment>,
    /// From which day on.
    pub effective_on: CalendarDate,
    /// When it was made.
    pub made_at: Instant,
    /// Who made it.
    pub made_by: StaffId,
}

impl PlanVersion {
    /// As it is stored, of a plan that rested then.
    pub fn of(version: &Version, pauses: &[PlanPause]) -> Result<Self> {
        Ok(Self {
            number: version.number,
            plan_template_id: version.template_id,
            template_number: version.template_number,
            adjustments: course::told(&store::adjustments(&version.adjustments)?, pauses),
            effective_on: day(&version.effective_on)?.into(),
            made_at: version.made_at,
            made_by: version.made_by,
        })
    }
}

/// A day of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanStep {
    /// What is on it.
    pub kind: PlanStepKind,
    /// Which day; of a conversation the Monday of its week.
    pub on: CalendarDate,
    /// The day of which it came.
    pub original_on: CalendarDate,
}

/// A day of a plan that lies elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanMove {
    /// What is on it.
    pub kind: PlanStepKind,
    /// Where it lay.
    pub from: CalendarDate,
    /// Where it lies.
    pub on: CalendarDate,
}

/// What would become of a plan, as far as it is planned ahead.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanPreview {
    /// From which day on the plan would be followed.
    pub effective_on: CalendarDate,
    /// From which template.
    pub plan_template_id: PlanTemplateId,
    /// In which version of that.
    #[schema(minimum = 1)]
    pub template_number: i64,
    /// What would be added.
    pub added: Vec<PlanStep>,
    /// What would be put elsewhere.
    pub moved: Vec<PlanMove>,
    /// What would be called off.
    pub cancelled: Vec<PlanStep>,
    /// What lies ahead and would stay.
    pub kept: Vec<PlanStep>,
    /// To be sent with the change: what was shown is done, or nothing.
    #[schema(min_length = 1, max_length = 64)]
    pub fingerprint: String,
}

const fn kind(key: &Key) -> PlanStepKind {
    if key.series.is_some() { PlanStepKind::Session } else { PlanStepKind::CheckIn }
}

fn steps(planned: &[Existing]) -> Vec<PlanStep> {
    let step = |one: &Existing| PlanStep {
        kind: kind(&one.key),
        on: one.day.into(),
        original_on: one.key.original_on.into(),
    };
    sorted(planned.iter().map(step).collect())
}

fn sorted(mut steps: Vec<PlanStep>) -> Vec<PlanStep> {
    steps.sort_by_key(|step| (step.on, step.kind));
    steps
}

impl PlanPreview {
    /// Of what would be done.
    pub fn of(
        (plan_template_id, template_number): Edition,
        effective_on: CalendarDate,
        difference: &Difference,
        fingerprint: String,
    ) -> Self {
        let added = difference.add.iter().map(|one| PlanStep {
            kind: kind(&one.key),
            on: one.day.into(),
            original_on: one.key.original_on.into(),
        });
        let mut moved: Vec<PlanMove> = difference
            .put
            .iter()
            .map(|(from, to)| PlanMove { kind: kind(&to.key), from: from.day.into(), on: to.day.into() })
            .collect();
        moved.sort_by_key(|one| (one.from, one.kind));
        Self {
            effective_on,
            plan_template_id,
            template_number,
            added: sorted(added.collect()),
            moved,
            cancelled: steps(&difference.drop),
            kept: steps(&difference.keep),
            fingerprint,
        }
    }
}

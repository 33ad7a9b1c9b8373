//! What callers get.

use super::{
    agreements::Agreed,
    corrections::Former,
    days::{self, Spell},
    milestones,
    parts::{MilestoneRow, StageRow, Whole},
    store::Row,
    words::{
        Confidence, EmployerKnowledge, EndReason, Evidence, InWork, Milestone, MilestoneClosing,
        MilestoneState, PlacementId, PlacementKind, PlacementStage, PlacementState, StageOutcome, WorkGroup,
    },
};
use crate::{
    consent::ConsentGround,
    employer::{self, EmployerId},
    opening_hours::calendar::CalendarDate,
};
use chrono::NaiveDate;
use contract::{
    ParticipantId, StaffId, StaffRole,
    time::{ImpreciseDate, Instant, LocalDateTime, ZoneName},
};
use kernel::{
    Kernel,
    access::Actor,
    error::{Error, Result},
    protect::{
        privacy::{Name, Note, expose_in_answer, expose_in_answer_if_any},
        seal::{DataKey, Field, Sealed},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A date as precisely as it is known, with its bounds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dated {
    /// A day, a month or a year.
    pub date: ImpreciseDate,
    /// The first day that it can have been.
    pub earliest: CalendarDate,
    /// The last one.
    pub latest: CalendarDate,
}

impl From<ImpreciseDate> for Dated {
    fn from(date: ImpreciseDate) -> Self {
        Self { date, earliest: date.earliest().into(), latest: date.latest().into() }
    }
}

/// What became of a stage of the way to a placement.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacementStep {
    /// Which stage.
    pub stage: PlacementStage,
    /// What became of it.
    pub outcome: StageOutcome,
    /// When.
    pub on: Dated,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: StaffId,
}

/// How long a placement was held.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacementMilestone {
    /// Which milestone.
    pub milestone: Milestone,
    /// In civil days from the start.
    #[schema(minimum = 30, maximum = 365)]
    pub days: u32,
    /// Where it stands.
    pub state: MilestoneState,
    /// When it falls due, on the wall of the centre. Show it as it is.
    pub local_due: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// The same as an instant.
    pub due_at: Instant,
    /// Why it was closed without being held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_for: Option<MilestoneClosing>,
    /// By what it is known that it was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How the participant's consent to contact with the employer stood, if it is known by them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_consent: Option<ConsentGround>,
    /// How sure that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Of which day the evidence is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_on: Option<ImpreciseDate>,
    /// When it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Instant>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<StaffId>,
}

/// A placement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Placement {
    /// Its id.
    pub id: PlacementId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// Who recorded it.
    pub author_id: StaffId,
    /// What they work at.
    pub kind: PlacementKind,
    /// As what it is counted.
    pub counted_as: WorkGroup,
    /// With whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_id: Option<EmployerId>,
    /// What the employer is called.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub employer_name: Option<Name>,
    /// How many hours a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 84)]
    pub hours_a_week: Option<i64>,
    /// What the employer may know.
    pub employer_knowledge: EmployerKnowledge,
    /// On which day the participant agreed to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_on: Option<ImpreciseDate>,
    /// Before whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness_id: Option<StaffId>,
    /// Where it stands.
    pub state: PlacementState,
    /// The way to it, the first stage first.
    pub stages: Vec<PlacementStep>,
    /// The first day, once it has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Dated>,
    /// The last day, once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Dated>,
    /// Why it ended. One of the reasons is told to the manager alone, `new_detention`: to everybody else it is `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// How long it was held, the first milestone first; none until it has begun.
    pub milestones: Vec<PlacementMilestone>,
    /// When it was found to be entered by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<StaffId>,
    /// Why.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When it was corrected last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Instant>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// What a placement said before it was corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerPlacement {
    /// The version that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// Who corrected it.
    pub corrected_by: StaffId,
    /// Why.
    #[serde(serialize_with = "expose_in_answer")]
    pub reason: Note,
    /// What it was said to be.
    pub kind: PlacementKind,
    /// With whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_id: Option<EmployerId>,
    /// How many hours a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 84)]
    pub hours_a_week: Option<i64>,
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Dated>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Dated>,
    /// Why it was said to have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// What was said of a milestone, if that was put right or withdrawn; then the rest was right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<FormerVerification>,
}

/// What was recorded of a milestone before that was put right, or withdrawn as a mistake.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerVerification {
    /// Which milestone.
    pub milestone: Milestone,
    /// By what it was said to be known that it was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How the participant's consent to contact with the employer stood, if it was said to be known by them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_consent: Option<ConsentGround>,
    /// How sure that was said to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Of which day the evidence was said to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_on: Option<ImpreciseDate>,
    /// When it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Instant>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<StaffId>,
}

/// What was agreed that the employer may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacementAgreement {
    /// The version of the placement that said it.
    pub version: i64,
    /// What they may know from then on.
    pub employer_knowledge: EmployerKnowledge,
    /// On which day the participant agreed to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_on: Option<ImpreciseDate>,
    /// Before whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness_id: Option<StaffId>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who recorded it; absent if it followed from what the participant said themself, or from time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<StaffId>,
    /// When the consent ended because of which they may know nothing; absent if it was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_ended_at: Option<Instant>,
}

/// How many days.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayCount {
    /// As what they are counted.
    pub counted_as: WorkGroup,
    /// At least so many.
    #[schema(minimum = 0)]
    pub at_least: i64,
    /// At most so many: a date is not known to the day.
    #[schema(minimum = 0)]
    pub at_most: i64,
}

/// A time between two jobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkGap {
    /// The first day on which they surely did not work.
    pub from: CalendarDate,
    /// The last one; absent if they do not work yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<CalendarDate>,
    /// At least so many days.
    #[schema(minimum = 1)]
    pub at_least: i64,
    /// At most so many.
    #[schema(minimum = 1)]
    pub at_most: i64,
}

/// What somebody's placements come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkSummary {
    /// Until which day, on the wall of the centre.
    pub as_of: CalendarDate,
    /// Whether they work on that day, in employment or under an insertion contract.
    pub in_work: InWork,
    /// How many days they worked, by what it is counted as. What overlaps counts once.
    pub days: Vec<DayCount>,
    /// The times between jobs, the first one first.
    pub gaps: Vec<WorkGap>,
}

/// Where a text of a placement lies. What it said before lies there, too: it is moved as it is sealed.
pub const fn field(column: &'static str, id: PlacementId) -> Field {
    Field::new("placement", column, id.0)
}

/// Whether this person is told every reason.
pub fn is_told_reasons(actor: &Actor) -> bool {
    actor.role() == Some(StaffRole::Manager)
}

/// Sealed beside a correction that is for managers alone.
pub const FOR_MANAGERS: &[u8] = b"1";
/// Sealed beside any other; as long, so that its length tells nothing.
pub const FOR_ALL: &[u8] = b"0";

fn reason(
    key: &DataKey,
    id: PlacementId,
    (plain, sealed): (Option<EndReason>, Option<&Sealed>),
    is_told: bool,
) -> Result<Option<EndReason>> {
    let Some(sealed) = sealed.filter(|_| is_told) else { return Ok(plain) };
    let word = key.open(field("end_reason_sealed", id), sealed)?;
    let word = std::str::from_utf8(&word).map_err(Error::internal)?;
    // What a later version calls by another word is told as everybody is told it.
    Ok(word.parse().ok().or(plain))
}

impl Placement {
    /// All of it, with its texts opened, as `actor` may see it.
    pub fn of(kernel: &Kernel, actor: &Actor, whole: &Whole) -> Result<Self> {
        let Whole { row, stages, milestones } = whole;
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let name = |(id, sealed): (EmployerId, &Sealed)| employer::answer::open_name(kernel, id, sealed);
        let withdrawal = row.withdrawal_sealed.as_ref();
        let withdrawal = withdrawal.map(|sealed| key.open_text(field("withdrawal_sealed", row.id), sealed));
        let reasons = (row.end_reason, row.end_reason_sealed.as_ref());
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            author_id: row.author_id,
            kind: row.kind,
            counted_as: super::rules::counted_as(row.kind),
            employer_id: row.employer_id,
            employer_name: row.employer_id.zip(row.employer_name_sealed.as_ref()).map(name).transpose()?,
            hours_a_week: row.hours_a_week,
            employer_knowledge: row.employer_knowledge,
            agreed_on: row.agreed_on,
            witness_id: row.witness_id,
            state: row.state,
            stages: stages.iter().map(PlacementStep::of).collect(),
            from: row.started.map(Into::into),
            until: row.ended.map(Into::into),
            end_reason: reason(&key, row.id, reasons, is_told_reasons(actor))?,
            milestones: milestones.iter().map(PlacementMilestone::of).collect(),
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by,
            withdrawal_reason: withdrawal.transpose()?,
            recorded_at: row.recorded_at,
            corrected_at: row.corrected_at,
            version: row.version,
        })
    }
}

impl PlacementStep {
    fn of(row: &StageRow) -> Self {
        Self {
            stage: row.stage,
            outcome: row.outcome,
            on: row.happened_on.into(),
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
        }
    }
}

impl PlacementMilestone {
    fn of(row: &MilestoneRow) -> Self {
        Self {
            milestone: row.milestone,
            days: milestones::days(row.milestone),
            state: row.state,
            local_due: row.local_due,
            zone: row.zone.clone(),
            due_at: row.due_at,
            closed_for: row.closed_for,
            evidence: row.evidence,
            evidence_consent: row.evidence_consent,
            confidence: row.confidence,
            held_on: row.held_on,
            verified_at: row.verified_at,
            verified_by: row.verified_by,
        }
    }
}

impl FormerPlacement {
    /// What `placement` said, with its texts opened, as `actor` may see it; none if it tells of a reason that is for managers alone, and they
    /// are none.
    pub fn of(kernel: &Kernel, actor: &Actor, placement: &Row, former: Former) -> Result<Option<Self>> {
        let key = kernel.keys.participants.key(placement.participant_id.0, &placement.data_key)?;
        if let Some(sealed) = former.for_managers_sealed.as_ref().filter(|_| !is_told_reasons(actor)) {
            let word = key.open(field("for_managers_sealed", placement.id), sealed)?;
            if word.as_slice() != FOR_ALL {
                return Ok(None);
            }
        }
        let reasons = (former.end_reason, former.end_reason_sealed.as_ref());
        Ok(Some(Self {
            version: former.version,
            corrected_at: former.corrected_at,
            corrected_by: former.corrected_by,
            reason: key.open_text(field("reason_sealed", placement.id), &former.reason_sealed)?,
            kind: former.kind,
            employer_id: former.employer_id,
            hours_a_week: former.hours_a_week,
            from: former.started.map(Into::into),
            until: former.ended.map(Into::into),
            end_reason: reason(&key, placement.id, reasons, is_told_reasons(actor))?,
            verification: former.milestone.map(|milestone| FormerVerification {
                milestone,
                evidence: former.evidence,
                evidence_consent: former.evidence_consent,
                confidence: former.confidence,
                held_on: former.held_on,
                verified_at: former.verified_at,
                verified_by: former.verified_by,
            }),
        }))
    }
}

impl PlacementAgreement {
    /// What was agreed for this placement.
    pub fn of(placement: &Row, agreed: &Agreed) -> Self {
        let is_staff = agreed.recorded_by != placement.participant_id.0;
        Self {
            version: agreed.version,
            employer_knowledge: agreed.employer_knowledge,
            agreed_on: agreed.agreed_on,
            witness_id: agreed.witness_id,
            recorded_at: agreed.recorded_at,
            recorded_by: is_staff.then_some(StaffId(agreed.recorded_by)),
            consent_ended_at: agreed.consent_ended_at,
        }
    }
}

impl WorkSummary {
    /// What these come to until this day.
    pub fn of(spells: &[(WorkGroup, Spell)], as_of: NaiveDate) -> Self {
        let among = |counts: &dyn Fn(WorkGroup) -> bool| -> Vec<Spell> {
            spells.iter().filter(|(group, _)| counts(*group)).map(|(_, spell)| *spell).collect()
        };
        let count = |group: &WorkGroup| {
            let bounds = days::worked(&among(&|one| one == *group), as_of);
            DayCount { counted_as: *group, at_least: bounds.at_least, at_most: bounds.at_most }
        };
        let work = among(&|group| group != WorkGroup::Training);
        let gap = |gap: days::Gap| WorkGap {
            from: gap.from.into(),
            until: gap.until.map(Into::into),
            at_least: gap.days.at_least,
            at_most: gap.days.at_most,
        };
        Self {
            as_of: as_of.into(),
            in_work: days::on_day(&work, as_of),
            days: WorkGroup::ALL.iter().map(count).collect(),
            gaps: days::gaps(&work, as_of).into_iter().map(gap).collect(),
        }
    }
}

//! What belongs to placements and has rows of its own: the stages of the way to one, and its milestones.

use super::{
    milestones::Course,
    store::Row,
    words::{
        Confidence, Evidence, Milestone, MilestoneClosing, MilestoneState, PlacementId, PlacementStage,
        StageOutcome,
    },
};
use crate::consent::ConsentGround;
use contract::{
    ParticipantId, StaffId,
    time::{ImpreciseDate, Instant, LocalDateTime, ZoneName},
};
use db::{Result, Tx, sql};
use uuid::Uuid;

/// How many at most are asked for in one statement.
const CHUNK: usize = 200;

/// What became of a stage, and when.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StageRow {
    /// Of which placement.
    pub placement_id: PlacementId,
    /// The first is 1.
    pub number: i64,
    /// Which stage.
    pub stage: PlacementStage,
    /// What became of it.
    pub outcome: StageOutcome,
    /// When.
    pub happened_on: ImpreciseDate,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// By whom.
    pub recorded_by: StaffId,
}

/// How long a placement was held.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MilestoneRow {
    /// Of which placement.
    pub placement_id: PlacementId,
    /// Which milestone.
    pub milestone: Milestone,
    /// Where it stands.
    pub state: MilestoneState,
    /// When it falls due, on the wall of the centre.
    pub local_due: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When that is.
    pub due_at: Instant,
    /// Since when somebody is asked.
    pub asked_at: Option<Instant>,
    /// Why it was closed without being held.
    pub closed_for: Option<MilestoneClosing>,
    /// By what it is known that it was held.
    pub evidence: Option<Evidence>,
    /// How sure that is.
    pub confidence: Option<Confidence>,
    /// How the participant's consent stood, if it is the employer's word.
    pub evidence_consent: Option<ConsentGround>,
    /// Of which day the evidence is.
    pub held_on: Option<ImpreciseDate>,
    /// When it was recorded.
    pub verified_at: Option<Instant>,
    /// By whom.
    pub verified_by: Option<StaffId>,
    /// The version of the placement that said so last, or took it back.
    pub said_version: Option<i64>,
}

impl MilestoneRow {
    /// What its course depends on.
    pub const fn course(&self) -> Course {
        Course {
            state: self.state,
            due_at: self.due_at,
            asked_at: self.asked_at,
            closed_for: self.closed_for,
        }
    }

    /// Takes this course; whether that is another one.
    pub fn take(&mut self, course: Course) -> bool {
        let is_other = self.course() != course;
        (self.state, self.due_at, self.asked_at, self.closed_for) =
            (course.state, course.due_at, course.asked_at, course.closed_for);
        is_other
    }
}

/// A placement with all that belongs to it.
#[derive(Debug)]
pub struct Whole {
    /// The placement.
    pub row: Row,
    /// The way to it, the first stage first.
    pub stages: Vec<StageRow>,
    /// Its milestones, the first one first.
    pub milestones: Vec<MilestoneRow>,
}

/// These placements with all that belongs to them.
pub async fn complete(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Whole>> {
    let ids: Vec<PlacementId> = rows.iter().map(|row| row.id).collect();
    let (mut stages, mut milestones) = (Vec::new(), Vec::new());
    for chunk in ids.chunks(CHUNK) {
        stages.extend(stages_of(tx, chunk).await?);
        milestones.extend(milestones_of(tx, chunk).await?);
    }
    let whole = |row: Row| {
        let id = row.id;
        Whole {
            row,
            stages: stages.iter().filter(|stage| stage.placement_id == id).cloned().collect(),
            milestones: milestones.iter().filter(|milestone| milestone.placement_id == id).cloned().collect(),
        }
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// The same of one.
pub async fn complete_one(tx: &mut Tx, row: Row) -> Result<Whole> {
    let ids = [row.id];
    Ok(Whole { row, stages: stages_of(tx, &ids).await?, milestones: milestones_of(tx, &ids).await? })
}

async fn stages_of(tx: &mut Tx, ids: &[PlacementId]) -> Result<Vec<StageRow>> {
    let mut query = tx.query_kept_rows(
        sql!("SELECT * FROM placement_stage WHERE placement_id IN ({rows}) ORDER BY placement_id, number"),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    query.fill::<PlacementId>().all().await
}

async fn milestones_of(tx: &mut Tx, ids: &[PlacementId]) -> Result<Vec<MilestoneRow>> {
    let mut query = tx.query_kept_rows(
        sql!("SELECT * FROM milestone WHERE placement_id IN ({rows}) ORDER BY placement_id, local_due"),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    query.fill::<PlacementId>().all().await
}

/// Keeps a stage.
pub async fn insert_stage(tx: &mut Tx, stage: &StageRow) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO placement_stage (placement_id, number, stage, outcome, happened_on, recorded_at, recorded_by, participant_id)
         SELECT $1, $2, $3, $4, $5, $6, $7, participant_id FROM placement WHERE id = $1"
    ))
    .bind(stage.placement_id)
    .bind(stage.number)
    .bind(stage.stage)
    .bind(stage.outcome)
    .bind(stage.happened_on)
    .bind(stage.recorded_at)
    .bind(stage.recorded_by)
    .execute()
    .await
    .map(drop)
}

/// Keeps what the employer may know from this version on. What was agreed before stays: it is the ground of what was asked then.
pub async fn insert_agreement(
    tx: &mut Tx,
    row: &Row,
    by: Uuid,
    consent_ended_at: Option<Instant>,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO placement_agreement (placement_id, version, employer_knowledge, agreed_on, witness_id, recorded_at, recorded_by,
                                          consent_ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(row.id)
    .bind(row.version)
    .bind(row.employer_knowledge)
    .bind(row.agreed_on)
    .bind(row.witness_id)
    .bind(now)
    .bind(by)
    .bind(consent_ended_at)
    .execute()
    .await
    .map(drop)
}

/// Keeps that this version changed the placement itself.
pub async fn insert_fact(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!("INSERT INTO placement_fact (placement_id, version) VALUES ($1, $2)"))
        .bind(row.id)
        .bind(row.version)
        .execute()
        .await
        .map(drop)
}

/// The versions behind this one that changed the placement itself.
pub async fn facts_behind(tx: &mut Tx, id: PlacementId, version: i64) -> Result<Vec<i64>> {
    tx.query(sql!("SELECT version FROM placement_fact WHERE placement_id = $1 AND version > $2"))
        .bind(id)
        .bind(version)
        .scalars()
        .await
}

/// Keeps the milestones of a placement that has begun.
pub async fn insert_milestones(
    tx: &mut Tx,
    participant: ParticipantId,
    milestones: &[MilestoneRow],
) -> Result<()> {
    let mut query = tx.query_rows(
        sql!("INSERT INTO milestone (placement_id, milestone, state, local_due, zone, due_at, participant_id) VALUES {rows}"),
        milestones.len(),
        7,
    );
    for one in milestones {
        query = query
            .bind(one.placement_id)
            .bind(one.milestone)
            .bind(one.state)
            .bind(one.local_due)
            .bind(&one.zone)
            .bind(one.due_at)
            .bind(participant);
    }
    query.execute().await.map(drop)
}

/// Writes how a milestone stands from now on.
pub async fn update_milestone(tx: &mut Tx, one: &MilestoneRow) -> Result<()> {
    tx.query(sql!(
        "UPDATE milestone SET state = $1, local_due = $2, zone = $3, due_at = $4, asked_at = $5, closed_for = $6, evidence = $7,
                              confidence = $8, held_on = $9, verified_at = $10, verified_by = $11, evidence_consent = $12,
                              said_version = $13
         WHERE placement_id = $14 AND milestone = $15"
    ))
    .bind(one.state)
    .bind(one.local_due)
    .bind(&one.zone)
    .bind(one.due_at)
    .bind(one.asked_at)
    .bind(one.closed_for)
    .bind(one.evidence)
    .bind(one.confidence)
    .bind(one.held_on)
    .bind(one.verified_at)
    .bind(one.verified_by)
    .bind(one.evidence_consent)
    .bind(one.said_version)
    .bind(one.placement_id)
    .bind(one.milestone)
    .execute()
    .await
    .map(drop)
}

//! Check-ins in the database.

use super::{
    rules::CLOCK_AHEAD,
    things::CHECK_IN,
    window::{LocalWindow, Window},
    words::{CheckInCancelReason, CheckInExcuseReason, CheckInId, CheckInSeriesId, Settled, Stage},
};
use crate::{calling::Whereabouts, questionnaire::QuestionnaireId};
use contract::{
    CentreId, Language, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Change, Piece, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::{Scope, ScopeKind},
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// A check-in with what it asks and where its participant is looked after.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: CheckInId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who answers.
    pub participant_id: ParticipantId,
    /// With which others it was planned.
    pub series_id: Option<CheckInSeriesId>,
    /// What is asked.
    pub questionnaire_id: QuestionnaireId,
    /// In which version.
    pub questionnaire_number: i64,
    /// What is asked besides.
    pub custom_questions_sealed: Option<Sealed>,
    /// How many of the participant's own questions there was no room for.
    pub custom_questions_left_out: i64,
    /// From when it can be answered, on the wall.
    pub local_opens: LocalDateTime,
    /// By when it should be.
    pub local_due: LocalDateTime,
    /// Until before when.
    pub local_closes: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// From when it can be answered.
    pub opens_at: Instant,
    /// By when it should be.
    pub due_at: Instant,
    /// Until before when it can be answered in time.
    pub closes_at: Instant,
    /// When it was to open before a pause of the file or an outage of the service first moved it.
    pub original_opens: Option<LocalDateTime>,
    /// By when it was to be answered then.
    pub original_due: Option<LocalDateTime>,
    /// Until before when.
    pub original_closes: Option<LocalDateTime>,
    /// Since when time stands still for it, because the file rests.
    pub paused_at: Option<Instant>,
    /// By how much outages of the service moved its end, in microseconds.
    pub outage_micros: i64,
    /// What somebody did.
    pub settled: Settled,
    /// What of the passing time was acted upon.
    pub stage: Stage,
    /// When it was planned.
    pub planned_at: Instant,
    /// By whom.
    pub planned_by: StaffId,
    /// What was answered.
    pub answers_sealed: Option<Sealed>,
    /// The version that set it.
    pub answers_version: Option<i64>,
    /// What was answered and does not stand.
    pub former_answers_sealed: Option<Sealed>,
    /// When it was answered, as the device says.
    pub answered_at: Option<Instant>,
    /// Who answered for the participant, if not they themself.
    pub answered_by: Option<StaffId>,
    /// When the service got all answers.
    pub submitted_at: Option<Instant>,
    /// When an answer first alarmed.
    pub alarm_at: Option<Instant>,
    /// When somebody was first asked to call.
    pub call_wanted_at: Option<Instant>,
    /// When the answers were corrected last.
    pub corrected_at: Option<Instant>,
    /// When the answers were seen.
    pub reviewed_at: Option<Instant>,
    /// By whom.
    pub reviewed_by: Option<StaffId>,
    /// When it was closed with a reason.
    pub excused_at: Option<Instant>,
    /// By whom.
    pub excused_by: Option<StaffId>,
    /// The reason.
    pub excuse: Option<CheckInExcuseReason>,
    /// When it was called off.
    pub cancelled_at: Option<Instant>,
    /// By whom.
    pub cancelled_by: Option<StaffId>,
    /// Why.
    pub cancel_reason: Option<CheckInCancelReason>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
    /// The participant's language.
    pub participant_language: Language,
    /// What is asked, as JSON.
    pub questions: String,
    /// Where the participant is looked after.
    #[sqlx(flatten)]
    pub centre: Whereabouts,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        CHECK_IN.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }

    /// Its window as instants.
    pub const fn window(&self) -> Window {
        Window { opens_at: self.opens_at, due_at: self.due_at, closes_at: self.closes_at }
    }

    /// What time it is for it: time stands still while the file rests.
    pub fn clock(&self, now: Instant) -> Instant {
        self.paused_at.map_or(now, |paused_at| paused_at.min(now))
    }

    /// Keeps where its window stood before anything moved it.
    pub fn keep_original(&mut self) {
        self.original_opens = self.original_opens.or(Some(self.local_opens));
        self.original_due = self.original_due.or(Some(self.local_due));
        self.original_closes = self.original_closes.or(Some(self.local_closes));
    }

    /// Its window on the wall.
    pub const fn local_window(&self) -> LocalWindow {
        LocalWindow { opens: self.local_opens, due: self.local_due, closes: self.local_closes }
    }
}

/// Whom check-ins are planned for, as far as that is needed.
#[derive(Debug, sqlx::FromRow)]
pub struct Whom {
    /// Their centre.
    pub centre_id: CentreId,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their language.
    pub participant_language: Language,
    /// Whether their file rests.
    pub is_paused: bool,
    /// What those who accompany them ask besides.
    pub custom_questions_sealed: Option<Sealed>,
    /// Where they are looked after.
    #[sqlx(flatten)]
    pub centre: Whereabouts,
}

/// SQL: a check-in with what belongs to it.
macro_rules! check_in_columns {
    () => {
        "ci.*, p.data_key, p.language AS participant_language, asked.questions, centre.phone AS centre_phone,
         centre.emergency_phones AS centre_emergency_phones, centre.calendar AS centre_calendar, centre.zone AS centre_zone"
    };
}

/// Whom the caller plans for, held until the transaction ends: their centre and their questions stay what they are.
pub async fn whom(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Whom>> {
    // First they, then what is read beside them: a statement that waits for whoever sets their questions would still join the former ones.
    // Whoever may not see them does not wait for them either.
    let held = scope.sql(&scoped!(
        "SELECT p.id FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR SHARE OF p"
    ));
    let _: Option<Uuid> = tx.query(held).bind(scope.id()).bind(participant).optional_scalar().await?;
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.data_key, p.language AS participant_language, p.status = 'paused' AS is_paused, own.questions_sealed AS custom_questions_sealed,
                centre.phone AS centre_phone, centre.emergency_phones AS centre_emergency_phones, centre.calendar AS centre_calendar, centre.zone AS centre_zone
         FROM participant AS p JOIN centre ON centre.id = p.centre_id LEFT JOIN custom_questions AS own ON own.participant_id = p.id
         WHERE ",
        participant p,
        " AND p.id = $2 AND p.active",
        pg " FOR SHARE OF p, centre"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// Keeps one that was planned.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO check_in (id, centre_id, participant_id, series_id, questionnaire_id, questionnaire_number, custom_questions_sealed,
                               custom_questions_left_out, local_opens, local_due, local_closes, zone, opens_at, due_at, closes_at, settled,
                               stage, planned_at, planned_by, version, paused_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.series_id)
    .bind(row.questionnaire_id)
    .bind(row.questionnaire_number)
    .bind(row.custom_questions_sealed.as_ref())
    .bind(row.custom_questions_left_out)
    .bind(row.local_opens)
    .bind(row.local_due)
    .bind(row.local_closes)
    .bind(&row.zone)
    .bind(row.opens_at)
    .bind(row.due_at)
    .bind(row.closes_at)
    .bind(row.settled)
    .bind(row.stage)
    .bind(row.planned_at)
    .bind(row.planned_by)
    .bind(row.version)
    .bind(row.paused_at)
    .execute()
    .await
    .map(drop)
}

/// Writes what somebody did, and the version that counts it.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE check_in SET settled = $1, answers_sealed = $2, answers_version = $3, answered_at = $4, answered_by = $5, submitted_at = $6,
                             alarm_at = $7, call_wanted_at = $8, reviewed_at = $9, reviewed_by = $10, excused_at = $11, excused_by = $12,
                             excuse = $13, cancelled_at = $14, cancelled_by = $15, cancel_reason = $16, version = $17,
                             former_answers_sealed = $18, corrected_at = $19
         WHERE id = $20"
    ))
    .bind(row.settled)
    .bind(row.answers_sealed.as_ref())
    .bind(row.answers_version)
    .bind(row.answered_at)
    .bind(row.answered_by)
    .bind(row.submitted_at)
    .bind(row.alarm_at)
    .bind(row.call_wanted_at)
    .bind(row.reviewed_at)
    .bind(row.reviewed_by)
    .bind(row.excused_at)
    .bind(row.excused_by)
    .bind(row.excuse)
    .bind(row.cancelled_at)
    .bind(row.cancelled_by)
    .bind(row.cancel_reason)
    .bind(row.version)
    .bind(row.former_answers_sealed.as_ref())
    .bind(row.corrected_at)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// Writes what of the passing time was acted upon. It is no change that anybody made, so that no version counts it.
pub async fn set_stage(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!("UPDATE check_in SET stage = $1 WHERE id = $2"))
        .bind(row.stage)
        .bind(row.id)
        .execute()
        .await
        .map(drop)
}

/// Writes its window, derived anew or moved.
pub async fn set_window(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE check_in SET opens_at = $1, due_at = $2, closes_at = $3, stage = $4, version = $5, local_opens = $6, local_due = $7,
                             local_closes = $8, original_opens = $9, original_due = $10, original_closes = $11, paused_at = $12,
                             outage_micros = $13
         WHERE id = $14"
    ))
    .bind(row.opens_at)
    .bind(row.due_at)
    .bind(row.closes_at)
    .bind(row.stage)
    .bind(row.version)
    .bind(row.local_opens)
    .bind(row.local_due)
    .bind(row.local_closes)
    .bind(row.original_opens)
    .bind(row.original_due)
    .bind(row.original_closes)
    .bind(row.paused_at)
    .bind(row.outage_micros)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// One in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: CheckInId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT ",
        check_in_columns!(),
        " FROM check_in AS ci JOIN participant AS p ON p.id = ci.participant_id JOIN centre ON centre.id = ci.centre_id
          JOIN questionnaire_version AS asked ON asked.questionnaire_id = ci.questionnaire_id AND asked.number = ci.questionnaire_number
          WHERE ",
        ci,
        " AND ci.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// Holds one until the transaction ends, by its id alone. What belongs to it is read in a statement of its own afterwards: while this one waits
/// for whoever moves its participant, a centre that is joined here would stay the former one, and the check-in would be left out.
async fn hold(tx: &mut Tx, id: CheckInId) -> Result<()> {
    let _: Option<Uuid> = tx
        .query(sql!("SELECT id FROM check_in WHERE id = $1", pg " FOR UPDATE"))
        .bind(id)
        .optional_scalar()
        .await?;
    Ok(())
}

/// One in scope, held until the transaction ends. Whoever may not see it does not wait for it.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: CheckInId) -> Result<Option<Row>> {
    let held = scope.sql(&scoped!(
        "SELECT ci.id FROM check_in AS ci WHERE ",
        ci,
        " AND ci.id = $2",
        pg " FOR UPDATE OF ci"
    ));
    let _: Option<Uuid> = tx.query(held).bind(scope.id()).bind(id).optional_scalar().await?;
    load(tx, scope, id).await
}

/// One of somebody whom this staff member accompanied when they heard the answers, and no longer does since a while; held until the
/// transaction ends.
pub async fn load_former_for_change(
    tx: &mut Tx,
    staff: StaffId,
    id: CheckInId,
    (recorded_at, earliest_end): (Instant, Instant),
) -> Result<Option<Row>> {
    hold(tx, id).await?;
    tx.query(sql!(
        "SELECT ",
        check_in_columns!(),
        " FROM check_in AS ci JOIN participant AS p ON p.id = ci.participant_id JOIN centre ON centre.id = ci.centre_id
          JOIN questionnaire_version AS asked ON asked.questionnaire_id = ci.questionnaire_id AND asked.number = ci.questionnaire_number
          WHERE ci.id = $1
            AND EXISTS (SELECT 1 FROM assignment AS former
                        WHERE former.participant_id = p.id AND former.staff_id = $2
                          AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)"
    ))
    .bind(id)
    .bind(staff)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// These, held until the transaction ends, in the order in which everybody holds them; what belongs to them is read afterwards, as of one.
pub async fn held(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!("SELECT id FROM check_in WHERE id IN ({rows}) ORDER BY id", pg " FOR UPDATE"),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    let _: Vec<Uuid> = query.scalars().await?;
    let mut query = tx.query_rows(
        sql!(
            "SELECT ",
            check_in_columns!(),
            " FROM check_in AS ci JOIN participant AS p ON p.id = ci.participant_id JOIN centre ON centre.id = ci.centre_id
              JOIN questionnaire_version AS asked ON asked.questionnaire_id = ci.questionnaire_id AND asked.number = ci.questionnaire_number
              WHERE ci.id IN ({rows}) ORDER BY ci.id"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    query.all().await
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByOpening {
    /// When it opens.
    pub opens_at: Instant,
    /// Its id.
    pub id: Uuid,
}

/// Those of a participant, if in scope, the latest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    paging: Paging<(i64, Uuid)>,
) -> Result<Vec<Entry<ByOpening, Row>>> {
    let (before, id) = match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(Instant::MAX), id),
        None => (Instant::MAX, Uuid::max()),
    };
    let statement = Statement::new(piece!(
        "SELECT ",
        check_in_columns!(),
        " FROM check_in AS ci ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = ci.participant_id ",
        lite "CROSS ",
        "JOIN centre ON centre.id = ci.centre_id ",
        lite "CROSS ",
        "JOIN questionnaire_version AS asked ON asked.questionnaire_id = ci.questionnaire_id AND asked.number = ci.questionnaire_number
         WHERE ci.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(" AND (ci.opens_at, ci.id) < (?, ?) ORDER BY ci.opens_at DESC, ci.id DESC"))
        .bind(before)
        .bind(id)
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named ones that are in scope, in no order. From the ids to the rows and no other way.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT ",
        check_in_columns!(),
        " FROM ",
        lite "json_each(?) AS named CROSS JOIN check_in AS ci ON ci.id = unhex(named.value) CROSS ",
        pg "check_in AS ci ",
        "JOIN participant AS p ON p.id = ci.participant_id ",
        lite "CROSS ",
        "JOIN centre ON centre.id = ci.centre_id ",
        lite "CROSS ",
        "JOIN questionnaire_version AS asked ON asked.questionnaire_id = ci.questionnaire_id AND asked.number = ci.questionnaire_number WHERE ",
        pg "ci.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
    ))
    .bind(id_list(ids));
    tx.query_built(statement.then(in_scope(scope)).bind(scope.id())).all().await
}

fn in_scope(scope: Scope) -> Piece {
    match scope.kind() {
        ScopeKind::Own => piece!(lite "+", "ci.participant_id = ?"),
        ScopeKind::Centre => piece!(lite "+", "ci.centre_id = ?"),
        ScopeKind::Assigned => piece!(
            "EXISTS (SELECT 1 FROM assignment AS caseload
                     WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND caseload.participant_id = ci.participant_id)"
        ),
    }
}

/// In which language this staff member reads.
pub async fn language_of(tx: &mut Tx, staff: StaffId) -> Result<Option<Language>> {
    tx.query(sql!("SELECT language FROM staff WHERE id = $1")).bind(staff).optional_scalar().await
}

//! Work items in the database. Whose one is follows from the assignments of this moment, which are read with it.

use super::{
    rules::{self, Candidates, Responsible, Standing},
    things::WORK_ITEM,
    words::{WorkCause, WorkItemId, WorkItemState},
};
use contract::{
    AppointmentId, CentreId, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::{Scope, ScopeKind},
    legible::{ById, Entry},
    protect::seal::{Sealed, WrappedKey},
};
use uuid::Uuid;

/// A work item.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: WorkItemId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whom it is about.
    pub participant_id: ParticipantId,
    /// Why somebody is needed.
    pub cause: WorkCause,
    /// What raised it.
    pub subject_id: Uuid,
    /// For whom it is, where that is not the lead.
    pub meant_for: Option<StaffId>,
    /// Where it stands.
    pub state: WorkItemState,
    /// Whose wall.
    pub zone: ZoneName,
    /// Until when, on the wall.
    pub local_due: LocalDateTime,
    /// When that is.
    pub due_at: Instant,
    /// Until when it is out of sight, on the wall.
    pub local_snoozed: Option<LocalDateTime>,
    /// When that is.
    pub snoozed_until: Option<Instant>,
    /// Who took it.
    pub taken_by: Option<StaffId>,
    /// Whom somebody asks to take it over.
    pub asked_id: Option<StaffId>,
    /// Who asks that.
    pub asked_by: Option<StaffId>,
    /// Since when.
    pub asked_at: Option<Instant>,
    /// When it was opened.
    pub opened_at: Instant,
    /// When its cause came last.
    pub raised_at: Instant,
    /// How often it came.
    pub times: i64,
    /// When somebody first did something about it.
    pub responded_at: Option<Instant>,
    /// When it rose to the managers.
    pub rose_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// By whom; nobody if its cause went away.
    pub closed_by: Option<StaffId>,
    /// Why it was dismissed, or waits.
    pub reason: Option<String>,
    /// When its cause went away after it was closed.
    pub cause_gone_at: Option<Instant>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
    /// The participant's name, sealed.
    pub name_sealed: Sealed,
    /// Who leads, or stands in for them while they are away.
    pub lead_id: Option<StaffId>,
    /// Whether whoever took it still has the participant.
    pub taker_stays: bool,
    /// Whether the one for whom it is meant still has the participant.
    pub meant_stays: bool,
    /// The next appointment that is booked.
    pub booked_id: Option<AppointmentId>,
    /// When it begins, on the wall.
    pub booked_local: Option<LocalDateTime>,
    /// Whose wall.
    pub booked_zone: Option<ZoneName>,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        WORK_ITEM.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }

    /// Whose it is.
    pub fn responsible(&self) -> Responsible {
        rules::responsible(Candidates {
            taken_by: self.taker(),
            meant_for: self.meant_for.filter(|_| self.meant_stays),
            lead: self.lead_id,
        })
    }

    fn taker(&self) -> Option<StaffId> {
        self.taken_by.filter(|_| self.taker_stays)
    }

    /// Where it stands, as far as that decides what can be done.
    pub fn standing(&self) -> Standing {
        Standing {
            state: self.state,
            taken_by: self.taker(),
            asked: self.asked_id,
            asked_by: self.asked_by,
            closed: self.closed_by.zip(self.closed_at),
            is_cause_gone: self.cause_gone_at.is_some(),
            longest_snooze: self.cause.demand().longest_snooze,
        }
    }

    /// Whether it is out of sight.
    pub fn is_snoozed(&self, now: Instant) -> bool {
        self.snoozed_until.is_some_and(|until| until > now)
    }
}

/// Every column, as of now. Whoever is away is nobody to turn to: their stand-in is, if that one is there.
fn selected(now: Instant) -> Statement<'static> {
    Statement::new(piece!(
        "SELECT w.*, p.data_key, p.name_sealed,
                CASE WHEN away.id IS NULL THEN lead.staff_id
                     WHEN EXISTS (SELECT 1 FROM caseload WHERE caseload.staff_id = away.stand_in_id AND caseload.participant_id = w.participant_id)
                          AND NOT EXISTS (SELECT 1 FROM absence AS too WHERE too.staff_id = away.stand_in_id
                                          AND too.began_at IS NOT NULL AND too.ended_at IS NULL)
                     THEN away.stand_in_id END AS lead_id,
                EXISTS (SELECT 1 FROM caseload WHERE caseload.staff_id = w.taken_by AND caseload.participant_id = w.participant_id)
                    AS taker_stays,
                EXISTS (SELECT 1 FROM caseload WHERE caseload.staff_id = w.meant_for AND caseload.participant_id = w.participant_id)
                    AS meant_stays,
                booked.id AS booked_id, booked.local_start AS booked_local, booked.zone AS booked_zone
         FROM work_item AS w JOIN participant AS p ON p.id = w.participant_id
         LEFT JOIN participant_lead AS lead ON lead.participant_id = w.participant_id
         LEFT JOIN absence AS away ON away.staff_id = lead.staff_id AND away.began_at IS NOT NULL AND away.ended_at IS NULL
         LEFT JOIN appointment AS booked ON booked.id = (
             SELECT a.id FROM appointment AS a
             WHERE a.participant_id = w.participant_id AND a.state IN ('scheduled', 'confirmed') AND a.starts_at > ?"
    ))
    .bind(now)
    .then(piece!(" ORDER BY a.starts_at, a.id LIMIT 1) WHERE "))
}

/// Whom it is about is in the caseload.
fn in_scope(statement: Statement<'static>, scope: Scope) -> Statement<'static> {
    let piece = match scope.kind() {
        // Participants have no work items.
        ScopeKind::Own => piece!("p.id <> p.id AND p.id = ?"),
        ScopeKind::Assigned => piece!(
            "EXISTS (SELECT 1 FROM assignment AS mine
                     WHERE mine.staff_id = ? AND mine.ended_at IS NULL AND mine.participant_id = w.participant_id)"
        ),
        ScopeKind::Centre => piece!("w.centre_id = ?"),
    };
    statement.then(piece).bind(scope.id())
}

/// All that is open in the caseload, or of one person of it, in no order: few things are.
pub async fn open(
    tx: &mut Tx,
    scope: Scope,
    participant: Option<ParticipantId>,
    now: Instant,
) -> Result<Vec<Entry<ById, Row>>> {
    let of_participant = piece!(" AND w.participant_id = ?");
    let statement = in_scope(selected(now).then(piece!("w.closed_at IS NULL AND ")), scope);
    tx.query_built(statement.when(participant, of_participant)).all().await
}

/// Those of the named items that are in scope, in no order.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid], now: Instant) -> Result<Vec<Entry<ById, Row>>> {
    let named = piece!(
        "w.id ",
        lite "IN (SELECT unhex(value) FROM json_each(?))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json)))",
        " AND "
    );
    tx.query_built(in_scope(selected(now).then(named).bind(id_list(ids)), scope)).all().await
}

/// An item in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: WorkItemId, now: Instant) -> Result<Option<Row>> {
    let statement = selected(now).then(piece!("w.id = ? AND ")).bind(id);
    tx.query_built(in_scope(statement, scope)).optional().await
}

/// An item in scope, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: WorkItemId, now: Instant) -> Result<Option<Row>> {
    let statement = in_scope(selected(now).then(piece!("w.id = ? AND ")).bind(id), scope);
    tx.query_built(statement.then(piece!(pg " FOR UPDATE OF w"))).optional().await
}

/// These items, held.
pub async fn hold(tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<Vec<Row>> {
    let named = piece!(
        "w.id ",
        lite "IN (SELECT unhex(value) FROM json_each(?))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json)))",
        " ORDER BY w.id",
        pg " FOR UPDATE OF w"
    );
    tx.query_built(selected(now).then(named).bind(id_list(ids))).all().await
}

/// Those that are open of a participant, by their ids.
pub async fn open_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!(
        "SELECT id FROM work_item WHERE participant_id = $1 AND closed_at IS NULL ORDER BY id",
        pg " FOR UPDATE"
    ))
    .bind(participant)
    .scalars()
    .await
}

/// Writes what may change.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE work_item
         SET centre_id = $1, state = $2, local_due = $3, due_at = $4, local_snoozed = $5, snoozed_until = $6, taken_by = $7,
             asked_id = $8, asked_by = $9, asked_at = $10, responded_at = $11, rose_at = $12, closed_at = $13, closed_by = $14,
             reason = $15, zone = $16, version = $17
         WHERE id = $18"
    ))
    .bind(row.centre_id)
    .bind(row.state)
    .bind(row.local_due)
    .bind(row.due_at)
    .bind(row.local_snoozed)
    .bind(row.snoozed_until)
    .bind(row.taken_by)
    .bind(row.asked_id)
    .bind(row.asked_by)
    .bind(row.asked_at)
    .bind(row.responded_at)
    .bind(row.rose_at)
    .bind(row.closed_at)
    .bind(row.closed_by)
    .bind(row.reason.clone())
    .bind(row.zone.clone())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await?;
    Ok(())
}

/// Whether this staff member has the participant in their caseload.
pub async fn has_in_caseload(tx: &mut Tx, staff: StaffId, participant: ParticipantId) -> Result<bool> {
    tx.query(sql!("SELECT EXISTS (SELECT 1 FROM caseload WHERE staff_id = $1 AND participant_id = $2)"))
        .bind(staff)
        .bind(participant)
        .scalar()
        .await
}

/// The managers of a centre.
pub async fn managers(tx: &mut Tx, centre: CentreId) -> Result<Vec<StaffId>> {
    tx.query(sql!("SELECT id FROM staff WHERE centre_id = $1 AND role = 'manager' AND active ORDER BY id"))
        .bind(centre)
        .scalars()
        .await
}

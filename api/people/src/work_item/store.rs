//! Work items in the database. Whose one is follows from the assignments of this moment, which are read with it.

use super::{
    narrowing,
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
    scoped,
};
use std::collections::{BTreeSet, HashMap};
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
    /// The version by which it last came.
    pub raised_version: i64,
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
    /// Whether whoever took it still has the participant, and is there.
    pub taker_stays: bool,
    /// Whether the one for whom it is meant still has the participant, and is there.
    pub meant_stays: bool,
    /// Whether whoever is asked still has the participant.
    pub asked_stays: bool,
    /// At which appointment they will be met next, where that was looked up.
    #[sqlx(skip)]
    pub booked: Option<Booking>,
}

/// Who hears of an item that is new or different, by the feed of its centre: whoever has the participant. What waits for an answer is told to
/// whoever is to give it, who may not have them, and to the managers of that centre: such a row names no participant, and goes nowhere with one.
pub fn tell(
    tx: &mut Tx,
    (id, cause): (WorkItemId, WorkCause),
    (centre, participant): (CentreId, ParticipantId),
    meant_for: Option<StaffId>,
) {
    let of = |participant: Option<ParticipantId>| {
        WORK_ITEM.changed(centre.0, participant.map(|participant| participant.0), id.0)
    };
    if !cause.is_for_an_answer() {
        return tx.changed(of(Some(participant)));
    }
    tx.changed(of(None));
    if let Some(staff) = meant_for {
        tx.changed(Change { audience: Some(staff.0), ..of(None) });
    }
}

impl Row {
    /// Tells whoever hears of it that it is new or different.
    pub fn tell(&self, tx: &mut Tx) {
        tell(tx, (self.id, self.cause), (self.centre_id, self.participant_id), self.meant_for);
    }

    /// Whose it is.
    pub fn responsible(&self) -> Responsible {
        rules::responsible(Candidates {
            taken_by: self.taker(),
            meant_for: self.meant_for.filter(|_| self.meant_stays),
            // Nobody answers for somebody else what that one is asked.
            lead: self.lead_id.filter(|_| !self.cause.is_for_an_answer()),
        })
    }

    fn taker(&self) -> Option<StaffId> {
        self.taken_by.filter(|_| self.taker_stays)
    }

    /// Whom somebody asks to take it over, if they can.
    pub fn asked(&self) -> Option<StaffId> {
        self.asked_id.filter(|_| self.asked_stays)
    }

    /// Where it stands, as far as that decides what can be done.
    pub fn standing(&self) -> Standing {
        Standing {
            state: self.state,
            taken_by: self.taker(),
            asked: self.asked(),
            asked_by: self.asked_by,
            closed: self.closed_by.zip(self.closed_at),
            is_cause_gone: self.cause_gone_at.is_some(),
            longest_snooze: self.cause.demand().longest_snooze,
            is_for_an_answer: self.cause.is_for_an_answer(),
        }
    }

    /// Whether it is out of sight.
    pub fn is_snoozed(&self, now: Instant) -> bool {
        self.snoozed_until.is_some_and(|until| until > now)
    }
}

/// Every column. What is read besides of each row is found by its ids: few rows are asked for, and however many people there are around them,
/// nobody else is read.
macro_rules! item_columns {
    () => {
        "w.*,
         (SELECT p.data_key FROM participant AS p WHERE p.id = w.participant_id) AS data_key,
         (SELECT p.name_sealed FROM participant AS p WHERE p.id = w.participant_id) AS name_sealed,
         (SELECT in_charge.staff_id FROM in_charge WHERE in_charge.participant_id = w.participant_id) AS lead_id,
         EXISTS (SELECT 1 FROM staff AS s WHERE s.id = w.taken_by AND s.active AND (
                     (s.role = 'manager' AND s.centre_id = w.centre_id)
                     OR EXISTS (SELECT 1 FROM assignment AS a WHERE a.staff_id = w.taken_by
                                AND a.participant_id = w.participant_id AND a.ended_at IS NULL))
                 AND NOT EXISTS (SELECT 1 FROM absence AS away WHERE away.staff_id = w.taken_by
                                 AND away.began_at IS NOT NULL AND away.ended_at IS NULL)) AS taker_stays,
         EXISTS (SELECT 1 FROM staff AS s WHERE s.id = w.meant_for AND s.active AND (
                     (s.role = 'manager' AND s.centre_id = w.centre_id)
                     OR EXISTS (SELECT 1 FROM assignment AS a WHERE a.staff_id = w.meant_for
                                AND a.participant_id = w.participant_id AND a.ended_at IS NULL)
                     OR (w.cause = 'hand_over_asked' AND EXISTS (SELECT 1 FROM hand_over AS h WHERE h.id = w.subject_id
                                AND h.to_staff_id = w.meant_for AND h.state = 'asked')))
                 AND NOT EXISTS (SELECT 1 FROM absence AS away WHERE away.staff_id = w.meant_for
                                 AND away.began_at IS NOT NULL AND away.ended_at IS NULL)) AS meant_stays,
         EXISTS (SELECT 1 FROM staff AS s WHERE s.id = w.asked_id AND s.active AND (
                     (s.role = 'manager' AND s.centre_id = w.centre_id)
                     OR EXISTS (SELECT 1 FROM assignment AS a WHERE a.staff_id = w.asked_id
                                AND a.participant_id = w.participant_id AND a.ended_at IS NULL))) AS asked_stays"
    };
}

/// SQL: what waits for an answer of somebody (`w.meant_for`) who has not got the participant. They see this item, and nothing else of them.
macro_rules! asked_of_whoever_has_not {
    () => {
        "w.cause = 'hand_over_asked'
         AND EXISTS (SELECT 1 FROM hand_over AS h WHERE h.id = w.subject_id AND h.to_staff_id = w.meant_for AND h.state = 'asked')
         AND NOT EXISTS (SELECT 1 FROM assignment AS has WHERE has.staff_id = w.meant_for AND has.participant_id = w.participant_id
                         AND has.ended_at IS NULL)"
    };
}

/// Of what is open, what may be on a list: which is, its rows decide.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// What is about this participant.
    About(ParticipantId),
    /// What may be this caller's.
    Own(StaffId),
    /// What may be this staff member's, of the caller's caseload.
    Of(StaffId),
}

/// What is open and may be on such a list, in no order. Of a caseload and of one person few things are, so that all of them are read; of a centre
/// those that somebody else sees to are not.
pub async fn open(tx: &mut Tx, scope: Scope, wanted: Wanted) -> Result<Vec<Entry<ById, Row>>> {
    let selected = Statement::new(piece!("SELECT ", item_columns!(), " FROM "));
    let statement = match (wanted, scope.kind()) {
        (_, ScopeKind::Own) => return Ok(Vec::new()),
        (Wanted::About(participant), _) => scope.asked(
            selected.then(piece!("work_item AS w WHERE w.closed_at IS NULL AND w.participant_id = ")),
            participant.0,
        ),
        (Wanted::Own(_) | Wanted::Of(_), ScopeKind::Assigned) => selected
            .then(piece!(
                "assignment AS mine CROSS JOIN work_item AS w
                 WHERE w.participant_id = mine.participant_id AND w.closed_at IS NULL AND mine.ended_at IS NULL AND mine.staff_id = ?
                 UNION ALL SELECT ",
                item_columns!(),
                " FROM work_item AS w WHERE w.closed_at IS NULL AND w.meant_for = ? AND ",
                asked_of_whoever_has_not!()
            ))
            .bind(scope.id())
            .bind(scope.id()),
        (Wanted::Own(manager), ScopeKind::Centre) => {
            let ids = narrowing::of_managers(tx, scope.id(), manager).await?;
            return named(tx, scope, &ids).await;
        }
        (Wanted::Of(staff), ScopeKind::Centre) => {
            let ids = narrowing::of_staff(tx, staff).await?;
            return named(tx, scope, &ids).await;
        }
    };
    tx.query_built(statement).all().await
}

/// Those of the named items that are in scope, in no order.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let named = Statement::new(piece!(
        "SELECT ",
        item_columns!(),
        " FROM work_item AS w WHERE w.id ",
        lite "IN (SELECT unhex(value) FROM json_each(?))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json)))",
        " AND "
    ))
    .bind(id_list(ids));
    let statement = match scope.kind() {
        // Participants' phones get none.
        ScopeKind::Own => return Ok(Vec::new()),
        ScopeKind::Assigned => named.then(piece!(
            "(EXISTS (SELECT 1 FROM assignment AS mine
                      WHERE mine.staff_id = ? AND mine.ended_at IS NULL AND mine.participant_id = w.participant_id)
              OR (",
            lite "+",
            "w.meant_for = ? AND ",
            asked_of_whoever_has_not!(),
            "))"
        ))
        .bind(scope.id())
        .bind(scope.id()),
        ScopeKind::Centre => named.then(piece!(lite "+", "w.centre_id = ?")).bind(scope.id()),
    };
    tx.query_built(statement).all().await
}

/// An item in scope, or one that waits for this caller's answer.
pub async fn load(tx: &mut Tx, scope: Scope, id: WorkItemId) -> Result<Option<Row>> {
    let statement =
        scope.sql(&scoped!("SELECT ", item_columns!(), " FROM work_item AS w WHERE ", w, " AND w.id = $2"));
    let found = tx.query(statement).bind(scope.id()).bind(id).optional().await?;
    if found.is_some() || scope.kind() != ScopeKind::Assigned {
        return Ok(found);
    }
    tx.query(sql!(
        "SELECT ",
        item_columns!(),
        " FROM work_item AS w WHERE w.id = $2 AND w.meant_for = $1 AND w.closed_at IS NULL AND ",
        asked_of_whoever_has_not!()
    ))
    .bind(scope.id())
    .bind(id)
    .optional()
    .await
}

/// An item in scope, held until the transaction ends. What waits for an answer is changed by that answer alone.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: WorkItemId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT ",
        item_columns!(),
        " FROM work_item AS w WHERE ",
        w,
        " AND w.id = $2",
        pg " FOR UPDATE OF w"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// These items, held.
pub async fn hold(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT ",
        item_columns!(),
        " FROM work_item AS w WHERE w.id ",
        lite "IN (SELECT unhex(value) FROM json_each($1))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))",
        " ORDER BY w.id",
        pg " FOR UPDATE OF w"
    ))
    .bind(id_list(ids))
    .all()
    .await
}

/// An appointment at which somebody will be met.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Booking {
    /// With whom.
    pub participant_id: ParticipantId,
    /// Which.
    pub id: AppointmentId,
    /// When it begins, on the wall.
    pub local_start: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
}

/// Writes beside each of these items at which appointment the participant will be met next.
pub async fn look_up_bookings(tx: &mut Tx, mut rows: Vec<&mut Row>, now: Instant) -> Result<()> {
    // Whoever is to give an answer may not have the participant: when they are met is not theirs to know.
    rows.retain(|row| !row.cause.is_for_an_answer());
    let people: BTreeSet<Uuid> = rows.iter().map(|row| row.participant_id.0).collect();
    if people.is_empty() {
        return Ok(());
    }
    let people: Vec<Uuid> = people.into_iter().collect();
    let next: Vec<(Option<AppointmentId>,)> = tx
        .query(sql!(
            "SELECT (SELECT a.id FROM appointment AS a
                     WHERE a.participant_id = ",
            lite "unhex(asked.value)",
            pg "asked.value::uuid",
            "         AND a.state IN ('scheduled', 'confirmed') AND a.starts_at > $2
                     ORDER BY a.starts_at, a.id LIMIT 1)
             FROM ",
            lite "json_each($1)",
            pg "json_array_elements_text($1::json)",
            " AS asked",
            pg "(value)"
        ))
        .bind(id_list(&people))
        .bind(now)
        .all()
        .await?;
    let next: Vec<Uuid> = next.into_iter().filter_map(|(id,)| id).map(|id| id.0).collect();
    let found: Vec<Booking> = tx
        .query(sql!(
            "SELECT a.participant_id, a.id, a.local_start, a.zone FROM appointment AS a WHERE a.id ",
            lite "IN (SELECT unhex(value) FROM json_each($1))",
            pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))"
        ))
        .bind(id_list(&next))
        .all()
        .await?;
    let found: HashMap<ParticipantId, Booking> =
        found.into_iter().map(|booking| (booking.participant_id, booking)).collect();
    for row in rows {
        row.booked = found.get(&row.participant_id).cloned();
    }
    Ok(())
}

/// Those of a participant, held, that are open or whose closing can still be undone.
pub async fn undecided_of(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<Vec<Uuid>> {
    tx.query(sql!(
        "SELECT id FROM work_item WHERE participant_id = $1 AND (closed_at IS NULL OR closed_at > $2) ORDER BY id",
        pg " FOR UPDATE"
    ))
    .bind(participant)
    .bind(now.saturating_sub(rules::UNDONE_WITHIN))
    .scalars()
    .await
}

/// Those about whom something is somebody else's when this staff member comes, goes or leaves: whom they lead, or stand in for the lead, and
/// of whom they took something, were meant or asked to.
pub async fn concerned(tx: &mut Tx, staff: StaffId) -> Result<Vec<ParticipantId>> {
    tx.query(sql!(
        "SELECT lead.participant_id FROM participant_lead AS lead WHERE lead.assignment_id IN (
             SELECT a.id FROM assignment AS a WHERE a.ended_at IS NULL AND (
                 a.staff_id = $1
                 OR a.staff_id IN (SELECT away.staff_id FROM absence AS away WHERE away.stand_in_id = $1
                                   AND away.began_at IS NOT NULL AND away.ended_at IS NULL)))
         UNION SELECT w.participant_id FROM work_item AS w WHERE w.closed_at IS NULL AND w.taken_by = $1
         UNION SELECT w.participant_id FROM work_item AS w WHERE w.closed_at IS NULL AND w.meant_for = $1
         UNION SELECT w.participant_id FROM work_item AS w WHERE w.closed_at IS NULL AND w.asked_id = $1"
    ))
    .bind(staff)
    .scalars()
    .await
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

/// The centre of a participant.
pub async fn centre_of(tx: &mut Tx, participant: ParticipantId) -> Result<CentreId> {
    tx.query(sql!("SELECT centre_id FROM participant WHERE id = $1")).bind(participant).scalar().await
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

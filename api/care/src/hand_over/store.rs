//! Hand-overs in the database. Each is found by its sides: the two colleagues, or the two centres.

use super::{
    rules::{By, Parties},
    things::HAND_OVER,
    words::{HandOverEnd, HandOverId, HandOverKind, HandOverRefusal, HandOverState},
};
use contract::{AssignmentId, CentreId, Language, ParticipantId, StaffId, time::Instant};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::Scope,
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
};
use uuid::Uuid;

/// A hand-over, with what is told of those whom it is about.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: HandOverId,
    /// To whom.
    pub kind: HandOverKind,
    /// Whom.
    pub participant_id: ParticipantId,
    /// Where it stands.
    pub state: HandOverState,
    /// Who asked.
    pub asked_by: StaffId,
    /// Whose participant they were then.
    pub from_centre_id: CentreId,
    /// In whose place a colleague is asked.
    pub from_staff_id: Option<StaffId>,
    /// By which assignment that one accompanies them.
    pub from_assignment_id: Option<AssignmentId>,
    /// The colleague who is asked.
    pub to_staff_id: Option<StaffId>,
    /// The centre that is asked.
    pub to_centre_id: Option<CentreId>,
    /// Whether the colleague leads from then on.
    pub takes_lead: bool,
    /// Whether the other one accompanies them no longer from then on.
    pub ends_former: bool,
    /// What was written to whoever is asked.
    pub note_sealed: Option<Sealed>,
    /// When it was asked.
    pub asked_at: Instant,
    /// When it was answered, withdrawn or ended.
    pub decided_at: Option<Instant>,
    /// By whom; nobody if it ended by itself.
    pub decided_by: Option<StaffId>,
    /// Why the answer is no.
    pub refusal: Option<HandOverRefusal>,
    /// Why it ended by itself.
    pub ended_because: Option<HandOverEnd>,
    /// Counts the changes.
    pub version: i64,
    /// Whose participant they are now.
    pub centre_id: CentreId,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
    /// How they are called, sealed.
    pub name_sealed: Sealed,
    /// The language of their app.
    pub language: Language,
    /// What they speak, as words.
    pub speaks: Option<String>,
    /// Whether somebody is to interpret.
    pub interpreter_wanted: bool,
    /// The code of their province.
    pub province: Option<String>,
    /// Who asked: their data key, wrapped, and their name, sealed.
    pub asker_key: WrappedKey,
    /// See `asker_key`.
    pub asker_name: Sealed,
    /// In whose place, likewise.
    pub former_key: Option<WrappedKey>,
    /// See `former_key`.
    pub former_name: Option<Sealed>,
    /// The colleague who is asked, likewise.
    pub next_key: Option<WrappedKey>,
    /// See `next_key`.
    pub next_name: Option<Sealed>,
    /// Whether whoever reads it accompanies the participant.
    pub is_accompanied_by_reader: bool,
}

impl Row {
    /// Between whom it is.
    pub const fn parties(&self) -> Parties {
        Parties {
            from_centre: self.from_centre_id,
            asked_by: self.asked_by,
            to_staff: self.to_staff_id,
            to_centre: self.to_centre_id,
        }
    }

    /// Whether this reader, by whom it was loaded, has the participant in their caseload.
    pub fn is_of_caseload(&self, by: By) -> bool {
        by.manages.map_or(self.is_accompanied_by_reader, |centre| centre == self.centre_id)
    }

    /// The centre whose closing hours say until when an answer is awaited: whoever is asked works there.
    pub fn asked_centre(&self) -> CentreId {
        self.to_centre_id.unwrap_or(self.from_centre_id)
    }

    /// Tells both sides, and nobody else: it is about a participant whom one of them has not got. So the rows of the feed name no
    /// participant, do not follow one who moves, and those for a colleague are for them alone.
    pub fn tell(&self, tx: &mut Tx) {
        Sides {
            id: self.id,
            from_centre_id: self.from_centre_id,
            to_centre_id: self.to_centre_id,
            from_staff_id: self.from_staff_id,
            to_staff_id: self.to_staff_id,
        }
        .tell(tx);
    }
}

/// Between whom one is.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Sides {
    id: HandOverId,
    from_centre_id: CentreId,
    to_centre_id: Option<CentreId>,
    from_staff_id: Option<StaffId>,
    to_staff_id: Option<StaffId>,
}

impl Sides {
    fn tell(self, tx: &mut Tx) {
        let at = |centre: CentreId| HAND_OVER.changed(centre.0, None, self.id.0);
        tx.changed(at(self.from_centre_id));
        if let Some(centre) = self.to_centre_id {
            tx.changed(at(centre));
        }
        for staff in self.from_staff_id.into_iter().chain(self.to_staff_id) {
            tx.changed(Change { audience: Some(staff.0), ..at(self.from_centre_id) });
        }
    }
}

/// Tells those of a participant again, who is another centre's now: whoever has the person sees more of what was asked about them.
pub async fn tell_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    let all: Vec<Sides> = tx
        .query(sql!(
            "SELECT id, from_centre_id, to_centre_id, from_staff_id, to_staff_id FROM hand_over WHERE participant_id = $1 ORDER BY id"
        ))
        .bind(participant)
        .all()
        .await?;
    for one in all {
        one.tell(tx);
    }
    Ok(())
}

/// Every column. The names of those between whom it is are found by their ids.
macro_rules! hand_over_columns {
    () => {
        "h.*, p.centre_id, p.data_key, p.name_sealed, p.language, p.speaks, p.interpreter_wanted, p.province,
         asker.data_key AS asker_key, asker.name_sealed AS asker_name, former.data_key AS former_key, former.name_sealed AS former_name,
         next.data_key AS next_key, next.name_sealed AS next_name, "
    };
}

/// Those whom it is about, beside it.
macro_rules! hand_over_people {
    () => {
        "JOIN staff AS asker ON asker.id = h.asked_by
         LEFT JOIN staff AS former ON former.id = h.from_staff_id LEFT JOIN staff AS next ON next.id = h.to_staff_id WHERE "
    };
}

/// One on whose side the reader stands: a manager's centre, or the colleague.
pub async fn load(tx: &mut Tx, scope: Scope, reader: StaffId, id: HandOverId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT ",
        hand_over_columns!(),
        "EXISTS (SELECT 1 FROM assignment AS mine WHERE mine.participant_id = h.participant_id AND mine.staff_id = $1
                 AND mine.ended_at IS NULL) AS is_accompanied_by_reader
         FROM hand_over_side AS side JOIN hand_over AS h ON h.id = side.hand_over_id JOIN participant AS p ON p.id = h.participant_id ",
        hand_over_people!(),
        "side.side_id = $2 AND side.hand_over_id = $3"
    ))
    .bind(reader)
    .bind(scope.id())
    .bind(id)
    .optional()
    .await
}

/// One on whose side the reader stands, held until the transaction ends.
pub async fn load_for_change(
    tx: &mut Tx,
    scope: Scope,
    reader: StaffId,
    id: HandOverId,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT ",
        hand_over_columns!(),
        "EXISTS (SELECT 1 FROM assignment AS mine WHERE mine.participant_id = h.participant_id AND mine.staff_id = $1
                 AND mine.ended_at IS NULL) AS is_accompanied_by_reader
         FROM hand_over_side AS side JOIN hand_over AS h ON h.id = side.hand_over_id JOIN participant AS p ON p.id = h.participant_id ",
        hand_over_people!(),
        "side.side_id = $2 AND side.hand_over_id = $3",
        pg " FOR UPDATE OF h"
    ))
    .bind(reader)
    .bind(scope.id())
    .bind(id)
    .optional()
    .await
}

/// Those of the named ones on whose side the reader stands.
pub async fn named(
    tx: &mut Tx,
    scope: Scope,
    reader: StaffId,
    ids: &[Uuid],
) -> Result<Vec<Entry<ById, Row>>> {
    tx.query(sql!(
        "SELECT ",
        hand_over_columns!(),
        "EXISTS (SELECT 1 FROM assignment AS mine WHERE mine.participant_id = h.participant_id AND mine.staff_id = $1
                 AND mine.ended_at IS NULL) AS is_accompanied_by_reader
         FROM hand_over_side AS side JOIN hand_over AS h ON h.id = side.hand_over_id JOIN participant AS p ON p.id = h.participant_id ",
        hand_over_people!(),
        "side.side_id = $2 AND side.hand_over_id ",
        lite "IN (SELECT unhex(value) FROM json_each($3))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($3::json)))"
    ))
    .bind(reader)
    .bind(scope.id())
    .bind(id_list(ids))
    .all()
    .await
}

/// Those on whose side the reader stands, the newest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    reader: StaffId,
    state: Option<HandOverState>,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT ",
        hand_over_columns!(),
        "EXISTS (SELECT 1 FROM assignment AS mine WHERE mine.participant_id = h.participant_id AND mine.staff_id = ?
                 AND mine.ended_at IS NULL) AS is_accompanied_by_reader
         FROM hand_over_side AS side ",
        lite "CROSS ",
        "JOIN hand_over AS h ON h.id = side.hand_over_id ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = h.participant_id ",
        lite "CROSS ",
        hand_over_people!(),
        "side.side_id = ?"
    ));
    let before = paging.after.unwrap_or(Uuid::max());
    // Said of both: PostgreSQL may go through both in one order, and would go through all that is shown on the pages before.
    let statement = statement
        .bind(reader)
        .bind(scope.id())
        .when(state, piece!(" AND side.state = ?"))
        .then(piece!(" AND h.id < ? AND side.hand_over_id < ? ORDER BY side.hand_over_id DESC"))
        .bind(before)
        .bind(before)
        .limit(paging.rows());
    let query = tx.query_built(statement);
    // Few are open, and many were answered.
    let query = if state.is_some() { query.planned_anew() } else { query };
    query.all().await
}

/// What is asked about a participant, held.
pub async fn hold_open_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT ",
        hand_over_columns!(),
        "1 = 0 AS is_accompanied_by_reader
         FROM hand_over AS h JOIN participant AS p ON p.id = h.participant_id ",
        hand_over_people!(),
        "h.participant_id = $1 AND h.state = 'asked' ORDER BY h.id",
        pg " FOR UPDATE OF h"
    ))
    .bind(participant)
    .all()
    .await
}

/// What is asked of a staff member or in their place, held.
pub async fn hold_open_with(tx: &mut Tx, staff: StaffId) -> Result<Vec<Row>> {
    let ids: Vec<Uuid> = tx
        .query(sql!(
            "SELECT h.id FROM hand_over AS h WHERE h.state = 'asked' AND h.to_staff_id = $1
             UNION SELECT h.id FROM hand_over AS h WHERE h.state = 'asked' AND h.from_staff_id = $1"
        ))
        .bind(staff)
        .scalars()
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(sql!(
        "SELECT ",
        hand_over_columns!(),
        "1 = 0 AS is_accompanied_by_reader
         FROM hand_over AS h JOIN participant AS p ON p.id = h.participant_id ",
        hand_over_people!(),
        "h.state = 'asked' AND h.id ",
        lite "IN (SELECT unhex(value) FROM json_each($1))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))",
        " ORDER BY h.id",
        pg " FOR UPDATE OF h"
    ))
    .bind(id_list(&ids))
    .all()
    .await
}

/// Whether this assignment has ended.
pub async fn has_ended(tx: &mut Tx, assignment: AssignmentId) -> Result<bool> {
    let ended: Option<bool> = tx
        .query(sql!("SELECT ended_at IS NOT NULL FROM assignment WHERE id = $1"))
        .bind(assignment)
        .optional_scalar()
        .await?;
    Ok(ended.unwrap_or(true))
}

/// All that was ever asked about a participant.
pub async fn all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM hand_over WHERE participant_id = $1")).bind(participant).scalars().await
}

/// What is asked, as it is first written.
#[derive(Debug)]
pub struct New {
    /// Its id.
    pub id: HandOverId,
    /// Whom.
    pub participant_id: ParticipantId,
    /// Who asks.
    pub asked_by: StaffId,
    /// Whose participant they are.
    pub from_centre_id: CentreId,
    /// Of whom it is asked.
    pub whom: Whom,
    /// What was written to them.
    pub note_sealed: Option<Sealed>,
    /// When.
    pub asked_at: Instant,
}

/// Of whom something is asked.
#[derive(Debug, Clone, Copy)]
pub enum Whom {
    /// A colleague.
    Companion {
        /// Who.
        to: StaffId,
        /// In whose place.
        from: StaffId,
        /// By which assignment that one accompanies the participant.
        assignment: AssignmentId,
        /// Whether they lead from then on.
        takes_lead: bool,
        /// Whether the other one accompanies them no longer.
        ends_former: bool,
    },
    /// Another centre.
    Centre(CentreId),
}

/// Keeps it, for both its sides.
pub async fn insert(tx: &mut Tx, new: &New) -> Result<()> {
    let (kind, from, to, assignment, centre, lead, ends, sides) = match new.whom {
        Whom::Companion { to, from, assignment, takes_lead, ends_former } => {
            let sides = vec![new.from_centre_id.0, from.0, to.0];
            let kind = HandOverKind::Companion;
            (kind, Some(from), Some(to), Some(assignment), None, takes_lead, ends_former, sides)
        }
        Whom::Centre(to) => {
            let sides = vec![new.from_centre_id.0, to.0];
            (HandOverKind::Centre, None, None, None, Some(to), false, true, sides)
        }
    };
    tx.query(sql!(
        "INSERT INTO hand_over (id, kind, participant_id, state, asked_by, from_centre_id, from_staff_id, from_assignment_id, to_staff_id,
                                to_centre_id, takes_lead, ends_former, note_sealed, asked_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)"
    ))
    .bind(new.id)
    .bind(kind)
    .bind(new.participant_id)
    .bind(HandOverState::Asked)
    .bind(new.asked_by)
    .bind(new.from_centre_id)
    .bind(from)
    .bind(assignment)
    .bind(to)
    .bind(centre)
    .bind(lead)
    .bind(ends)
    .bind(new.note_sealed.as_ref())
    .bind(new.asked_at)
    .execute()
    .await?;
    for side in sides {
        tx.query(sql!("INSERT INTO hand_over_side (side_id, hand_over_id, state) VALUES ($1, $2, $3)"))
            .bind(side)
            .bind(new.id)
            .bind(HandOverState::Asked)
            .execute()
            .await?;
    }
    Ok(())
}

/// Writes what became of it.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE hand_over SET state = $1, decided_at = $2, decided_by = $3, refusal = $4, ended_because = $5, version = $6 WHERE id = $7"
    ))
    .bind(row.state)
    .bind(row.decided_at)
    .bind(row.decided_by)
    .bind(row.refusal)
    .bind(row.ended_because)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await?;
    let sides = [
        Some(row.from_centre_id.0),
        row.to_centre_id.map(|centre| centre.0),
        row.from_staff_id.map(|staff| staff.0),
        row.to_staff_id.map(|staff| staff.0),
    ];
    for side in sides.into_iter().flatten() {
        tx.query(sql!("UPDATE hand_over_side SET state = $1 WHERE side_id = $2 AND hand_over_id = $3"))
            .bind(row.state)
            .bind(side)
            .bind(row.id)
            .execute()
            .await?;
    }
    Ok(())
}

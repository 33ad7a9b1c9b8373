//! Participants in the database.

use super::{request::Filter, row::Row, status::words::FileStatus};
use contract::{CentreId, ParticipantId, time::ZoneName};
use db::{Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::{Scope, ScopeKind},
    legible::{ById, Entry},
    page::Paging,
    protect::{
        lookup::FileNumberHash,
        seal::{Sealed, WrappedKey},
    },
    scoped,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Whether there is this centre, held so that what is planned from it is seen by whoever changes it.
pub async fn hold_centre(tx: &mut Tx, centre: CentreId) -> Result<bool> {
    let found: Option<CentreId> = tx
        .query(sql!("SELECT id FROM centre WHERE id = $1", pg " FOR SHARE"))
        .bind(centre)
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// What is needed of a file to ask something about its participant.
#[derive(Debug, sqlx::FromRow)]
pub struct File {
    /// Whether they are accompanied.
    pub active: bool,
    /// Whether the file was merged into another one, and stands for that.
    pub is_merged: bool,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
}

/// The file of this participant, if it is this centre's, held so that it neither closes nor moves meanwhile.
pub async fn hold_file(tx: &mut Tx, id: ParticipantId, centre: CentreId) -> Result<Option<File>> {
    tx.query(sql!(
        "SELECT active, NOT active AND merged_into IS NOT NULL AS is_merged, data_key FROM participant WHERE id = $1 AND centre_id = $2",
        pg " FOR SHARE"
    ))
    .bind(id)
    .bind(centre)
    .optional()
    .await
}

/// The participant, if they are this centre's, held until the transaction ends: whoever has them move is of another one.
pub async fn load_of_centre(tx: &mut Tx, id: ParticipantId, centre: CentreId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT p.* FROM participant AS p WHERE p.id = $1 AND p.centre_id = $2",
        pg " FOR UPDATE"
    ))
    .bind(id)
    .bind(centre)
    .optional()
    .await
}

/// The zone of a centre.
pub async fn centre_zone(tx: &mut Tx, centre: CentreId) -> Result<ZoneName> {
    tx.query(sql!("SELECT zone FROM centre WHERE id = $1")).bind(centre).scalar().await
}

/// Adds a participant.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    let more = &row.particulars;
    tx.query(sql!(
        "INSERT INTO participant (id, created_at, data_key, name_sealed, phone_sealed, email_sealed, edition_sealed,
                                  push_wanted, active, status, version, language, zone, centre_id,
                                  name_arabic_sealed, name_latin_sealed, file_number_sealed, file_number_lookup,
                                  former_file_number_sealed, former_file_number_lookup, birth_year, sex, host_wish,
                                  province, reads, speaks, interpreter_wanted, need_hearing_sealed,
                                  need_seeing_sealed, need_moving_sealed, minor_until, guardian_name_sealed,
                                  guardian_phone_sealed, release_date_sealed, release_kind_sealed, release_quarter,
                                  axes_sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37)"
    ))
    .bind(row.id)
    .bind(row.created_at)
    .bind(row.data_key.clone())
    .bind(row.name_sealed.clone())
    .bind(row.phone_sealed.clone())
    .bind(row.email_sealed.clone())
    .bind(row.edition_sealed.clone())
    .bind(row.push_wanted)
    .bind(row.active)
    .bind(row.status)
    .bind(row.version)
    .bind(row.language)
    .bind(row.zone.clone())
    .bind(row.centre_id)
    .bind(more.name_arabic_sealed.clone())
    .bind(more.name_latin_sealed.clone())
    .bind(more.file_number_sealed.clone())
    .bind(more.file_number_lookup.clone())
    .bind(more.former_file_number_sealed.clone())
    .bind(more.former_file_number_lookup.clone())
    .bind(more.birth_year)
    .bind(more.sex)
    .bind(more.host_wish)
    .bind(more.province.clone())
    .bind(more.reads.clone())
    .bind(more.speaks.clone())
    .bind(more.interpreter_wanted)
    .bind(more.need_hearing_sealed.clone())
    .bind(more.need_seeing_sealed.clone())
    .bind(more.need_moving_sealed.clone())
    .bind(more.minor_until.clone())
    .bind(more.guardian_name_sealed.clone())
    .bind(more.guardian_phone_sealed.clone())
    .bind(more.release_date_sealed.clone())
    .bind(more.release_kind_sealed.clone())
    .bind(more.release_quarter.clone())
    .bind(more.axes_sealed.clone())
    .execute()
    .await?;
    Ok(())
}

/// Writes what may change, and the version that was counted on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    let more = &row.particulars;
    tx.query(sql!(
        "UPDATE participant
         SET name_sealed = $1, phone_sealed = $2, email_sealed = $3, edition_sealed = $4, push_wanted = $5,
             active = $6, status = $7, version = $8, language = $9, zone = $10, centre_id = $11,
             name_arabic_sealed = $12, name_latin_sealed = $13, file_number_sealed = $14, file_number_lookup = $15,
             former_file_number_sealed = $16, former_file_number_lookup = $17, birth_year = $18, sex = $19,
             host_wish = $20, province = $21, reads = $22, speaks = $23, interpreter_wanted = $24,
             need_hearing_sealed = $25, need_seeing_sealed = $26, need_moving_sealed = $27, minor_until = $28,
             guardian_name_sealed = $29, guardian_phone_sealed = $30, release_date_sealed = $31,
             release_kind_sealed = $32, release_quarter = $33, axes_sealed = $34,
             merged_into = $35
         WHERE id = $36"
    ))
    .bind(row.name_sealed.clone())
    .bind(row.phone_sealed.clone())
    .bind(row.email_sealed.clone())
    .bind(row.edition_sealed.clone())
    .bind(row.push_wanted)
    .bind(row.active)
    .bind(row.status)
    .bind(row.version)
    .bind(row.language)
    .bind(row.zone.clone())
    .bind(row.centre_id)
    .bind(more.name_arabic_sealed.clone())
    .bind(more.name_latin_sealed.clone())
    .bind(more.file_number_sealed.clone())
    .bind(more.file_number_lookup.clone())
    .bind(more.former_file_number_sealed.clone())
    .bind(more.former_file_number_lookup.clone())
    .bind(more.birth_year)
    .bind(more.sex)
    .bind(more.host_wish)
    .bind(more.province.clone())
    .bind(more.reads.clone())
    .bind(more.speaks.clone())
    .bind(more.interpreter_wanted)
    .bind(more.need_hearing_sealed.clone())
    .bind(more.need_seeing_sealed.clone())
    .bind(more.need_moving_sealed.clone())
    .bind(more.minor_until.clone())
    .bind(more.guardian_name_sealed.clone())
    .bind(more.guardian_phone_sealed.clone())
    .bind(more.release_date_sealed.clone())
    .bind(more.release_kind_sealed.clone())
    .bind(more.release_quarter.clone())
    .bind(more.axes_sealed.clone())
    .bind(row.merged_into)
    .bind(row.id)
    .execute()
    .await?;
    Ok(())
}

/// The participant, if in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.* FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The participant, if in scope, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.* FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR UPDATE OF p"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The participants in scope by id, that is by when they were registered, with one more than the page holds. Those of each state lie in that
/// order, and are put together here: no database reads several runs of an index as one without sorting all of them.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let Some(statuses) = &filter.status else {
        return list_run(tx, scope, filter, (filter.active, None), paging).await;
    };
    let mut found = Vec::new();
    for (active, status) in statuses.columns() {
        if filter.active.is_none_or(|asked| asked == active) {
            let columns = (Some(active), Some(status));
            found.extend(list_run(tx, scope, filter, columns, paging).await?);
        }
    }
    found.sort_unstable_by_key(|entry| entry.key.id);
    found.truncate(usize::try_from(paging.rows()).unwrap_or(usize::MAX));
    Ok(found)
}

/// Those of them in whose rows the two columns of where a file stands are these.
async fn list_run(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    columns: (Option<bool>, Option<FileStatus>),
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let after = paging.after.unwrap_or_default();
    let statement = match (scope.kind(), filter.assigned_to.map(|id| id.0)) {
        // Participants have no list of participants.
        (ScopeKind::Own, _) => return Ok(Vec::new()),
        (ScopeKind::Assigned, _) => accompanied(piece!("?")).bind(scope.id()),
        (ScopeKind::Centre, Some(staff)) => accompanied(piece!(
            "(SELECT own.id FROM staff AS own WHERE own.id = ? AND (own.centre_id = ? OR EXISTS (
                      SELECT 1 FROM posting WHERE posting.staff_id = own.id AND posting.centre_id = ?)))"
        ))
        .bind(staff)
        .bind(scope.id())
        .bind(scope.id()),
        (ScopeKind::Centre, None) => {
            Statement::new(piece!("SELECT p.* FROM participant AS p WHERE p.centre_id = ? AND p.id > ?"))
                .bind(scope.id())
                .bind(after)
        }
    };
    let is_by_assignment = scope.kind() == ScopeKind::Assigned || filter.assigned_to.is_some();
    let statement = if is_by_assignment {
        let rest = piece!(" AND caseload.ended_at IS NULL AND caseload.participant_id > ?");
        narrowed(statement.then(rest).bind(after), scope, filter, columns)
            .then(piece!(" ORDER BY caseload.participant_id"))
    } else {
        narrowed(statement, scope, filter, columns).then(piece!(" ORDER BY p.id"))
    };
    let query = tx.query_built(statement.limit(paging.rows()));
    // Most files are active, and few rest.
    let query = if columns.1.is_some() { query.planned_anew() } else { query };
    query.all().await
}

/// Found by the assignments of a staff member, which lie in the order of participants.
fn accompanied(by: db::Piece) -> Statement<'static> {
    Statement::new(piece!(
        "SELECT p.* FROM assignment AS caseload JOIN participant AS p ON p.id = caseload.participant_id
         WHERE caseload.staff_id = "
    ))
    .then(by)
}

/// What else the filter asks for.
fn narrowed(
    statement: Statement<'static>,
    scope: Scope,
    filter: &Filter,
    (active, status): (Option<bool>, Option<FileStatus>),
) -> Statement<'static> {
    // A manager's list is found by the assignments asked for; a mentor's by her own.
    let others = filter.assigned_to.filter(|_| scope.kind() != ScopeKind::Centre);
    let centre = filter.assigned_to.filter(|_| scope.kind() == ScopeKind::Centre).map(|_| scope.id());
    statement.when(centre, piece!(" AND ", lite "+", "p.centre_id = ?")).when(active, piece!(" AND p.active = ?")).when(status, piece!(" AND p.status = ?"))
        // What was merged is found where it is kept now; asked for by that word, it is shown.
        .only_if(status != Some(FileStatus::Merged), |statement| {
            statement.then(piece!(" AND (p.merged_into IS NULL OR p.active)"))
        })
        .when(
        others,
        piece!(
            " AND EXISTS (SELECT 1 FROM assignment AS other
                          WHERE other.staff_id = ? AND other.participant_id = p.id AND other.ended_at IS NULL)"
        ),
    )
}

/// Who is in the caseload of this staff member, for a search among them.
pub async fn caseload(tx: &mut Tx, staff: Uuid) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT participant_id FROM assignment WHERE staff_id = $1 AND ended_at IS NULL"))
        .bind(staff)
        .scalars()
        .await
}

/// Those of the named participants who are in scope, in no order.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.* FROM participant AS p WHERE ",
        participant p,
        " AND p.id ",
        lite "IN (SELECT unhex(value) FROM json_each($2))",
        // PostgreSQL takes a list of unknown length for a hundred, and would read everybody instead.
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ));
    tx.query(statement).bind(scope.id()).bind(id_list(ids)).all().await
}

/// Where each of these is kept now, in the same order and each once: where a file was merged, the one into which it was.
pub async fn kept_in(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut kept = ids.to_vec();
    // As often as one was merged into one that was merged in turn; each time fewer are left.
    loop {
        let merged: Vec<(Uuid, Uuid)> = tx
            .query(sql!(
                "SELECT id, merged_into FROM participant WHERE ",
                lite "+",
                "merged_into IS NOT NULL AND NOT active AND id ",
                lite "IN (SELECT unhex(value) FROM json_each($1))",
                pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))"
            ))
            .bind(id_list(&kept))
            .all()
            .await?;
        if merged.is_empty() {
            let mut seen = HashSet::new();
            kept.retain(|id| seen.insert(*id));
            return Ok(kept);
        }
        let merged: HashMap<Uuid, Uuid> = merged.into_iter().collect();
        for id in &mut kept {
            *id = merged.get(id).copied().unwrap_or(*id);
        }
    }
}

/// The files that were merged into this one, and into those.
pub async fn merged_into(tx: &mut Tx, id: ParticipantId) -> Result<Vec<ParticipantId>> {
    let (mut found, mut next) = (Vec::new(), vec![id]);
    while let Some(into) = next.pop() {
        let merged: Vec<ParticipantId> = tx
            .query(sql!("SELECT id FROM participant WHERE merged_into = $1 AND NOT active ORDER BY id"))
            .bind(into)
            .scalars()
            .await?;
        found.extend(&merged);
        next.extend(merged);
    }
    Ok(found)
}

/// Whose files have a number of this hash, or had it at another centre: not all of them are in somebody's scope.
pub async fn numbered(tx: &mut Tx, number: &FileNumberHash) -> Result<Vec<Uuid>> {
    tx.query(sql!(
        "SELECT id FROM participant WHERE file_number_lookup = $1
         UNION ALL SELECT id FROM participant WHERE former_file_number_lookup = $1"
    ))
    .bind(number.clone())
    .scalars()
    .await
}

/// Whether another file of this centre has a number of this hash.
pub async fn is_number_taken(
    tx: &mut Tx,
    centre: CentreId,
    number: &FileNumberHash,
    but: ParticipantId,
) -> Result<bool> {
    let other: Option<ParticipantId> = tx
        .query(sql!(
            "SELECT id FROM participant WHERE file_number_lookup = $1 AND centre_id = $2 AND id <> $3"
        ))
        .bind(number.clone())
        .bind(centre)
        .bind(but)
        .optional_scalar()
        .await?;
    Ok(other.is_some())
}

/// How far the change feed of a centre has come.
pub async fn position(tx: &mut Tx, centre: CentreId) -> Result<i64> {
    let position = tx.query(sql!("SELECT position FROM change_counter WHERE centre_id = $1")).bind(centre);
    Ok(position.optional_scalar().await?.unwrap_or(0))
}

/// How far the change feed of each centre has come.
pub async fn positions(tx: &mut Tx) -> Result<Vec<(CentreId, i64)>> {
    tx.query(sql!(
        "SELECT centre.id, COALESCE(change_counter.position, 0)
         FROM centre LEFT JOIN change_counter ON change_counter.centre_id = centre.id"
    ))
    .all()
    .await
}

/// A participant's sealed name and whether they are still accompanied, or only their id if they are no more.
#[derive(Debug, sqlx::FromRow)]
pub struct SealedName {
    /// Whose.
    pub id: Uuid,
    /// Their data key, wrapped.
    pub data_key: Option<WrappedKey>,
    /// How they are called, sealed.
    pub name_sealed: Option<Sealed>,
    /// The name in Arabic script, sealed.
    pub name_arabic_sealed: Option<Sealed>,
    /// The name in Latin script, sealed.
    pub name_latin_sealed: Option<Sealed>,
    /// Whether they are still accompanied. A file that was merged into another one finds that, whose row decides.
    pub active: Option<bool>,
    /// The version of their file.
    pub version: Option<i64>,
}

/// The same with where they are.
#[derive(Debug, sqlx::FromRow)]
pub struct LocatedName {
    /// Their centre.
    pub centre_id: CentreId,
    /// The name.
    #[sqlx(flatten)]
    pub sealed: SealedName,
}

/// The sealed names of a whole centre.
pub async fn all_names(tx: &mut Tx, centre: CentreId) -> Result<Vec<SealedName>> {
    tx.query(sql!(
        "SELECT id, data_key, name_sealed, name_arabic_sealed, name_latin_sealed,
                active OR merged_into IS NOT NULL AS active, version FROM participant WHERE centre_id = $1"
    ))
    .bind(centre)
    .all()
    .await
}

/// The sealed names of the first participants behind this id, wherever they are, with their centres.
pub async fn names_after(tx: &mut Tx, after: Uuid, rows: i64) -> Result<Vec<LocatedName>> {
    tx.query(sql!(
        "SELECT centre_id, id, data_key, name_sealed, name_arabic_sealed, name_latin_sealed,
                active OR merged_into IS NOT NULL AS active, version
         FROM participant WHERE id > $1 ORDER BY id LIMIT $2"
    ))
    .bind(after)
    .bind(rows)
    .all()
    .await
}

/// The sealed names of those who changed after this position of the centre's feed.
pub async fn changed_names(tx: &mut Tx, centre: CentreId, after: i64) -> Result<Vec<SealedName>> {
    tx.query(sql!(
        "SELECT DISTINCT change.subject_id AS id, participant.data_key, participant.name_sealed, participant.name_arabic_sealed,
                participant.name_latin_sealed, participant.active OR participant.merged_into IS NOT NULL AS active, participant.version
         FROM change
         LEFT JOIN participant ON participant.id = change.subject_id AND participant.centre_id = change.centre_id
         WHERE change.centre_id = $1 AND change.position > $2 AND change.subject_kind = 'participant'
           AND change.audience IS NULL"
    ))
    .bind(centre)
    .bind(after)
    .all()
    .await
}

/// Who it is, if they are in scope: nothing of the file is read.
pub async fn in_scope(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<Option<ParticipantId>> {
    tx.query(scope.sql(&scoped!("SELECT p.id FROM participant AS p WHERE ", participant p, " AND p.id = $2")))
        .bind(scope.id())
        .bind(id)
        .optional_scalar()
        .await
}

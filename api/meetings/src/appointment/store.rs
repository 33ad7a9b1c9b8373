//! Appointments in the database.

use super::{
    hours::OpeningHours,
    row::{Row, columns},
    slots,
    standing::EndingWords,
};
use contract::{
    AppointmentId, CentreId, Language, ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::{Result, Tx, sql};
use kernel::{access::Scope, protect::seal::WrappedKey, reading::Reading, scoped};
use notifications::subjects::appointment::AppointmentEvent;
use uuid::Uuid;

/// An appointment that is held for a change, and when its centre is open.
#[derive(Debug, sqlx::FromRow)]
pub struct Held {
    /// The appointment.
    #[sqlx(flatten)]
    pub row: Row,
    /// When its centre is open.
    #[sqlx(flatten)]
    pub hours: OpeningHours,
}

/// What a new appointment needs to know of its participant.
#[derive(Debug, sqlx::FromRow)]
pub struct ParticipantFacts {
    /// Their centre.
    pub centre_id: CentreId,
    /// When their centre is open.
    #[sqlx(flatten)]
    pub hours: OpeningHours,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Where they live.
    pub zone: ZoneName,
    /// When their centre reminds people, as JSON.
    pub reminder_policy: Option<String>,
    /// Whether their file rests: nobody is reminded of anything.
    pub is_paused: bool,
}

/// The participant, if in scope and still accompanied. They and their centre are held: the file cannot be closed, nor the calendar
/// changed, before what is made from them is seen.
pub async fn participant(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<Option<ParticipantFacts>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.data_key, p.zone, centre.zone AS centre_zone, centre.calendar, centre.reminder_policy,
                p.status = 'paused' AS is_paused
         FROM participant AS p JOIN centre ON centre.id = p.centre_id
         WHERE ",
        participant p,
        " AND p.id = $2 AND p.active",
        pg " FOR SHARE OF p, centre"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// Whether a participant is still accompanied, held as above.
pub async fn is_accompanied(tx: &mut Tx, id: ParticipantId) -> Result<bool> {
    let active: Option<bool> = tx
        .query(sql!("SELECT active FROM participant WHERE id = $1", pg " FOR SHARE"))
        .bind(id)
        .optional_scalar()
        .await?;
    Ok(active == Some(true))
}

/// Every appointment that this participant ever had.
pub async fn ids_of_participant(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM appointment WHERE participant_id = $1")).bind(participant).scalars().await
}

/// The same, held until the transaction ends; in the order of their ids, as everybody holds several.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM appointment WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await
}

/// Lets every appointment of this participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    let statement = sql!("UPDATE appointment SET centre_id = $2 WHERE participant_id = $1");
    tx.query(statement).bind(participant).bind(centre).execute().await.map(drop)
}

/// How a participant reads.
#[derive(Debug, sqlx::FromRow)]
pub struct Reader {
    /// In which language.
    pub language: Language,
    /// By which clock.
    pub zone: ZoneName,
}

/// How this participant reads.
pub async fn reader(tx: &mut Tx, participant: ParticipantId) -> Result<Reader> {
    tx.query(sql!("SELECT language, zone FROM participant WHERE id = $1")).bind(participant).one().await
}

/// Adds an appointment, and what it begins with.
pub async fn insert(
    tx: &mut Tx,
    row: &Row,
    created_by: Uuid,
    (event, at): (AppointmentEvent, Instant),
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone,
                                  starts_at, ends_at, holds_time, time_origin, place_kind, place_sealed, guidance_sealed,
                                  reason_sealed, created_by, created_at, version, last_event, last_event_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.host_id)
    .bind(row.kind)
    .bind(row.standing.stored())
    .bind(row.local_start)
    .bind(row.local_end)
    .bind(row.zone.clone())
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.holds_time)
    .bind(row.time_origin)
    .bind(row.place_kind)
    .bind(row.place_sealed.clone())
    .bind(row.guidance_sealed.clone())
    .bind(row.reason_sealed.clone())
    .bind(created_by)
    .bind(row.created_at)
    .bind(row.version)
    .bind(event.as_str())
    .bind(at)
    .execute()
    .await?;
    Ok(())
}

/// The row with the times that it offers.
async fn with_slots(tx: &mut Tx, row: Option<Row>, now: Instant) -> Result<Option<Row>> {
    let Some(mut row) = row else { return Ok(None) };
    slots::fill(tx, [&mut row], now).await?;
    Ok(Some(row))
}

/// The appointment, if in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: AppointmentId, now: Instant) -> Result<Option<Row>> {
    let row = without_slots(tx, scope, id).await?;
    with_slots(tx, row, now).await
}

/// The appointment, if in scope, for a reading that need be of one moment only if it offers several times.
pub async fn read(
    mut reading: Reading,
    scope: Scope,
    id: AppointmentId,
) -> kernel::Result<(Reading, Option<Row>)> {
    let mut row = without_slots(&mut reading.tx, scope, id).await?;
    if row.as_ref().is_some_and(Row::is_offering) {
        reading = reading.widen().await?;
        row = load(&mut reading.tx, scope, id, reading.now).await?;
    }
    Ok((reading, row))
}

async fn without_slots(tx: &mut Tx, scope: Scope, id: AppointmentId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT ",
        columns!(),
        "p.data_key FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id WHERE ",
        a,
        " AND a.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The appointment, if in scope, held until the transaction ends, and after it its participant and centre, whose calendar the new
/// time is compared with.
pub async fn load_for_change(
    tx: &mut Tx,
    scope: Scope,
    id: AppointmentId,
    now: Instant,
) -> Result<Option<Held>> {
    let statement = scope.sql(&scoped!(
        "SELECT a.*, p.data_key, centre.zone AS centre_zone, centre.calendar
         FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id JOIN centre ON centre.id = a.centre_id WHERE ",
        a,
        " AND a.id = $2",
        pg " FOR UPDATE OF a FOR SHARE OF p, centre"
    ));
    let Some(mut held) = tx.query(statement).bind(scope.id()).bind(id).optional::<Held>().await? else {
        return Ok(None);
    };
    slots::fill(tx, [&mut held.row], now).await?;
    Ok(Some(held))
}

/// The appointment, held as above, if its participant was in the caseload of this staff member when they recorded something, and was taken
/// out of it no longer ago than `earliest_end`.
pub async fn load_former_for_change(
    tx: &mut Tx,
    staff: StaffId,
    id: AppointmentId,
    (recorded_at, earliest_end): (Instant, Instant),
    now: Instant,
) -> Result<Option<Held>> {
    let query = tx.query(sql!(
        "SELECT a.*, p.data_key, centre.zone AS centre_zone, centre.calendar
         FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id JOIN centre ON centre.id = a.centre_id
         WHERE a.id = $1
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = a.participant_id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $3 AND former.ended_at >= $4)",
        pg " FOR UPDATE OF a FOR SHARE OF p, centre"
    ));
    let query = query.bind(id).bind(staff).bind(recorded_at).bind(earliest_end);
    let Some(mut held) = query.optional::<Held>().await? else { return Ok(None) };
    slots::fill(tx, [&mut held.row], now).await?;
    Ok(Some(held))
}

/// The appointment of this participant, held until the transaction ends; for somebody whom the button of a notification
/// proves to be that participant.
pub async fn load_own_for_change(
    tx: &mut Tx,
    participant: ParticipantId,
    id: AppointmentId,
    now: Instant,
) -> Result<Option<Row>> {
    let query = tx.query(sql!(
        "SELECT a.*, p.data_key
         FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id JOIN centre ON centre.id = a.centre_id
         WHERE a.participant_id = $1 AND a.id = $2",
        pg " FOR UPDATE OF a FOR SHARE OF p, centre"
    ));
    let row = query.bind(participant).bind(id).optional().await?;
    with_slots(tx, row, now).await
}

/// Writes what a command changed, and the version that was counted on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    let words = EndingWords::of(row.standing.ending());
    tx.query(sql!(
        "UPDATE appointment
         SET state = $1, local_start = $2, local_end = $3, zone = $4, starts_at = $5, ends_at = $6, holds_time = $7,
             time_origin = $8, host_id = $9, place_kind = $10, place_sealed = $11, change_wish_sealed = $12,
             reason_sealed = $13, version = $14, group_versions = $15, outcome = $16, outcome_side = $17,
             outcome_cause = $18, outcome_late = $19, outcome_tried = $20, outcome_version = $21
         WHERE id = $22"
    ))
    .bind(row.standing.stored())
    .bind(row.local_start)
    .bind(row.local_end)
    .bind(row.zone.clone())
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.holds_time)
    .bind(row.time_origin)
    .bind(row.host_id)
    .bind(row.place_kind)
    .bind(row.place_sealed.clone())
    .bind(row.change_wish_sealed.clone())
    .bind(row.reason_sealed.clone())
    .bind(row.version)
    .bind(row.group_versions.clone())
    .bind(words.outcome)
    .bind(words.side)
    .bind(words.cause)
    .bind(words.late)
    .bind(words.tried)
    .bind(row.standing.ending().map(|_| row.version))
    .bind(row.id)
    .execute()
    .await?;
    Ok(())
}

/// Notes that it was put at another time or place, for the buttons of notifications that are out already.
pub async fn note_move(tx: &mut Tx, id: AppointmentId, now: Instant) -> Result<()> {
    let statement = sql!("UPDATE appointment SET moved_at = $2 WHERE id = $1");
    tx.query(statement).bind(id).bind(now).execute().await.map(drop)
}

//! Logging a visit, correcting it, and finishing its next step: the same over HTTP and from a phone that was without network.

use super::{
    answer::field,
    remind,
    request::{NewNextStep, NewVisit, VisitCorrection, VisitWithdrawal},
    rules,
    store::{self, Row},
    things::VISIT,
    words::{VisitId, VisitReaders},
};
use crate::{
    App,
    accompanied::{self, Met},
    contact,
    work_item::{self, WorkCause},
};
use contract::{
    StaffId, StaffRole, Subject, SubjectKind,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::seal::DataKey,
};

/// Logs a visit of this author's, and the line of the audit log that says so.
pub async fn record(
    app: &App,
    tx: &mut Tx,
    author_id: StaffId,
    met: Met,
    new: NewVisit,
    (noted_at, now): (Option<Instant>, Instant),
) -> Result<(Row, Audit)> {
    let id = VisitId(new_id(new.id, &*app.ids));
    let zone = new.zone.unwrap_or(met.zone);
    let (local_start, starts_at) = start(app, new.local_start, &zone, now)?;
    let key = app.keys.participants.key(new.participant_id.0, &met.data_key)?;
    let mut row = Row {
        id,
        centre_id: met.centre_id,
        participant_id: new.participant_id,
        author_id,
        kind: new.kind,
        local_start,
        zone,
        starts_at,
        duration_minutes: new.duration_minutes.into(),
        readers: new.readers,
        narrative_sealed: Some(key.seal_text(field("narrative_sealed", id), &new.narrative, &*app.random)?),
        next_step_sealed: None,
        next_step_local: None,
        next_step_at: None,
        next_step_done_at: None,
        next_step_done_by: None,
        next_step_version: None,
        recorded_at: now,
        noted_at,
        corrected_at: None,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_sealed: None,
        version: 1,
        data_key: met.data_key,
    };
    set_next_step(app, &mut row, &key, new.next_step, now)?;
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    remind::plan_again(app, tx, &row, now).await?;
    contact::happened(app, tx, row.participant_id, now).await?;
    let audit = Audit::new(&VISIT, "record", id.0)
        .about(row.participant_id)
        .at(row.centre_id)
        .with("kind", row.kind.as_str())
        .with("readers", row.readers.as_str());
    Ok((row, audit))
}

/// Corrects what a visit says. What it said is kept beside it.
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    author_id: StaffId,
    row: &mut Row,
    change: VisitCorrection,
    now: Instant,
) -> Result<Audit> {
    if author_id != row.author_id {
        return Err(refused(row, "only whoever logged it corrects it"));
    }
    if row.withdrawn_at.is_some() {
        return Err(refused(row, "it was withdrawn as entered by mistake"));
    }
    let given = change.given();
    if given.is_empty() {
        return Err(Error::field("", "required", "must change at least one field"));
    }
    let is_another_time = change.local_start.is_some();
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let reason = key.seal_text(field("reason_sealed", row.id), &change.reason, &*app.random)?;
    let readers = change.readers.unwrap_or(row.readers);
    store::keep_former(tx, row.id, author_id, &reason, readers, now).await?;
    row.kind = change.kind.unwrap_or(row.kind);
    row.readers = readers;
    row.duration_minutes = change.duration_minutes.map_or(row.duration_minutes, Into::into);
    if let Some(local_start) = change.local_start {
        (row.local_start, row.starts_at) = start(app, local_start, &row.zone, now)?;
    }
    if let Some(narrative) = &change.narrative {
        row.narrative_sealed =
            Some(key.seal_text(field("narrative_sealed", row.id), narrative, &*app.random)?);
    }
    row.version += 1;
    if let Some(next_step) = change.next_step {
        set_next_step(app, row, &key, next_step, now)?;
    } else if let Some(due_at) = row.next_step_at {
        let fault = |(code, _)| Error::field("/local_start", code, "must be before its next step is due");
        rules::check_next_step(due_at, row.starts_at, now).map_err(fault)?;
    }
    row.corrected_at = Some(now);
    changed(app, tx, row, now).await?;
    if given.contains(&"readers") {
        store::tell_questions_again(tx, row).await?;
    }
    if is_another_time {
        contact::happened(app, tx, row.participant_id, now).await?;
    }
    Ok(Audit::new(&VISIT, "correct", row.id.0)
        .about(row.participant_id)
        .at(row.centre_id)
        .with("fields", given))
}

/// Notes that the next step of a visit is done, as this staff member says.
pub async fn finish_next_step(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    now: Instant,
) -> Result<Audit> {
    if !row.has_open_step() {
        return Err(refused(row, "there is no next step that is still to be done"));
    }
    row.next_step_done_at = Some(now);
    row.next_step_done_by = Some(staff);
    row.version += 1;
    changed(app, tx, row, now).await?;
    Ok(Audit::new(&VISIT, "finish_next_step", row.id.0).about(row.participant_id).at(row.centre_id))
}

/// Withdraws a visit as entered by mistake: it leaves every list and figure, and nobody is reminded or asked about it any more. What was
/// recorded together with it stays as it is: a need that was found need not be wrong because the visit was somebody else's.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    withdrawal: &VisitWithdrawal,
    now: Instant,
) -> Result<Audit> {
    if row.withdrawn_at.is_some() {
        return Err(refused(row, "it was withdrawn already"));
    }
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let field = field("withdrawal_sealed", row.id);
    row.withdrawal_sealed = Some(key.seal_text(field, &withdrawal.reason, &*app.random)?);
    (row.withdrawn_at, row.withdrawn_by) = (Some(now), Some(staff));
    row.version += 1;
    changed(app, tx, row, now).await?;
    store::tell_questions_again(tx, row).await?;
    contact::happened(app, tx, row.participant_id, now).await?;
    work_item::resolve(app, tx, WorkCause::QuestionBack, row.id.0, now).await?;
    Ok(withdrawn(row))
}

/// The line of the audit log that says that it was withdrawn.
pub fn withdrawn(row: &Row) -> Audit {
    Audit::new(&VISIT, "withdraw", row.id.0).about(row.participant_id).at(row.centre_id)
}

/// Refuses to let anybody but its author or a manager withdraw it.
pub fn require_own(row: &Row, staff: StaffId, is_manager: bool) -> Result<()> {
    if is_manager || row.author_id == staff {
        return Ok(());
    }
    Err(refused(row, "only whoever logged it or a manager withdraws it"))
}

async fn changed(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    store::update(tx, row).await?;
    tx.changed(row.changed());
    remind::plan_again(app, tx, row, now).await
}

fn refused(row: &Row, detail: &str) -> Error {
    let possible: &[&str] = if row.has_open_step() { &["finish_next_step"] } else { &[] };
    Error::command_refused(Subject { kind: SubjectKind::Visit, id: row.id.0 }, detail, possible)
}

/// Refuses to let somebody in this role write for these readers.
pub fn require_readers(readers: VisitReaders, role: StaffRole) -> Result<()> {
    if rules::may_write_for(readers, role) {
        return Ok(());
    }
    Err(Error::field("/readers", "not_allowed", "only a counsellor writes for themself alone"))
}

fn start(app: &App, local: LocalDateTime, zone: &ZoneName, now: Instant) -> Result<(LocalDateTime, Instant)> {
    let start = resolved(app, local, zone)?;
    let fault = |(code, detail)| Error::field("/local_start", code, detail);
    accompanied::check_past(start.1, now).map_err(fault)?;
    Ok(start)
}

fn set_next_step(
    app: &App,
    row: &mut Row,
    key: &DataKey,
    next: Option<NewNextStep>,
    now: Instant,
) -> Result<()> {
    row.next_step_done_at = None;
    row.next_step_done_by = None;
    row.next_step_version = Some(row.version);
    let Some(next) = next else {
        (row.next_step_sealed, row.next_step_local, row.next_step_at) = (None, None, None);
        return Ok(());
    };
    let (local, at) = resolved(app, next.local_due, &row.zone)?;
    let fault = |(code, detail)| Error::field("/next_step/local_due", code, detail);
    rules::check_next_step(at, row.starts_at, now).map_err(fault)?;
    row.next_step_sealed =
        Some(key.seal_text(field("next_step_sealed", row.id), &next.what, &*app.random)?);
    (row.next_step_local, row.next_step_at) = (Some(local), Some(at));
    Ok(())
}

fn resolved(app: &App, local: LocalDateTime, zone: &ZoneName) -> Result<(LocalDateTime, Instant)> {
    let unknown = |_| Error::field("/zone", "unknown_zone", "the zone data in use does not know this zone");
    app.zones.resolve(local, zone).map(|time| (time.local, time.instant)).map_err(unknown)
}

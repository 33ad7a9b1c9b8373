//! The milestones of a placement: they begin with it, are verified, and are closed or reckoned again when it ends or its dates were wrong.

use super::{
    agreements,
    deeds::{at, line, next, refused, today},
    milestones::{self, Course},
    needs,
    parts::{self, MilestoneRow, Whole},
    remind,
    request::Verification,
    rules::{self, Command},
    store::{self, Row},
    timers,
    words::{EndReason, Evidence, Milestone, MilestoneState},
};
use crate::{App, opening_hours::calendar::CalendarDate};
use chrono::NaiveDate;
use contract::{
    StaffId,
    time::{ImpreciseDate, Instant, ZoneName},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// A placement has begun: its milestones are there, and are looked at when each falls due.
pub async fn begin(
    app: &App,
    tx: &mut Tx,
    whole: &mut Whole,
    start: ImpreciseDate,
    zone: &ZoneName,
) -> Result<()> {
    for milestone in Milestone::ALL {
        whole.milestones.push(reckoned(app, whole, *milestone, start, zone)?);
    }
    parts::insert_milestones(tx, whole.row.participant_id, &whole.milestones).await?;
    timers::note_due(tx, whole).await
}

fn reckoned(
    app: &App,
    whole: &Whole,
    milestone: Milestone,
    start: ImpreciseDate,
    zone: &ZoneName,
) -> Result<MilestoneRow> {
    let local_due = milestones::local_due(start, milestone);
    let due = app.zones.resolve(local_due, zone).map_err(Error::internal)?;
    Ok(MilestoneRow {
        placement_id: whole.row.id,
        milestone,
        state: MilestoneState::Pending,
        local_due: due.local,
        zone: zone.clone(),
        due_at: due.instant,
        asked_at: None,
        closed_for: None,
        evidence: None,
        evidence_consent: None,
        confidence: None,
        held_on: None,
        verified_at: None,
        verified_by: None,
        said_version: None,
    })
}

/// Verifies that a placement was held for so long.
pub async fn verify(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    verification: Verification,
    (recorded_at, now): (Option<Instant>, Instant),
) -> Result<Audit> {
    whole.row.state = next(&whole.row, Command::VerifyMilestone)?;
    let consent = match verification.evidence {
        Evidence::Employer => Some(agreements::ground(app, tx, &whole.row, (recorded_at, now)).await?),
        _ => None,
    };
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    let ended = whole.row.ended;
    let today = today(app, &zone, now)?;
    let row = &whole.row;
    let one = whole.milestones.iter_mut().find(|one| one.milestone == verification.milestone);
    let one =
        one.ok_or_else(|| Error::field("/milestone", "unknown", "is no milestone of this placement"))?;
    let day = first_day(row, one);
    if !milestones::can_be_held(one.state, day, ended) {
        return Err(refused(row, "this milestone is achieved already, or the placement ended before it"));
    }
    let on = evidence_day(verification.on, today, day)?;
    let state = MilestoneState::Achieved;
    one.take(Course { state, closed_for: None, ..one.course() });
    (one.evidence, one.confidence, one.held_on) =
        (Some(verification.evidence), Some(verification.confidence), Some(on));
    one.evidence_consent = consent;
    (one.verified_at, one.verified_by) = (Some(now), Some(by));
    one.said_version = Some(row.version + 1);
    parts::update_milestone(tx, one).await?;
    whole.row.version += 1;
    whole.row.changed_at = now;
    store::update(tx, &whole.row).await?;
    tx.changed(whole.row.changed());
    remind::plan_again(app, tx, whole, now).await?;
    needs::stand_as(app, tx, whole, now).await?;
    Ok(line(&whole.row, "verify_milestone"))
}

/// The first day on which a milestone can have been reached. It begins with the placement, so that there is a start.
pub fn first_day(row: &Row, one: &MilestoneRow) -> NaiveDate {
    row.started.map_or(one.local_due.date(), |start| milestones::earliest_day(start, one.milestone))
}

/// The day of which the evidence is, if it has been and a milestone that can have been reached on `first` can be known by it.
pub fn evidence_day(on: CalendarDate, today: NaiveDate, first: NaiveDate) -> Result<ImpreciseDate> {
    let day = ImpreciseDate::day(on.to_chrono())
        .ok_or_else(|| Error::field("/on", "value", "must be a day in the years 1970 to 2199"))?;
    rules::check_past(day, today).map_err(at("/on"))?;
    if on.to_chrono() < first {
        return Err(Error::field(
            "/on",
            "before_due",
            "is before the first day on which it can have been held for so long",
        ));
    }
    Ok(day)
}

/// A placement is over: what was not reached by then is closed.
pub async fn end(tx: &mut Tx, whole: &mut Whole, until: ImpreciseDate, reason: EndReason) -> Result<()> {
    let Some(start) = whole.row.started else { return Ok(()) };
    for one in &mut whole.milestones {
        let earliest = milestones::earliest_day(start, one.milestone);
        if one.take(one.course().ended(earliest, until, reason)) {
            parts::update_milestone(tx, one).await?;
        }
    }
    Ok(())
}

/// A placement was entered by mistake: nothing of it is asked for.
pub async fn withdraw(tx: &mut Tx, whole: &mut Whole) -> Result<()> {
    for one in &mut whole.milestones {
        if one.take(one.course().withdrawn()) {
            parts::update_milestone(tx, one).await?;
        }
    }
    Ok(())
}

/// The first day, the last day or the reason was recorded wrongly: what is not achieved is reckoned again from what is right.
pub async fn reckon_again(
    app: &App,
    tx: &mut Tx,
    whole: &mut Whole,
    reason: Option<EndReason>,
) -> Result<()> {
    let Some(start) = whole.row.started else { return Ok(()) };
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    let ended = whole.row.ended.zip(reason);
    for one in &mut whole.milestones {
        let local = milestones::local_due(start, one.milestone);
        let due = app.zones.resolve(local, &zone).map_err(Error::internal)?;
        let is_other_day = due.local != one.local_due;
        (one.local_due, one.zone) = (due.local, zone.clone());
        let is_closed = one.closed_for == Some(super::words::MilestoneClosing::Ended);
        let mut course = one.course();
        if is_other_day || is_closed {
            course = course.reckoned_again(due.instant);
        }
        if let Some((until, reason)) = ended {
            course = course.ended(milestones::earliest_day(start, one.milestone), until, reason);
        }
        one.take(course);
        parts::update_milestone(tx, one).await?;
    }
    timers::note_due(tx, whole).await
}

/// The rules of the clocks, or of the centre's, are others: what lies ahead stays on the wall, and its instant follows. Whether one did.
pub async fn derive_again(app: &App, tx: &mut Tx, whole: &mut Whole, zone: &ZoneName) -> Result<bool> {
    let mut is_other = false;
    for one in &mut whole.milestones {
        if one.state != MilestoneState::Pending {
            continue;
        }
        let due_at = app.zones.resolve(one.local_due, zone).map_err(Error::internal)?.instant;
        if due_at == one.due_at && *zone == one.zone {
            continue;
        }
        (one.due_at, one.zone) = (due_at, zone.clone());
        parts::update_milestone(tx, one).await?;
        is_other = true;
    }
    Ok(is_other)
}

//! What an outage of the service does to check-ins: whoever could not answer while it lasted gets that time back, once for each outage. What
//! was missed because of it and can be answered again is open again, and nobody is asked to call about it. Who is told, in reminders and by
//! their phone, is told of the later end; no time that somebody was told they have is ever taken away.
//!
//! Outages are declared elsewhere; here they are times at a centre, or everywhere.

use super::{
    escalate,
    store::{self, Row},
    time_back::{self, Span},
    timers::CHECK_INS,
    words::{Settled, Stage},
};
use crate::App;
use contract::{
    CentreId,
    time::{Instant, LocalDateTime},
};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::{Error, Result},
};
use serde::Serialize;
use std::{fmt, str::FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

/// An outage that is unfolded into the check-ins that it cut into.
pub const OUTAGES: Kind = Kind::new("check_ins_of_outage");

/// How many check-ins are noted at once.
const PAGE: i64 = 100;

/// What an outage of the service did to a check-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInOutage {
    /// By how many seconds it closes later.
    pub extended_by_seconds: i64,
    /// By when it was to be answered before anything first moved it, on the wall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_local_due: Option<LocalDateTime>,
    /// Until before when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_local_closes: Option<LocalDateTime>,
}

impl CheckInOutage {
    /// What outages did to this; nothing if there was none.
    pub fn of(row: &Row) -> Option<Self> {
        (row.outage_micros > 0).then_some(Self {
            extended_by_seconds: row.outage_micros / 1_000_000,
            original_local_due: row.original_due,
            original_local_closes: row.original_closes,
        })
    }
}

/// Notes that the check-ins that this outage cut into are looked at: one row, however many there are, in the name of this
/// centre.
pub async fn note(tx: &mut Tx, outage: Uuid, centre: CentreId, now: Instant) -> Result<()> {
    Ok(agenda::note(tx, OUTAGES, centre, &[outage], now).await?)
}

#[derive(Debug, sqlx::FromRow)]
struct Declared {
    centre_id: Option<CentreId>,
    starts_at: Instant,
    ends_at: Instant,
}

/// How far an outage is unfolded: the centre, and the last of its check-ins that was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    centre: CentreId,
    closes_at: Instant,
    id: Uuid,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.centre, self.closes_at.as_micros(), self.id)
    }
}

impl FromStr for Progress {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let mut parts = text.split(' ');
        let mut next = || parts.next().ok_or(());
        let (centre, closes, id) = (next()?, next()?, next()?);
        let closes_at = closes.parse().ok().and_then(Instant::from_micros).ok_or(())?;
        Ok(Self { centre: centre.parse().map_err(drop)?, closes_at, id: id.parse().map_err(drop)? })
    }
}

/// Notes the next page of check-ins that an outage cut into. A progress that cannot be read begins anew, which only costs time.
pub async fn unfold(tx: &mut Tx, outage: Uuid, progress: Option<&str>, now: Instant) -> Result<Outcome> {
    let declared: Option<Declared> = tx
        .query(sql!(
            "SELECT centre_id, starts_at, ends_at FROM outage WHERE id = $1 AND withdrawn_at IS NULL"
        ))
        .bind(outage)
        .optional()
        .await?;
    let Some(declared) = declared else { return Ok(Outcome::Done) };
    let start = |centre| Progress { centre, closes_at: declared.starts_at, id: Uuid::max() };
    let at = match (progress.and_then(|text| text.parse().ok()), declared.centre_id) {
        (Some(progress), _) => Some(progress),
        (None, Some(centre)) => Some(start(centre)),
        (None, None) => next_centre(tx, CentreId(Uuid::nil())).await?.map(start),
    };
    let Some(at) = at else { return Ok(Outcome::Done) };
    let found = page(tx, at, declared.ends_at).await?;
    let ids: Vec<Uuid> = found.iter().map(|(id, _)| *id).collect();
    if !ids.is_empty() {
        agenda::note(tx, CHECK_INS, at.centre, &ids, now).await?;
    }
    let is_full = i64::try_from(found.len()).is_ok_and(|rows| rows == PAGE);
    let next = match found.last() {
        Some((id, closes_at)) if is_full => Some(Progress { id: *id, closes_at: *closes_at, ..at }),
        _ if declared.centre_id.is_some() => None,
        _ => next_centre(tx, at.centre).await?.map(start),
    };
    Ok(next.map_or(Outcome::Done, |next| Outcome::Unfolded(next.to_string())))
}

async fn next_centre(tx: &mut Tx, after: CentreId) -> Result<Option<CentreId>> {
    Ok(tx
        .query(sql!("SELECT id FROM centre WHERE id > $1 ORDER BY id LIMIT 1"))
        .bind(after)
        .optional_scalar()
        .await?)
}

/// Those of a centre that closed when the outage had begun, opened before it was over, and are not answered, or were too late.
async fn page(tx: &mut Tx, after: Progress, ends_at: Instant) -> Result<Vec<(Uuid, Instant)>> {
    Ok(tx
        .query(sql!(
            "SELECT id, closes_at FROM check_in
             WHERE centre_id = $1 AND (closes_at, id) > ($2, $3) AND opens_at < $4
               AND (settled = 'unanswered' OR (settled IN ('submitted', 'reviewed') AND answered_at >= closes_at))
             ORDER BY closes_at, id LIMIT ",
            lite "+",
            "$5"
        ))
        .bind(after.centre)
        .bind(after.closes_at)
        .bind(after.id)
        .bind(ends_at)
        .bind(PAGE)
        .all()
        .await?)
}

#[derive(Debug, sqlx::FromRow)]
struct Fresh {
    id: Uuid,
    starts_at: Instant,
    ends_at: Instant,
}

/// Gives this one back what outages took from it and it did not get yet. Its row is held.
pub async fn give_back(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    let was_too_late = matches!(row.settled, Settled::Submitted | Settled::Reviewed)
        && row.answered_at.is_some_and(|answered_at| answered_at >= row.closes_at);
    if row.settled != Settled::Unanswered && !was_too_late {
        return Ok(());
    }
    // Before it was planned nobody could answer it anyway, and while the file rests no time goes by for it.
    let open = Span { from: row.opens_at.max(row.planned_at), until: row.clock(now) };
    let mut fresh = fresh(tx, row, open).await?;
    // Of somebody who is no longer accompanied nothing is open, nor becomes so.
    if fresh.is_empty() || !is_accompanied(tx, row).await? {
        return Ok(());
    }
    let counted: Vec<(Instant, Instant)> = tx
        .query(sql!("SELECT starts_at, ends_at FROM check_in_outage WHERE check_in_id = $1"))
        .bind(row.id)
        .all()
        .await?;
    let counted: Vec<Span> = counted.into_iter().map(|(from, until)| Span { from, until }).collect();
    let spans: Vec<Span> = fresh.iter().map(|(_, span)| *span).collect();
    let lost = time_back::beyond(&spans, &counted);
    let (due_at, closes_at) = (
        time_back::given_back(open.from, row.due_at, &lost),
        time_back::given_back(open.from, row.closes_at, &lost),
    );
    // One that it does not reach may still be reached when another becomes known.
    fresh.retain(|(_, span)| span.from < closes_at);
    for (outage, span) in &fresh {
        // Once: the database refuses a second time.
        tx.query(sql!(
            "INSERT INTO check_in_outage (check_in_id, outage_id, starts_at, ends_at, given_at) VALUES ($1, $2, $3, $4, $5)"
        ))
        .bind(row.id)
        .bind(*outage)
        .bind(span.from)
        .bind(span.until)
        .bind(now)
        .execute()
        .await?;
    }
    if closes_at > row.closes_at || due_at > row.due_at {
        extend(app, row, due_at, closes_at)?;
        reopen(app, tx, row, now).await?;
    }
    Ok(())
}

async fn is_accompanied(tx: &mut Tx, row: &Row) -> Result<bool> {
    let active: Option<bool> = tx
        .query(sql!("SELECT active FROM participant WHERE id = $1"))
        .bind(row.participant_id)
        .optional_scalar()
        .await?;
    Ok(active == Some(true))
}

/// The outages that cut into it and for which it got nothing yet, each with what of it counts.
async fn fresh(tx: &mut Tx, row: &Row, open: Span) -> Result<Vec<(Uuid, Span)>> {
    let found: Vec<Fresh> = tx
        .query(sql!(
            "SELECT o.id, o.starts_at, o.ends_at FROM outage AS o
             WHERE o.ends_at > $1 AND o.withdrawn_at IS NULL AND (o.centre_id IS NULL OR o.centre_id = $2)
               AND NOT EXISTS (SELECT 1 FROM check_in_outage AS given WHERE given.check_in_id = $3 AND given.outage_id = o.id)
             ORDER BY o.ends_at, o.id"
        ))
        .bind(open.from)
        .bind(row.centre_id)
        .bind(row.id)
        .all()
        .await?;
    let counts = |outage: Fresh| {
        let span = Span { from: outage.starts_at, until: outage.ends_at };
        Some((outage.id, span.within(open)?))
    };
    Ok(found.into_iter().filter_map(counts).collect())
}

/// Lets it be due and close then, on the wall as well, and keeps when that was to be.
fn extend(app: &App, row: &mut Row, due_at: Instant, closes_at: Instant) -> Result<()> {
    row.keep_original();
    let wall = |at| time_back::on_the_wall(at, &row.zone, &app.zones).map_err(Error::internal);
    let mut local = row.local_window();
    if due_at > row.due_at {
        local.due = wall(due_at)?;
    }
    if closes_at > row.closes_at {
        local.closes = wall(closes_at)?;
    }
    let (window, former) = (local.derive(&row.zone, &app.zones).map_err(Error::internal)?, row.closes_at);
    (row.local_due, row.local_closes) = (local.due, local.closes);
    row.due_at = window.due_at.max(due_at);
    row.closes_at = window.closes_at.max(closes_at);
    row.outage_micros += row.closes_at.as_micros() - former.as_micros();
    Ok(())
}

/// What it is by the later end. If staff was told that it was missed, they are told so again once that is true.
async fn reopen(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    let was_told = row.settled == Settled::Unanswered && row.stage == Stage::Escalated;
    row.stage = row.stage.min(row.window().stage(row.clock(now)));
    store::set_window(tx, row).await?;
    if was_told && row.stage != Stage::Escalated {
        escalate::no_longer_missed(app, tx, row, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_unfolded_is_read_again() {
        let progress = Progress {
            centre: "01936f6e-4d00-7000-8000-000000000007".parse().unwrap(),
            closes_at: "2026-12-01T09:00:00.000001Z".parse().unwrap(),
            id: "01936f6e-4d00-7000-8000-000000000009".parse().unwrap(),
        };
        assert_eq!(progress.to_string().parse::<Progress>(), Ok(progress));
        for unreadable in ["", "x", "a b c", &format!("{} x {}", progress.centre, progress.id)] {
            assert_eq!(unreadable.parse::<Progress>(), Err(()));
        }
    }
}

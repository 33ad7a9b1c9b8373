//! What is looked at again: whether whoever wants the app has a phone that is reached, and whether a reminder that reached nobody still matters.

use super::{
    rules::{self, Failure, Phones, Verdict},
    store,
    words::ContactMeans,
};
use crate::{
    App,
    app::timer::Timer,
    push::UNDELIVERED,
    work_item::{self, Raise, WorkCause},
};
use chrono::TimeDelta;
use contract::{CentreId, ParticipantId, time::Instant};
use db::Tx;
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use notifications::device::STALE_AFTER;

/// Somebody who is accompanied, of whom it is looked at whether a phone of theirs is reached.
pub const DEVICES: Kind = Kind::new("device_wanted");

/// How soon somebody to whom a reminder did not come is looked at again: another may have come.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// How soon somebody is looked at again whose phone has been silent for long: it may be heard of again without anybody saying so.
const SILENT: TimeDelta = TimeDelta::days(1);
/// How often one look counts at most: what failed is counted one by one.
const MOST: usize = 20;

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: DEVICES,
        // Each holds a file, and work that is to be done about it behind that.
        is_each_alone: true,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    outcomes.push((entry.id, phones(app, tx, ParticipantId(entry.id), now).await?));
                }
                Ok(outcomes)
            })
        },
    },
    Timer {
        kind: UNDELIVERED,
        is_each_alone: true,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    outcomes.push((entry.id, undelivered(app, tx, ParticipantId(entry.id), now).await?));
                }
                Ok(outcomes)
            })
        },
    },
];

/// Notes that it is looked at, from when on it can be too long, whether somebody has a phone.
pub async fn note(tx: &mut Tx, centre: CentreId, participant: ParticipantId, now: Instant) -> Result<()> {
    let then = now.saturating_add(rules::WITHOUT_DEVICE);
    Ok(agenda::note(tx, DEVICES, centre, &[participant.0], then).await?)
}

async fn phones(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<Outcome> {
    let Some(row) = store::phones(tx, participant).await? else { return Ok(Outcome::Done) };
    if !row.is_accompanied {
        // Whoever opens the file again notes it again.
        has_device(app, tx, participant, now).await?;
        return Ok(Outcome::Done);
    }
    let first = row.first.as_deref().and_then(|word| word.parse().ok()).unwrap_or(ContactMeans::InApp);
    let silent_since = row.heard_at.map(|heard| heard.saturating_add(STALE_AFTER));
    let phones = Phones {
        wants_app: row.wants_push && first == ContactMeans::InApp,
        has_device: row.has_device,
        since: [row.gone_at, silent_since].into_iter().flatten().fold(row.opened_at, Ord::max),
        called_at: row.called_at,
    };
    let again = |next: Instant| {
        Outcome::Again(if row.heard_at.is_some() { next.min(now.saturating_add(SILENT)) } else { next })
    };
    match rules::verdict(phones, now) {
        Verdict::Fine(next) => {
            has_device(app, tx, participant, now).await?;
            Ok(Outcome::Again(next))
        }
        Verdict::Waits(next) => Ok(again(next)),
        Verdict::Call(next) => {
            let what = Raise {
                cause: WorkCause::NoDevice,
                subject: participant.0,
                participant,
                centre: row.centre_id,
            };
            work_item::raise(app, tx, what, now).await?;
            Ok(again(next))
        }
    }
}

/// Somebody has a phone that is reached, or needs none: nobody need see to it.
pub async fn has_device(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    work_item::resolve(app, tx, WorkCause::NoDevice, participant.0, now).await
}

async fn undelivered(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<Outcome> {
    let Some((centre, is_accompanied)) = store::accompanied_by(tx, participant).await? else {
        return Ok(Outcome::Done);
    };
    let since = now.saturating_sub(TimeDelta::days(store::DAYS_BACK));
    let failures: Vec<Failure> = store::failures(tx, participant, since)
        .await?
        .into_iter()
        .map(|(at, matters_until)| Failure { at, matters_until })
        .collect();
    let delivered_at = store::delivered_at(tx, participant, since).await?;
    let raised_at = store::raised_at(tx, participant).await?;
    let found = rules::undelivered(&failures, delivered_at, raised_at, now);
    let (cause, subject) = (WorkCause::UndeliverableReminder, participant.0);
    let Some(until) = found.until.filter(|_| is_accompanied) else {
        work_item::resolve(app, tx, cause, subject, now).await?;
        return Ok(Outcome::Done);
    };
    for _ in 0..found.unheard.min(MOST) {
        work_item::raise(app, tx, Raise { cause, subject, participant, centre }, now).await?;
    }
    Ok(Outcome::Again(until.min(now.saturating_add(AGAIN))))
}

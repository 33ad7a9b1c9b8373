//! Reading what belongs to participants: their files, appointments, notes and reminders. Every such reading by staff leaves a
//! line in the audit log, and how many people one staff member opens in an hour is limited to what
//! somebody at work may need. What participants read of their own is nobody's business and is not recorded.
//!
//! A handler begins a [`Reading`], loads through [`Reading::tx`], and finishes it with an [`Audit`] and a [`Reply`]. What it loads
//! is one moment of the data, and nobody waits for it. The line is written when all is loaded, in a short transaction of its own; there is no
//! answer without it. The line of a reading of one person's says whom it is about, and only that counts: a list of many
//! is one line that names nobody.

use crate::{
    Kernel,
    access::Actor,
    audit::{self, Audit},
    audit_repeat,
    error::{Error, Result},
    extract::Call,
    reply::Reply,
};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use contract::{AuditId, PersonKind, time::Instant};
use db::Tx;

/// How many people's files one person may open in an hour.
const PEOPLE_AN_HOUR: i64 = 200;
const HOUR: TimeDelta = TimeDelta::hours(1);

/// A running reading.
pub struct Reading {
    /// The transaction.
    pub tx: Tx,
    /// When it began.
    pub now: Instant,
    kernel: Kernel,
    actor: Actor,
}

impl Kernel {
    /// Begins a reading of one moment.
    pub async fn begin_reading(&self, call: &Call) -> Result<Reading> {
        Ok(self.reading(self.db.read().await?, call))
    }

    /// Begins a reading that one statement mostly does. Where it takes another, [`Reading::widen`] it first.
    pub async fn begin_glance(&self, call: &Call) -> Result<Reading> {
        Ok(self.reading(self.db.glance().await?, call))
    }

    fn reading(&self, tx: Tx, call: &Call) -> Reading {
        Reading { tx, now: self.clock.now(), kernel: self.clone(), actor: call.actor }
    }
}

impl Reading {
    /// Goes on with one moment, perhaps another one: what was read until now is to be read again.
    pub async fn widen(self) -> Result<Self> {
        let Self { tx, now, kernel, actor } = self;
        // Given back first: nobody waits for a connection while they hold another.
        drop(tx);
        let tx = kernel.db.read().await?;
        Ok(Self { tx, now, kernel, actor })
    }

    /// Writes the audit line, and gives the answer out. Participants' readings of what is their own have none.
    pub async fn finish(self, audit: Audit, reply: Reply) -> Result<Response> {
        if self.actor.kind() == PersonKind::Participant {
            return Ok(reply.into_response());
        }
        self.finish_audited(audit, reply).await
    }

    /// Writes the audit line, whoever reads, and gives the answer out.
    pub async fn finish_audited(self, audit: Audit, reply: Reply) -> Result<Response> {
        let Self { tx, now, kernel, actor } = self;
        // Let go before the line is written: nobody holds what they have read while they wait for their turn.
        drop(tx);
        let reading = audit_repeat::Reading::of(&actor, &audit);
        // Whoever reads the same again changes nothing, and holds nobody up at all.
        if reading.as_ref().is_some_and(|reading| kernel.recorded.stands(reading, now)) {
            return Ok(reply.into_response());
        }
        record(&kernel, &actor, audit, now).await?;
        if let Some(reading) = reading {
            kernel.recorded.remember(reading, now);
        }
        Ok(reply.into_response())
    }
}

/// Writes the line, unless it would open one person more than an hour allows.
async fn record(kernel: &Kernel, actor: &Actor, audit: Audit, now: Instant) -> Result<()> {
    let id = AuditId::new(&*kernel.ids);
    // Where somebody posted reads is another statement.
    let mut tx = if actor.is_posted() { kernel.db.write().await? } else { kernel.db.write_one().await? };
    let Some(participant) = audit.participant() else {
        audit.write(&mut tx, Some(actor), id, now).await?;
        return Ok(tx.commit().await?);
    };
    let since = now.saturating_sub(HOUR);
    if audit.write_within(&mut tx, actor, id, now, (PEOPLE_AN_HOUR, since)).await? {
        return Ok(tx.commit().await?);
    }
    drop(tx);
    tracing::warn!(actor.id = %actor.person(), "quota of files reached");
    metrics::counter!("muwakaba_file_quota_reached_total").increment(1);
    let mut tx = kernel.db.glance().await?;
    let first = audit::first_of_others(&mut tx, actor, participant, since).await?;
    let free_at = first.unwrap_or(now).saturating_add(HOUR);
    Err(Error::too_many(now.until(free_at)))
}

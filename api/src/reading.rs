//! Reading what belongs to participants: their files, appointments, notes and reminders. Every such reading by staff leaves a
//! line in the audit log, and how many people one staff member opens in an hour is limited to what
//! somebody at work may need. What participants read of their own is nobody's business and is not recorded.
//!
//! A handler begins a [`Reading`], loads through [`Reading::tx`], and finishes it with an [`Audit`] and a [`Reply`]. What it loads
//! is one moment of the data, and nobody waits for it. The line is written when all is loaded, in a short transaction of its own; there is no
//! answer without it. The line of a reading of one person's says whom it is about, and only that counts: a list of many
//! is one line that names nobody.

use crate::{
    access::Actor,
    app::App,
    audit::Audit,
    audit_repeat,
    error::{Error, Result},
    extract::Call,
    reply::Reply,
};
use axum::response::{IntoResponse, Response};
use contract::{AuditId, ParticipantId, PersonKind, time::Instant};
use db::Tx;
use std::time::Duration;

/// How many people's files one person may open in an hour.
const PEOPLE_AN_HOUR: i64 = 200;

/// A running reading.
pub struct Reading {
    /// The transaction.
    pub tx: Tx,
    /// When it began.
    pub now: Instant,
    app: App,
    actor: Actor,
}

impl App {
    /// Begins a reading.
    pub async fn begin_reading(&self, call: &Call) -> Result<Reading> {
        let tx = self.db.read().await?;
        Ok(Reading { tx, now: self.clock.now(), app: self.clone(), actor: call.actor })
    }
}

impl Reading {
    /// Writes the audit line, and gives the answer out. Participants' readings of what is their own have none.
    pub async fn finish(self, audit: Audit, reply: Reply) -> Result<Response> {
        if self.actor.kind() == PersonKind::Participant {
            return Ok(reply.into_response());
        }
        self.finish_audited(audit, reply).await
    }

    /// Writes the audit line, whoever reads, and gives the answer out.
    pub async fn finish_audited(self, audit: Audit, reply: Reply) -> Result<Response> {
        let Self { mut tx, now, app, actor } = self;
        // Asked of what was read: whoever reads the same again changes nothing, and holds nobody up at all.
        if audit_repeat::stands(&mut tx, &actor, &audit, now).await? {
            return Ok(reply.into_response());
        }
        // Let go before the line is written: nobody holds what they have read while they wait for their turn.
        drop(tx);
        let mut tx = app.db.write().await?;
        if let Some(participant) = audit.participant() {
            count(&mut tx, &actor, participant, now).await?;
        }
        audit.write(&mut tx, Some(&actor), AuditId::new(&*app.ids), now).await?;
        app.commit(tx).await?;
        Ok(reply.into_response())
    }
}

/// Refuses to open one person more than an hour allows.
async fn count(tx: &mut Tx, actor: &Actor, participant: ParticipantId, now: Instant) -> Result<()> {
    let Some(wait) = wait_for(tx, actor, participant, now).await? else { return Ok(()) };
    tracing::warn!(actor.id = %actor.person(), "quota of files reached");
    metrics::counter!("muwakaba_file_quota_reached_total").increment(1);
    Err(Error::too_many(wait))
}

/// How long this person waits before they may open this participant; `None` if they may do so now. Opening the same person
/// again, or something else of theirs, is always possible.
async fn wait_for(
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    now: Instant,
) -> Result<Option<Duration>> {
    let hour_ago = now.saturating_sub(chrono::TimeDelta::hours(1));
    let (others, first_free): (i64, Option<Instant>) = tx
        .query(db::sql!(
            "SELECT count(*), min(last_at) FROM (
                 SELECT max(at) AS last_at FROM audit
                 WHERE actor_id = $1 AND at > $2 AND participant_id <> $3 AND opens_file
                 GROUP BY participant_id
             ) AS opened"
        ))
        .bind(actor.person())
        .bind(hour_ago)
        .bind(participant)
        .one()
        .await?;
    if others < PEOPLE_AN_HOUR {
        return Ok(None);
    }
    let free_at = first_free.unwrap_or(now).saturating_add(chrono::TimeDelta::hours(1));
    Ok(Some(now.until(free_at)))
}

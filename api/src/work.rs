//! The unit of work: everything that one command changes, its audit line and the answer to its repetition, in one
//! transaction. A handler begins it, does its deed through [`Work::tx`], and finishes it with an [`Audit`] and a [`Reply`];
//! there is no way to finish without the audit line.

use crate::{
    access::Actor,
    app::App,
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Digest},
    idempotency::{self, Claim},
    reply::Reply,
};
use axum::response::{IntoResponse, Response};
use contract::{AuditId, time::Instant};
use db::Tx;
use std::time::Duration;

/// How many files of people one person may open in an hour.
const FILES_AN_HOUR: i64 = 200;

/// A running command.
pub struct Work {
    /// The transaction.
    pub tx: Tx,
    /// When it began; every row that it writes says this time.
    pub now: Instant,
    app: App,
    actor: Actor,
    claim: Option<Claim>,
}

impl App {
    /// Begins a command. When the caller sent the same request before under the same Idempotency-Key, this ends the handler
    /// with the first answer.
    pub async fn begin(&self, call: &Call, body: Digest) -> Result<Work> {
        let mut tx = self.db.write().await?;
        let now = self.clock.now();
        let claim = idempotency::claim(self, &mut tx, call, body, now).await?;
        Ok(Work { tx, now, app: self.clone(), actor: call.actor, claim })
    }

    /// Begins the reading of a list or a log, which is audited as a whole.
    pub async fn begin_list(&self, call: &Call) -> Result<Work> {
        let tx = self.db.write().await?;
        Ok(Work { tx, now: self.clock.now(), app: self.clone(), actor: call.actor, claim: None })
    }

    /// Begins the reading of one person's file, which is audited and limited to what a person at work may need.
    pub async fn begin_reading(&self, call: &Call) -> Result<Work> {
        let mut tx = self.db.write().await?;
        let now = self.clock.now();
        if let Some(wait) = files_quota(&mut tx, &call.actor, now).await? {
            tracing::warn!(actor.id = %call.actor.person(), "quota of files reached");
            metrics::counter!("muwakaba_file_quota_reached_total").increment(1);
            return Err(Error::too_many(wait));
        }
        Ok(Work { tx, now, app: self.clone(), actor: call.actor, claim: None })
    }
}

impl App {
    /// Commits, and wakes the dispatcher if what was changed has reminders: they were planned in this very transaction.
    pub(crate) async fn commit(&self, tx: Tx) -> Result<()> {
        let has_reminders = tx.changes().iter().any(|change| change.subject_kind == "appointment");
        tx.commit().await?;
        if has_reminders {
            self.push.dispatcher.wake();
        }
        Ok(())
    }
}

impl Work {
    /// Who is calling.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Writes the audit line and the answer to a repetition, commits, and gives the answer out.
    pub async fn finish(mut self, audit: Audit, reply: Reply) -> Result<Response> {
        let participant = audit.participant();
        audit.write(&mut self.tx, Some(&self.actor), AuditId::new(&*self.app.ids), self.now).await?;
        if let Some(claim) = self.claim {
            claim.remember(&self.app, &mut self.tx, participant, &reply).await?;
        }
        self.app.commit(self.tx).await?;
        Ok(reply.into_response())
    }
}

async fn files_quota(tx: &mut Tx, actor: &Actor, now: Instant) -> Result<Option<Duration>> {
    let hour_ago = now.saturating_sub(chrono::TimeDelta::hours(1));
    let (opened, first): (i64, Option<Instant>) = tx
        .query(db::sql!(
            "SELECT count(*), min(at) FROM audit WHERE actor_id = $1 AND id >= $2 AND action = 'participant.read'"
        ))
        .bind(actor.person())
        .bind(first_id_at(hour_ago))
        .one()
        .await?;
    if opened < FILES_AN_HOUR {
        return Ok(None);
    }
    let free_again = first.unwrap_or(now).as_micros().saturating_add(3_600_000_000);
    let wait = u64::try_from(free_again.saturating_sub(now.as_micros())).unwrap_or(1);
    Ok(Some(Duration::from_micros(wait)))
}

/// The lowest UUID version 7 of this instant: ids sort by time, so an index over ids is one over time.
pub fn first_id_at(at: Instant) -> uuid::Uuid {
    let milliseconds = u128::try_from(at.as_micros().div_euclid(1000)).unwrap_or(0);
    uuid::Uuid::from_u128((milliseconds << 80) | (0x7 << 76) | (0x2 << 62))
}

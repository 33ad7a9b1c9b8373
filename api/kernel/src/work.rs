//! The unit of work: everything that one command changes, its audit line and the answer to its repetition, in one
//! transaction. A handler begins it, does its deed through [`Work::tx`], and finishes it with an [`Audit`] and a [`Reply`];
//! there is no way to finish without the audit line.

use crate::{
    Kernel,
    access::Actor,
    audit::Audit,
    error::Result,
    extract::{Call, Digest},
    idempotency::{self, Claim},
    reply::Reply,
};
use axum::response::{IntoResponse, Response};
use contract::{AuditId, ParticipantId, time::Instant};
use db::Tx;

/// A running command.
pub struct Work {
    /// The transaction.
    pub tx: Tx,
    /// When it began; every row that it writes says this time.
    pub now: Instant,
    kernel: Kernel,
    actor: Actor,
    claim: Option<Claim>,
}

impl Kernel {
    /// Begins a command. When the caller sent the same request before under the same Idempotency-Key, this ends the handler
    /// with the first answer.
    pub async fn begin(&self, call: &Call, body: Digest) -> Result<Work> {
        let mut tx = self.db.write().await?;
        let now = self.clock.now();
        let claim = idempotency::claim(self, &mut tx, call, body, now).await?;
        Ok(Work { tx, now, kernel: self.clone(), actor: call.actor, claim })
    }
}

impl Kernel {
    /// Commits, and wakes whom the transaction rang for.
    pub async fn commit(&self, mut tx: Tx) -> Result<()> {
        let bells = tx.take_bells();
        tx.commit().await?;
        for bell in bells {
            self.bells.ring(bell);
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
    pub async fn finish(self, audit: Audit, reply: Reply) -> Result<Response> {
        // A repetition is authorised again by the caseload; an administrator's, who has none, by the role alone.
        let participant = audit.participant().filter(|_| self.actor.caseload().is_ok());
        self.end(audit, participant, reply).await
    }

    /// The same, where the participant leaves the caller's caseload by it: a repetition is authorised by the role alone, or nobody could
    /// learn that a deed whose answer was lost is done. The answer holds nothing of the participant but what the caller sent.
    pub async fn finish_leave(self, audit: Audit, reply: Reply) -> Result<Response> {
        self.end(audit, None, reply).await
    }

    async fn end(
        mut self,
        audit: Audit,
        participant: Option<ParticipantId>,
        reply: Reply,
    ) -> Result<Response> {
        audit.write(&mut self.tx, Some(&self.actor), AuditId::new(&*self.kernel.ids), self.now).await?;
        if let Some(claim) = self.claim {
            claim.remember(&self.kernel, &mut self.tx, participant, &reply).await?;
        }
        self.kernel.commit(self.tx).await?;
        Ok(reply.into_response())
    }
}

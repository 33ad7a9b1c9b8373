//! Idempotency-Key: a phone that lost the answer sends the same request again and gets the same answer, and nothing happens
//! twice. The answer is kept in the transaction of the deed itself, so a crash leaves both or neither. A second request that
//! comes while the first still runs waits for it in the database and then gets its answer.
//!
//! The key itself is not kept, only a keyed hash of it and its caller: apps make keys from whatever is at hand, and nobody who
//! gets hold of the database shall learn from them what was asked, or that two callers chose the same.

mod store;

use crate::{
    Kernel,
    error::{Error, Result},
    extract::{Call, Digest},
    protect::seal::Field,
    reply::Reply,
};
use axum::response::IntoResponse;
use contract::{ParticipantId, ProblemCode, time::Instant};
use db::Tx;
use uuid::Uuid;

/// How long an answer is kept.
const KEPT_FOR: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// The right to carry out the request for the first time under its key.
pub struct Claim {
    actor: Uuid,
    key_hash: [u8; 32],
    digest: Digest,
}

/// Looks for the answer of an earlier request under the caller's key. Found: the handler ends with it.
pub async fn claim(
    kernel: &Kernel,
    tx: &mut Tx,
    call: &Call,
    body: Digest,
    now: Instant,
) -> Result<Option<Claim>> {
    let Some(key) = &call.idempotency_key else { return Ok(None) };
    let actor = call.actor.person();
    let key_hash = kernel.keys.repetitions.authenticate(&[actor.as_bytes(), key.as_bytes()].concat());
    let digest = call.digest(body);
    let until = now.saturating_add(KEPT_FOR);
    if store::claim(tx, (actor, &key_hash), digest.as_bytes(), now, until).await? {
        return Ok(Some(Claim { actor, key_hash, digest }));
    }
    let kept = store::kept(tx, (actor, &key_hash)).await?;
    if kept.request_digest != digest.as_bytes() {
        return Err(Error::new(ProblemCode::IdempotencyKeyReused));
    }
    if let Some(participant) = kept.participant_id
        && !store::is_in_scope(tx, call.actor.caseload()?, participant).await?
    {
        return Err(Error::not_found());
    }
    Err(Error::replay(reopen(kernel, actor, &kept)?.into_response()))
}

fn field(actor: Uuid) -> Field {
    Field { table: "idempotency", column: "body_sealed", row: actor }
}

fn reopen(kernel: &Kernel, actor: Uuid, kept: &store::Kept) -> Result<Reply> {
    let mut reply: Reply = serde_json::from_str(&kept.headers).map_err(Error::internal)?;
    if let Some(sealed) = &kept.body_sealed {
        reply.body = Some(kernel.keys.answers.open(field(actor), sealed)?.to_vec());
    }
    Ok(reply)
}

impl Claim {
    /// Keeps the answer for a repetition.
    pub async fn remember(
        self,
        kernel: &Kernel,
        tx: &mut Tx,
        participant: Option<ParticipantId>,
        reply: &Reply,
    ) -> Result<()> {
        let body = match &reply.body {
            Some(body) => Some(kernel.keys.answers.seal(field(self.actor), body, &*kernel.random)?),
            None => None,
        };
        let headers = serde_json::to_string(reply).map_err(Error::internal)?;
        let answer = store::Answer { participant, status: reply.status, headers, body };
        store::remember(tx, (self.actor, &self.key_hash), self.digest.as_bytes(), answer).await?;
        Ok(())
    }
}

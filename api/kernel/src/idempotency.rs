//! Idempotency-Key: a phone that lost the answer sends the same request again and gets the same answer, and nothing happens
//! twice. The answer is kept in the transaction of the deed itself, so a crash leaves both or neither. A second request that
//! comes while the first still runs waits for it in the database and then gets its answer.
//!
//! The key itself is not kept, only a keyed hash of it and its caller: apps make keys from whatever is at hand, and nobody who
//! gets hold of the database shall learn from them what was asked, or that two callers chose the same.

use crate::{
    Kernel,
    access::Actor,
    error::{Error, Result},
    extract::{Call, Digest},
    protect::seal::{Field, Sealed},
    reply::Reply,
};
use axum::response::IntoResponse;
use contract::{ParticipantId, ProblemCode, time::Instant};
use db::{Tx, sql};
use uuid::Uuid;

/// How long an answer is kept.
const KEPT_FOR: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// The right to carry out the request for the first time under its key.
pub struct Claim {
    actor: Uuid,
    key_hash: [u8; 32],
    digest: Digest,
}

#[derive(sqlx::FromRow)]
struct Kept {
    request_digest: Vec<u8>,
    participant_id: Option<ParticipantId>,
    headers: String,
    body_sealed: Option<Sealed>,
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
    // Inserting first makes a simultaneous second request wait here until the first has committed or failed.
    let is_first = tx
        .query(sql!(
            "INSERT INTO idempotency (actor_id, key_hash, request_digest, status, headers, created_at, expires_at)
             VALUES ($1, $2, $3, 0, '', $4, $5)
             ON CONFLICT (actor_id, key_hash) DO UPDATE
             SET request_digest = excluded.request_digest, status = 0, headers = '', body_sealed = NULL,
                 participant_id = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at
             WHERE idempotency.expires_at <= excluded.created_at"
        ))
        .bind(actor)
        .bind(key_hash.as_slice())
        .bind(digest.as_bytes().as_slice())
        .bind(now)
        .bind(now.saturating_add(KEPT_FOR))
        .execute()
        .await?
        > 0;
    if is_first {
        return Ok(Some(Claim { actor, key_hash, digest }));
    }
    let kept: Kept = tx
        .query(sql!(
            "SELECT request_digest, participant_id, headers, body_sealed FROM idempotency
             WHERE actor_id = $1 AND key_hash = $2"
        ))
        .bind(actor)
        .bind(key_hash.as_slice())
        .one()
        .await?;
    if kept.request_digest != digest.as_bytes() {
        return Err(Error::new(ProblemCode::IdempotencyKeyReused));
    }
    if let Some(participant) = kept.participant_id {
        still_in_scope(tx, &call.actor, participant).await?;
    }
    Err(Error::replay(reopen(kernel, actor, &kept)?.into_response()))
}

async fn still_in_scope(tx: &mut Tx, actor: &Actor, participant: ParticipantId) -> Result<()> {
    let scope = actor.caseload()?;
    tx.query(
        scope.sql(
            &crate::scoped!("SELECT p.id FROM participant AS p WHERE ", participant p, " AND p.id = $2"),
        ),
    )
    .bind(scope.id())
    .bind(participant)
    .optional_scalar::<ParticipantId>()
    .await?
    .map(|_| ())
    .ok_or_else(Error::not_found)
}

fn field(actor: Uuid) -> Field {
    Field { table: "idempotency", column: "body_sealed", row: actor }
}

fn reopen(kernel: &Kernel, actor: Uuid, kept: &Kept) -> Result<Reply> {
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
        tx.query(sql!(
            "UPDATE idempotency SET participant_id = $1, status = $2, headers = $3, body_sealed = $4
             WHERE actor_id = $5 AND key_hash = $6 AND request_digest = $7"
        ))
        .bind(participant)
        .bind(i64::from(reply.status))
        .bind(serde_json::to_string(reply).map_err(Error::internal)?)
        .bind(body)
        .bind(self.actor)
        .bind(self.key_hash.as_slice())
        .bind(self.digest.as_bytes().as_slice())
        .execute()
        .await?;
        Ok(())
    }
}

//! Carrying out what a phone recorded without network: each thing in a transaction of its own, and once, however often it is sent.

use super::{
    mutations,
    parts::{self, NewPart},
};
use crate::{
    App,
    app::mutation::{Applied, Applying},
};
use contract::{AuditId, MutationId, Problem, ProblemCode, StaffId, SubjectId, SyncResult, time::Instant};
use db::{Tx, sql};
use kernel::{
    access::Actor,
    error::{Error, Result},
    extract::Digest,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

/// How often one is tried that stood in another's way.
const TIMES: usize = 4;

/// Something that was recorded without network.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-00000000000a",
    "recorded_at": "2026-11-23T10:00:00Z",
    "operation": "recordAppointmentOutcome",
    "subject_id": "01936f6e-4d00-7000-8000-000000000004",
    "base_version": 2,
    "body": {"outcome": "took_place"}
}))]
pub struct Mutation {
    /// Chosen by the phone, once for each thing: sent again under it, nothing happens again.
    pub id: MutationId,
    /// What time it was for the phone.
    pub recorded_at: Instant,
    /// What was done.
    pub operation: mutations::OperationName,
    /// What it is about, where the operation has an id in its path.
    pub subject_id: Option<SubjectId>,
    /// The version that the person had seen, where the operation has an `If-Match`. Only a change of what this operation relies on is a
    /// conflict, not every newer version.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    pub base_version: Option<i64>,
    /// The visit that it was recorded together with: one of the same person's, about the same participant, that the service has or that
    /// stands before it.
    pub visit_id: Option<SubjectId>,
    /// The body that the operation has over HTTP.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub body: Value,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MutationResult {
    /// Its id; absent if it had none that can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<MutationId>,
    /// What.
    pub result: SyncResult,
    /// The version of its subject, if that has versions: as it was left, or, in conflict, as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Why it was not carried out. Pointers are into this one mutation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// Carries one thing out, or says why not. An error is one of the service, which cannot answer right now.
pub async fn carry_out(app: &App, actor: &Actor, sent: &Value) -> Result<MutationResult> {
    let id = sent.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let mutation: Mutation = match kernel::extract::read(sent) {
        Ok(mutation) => mutation,
        Err(error) => return refused(id, error),
    };
    let mut times = 1;
    loop {
        match attempt(app, actor, &mutation, sent).await {
            Err(error) if error.is_victim() && times < TIMES => times += 1,
            Err(error) => return refused(Some(mutation.id), error),
            Ok(result) => return Ok(result),
        }
    }
}

/// Says why something was not carried out.
pub fn refused(id: Option<MutationId>, error: Error) -> Result<MutationResult> {
    let problem = error.into_part()?;
    let result = match problem.code {
        ProblemCode::Changed => SyncResult::Conflict,
        ProblemCode::Internal | ProblemCode::Unavailable => SyncResult::Failed,
        _ => SyncResult::Refused,
    };
    Ok(MutationResult { id, result, version: problem.current_version, problem: Some(problem) })
}

async fn attempt(app: &App, actor: &Actor, mutation: &Mutation, sent: &Value) -> Result<MutationResult> {
    let digest = digest(app, sent)?;
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    if let Some(known) = claim(&mut tx, actor, mutation, &digest, now).await? {
        return known;
    }
    if let Some(visit) = mutation.visit_id {
        parts::hold(&mut tx, StaffId(actor.person()), visit).await?;
    }
    let mut applying = Applying {
        app,
        tx: &mut tx,
        actor,
        now,
        recorded_at: mutation.recorded_at,
        subject: mutation.subject_id.map(|id| id.0),
        base_version: mutation.base_version,
        body: &mutation.body,
    };
    let applied = match mutations::apply(&mutation.operation, &mut applying).await {
        Ok(applied) => applied,
        Err(error) => {
            // Lets go at once: the next one may be about the same.
            tx.abandon().await?;
            return Err(error);
        }
    };
    if let Err(error) = keep_as_part(app, &mut tx, actor, mutation, &applied).await {
        tx.abandon().await?;
        return Err(error);
    }
    let version = applied.version;
    keep(app, &mut tx, actor, mutation, applied, now).await?;
    app.commit(tx).await?;
    Ok(MutationResult { id: Some(mutation.id), result: SyncResult::Applied, version, problem: None })
}

/// All that it says, so that the same id with something else is noticed. Keyed: nobody who gets hold of the database can try texts.
fn digest(app: &App, sent: &Value) -> Result<[u8; 32]> {
    let text = serde_json::to_vec(sent).map_err(Error::internal)?;
    Ok(app.keys.repetitions.authenticate(Digest::of(&text).as_bytes()))
}

#[derive(sqlx::FromRow)]
struct Known {
    digest: Vec<u8>,
    version: Option<i64>,
}

/// Takes the id for this one, or says what became of it when it was sent before. Whoever sends it at the same time waits here.
async fn claim(
    tx: &mut Tx,
    actor: &Actor,
    mutation: &Mutation,
    digest: &[u8],
    now: Instant,
) -> Result<Option<Result<MutationResult>>> {
    let is_first = tx
        .query(sql!(
            "INSERT INTO mutation (person_id, id, digest, subject_kind, subject_id, recorded_at, applied_at)
             VALUES ($1, $2, $3, '', $2, $4, $5) ON CONFLICT (person_id, id) DO NOTHING"
        ))
        .bind(actor.person())
        .bind(mutation.id)
        .bind(digest)
        .bind(mutation.recorded_at)
        .bind(now)
        .execute()
        .await?
        > 0;
    if is_first {
        return Ok(None);
    }
    let known: Known = tx
        .query(sql!("SELECT digest, version FROM mutation WHERE person_id = $1 AND id = $2"))
        .bind(actor.person())
        .bind(mutation.id)
        .one()
        .await?;
    if known.digest != digest {
        return Err(Error::new(ProblemCode::IdempotencyKeyReused));
    }
    Ok(Some(Ok(MutationResult {
        id: Some(mutation.id),
        result: SyncResult::Duplicate,
        version: known.version,
        problem: None,
    })))
}

/// What was recorded together with a visit is kept as a part of it.
async fn keep_as_part(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    mutation: &Mutation,
    applied: &Applied,
) -> Result<()> {
    let Some(visit) = mutation.visit_id else { return Ok(()) };
    let part = NewPart {
        id: app.ids.next(),
        visit,
        operation: &mutation.operation.0,
        subject_kind: applied.subject_kind.word,
        subject: applied.subject,
        participant: applied.participant,
        recorded_at: mutation.recorded_at,
    };
    parts::keep(tx, StaffId(actor.person()), &part).await
}

async fn keep(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    mutation: &Mutation,
    applied: Applied,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE mutation SET subject_kind = $1, subject_id = $2, participant_id = $3, version = $4
         WHERE person_id = $5 AND id = $6"
    ))
    .bind(applied.subject_kind.word)
    .bind(applied.subject)
    .bind(applied.participant)
    .bind(applied.version)
    .bind(actor.person())
    .bind(mutation.id)
    .execute()
    .await?;
    let audit = applied.audit.with("recorded_at", mutation.recorded_at.to_string());
    Ok(audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?)
}

//! The agenda in the database.

use super::{Kind, Outcome};
use contract::{CentreId, time::Instant};
use db::{Result, Tx, sql};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The bell of the reconciler.
pub const BELL: &str = "agenda";

/// Rows of one statement.
const CHUNK: usize = 500;

/// Something that was taken to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which kind of thing.
    pub kind: Kind,
    /// Which one.
    pub id: Uuid,
    /// How far it is unfolded.
    pub progress: Option<String>,
    /// How often it was taken since it was noted.
    pub claims: i64,
}

/// What was taken at `from` is nobody else's until `until`; that moment also tells whether it still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Now.
    pub from: Instant,
    /// Then others take it.
    pub until: Instant,
}

/// Notes these things of one centre, to be looked at at `at`, or earlier where they are noted for earlier, and rings for the reconciler.
pub async fn note(tx: &mut Tx, kind: Kind, centre: CentreId, ids: &[Uuid], at: Instant) -> Result<()> {
    // In their order, so that two who note the same never wait for each other in a circle.
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    tx.ring(BELL);
    for chunk in ids.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims) VALUES {rows}
                 ON CONFLICT (subject_id, subject_kind) DO UPDATE SET
                     ready_at = CASE
                         WHEN agenda.ready_at < excluded.ready_at AND agenda.claims > 0 THEN agenda.ready_at - ",
                // Somebody has it in hand: the lease is no longer what they took it for, so that this is not struck off with theirs.
                lite "1",
                pg "INTERVAL '1 microsecond'",
                "        WHEN agenda.ready_at < excluded.ready_at THEN agenda.ready_at
                         ELSE excluded.ready_at END,
                     progress = NULL, claims = 0, fault = NULL"
            ),
            chunk.len(),
            5,
        );
        for id in chunk {
            query = query.bind(kind.as_str()).bind(*id).bind(centre).bind(at).bind(0_i64);
        }
        query.execute().await?;
    }
    Ok(())
}

/// Lets what is noted of these things be this centre's, in the order in which everybody holds them. Whoever has one in hand keeps it.
pub async fn set_centre(tx: &mut Tx, kind: Kind, ids: &[Uuid], centre: CentreId) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let mut query = tx
            .query_rows(
                sql!(
                    "UPDATE agenda SET centre_id = ? WHERE subject_kind = ? AND subject_id ",
                    lite "IN (",
                    pg "= ANY (ARRAY(",
                    "SELECT noted.subject_id FROM agenda AS noted WHERE noted.subject_id IN ({rows})",
                    lite ")",
                    pg " ORDER BY noted.subject_id FOR UPDATE))"
                ),
                chunk.len(),
                1,
            )
            .bind(centre)
            .bind(kind.as_str());
        for id in chunk {
            query = query.bind(*id);
        }
        query.execute().await?;
    }
    Ok(())
}

/// The words of these kinds, as statements look them up.
fn words(known: &[Kind]) -> String {
    known.iter().fold(String::from(","), |words, kind| words + kind.as_str() + ",")
}

/// Takes up to `limit` things of these kinds that are ready, the longest waiting first. What a later version notes besides is for that one
/// to take.
pub async fn claim(tx: &mut Tx, known: &[Kind], lease: Lease, limit: u32) -> Result<Vec<Entry>> {
    let rows: Vec<(String, Uuid, Option<String>, i64)> = tx
        .query(sql!(
            "UPDATE agenda SET ready_at = $2, claims = claims + 1
             WHERE ready_at <= $1 AND subject_id ",
            lite "IN (",
            pg "= ANY (ARRAY(",
            "SELECT ready.subject_id FROM agenda AS ready
             WHERE ready.ready_at <= $1 AND $4 LIKE '%,' || ready.subject_kind || ',%'
             ORDER BY ready.ready_at, ready.subject_kind LIMIT ",
            lite "+",
            "$3",
            lite ")",
            pg " FOR UPDATE SKIP LOCKED))",
            " AND $4 LIKE '%,' || subject_kind || ',%' RETURNING subject_kind, subject_id, progress, claims"
        ))
        .bind(lease.from)
        .bind(lease.until)
        .bind(i64::from(limit))
        .bind(words(known))
        .all()
        .await?;
    let read = |(kind, id, progress, claims): (String, Uuid, Option<String>, i64)| {
        let kind = *known.iter().find(|known| known.as_str() == kind)?;
        Some(Entry { kind, id, progress, claims })
    };
    let mut entries: Vec<Entry> = rows.into_iter().filter_map(read).collect();
    entries.sort_unstable_by_key(|entry| (entry.kind, entry.id));
    Ok(entries)
}

/// Those of these things of one kind that are still ours: nobody noted them anew, and the lease has not run out.
pub async fn still_held(tx: &mut Tx, lease: Lease, entries: &[Entry]) -> Result<Vec<Entry>> {
    let mut query = tx
        .query_rows(
            sql!("SELECT subject_id FROM agenda WHERE ready_at = ? AND subject_id IN ({rows})"),
            entries.len(),
            1,
        )
        .bind(lease.until);
    for entry in entries {
        query = query.bind(entry.id);
    }
    let held: Vec<Uuid> = query.scalars().await?;
    Ok(entries.iter().filter(|entry| held.contains(&entry.id)).cloned().collect())
}

/// Writes down what became of things of this kind. Whatever was noted anew meanwhile stays as it was noted.
pub async fn settle(tx: &mut Tx, kind: Kind, lease: Lease, outcomes: &[(Uuid, Outcome)]) -> Result<()> {
    hold(tx, kind, outcomes).await?;
    let done: Vec<Uuid> =
        outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Done).map(|(id, _)| *id).collect();
    for chunk in done.chunks(CHUNK) {
        let statement =
            sql!("DELETE FROM agenda WHERE subject_kind = ? AND ready_at = ? AND subject_id IN ({rows})");
        let mut query = tx.query_rows(statement, chunk.len(), 1).bind(kind.as_str()).bind(lease.until);
        for id in chunk {
            query = query.bind(*id);
        }
        query.execute().await?;
    }
    // Many go on at the same moment: plans at midnight, check-ins of a plan when they open.
    let mut later: BTreeMap<(Instant, Option<&str>), Vec<Uuid>> = BTreeMap::new();
    for (id, outcome) in outcomes {
        let next = match outcome {
            Outcome::Done => continue,
            Outcome::Again(at) => (*at, None),
            Outcome::Unfolded(progress) => (lease.from, Some(progress.as_str())),
        };
        later.entry(next).or_default().push(*id);
    }
    for ((at, progress), ids) in later {
        for chunk in ids.chunks(CHUNK) {
            let statement = sql!(
                "UPDATE agenda SET ready_at = ?, progress = ?, claims = 0
                 WHERE subject_kind = ? AND ready_at = ? AND subject_id IN ({rows})"
            );
            let mut query = tx
                .query_rows(statement, chunk.len(), 1)
                .bind(at)
                .bind(progress)
                .bind(kind.as_str())
                .bind(lease.until);
            for id in chunk {
                query = query.bind(*id);
            }
            query.execute().await?;
        }
    }
    Ok(())
}

/// Holds what is about to be settled in the order in which everybody notes things: what follows is written by what became of each.
async fn hold(tx: &mut Tx, kind: Kind, outcomes: &[(Uuid, Outcome)]) -> Result<()> {
    if outcomes.len() < 2 {
        return Ok(());
    }
    let mut ids: Vec<Uuid> = outcomes.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    for chunk in ids.chunks(CHUNK) {
        let mut query = tx
            .query_rows(
                sql!(
                    "SELECT subject_id FROM agenda WHERE subject_kind = ? AND subject_id IN ({rows}) ORDER BY subject_id",
                    pg " FOR UPDATE"
                ),
                chunk.len(),
                1,
            )
            .bind(kind.as_str());
        for id in chunk {
            query = query.bind(*id);
        }
        let _: Vec<Uuid> = query.scalars().await?;
    }
    Ok(())
}

/// Something failed: it is tried again at `at`, or, without that, set aside for this reason.
pub async fn fail(tx: &mut Tx, entry: &Entry, lease: Lease, at: Option<Instant>, fault: &str) -> Result<()> {
    tx.query(sql!(
        "UPDATE agenda SET ready_at = $4, fault = $5 WHERE subject_kind = $1 AND subject_id = $2 AND ready_at = $3"
    ))
    .bind(entry.kind.as_str())
    .bind(entry.id)
    .bind(lease.until)
    .bind(at)
    .bind(fault)
    .execute()
    .await
    .map(drop)
}

/// Gives what was set aside another chance: this may be a better version.
pub async fn take_up_again(tx: &mut Tx, now: Instant) -> Result<u64> {
    tx.query(sql!("UPDATE agenda SET ready_at = $1, claims = 0 WHERE ready_at IS NULL"))
        .bind(now)
        .execute()
        .await
}

/// When the next thing is ready; whoever has nothing to do sleeps until then.
pub async fn next_ready(tx: &mut Tx, known: &[Kind]) -> Result<Option<Instant>> {
    tx.query(sql!(
        "SELECT ready_at FROM agenda WHERE ready_at IS NOT NULL AND $1 LIKE '%,' || subject_kind || ',%'
         ORDER BY ready_at, subject_kind LIMIT 1"
    ))
    .bind(words(known))
    .optional_scalar()
    .await
}

/// What was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// How much there is.
    pub count: i64,
    /// Some of it, in words for an operator.
    pub some: Vec<String>,
}

/// How much was set aside, and `some` of it.
pub async fn set_aside(tx: &mut Tx, some: i64) -> Result<Aside> {
    let count = tx.query(sql!("SELECT count(*) FROM agenda WHERE ready_at IS NULL")).scalar().await?;
    let rows: Vec<(String, Uuid, Option<String>)> = tx
        .query(sql!(
            "SELECT subject_kind, subject_id, fault FROM agenda WHERE ready_at IS NULL ORDER BY subject_id LIMIT ",
            lite "+",
            "$1"
        ))
        .bind(some)
        .all()
        .await?;
    let named = |(kind, id, fault): (String, Uuid, Option<String>)| {
        format!("{kind} {id} ({})", fault.unwrap_or_default())
    };
    Ok(Aside { count, some: rows.into_iter().map(named).collect() })
}

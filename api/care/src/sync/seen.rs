//! Whom a staff member's phone was told about. A pull that brought something is one line in the audit log with the numbers, and each
//! person's own access log finds that line through `sync_seen`: so a phone that fetches forty people writes one line and not forty.

use super::things::SYNC;
use crate::App;
use chrono::TimeDelta;
use contract::{AuditId, ParticipantId, time::Instant};
use db::{Tx, sql};
use kernel::{access::Actor, audit::Audit, error::Result, sync_form::window::day_of};
use std::collections::BTreeSet;

/// So many different people an hour are more than somebody at work needs. A phone's first pull may bring more, so it is only said.
const PEOPLE_AN_HOUR: i64 = 200;
const HOUR: TimeDelta = TimeDelta::hours(1);
const CHUNK: usize = 200;

/// Notes what this staff member was told, `count` things about these people.
pub(super) async fn record(
    app: &App,
    actor: &Actor,
    people: &BTreeSet<ParticipantId>,
    count: usize,
    now: Instant,
) -> Result<()> {
    let line = AuditId::new(&*app.ids);
    let mut tx = app.db.write().await?;
    remember(&mut tx, actor, people, line, now).await?;
    let seen =
        if people.is_empty() { 0 } else { seen_since(&mut tx, actor, now.saturating_sub(HOUR)).await? };
    let mut audit = Audit::new(&SYNC, "pull", None).with("count", count).with("people", people.len());
    if seen > PEOPLE_AN_HOUR {
        audit = audit.with("many_people", true);
    }
    audit.write(&mut tx, Some(actor), line, now).await?;
    tx.commit().await?;
    if seen > PEOPLE_AN_HOUR {
        tracing::warn!(actor.id = %actor.person(), "a phone was told about very many people");
        metrics::counter!("muwakaba_sync_many_people_total").increment(1);
    }
    Ok(())
}

async fn remember(
    tx: &mut Tx,
    actor: &Actor,
    people: &BTreeSet<ParticipantId>,
    line: AuditId,
    now: Instant,
) -> db::Result<()> {
    let Some(session) = actor.session() else { return Ok(()) };
    let people: Vec<ParticipantId> = people.iter().copied().collect();
    for some in people.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO sync_seen (session_id, participant_id, staff_id, line_id, seen_at, day) VALUES {rows}
                 ON CONFLICT (session_id, participant_id, day)
                 DO UPDATE SET staff_id = excluded.staff_id, line_id = excluded.line_id, seen_at = excluded.seen_at"
            ),
            some.len(),
            6,
        );
        for participant in some {
            query = query.bind(session).bind(*participant).bind(actor.person()).bind(line).bind(now);
            query = query.bind(day_of(now));
        }
        query.execute().await?;
    }
    Ok(())
}

/// How many different people it were, as far as that matters: a manager's start would else count a whole centre with each page.
async fn seen_since(tx: &mut Tx, actor: &Actor, since: Instant) -> db::Result<i64> {
    tx.query(sql!(
        "SELECT count(*) FROM (
             SELECT DISTINCT participant_id FROM sync_seen WHERE staff_id = $1 AND seen_at > $2 LIMIT $3
         ) AS seen"
    ))
    .bind(actor.person())
    .bind(since)
    .bind(PEOPLE_AN_HOUR + 1)
    .scalar()
    .await
}

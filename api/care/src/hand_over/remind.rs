//! Planning who hears of a hand-over, in the transaction that changes it.

use super::{
    store::Row,
    words::{HandOverKind, HandOverState},
};
use crate::App;
use contract::{
    CentreId, StaffId, Subject, SubjectKind,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox,
    plan::{diff, plan},
    policy::ReminderPolicy,
    subjects::hand_over::{HandOverFacts, Told},
};

#[derive(sqlx::FromRow)]
struct Around {
    centre_id: CentreId,
    reminder_policy: Option<String>,
    centre_zone: ZoneName,
    participant_zone: ZoneName,
    is_reminded: bool,
}

/// Plans what is told of it as it now stands. Centre and participant are held until the transaction ends, so that nobody gives them other rules
/// without planning again what was planned meanwhile.
pub async fn plan_again(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    let around: Around = tx
        .query(sql!(
            "SELECT participant.centre_id, centre.reminder_policy, centre.zone AS centre_zone, participant.zone AS participant_zone,
                    participant.active AND participant.status <> 'paused' AS is_reminded
             FROM participant JOIN centre ON centre.id = participant.centre_id WHERE participant.id = $1",
            pg " FOR SHARE OF centre, participant"
        ))
        .bind(row.participant_id)
        .one()
        .await?;
    let policy = ReminderPolicy::of_centre(around.reminder_policy.as_deref()).map_err(Error::internal)?;
    let outbox::Existing { readable, unreadable } =
        outbox::existing(tx, Subject { kind: SubjectKind::HandOver, id: row.id.0 }, now).await?;
    let facts = facts(app, tx, row, around).await?;
    let mut change = diff(&readable, &plan(&facts, &policy, &app.zones, now));
    if row.state != HandOverState::Asked {
        // A later version of this service wrote them about what is answered.
        change.supersede.extend(&unreadable);
        change.recall.extend(&unreadable);
    }
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

async fn facts(app: &App, tx: &mut Tx, row: &Row, around: Around) -> Result<HandOverFacts> {
    let zone = zone_of(tx, row.asked_centre()).await?;
    let shown = |at: Instant, zone: &ZoneName| app.zones.to_local(at, zone).map_err(Error::internal);
    let told = |to: Vec<StaffId>, at: Instant, zone: &ZoneName| -> Result<Told> {
        Ok(Told { to, at, local: shown(at, zone)?, zone: zone.clone() })
    };
    let asked = match row.state {
        HandOverState::Asked => Some(told(answerers(tx, row).await?, row.asked_at, &zone)?),
        _ => None,
    };
    let is_answered = matches!(row.state, HandOverState::Accepted | HandOverState::Refused);
    let decided = row.decided_at.filter(|_| is_answered);
    let by_another = row.decided_by != Some(row.asked_by);
    let answered = match decided.filter(|_| by_another) {
        Some(at) => Some(told(vec![row.asked_by], at, &zone_of(tx, row.from_centre_id).await?)?),
        None => None,
    };
    let is_theirs = row.state == HandOverState::Accepted && around.is_reminded;
    let accompanied = match decided.filter(|_| is_theirs) {
        Some(at) => Some(told(Vec::new(), at, &around.participant_zone)?),
        None => None,
    };
    Ok(HandOverFacts {
        id: row.id.0,
        centre_id: around.centre_id,
        participant_id: row.participant_id,
        zone: around.centre_zone,
        asked,
        answered,
        accompanied,
    })
}

async fn zone_of(tx: &mut Tx, centre: CentreId) -> Result<ZoneName> {
    Ok(tx.query(sql!("SELECT zone FROM centre WHERE id = $1")).bind(centre).scalar().await?)
}

/// Who may say yes.
async fn answerers(tx: &mut Tx, row: &Row) -> Result<Vec<StaffId>> {
    Ok(match row.kind {
        HandOverKind::Companion => row.to_staff_id.into_iter().collect(),
        HandOverKind::Centre => {
            tx.query(sql!(
                "SELECT id FROM staff WHERE centre_id = $1 AND role = 'manager' AND active ORDER BY id"
            ))
            .bind(row.asked_centre())
            .scalars()
            .await?
        }
    })
}

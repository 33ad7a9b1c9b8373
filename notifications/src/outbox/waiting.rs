//! Taking up deliveries that wait for another try. They are few, so clarity comes before speed here.

use contract::time::Instant;
use contract::{ChannelKind, DeliveryState, DeviceId, Language, ReminderId, Urgency};
use db::{Result, Tx, sql};
use sqlx::FromRow;
use uuid::Uuid;

use super::reach;
use super::settle::conclude;
use super::types::{Address, Batch, Claimed, Due, FailedReminder, Lease, Origin, Target};

type Leased = (ReminderId, DeviceId);

#[derive(FromRow)]
struct Row {
    attempts: i64,
    may_have_arrived: bool,
    claims: i64,
    id: ReminderId,
    recipient_id: Uuid,
    subject_id: Uuid,
    urgency: String,
    due_at: Instant,
    expires_at: Instant,
    facts: String,
    device_id: DeviceId,
    version: i64,
    is_refused: bool,
    channel: String,
    endpoint: Option<String>,
    agreement_key: Option<Vec<u8>>,
    authentication_secret: Option<Vec<u8>>,
    fcm_token: Option<String>,
    device_gone: bool,
    withdrawn: bool,
    language: String,
    home: Option<String>,
    push_wanted: bool,
}

/// Takes up to `limit` deliveries whose next try is due at the lease's beginning. Those that have lost their sense are
/// settled instead: the reminder is useless, superseded or recalled, the device is gone, the person wants no push any more, or may
/// not see any more what it is about. That is asked here whatever was ended when it happened.
pub async fn claim_waiting(tx: &mut Tx, lease: Lease, limit: u32) -> Result<Batch<Claimed>> {
    let leased: Vec<Leased> = tx
        .query(sql!(
            // Materialised, so that PostgreSQL chooses the rows once, whatever plan it makes of the rest.
            "WITH due AS MATERIALIZED (
                 SELECT reminder_id, device_id FROM delivery WHERE ready_at <= $1 AND state = 'waiting'
                 ORDER BY ready_at LIMIT ",
            // As in a claim: a bare parameter would have SQLite prepare it anew each time.
            lite "+",
            "$3",
            pg " FOR UPDATE SKIP LOCKED",
            ")
             UPDATE delivery SET ready_at = $2 FROM due
             WHERE delivery.reminder_id = due.reminder_id AND delivery.device_id = due.device_id
             RETURNING delivery.reminder_id, delivery.device_id"
        ))
        .bind(lease.from)
        .bind(lease.until)
        .bind(i64::from(limit))
        .all()
        .await?;
    let mut batch = Batch { touched: leased.len(), ..Batch::empty() };
    if leased.is_empty() {
        return Ok(batch);
    }
    let reminders: Vec<ReminderId> = leased.iter().map(|(reminder, _)| *reminder).collect();
    reach::withdraw(tx, &reminders, lease.from).await?;
    // What another device took keeps its state, and is still not for whoever may not see it.
    let out_of_reach = reach::out_of_reach(tx, &reminders).await?;
    let mut ended: Vec<Ended> = Vec::new();
    for mut row in rows(tx, &leased).await? {
        row.withdrawn |= out_of_reach.contains(&row.id);
        match senseless(&row, lease.from) {
            Some(sense) => ended.push(Ended { reminder: row.id, device: row.device_id, sense }),
            None => batch.claimed.extend(claimed(row, lease)),
        }
    }
    batch.failed = end(tx, &ended, lease.from).await?;
    Ok(batch)
}

async fn rows(tx: &mut Tx, leased: &[Leased]) -> Result<Vec<Row>> {
    let mut query = tx.query_rows(
        sql!(
            "SELECT delivery.attempts, delivery.may_have_arrived, reminder.claims, reminder.id, reminder.recipient_id,
                    reminder.subject_id, reminder.urgency, reminder_facts.facts, reminder.due_at, reminder.expires_at,
                    device.id AS device_id, device.version, device.refusals > 0 AS is_refused, device.channel, device.endpoint, device.agreement_key,
                    device.authentication_secret, device.fcm_token,
                    device.gone_at IS NOT NULL OR device.person_id <> reminder.recipient_id AS device_gone,
                    reminder.state = 'superseded' OR reminder.recalled_at IS NOT NULL AS withdrawn,
                    COALESCE(participant.language, staff.language) AS language, participant.zone AS home,
                    COALESCE(participant.push_wanted, TRUE)
                    AND COALESCE((SELECT FALSE FROM push_forbidden WHERE push_forbidden.person_id = reminder.recipient_id), TRUE)
                    AND COALESCE(participant.active AND participant.status <> 'paused', staff.active) AS push_wanted
             FROM delivery
             JOIN reminder ON reminder.id = delivery.reminder_id
             JOIN reminder_facts ON reminder_facts.reminder_id = reminder.id
             JOIN device ON device.id = delivery.device_id
             LEFT JOIN participant ON participant.id = reminder.recipient_id
             LEFT JOIN staff ON staff.id = reminder.recipient_id
             WHERE (delivery.reminder_id, delivery.device_id) IN (VALUES {rows})"
        ),
        leased.len(),
        2,
    );
    for (reminder, device) in leased {
        query = query.bind(*reminder).bind(*device);
    }
    query.all().await
}

/// Why a delivery makes no sense any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Senseless {
    Withdrawn,
    Expired,
    DeviceGone,
    PushUnwanted,
}

fn senseless(row: &Row, now: Instant) -> Option<Senseless> {
    if row.withdrawn {
        Some(Senseless::Withdrawn)
    } else if row.expires_at <= now {
        Some(Senseless::Expired)
    } else if row.device_gone {
        Some(Senseless::DeviceGone)
    } else if !row.push_wanted {
        Some(Senseless::PushUnwanted)
    } else {
        None
    }
}

fn claimed(row: Row, lease: Lease) -> Option<Claimed> {
    let address = match row.channel.parse().ok()? {
        ChannelKind::WebPush => Address::WebPush {
            endpoint: row.endpoint?,
            agreement_key: row.agreement_key?,
            authentication_secret: row.authentication_secret?,
        },
        ChannelKind::Fcm => Address::Fcm { token: row.fcm_token? },
    };
    Some(Claimed {
        reminder: Due {
            id: row.id,
            recipient_id: row.recipient_id,
            subject_id: row.subject_id,
            is_repeated: row.may_have_arrived || row.claims > 1,
            urgency: row.urgency.parse().unwrap_or(Urgency::Normal),
            due_at: row.due_at,
            expires_at: row.expires_at,
        },
        facts: Some(row.facts),
        language: Some(row.language.parse().unwrap_or(Language::Arabic)),
        home: row.home.as_deref().and_then(|zone| zone.parse().ok()),
        targets: vec![Target {
            device_id: row.device_id,
            version: row.version,
            is_refused: row.is_refused,
            address,
        }],
        origin: Origin::Delivery {
            device: row.device_id,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        },
        lease,
    })
}

struct Ended {
    reminder: ReminderId,
    device: DeviceId,
    sense: Senseless,
}

async fn end(tx: &mut Tx, ended: &[Ended], now: Instant) -> Result<Vec<FailedReminder>> {
    for one in ended {
        let state = match one.sense {
            Senseless::Withdrawn => DeliveryState::Superseded,
            Senseless::Expired => DeliveryState::Expired,
            Senseless::DeviceGone => DeliveryState::Gone,
            Senseless::PushUnwanted => DeliveryState::Failed,
        };
        tx.query(sql!(
            "UPDATE delivery SET state = $3, ready_at = NULL WHERE reminder_id = $1 AND device_id = $2"
        ))
        .bind(one.reminder)
        .bind(one.device)
        .bind(state)
        .execute()
        .await?;
        if one.sense == Senseless::PushUnwanted {
            // Nothing has failed: the person reads it in the app from now on, as they asked.
            tx.query(sql!(
                "UPDATE reminder SET state = 'sent', ready_at = NULL, settled_at = $2 WHERE id = $1 AND state = 'sending'"
            ))
            .bind(one.reminder)
            .bind(now)
            .execute()
            .await?;
        }
    }
    let reminders: Vec<ReminderId> = ended.iter().map(|one| one.reminder).collect();
    conclude(tx, &reminders, now).await
}

//! Devices in the database, as far as their owners see them. Writing them is for the crate that sends.

use contract::{ChannelKind, DeviceId, DeviceState, SessionId, time::Instant};
use db::{Result, Tx, sql};
use kernel::legible::Entry;
use uuid::Uuid;

/// A device as it lies in its table. The endpoint is read for the name of its host and for nothing else.
#[derive(sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: DeviceId,
    /// The session in which it was registered.
    pub session_id: SessionId,
    /// How it is reached.
    pub channel: ChannelKind,
    /// Where, for Web Push.
    pub endpoint: Option<String>,
    /// Where it stands.
    pub state: DeviceState,
    /// How many messages in a row its push service refused.
    pub refusals: i64,
    /// When it was registered.
    pub created_at: Instant,
    /// When it was last heard of: when it told its address, or (to the day) showed a notification.
    pub refreshed_at: Instant,
    /// Counts its changes.
    pub version: i64,
}

/// A person's devices that are not gone, the newest first.
pub async fn list(tx: &mut Tx, person: Uuid) -> Result<Vec<Entry<(), Row>>> {
    tx.query(sql!(
        "SELECT id, session_id, channel, endpoint, state, refusals, created_at, refreshed_at, version FROM device
         WHERE person_id = $1 AND gone_at IS NULL ORDER BY refreshed_at DESC, id DESC"
    ))
    .bind(person)
    .all()
    .await
}

/// One of a person's devices, unless it is gone.
pub async fn load(tx: &mut Tx, person: Uuid, id: DeviceId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT id, session_id, channel, endpoint, state, refusals, created_at, refreshed_at, version FROM device
         WHERE person_id = $1 AND id = $2 AND gone_at IS NULL"
    ))
    .bind(person)
    .bind(id)
    .optional()
    .await
}

/// Whether a session still lives, held so that it cannot end before the device that is registered in it is seen.
pub async fn session_lives(tx: &mut Tx, session: SessionId) -> Result<bool> {
    let living: Option<SessionId> = tx
        .query(sql!("SELECT id FROM session WHERE id = $1 AND ended_at IS NULL", pg " FOR SHARE"))
        .bind(session)
        .optional_scalar()
        .await?;
    Ok(living.is_some())
}

/// How often this person registered or refreshed a device since the audit line with this id would have been written.
pub async fn changes_since(tx: &mut Tx, person: Uuid, first_id: Uuid) -> Result<i64> {
    tx.query(sql!(
        "SELECT count(*) FROM audit
         WHERE actor_id = $1 AND id >= $2 AND action IN ('device.register', 'device.refresh')"
    ))
    .bind(person)
    .bind(first_id)
    .scalar()
    .await
}

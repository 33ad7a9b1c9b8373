//! The rows of devices. An address that is given to another row is taken from the old one in the same transaction.

use contract::time::Instant;
use contract::{DeviceId, DeviceState, IdSource, SessionId};
use db::{Result, Tx, sql};
use uuid::Uuid;

use super::{Device, MAX_DEVICES, Owner};
use crate::outbox::Address;

/// The columns of an address, in the order in which they are bound.
struct Columns<'a> {
    endpoint: Option<&'a str>,
    agreement_key: Option<&'a [u8]>,
    authentication_secret: Option<&'a [u8]>,
    fcm_token: Option<&'a str>,
}

impl<'a> From<&'a Address> for Columns<'a> {
    fn from(address: &'a Address) -> Self {
        match address {
            Address::WebPush { endpoint, agreement_key, authentication_secret } => Self {
                endpoint: Some(endpoint),
                agreement_key: Some(agreement_key),
                authentication_secret: Some(authentication_secret),
                fcm_token: None,
            },
            Address::Fcm { token } => Self {
                endpoint: None,
                agreement_key: None,
                authentication_secret: None,
                fcm_token: Some(token),
            },
        }
    }
}

/// Registers the app that is reached at `address`, or takes it up again if this person has it already.
///
/// Two registrations of one address at the same moment: the second breaks the rule `device_endpoint_key` or
/// `device_fcm_token_key`, and its transaction is to be tried again.
pub async fn register(
    tx: &mut Tx,
    owner: Owner,
    address: &Address,
    now: Instant,
    ids: &dyn IdSource,
) -> Result<DeviceId> {
    if let Some((id, person)) = holder(tx, address).await? {
        if person == owner.person_id {
            take_up(tx, id, owner.session_id, address, now).await?;
            return Ok(id);
        }
        retire(tx, id, now).await?;
    }
    let id = DeviceId::new(ids);
    let columns = Columns::from(address);
    tx.query(sql!(
        "INSERT INTO device (id, session_id, person_kind, person_id, channel, endpoint, agreement_key,
             authentication_secret, fcm_token, state, created_at, refreshed_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, 1)"
    ))
    .bind(id)
    .bind(owner.session_id)
    .bind(owner.person_kind)
    .bind(owner.person_id)
    .bind(address.channel())
    .bind(columns.endpoint)
    .bind(columns.agreement_key)
    .bind(columns.authentication_secret)
    .bind(columns.fcm_token)
    .bind(DeviceState::Active)
    .bind(now)
    .execute()
    .await?;
    retire_surplus(tx, owner.person_id, now).await?;
    Ok(id)
}

/// Gives a device of `owner` its new address (a browser replaces its subscription now and then), or notes that the old one
/// still holds. False if the person has no such device.
pub async fn refresh(
    tx: &mut Tx,
    owner: Owner,
    id: DeviceId,
    address: &Address,
    now: Instant,
) -> Result<bool> {
    let owned: Option<DeviceId> = tx
        .query(sql!(
            "SELECT id FROM device WHERE id = $1 AND person_id = $2 AND channel = $3 AND gone_at IS NULL",
            pg " FOR UPDATE"
        ))
        .bind(id)
        .bind(owner.person_id)
        .bind(address.channel())
        .optional_scalar()
        .await?;
    if owned.is_none() {
        return Ok(false);
    }
    if let Some((other, _)) = holder(tx, address).await?.filter(|(other, _)| *other != id) {
        retire(tx, other, now).await?;
    }
    take_up(tx, id, owner.session_id, address, now).await?;
    Ok(true)
}

/// Forgets a device of this person; false if they have no such device.
pub async fn remove(tx: &mut Tx, person_id: Uuid, id: DeviceId, now: Instant) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "UPDATE device SET state = 'gone', gone_at = $3, version = version + 1
             WHERE id = $1 AND person_id = $2 AND gone_at IS NULL"
        ))
        .bind(id)
        .bind(person_id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows > 0)
}

/// The devices of a person that are not gone, the newest first.
pub async fn list(tx: &mut Tx, person_id: Uuid) -> Result<Vec<Device>> {
    tx.query(sql!(
        "SELECT id, session_id, channel, state, refusals, created_at, refreshed_at, version FROM device
         WHERE person_id = $1 AND gone_at IS NULL ORDER BY refreshed_at DESC, id DESC"
    ))
    .bind(person_id)
    .all()
    .await
}

/// Forgets the devices of a session that ends: a phone that was signed out, lost or taken shows nothing any more. Returns how
/// many.
pub async fn end_session(tx: &mut Tx, session: SessionId, now: Instant) -> Result<u64> {
    tx.query(sql!(
        "UPDATE device SET state = 'gone', gone_at = $2, version = version + 1
         WHERE session_id = $1 AND gone_at IS NULL"
    ))
    .bind(session)
    .bind(now)
    .execute()
    .await
}

/// The device that is reached at this address, and whose it is.
async fn holder(tx: &mut Tx, address: &Address) -> Result<Option<(DeviceId, Uuid)>> {
    let (statement, value) = match address {
        Address::WebPush { endpoint, .. } => (
            sql!("SELECT id, person_id FROM device WHERE endpoint = $1 AND gone_at IS NULL", pg " FOR UPDATE"),
            endpoint,
        ),
        Address::Fcm { token } => (
            sql!("SELECT id, person_id FROM device WHERE fcm_token = $1 AND gone_at IS NULL", pg " FOR UPDATE"),
            token,
        ),
    };
    tx.query(statement).bind(value.as_str()).optional().await
}

async fn take_up(
    tx: &mut Tx,
    id: DeviceId,
    session: SessionId,
    address: &Address,
    now: Instant,
) -> Result<()> {
    let columns = Columns::from(address);
    tx.query(sql!(
        "UPDATE device SET session_id = $2, endpoint = $3, agreement_key = $4, authentication_secret = $5,
             fcm_token = $6, state = $7, refreshed_at = $8, version = version + 1,
             -- An address that was refused stays so until it is another one, or takes something.
             refusals = CASE WHEN COALESCE(endpoint, '') = COALESCE($3, '') AND COALESCE(fcm_token, '') = COALESCE($6, '')
                 THEN refusals ELSE 0 END
         WHERE id = $1"
    ))
    .bind(id)
    .bind(session)
    .bind(columns.endpoint)
    .bind(columns.agreement_key)
    .bind(columns.authentication_secret)
    .bind(columns.fcm_token)
    .bind(DeviceState::Active)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

async fn retire(tx: &mut Tx, id: DeviceId, now: Instant) -> Result<()> {
    tx.query(sql!("UPDATE device SET state = 'gone', gone_at = $2, version = version + 1 WHERE id = $1"))
        .bind(id)
        .bind(now)
        .execute()
        .await
        .map(drop)
}

async fn retire_surplus(tx: &mut Tx, person_id: Uuid, now: Instant) -> Result<()> {
    tx.query(sql!(
        "UPDATE device SET state = 'gone', gone_at = $2, version = version + 1
         WHERE id IN (SELECT id FROM device WHERE person_id = $1 AND gone_at IS NULL
             ORDER BY refreshed_at DESC, id DESC LIMIT ",
        lite "-1",
        pg "ALL",
        " OFFSET $3)"
    ))
    .bind(person_id)
    .bind(now)
    .bind(i64::from(MAX_DEVICES))
    .execute()
    .await
    .map(drop)
}

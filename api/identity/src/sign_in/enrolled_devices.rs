//! The phones and browsers that are a staff member's second factor, by the thumbprint of the key that each of them proves and
//! never gives away. They stand beside the sessions because trust outlives these: signing out does not end it, and cutting
//! somebody off ends it also for a phone that was signed out at the time. What ends it is in [`EndReason::ends_trust`].
//!
//! [`EndReason::ends_trust`]: super::sessions::EndReason::ends_trust

use contract::{SessionId, StaffId, time::Instant};
use db::{Result, Tx, sql};
use uuid::Uuid;

/// Enrols a device for an account, if it is not yet.
pub async fn enrol(tx: &mut Tx, staff: StaffId, device_key: &str, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO enrolled_device (staff_id, device_key, enrolled_at) VALUES ($1, $2, $3)
         ON CONFLICT (staff_id, device_key) DO NOTHING"
    ))
    .bind(staff)
    .bind(device_key)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Whether the device is enrolled for this account. Without a key the same statement is asked, so that it takes as long.
pub async fn is_enrolled(tx: &mut Tx, staff: StaffId, device_key: Option<&str>) -> Result<bool> {
    let found: i64 = tx
        .query(sql!("SELECT count(*) FROM enrolled_device WHERE staff_id = $1 AND device_key = $2"))
        .bind(staff)
        .bind(device_key.unwrap_or_default())
        .scalar()
        .await?;
    Ok(found > 0)
}

/// The key of the device that a staff member's session runs on, if that device is enrolled.
pub async fn of_session(tx: &mut Tx, session: SessionId) -> Result<Option<String>> {
    tx.query(sql!(
        "SELECT enrolled.device_key FROM enrolled_device AS enrolled
         JOIN session ON session.staff_id = enrolled.staff_id AND session.device_key = enrolled.device_key
         WHERE session.id = $1"
    ))
    .bind(session)
    .optional_scalar()
    .await
}

/// Ends the trust in every device of a person but this one. A participant has none.
pub async fn forget_all(tx: &mut Tx, person: Uuid, except: Option<&str>) -> Result<()> {
    tx.query(sql!("DELETE FROM enrolled_device WHERE staff_id = $1 AND device_key <> $2"))
        .bind(person)
        .bind(except.unwrap_or_default())
        .execute()
        .await?;
    Ok(())
}

/// Ends the trust in the device that a session runs, or ran, on.
pub async fn forget_that_of(tx: &mut Tx, session: SessionId) -> Result<()> {
    tx.query(sql!(
        "DELETE FROM enrolled_device WHERE EXISTS (
             SELECT 1 FROM session WHERE session.id = $1 AND session.staff_id = enrolled_device.staff_id
                                     AND session.device_key = enrolled_device.device_key)"
    ))
    .bind(session)
    .execute()
    .await?;
    Ok(())
}

//! Staff accounts and callers in the database.

use super::{accounts, authenticator::Authenticator};
use crate::Identity;
use crate::passwords::forms::Form;
use contract::{CentreId, Language, ParticipantId, SessionId, StaffId, StaffRole, time::Instant};
use db::{Tx, sql};
use kernel::{
    access::Actor,
    protect::{
        lookup::EmailHash,
        seal::{DataKey, SealError, Sealed, WrappedKey},
    },
};
use std::sync::Arc;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Session {
    staff_id: Option<StaffId>,
    participant_id: Option<ParticipantId>,
    role: Option<StaffRole>,
    password_change_due: Option<bool>,
    centre_id: CentreId,
    is_posted: bool,
    overdue_id: Option<Uuid>,
}

/// Who calls, and whether they may do more than change their password.
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// Whether the password must be changed first.
    pub password_change_due: bool,
    /// A posting of theirs that has run out and was not ended yet: they are not let in before it is.
    pub overdue: Option<Uuid>,
}

/// The person of a session that is still alive.
pub async fn caller(tx: &mut Tx, session: SessionId, now: Instant) -> db::Result<Option<Caller>> {
    let row: Option<Session> = tx
        .query(sql!(
            "SELECT session.staff_id, session.participant_id, staff.role, staff.password_change_due,
                    COALESCE(staff.centre_id, participant.centre_id) AS centre_id,
                    EXISTS (SELECT 1 FROM posting WHERE posting.staff_id = session.staff_id AND posting.ended_at IS NULL
                                                    AND posting.starts_at <= $2) AS is_posted,
                    (SELECT posting.id FROM posting WHERE posting.staff_id = session.staff_id AND posting.ended_at IS NULL
                                                      AND posting.ends_at <= $2 ORDER BY posting.starts_at LIMIT 1) AS overdue_id
             FROM session
             LEFT JOIN staff ON staff.id = session.staff_id AND staff.active
             LEFT JOIN participant ON participant.id = session.participant_id AND participant.active
             WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > $2
               AND (staff.id IS NOT NULL OR participant.id IS NOT NULL)"
        ))
        .bind(session)
        .bind(now)
        .optional()
        .await?;
    Ok(row.and_then(|row| {
        let actor = match (row.participant_id, row.staff_id, row.role) {
            (Some(id), _, _) => Actor::Participant { id, centre: row.centre_id, session: Some(session) },
            (None, Some(id), Some(role)) => {
                let is_posted = row.is_posted && role.accompanies();
                Actor::Staff { id, role, centre: row.centre_id, session: Some(session), is_posted }
            }
            _ => return None,
        };
        Some(Caller {
            actor,
            password_change_due: row.password_change_due.unwrap_or(false),
            overdue: row.overdue_id,
        })
    }))
}

/// An account as signing in sees it.
#[derive(sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub id: StaffId,
    /// The owner's role.
    pub role: StaffRole,
    /// The owner's centre.
    pub centre_id: CentreId,
    /// The language of the owner's app.
    pub language: Language,
    /// The owner's data key.
    pub data_key: WrappedKey,
    /// The owner's address.
    pub email_sealed: Sealed,
    /// The owner's name.
    pub name_sealed: Sealed,
    /// The password's hash.
    pub password_hash: String,
    /// Whether the password must be changed first.
    pub password_change_due: bool,
    /// When a one-time password stops working.
    pub password_expires_at: Option<Instant>,
    /// The confirmed authenticator secret.
    pub authenticator_sealed: Option<Sealed>,
    /// One that waits for its first code.
    pub authenticator_pending_sealed: Option<Sealed>,
}

/// The active account with this address.
pub async fn account_by_email(tx: &mut Tx, email: &EmailHash) -> db::Result<Option<Account>> {
    tx.query(sql!(
        "SELECT id, role, centre_id, language, data_key, email_sealed, name_sealed, password_hash, password_change_due,
                password_expires_at, authenticator_sealed, authenticator_pending_sealed
         FROM staff WHERE active AND email_lookup = $1"
    ))
    .bind(email)
    .optional()
    .await
}

/// The active account with this id.
pub async fn account(tx: &mut Tx, id: StaffId) -> db::Result<Option<Account>> {
    tx.query(sql!(
        "SELECT id, role, centre_id, language, data_key, email_sealed, name_sealed, password_hash, password_change_due,
                password_expires_at, authenticator_sealed, authenticator_pending_sealed
         FROM staff WHERE active AND id = $1"
    ))
    .bind(id)
    .optional()
    .await
}

/// The active account with this id, held until the transaction ends.
pub async fn account_held(tx: &mut Tx, id: StaffId) -> db::Result<Option<Account>> {
    tx.query(sql!(
        "SELECT id, role, centre_id, language, data_key, email_sealed, name_sealed, password_hash, password_change_due,
                password_expires_at, authenticator_sealed, authenticator_pending_sealed
         FROM staff WHERE active AND id = $1",
        pg " FOR NO KEY UPDATE"
    ))
    .bind(id)
    .optional()
    .await
}

/// Uses a step of the authenticator up; `false` if its code, or a later one, was used before.
pub async fn use_step(tx: &mut Tx, id: StaffId, step: i64) -> db::Result<bool> {
    let used = tx
        .query(sql!(
            "UPDATE staff SET authenticator_step = $1
             WHERE id = $2 AND (authenticator_step IS NULL OR authenticator_step < $1)"
        ))
        .bind(step)
        .bind(id)
        .execute()
        .await?;
    Ok(used == 1)
}

/// Replaces the password, unless it was replaced meanwhile.
pub async fn replace_password(tx: &mut Tx, id: StaffId, old_hash: &str, new_hash: &str) -> db::Result<bool> {
    let replaced = tx
        .query(sql!(
            "UPDATE staff SET password_hash = $1, password_change_due = $2, password_expires_at = NULL,
                              version = version + 1
             WHERE id = $3 AND password_hash = $4"
        ))
        .bind(new_hash)
        .bind(false)
        .bind(id)
        .bind(old_hash)
        .execute()
        .await?;
    Ok(replaced == 1)
}

/// Puts another hash of the same password in the place of the old one, unless that was replaced meanwhile.
pub async fn renew_hash(tx: &mut Tx, id: StaffId, old_hash: &str, new_hash: &str) -> db::Result<()> {
    tx.query(sql!("UPDATE staff SET password_hash = $1 WHERE id = $2 AND password_hash = $3"))
        .bind(new_hash)
        .bind(id)
        .bind(old_hash)
        .execute()
        .await?;
    Ok(())
}

/// Keeps a new authenticator secret until its first code proves that it arrived, or `until` is over.
pub async fn keep_pending(tx: &mut Tx, id: StaffId, secret: &Sealed, until: Instant) -> db::Result<()> {
    tx.query(sql!(
        "UPDATE staff SET authenticator_pending_sealed = $1, authenticator_pending_until = $2,
                          authenticator_pending_tries = 0
         WHERE id = $3"
    ))
    .bind(secret)
    .bind(until)
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// Counts a try at the first code of the new secret before it is made; `false` if there is none, its time is over, or there were
/// `enough` tries.
pub async fn count_pending_try(tx: &mut Tx, id: StaffId, enough: i64, now: Instant) -> db::Result<bool> {
    let counted = tx
        .query(sql!(
            "UPDATE staff SET authenticator_pending_tries = authenticator_pending_tries + 1
             WHERE id = $1 AND authenticator_pending_sealed IS NOT NULL AND authenticator_pending_tries < $2
               AND (authenticator_pending_until IS NULL OR authenticator_pending_until > $3)"
        ))
        .bind(id)
        .bind(enough)
        .bind(now)
        .execute()
        .await?;
    Ok(counted == 1)
}

/// Forgets the new secret, which waited too long or met too many wrong codes.
pub async fn forget_pending(tx: &mut Tx, id: StaffId) -> db::Result<()> {
    tx.query(sql!(
        "UPDATE staff SET authenticator_pending_sealed = NULL, authenticator_pending_until = NULL,
                          authenticator_pending_tries = 0
         WHERE id = $1"
    ))
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// Puts a new authenticator secret, which waited as `pending`, in the place of the old one; `step` was the first to be used.
/// `false` if another waits by now, or none.
pub async fn replace_authenticator(
    tx: &mut Tx,
    id: StaffId,
    pending: &Sealed,
    secret: &Sealed,
    step: i64,
) -> db::Result<bool> {
    let replaced = tx
        .query(sql!(
            "UPDATE staff SET authenticator_sealed = $1, authenticator_pending_sealed = NULL,
                              authenticator_pending_until = NULL, authenticator_step = $2, version = version + 1
             WHERE id = $3 AND active AND authenticator_pending_sealed = $4"
        ))
        .bind(secret)
        .bind(step)
        .bind(id)
        .bind(pending)
        .execute()
        .await?;
    Ok(replaced == 1)
}

impl Account {
    /// Whether a password that matched in this form is the account's: what stands on a slip is levelled, what its owner chose is
    /// not.
    pub const fn accepts(&self, form: Option<Form>) -> bool {
        match form {
            Some(Form::Profile | Form::AsTyped) => true,
            Some(Form::Slip) => self.password_change_due,
            None => false,
        }
    }

    /// The owner's data key.
    pub fn key(&self, identity: &Identity) -> Result<Arc<DataKey>, SealError> {
        identity.keys.staff.key(self.id.0, &self.data_key)
    }

    /// The owner's authenticator, if one is set up.
    pub fn authenticator(&self, identity: &Identity) -> Result<Option<Authenticator>, SealError> {
        let Some(sealed) = &self.authenticator_sealed else { return Ok(None) };
        let secret = self.key(identity)?.open(accounts::authenticator_field(self.id), sealed)?;
        Ok(Some(Authenticator::from_secret(secret)))
    }
}

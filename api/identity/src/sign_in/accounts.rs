//! Staff accounts as far as signing in goes: making one, and giving somebody who lost their factors new ones. Both give out a
//! one-time password and, for the roles that need it, the secret for an authenticator app, which are shown once and kept
//! nowhere in the open.
//!
//! Hashing takes tens of milliseconds, too long to hold the one write transaction that SQLite has. So the credentials are
//! generated first, outside of any transaction, and written then.

use super::{
    authenticator::Authenticator,
    sessions::{self, EndReason},
};
use crate::{
    Identity,
    passwords::forms::opaque,
    typed::slip::{ONE_TIME_PASSWORD_LENGTH, grouped, random_characters},
};
use contract::{CentreId, Language, ProblemCode, StaffId, StaffRole, time::Instant};
use db::{Tx, sql};
use kernel::{
    error::{Error, Result},
    protect::{
        privacy::{Email, Name},
        seal::{DataKey, Field, Sealed, WrappedKey},
    },
};
use zeroize::Zeroizing;

/// How long a one-time password can be used.
pub const ONE_TIME_PASSWORD_LIFETIME: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// New factors for somebody, not yet given to anyone.
pub struct Credentials {
    one_time_password: Zeroizing<String>,
    password_hash: String,
    authenticator: Option<Authenticator>,
}

/// What is shown to the new owner of an account, once.
pub struct ShownOnce {
    /// To sign in with for the first time; it must be changed then.
    pub one_time_password: Zeroizing<String>,
    /// When the one-time password stops working.
    pub expires_at: Instant,
    /// The `otpauth:` address for the authenticator app, for roles that need one.
    pub authenticator_uri: Option<Zeroizing<String>>,
}

/// Somebody who is to get an account.
pub struct NewAccount<'a> {
    /// The account's id.
    pub id: StaffId,
    /// The centre they work at.
    pub centre: CentreId,
    /// What they may do.
    pub role: StaffRole,
    /// The language of their app.
    pub language: Language,
    /// Their name.
    pub name: &'a Name,
    /// The address they sign in with; no other account has it.
    pub email: &'a Email,
}

impl Credentials {
    /// Makes them. Call it before beginning the transaction.
    pub async fn generate(identity: &Identity, role: StaffRole) -> Result<Self> {
        let one_time_password = one_time_password(identity)?;
        let password_hash =
            identity.sign_in.passwords.hash(one_time_password.as_bytes(), &*identity.random).await?;
        let authenticator =
            role.needs_authenticator().then(|| Authenticator::generate(&*identity.random)).transpose()?;
        Ok(Self { one_time_password, password_hash, authenticator })
    }

    /// With this password and an authenticator whatever the role, for accounts of invented people: a terminal has no device key
    /// that could be the second factor.
    pub async fn with_password(identity: &Identity, password: &str) -> Result<Self> {
        Ok(Self {
            one_time_password: Zeroizing::new(password.to_owned()),
            password_hash: identity
                .sign_in
                .passwords
                .hash(opaque(password).as_bytes(), &*identity.random)
                .await?,
            authenticator: Some(Authenticator::generate(&*identity.random)?),
        })
    }

    fn sealed(&self, identity: &Identity, key: &DataKey, id: StaffId) -> Result<Option<Sealed>> {
        let seal = |authenticator: &Authenticator| {
            key.seal(authenticator_field(id), authenticator.expose(), &*identity.random)
        };
        Ok(self.authenticator.as_ref().map(seal).transpose()?)
    }

    fn show(self, email: &Email, now: Instant) -> Result<ShownOnce> {
        let uri = |authenticator: &Authenticator| authenticator.uri(email.expose()).map(Zeroizing::new);
        Ok(ShownOnce {
            authenticator_uri: self.authenticator.as_ref().map(uri).transpose()?,
            one_time_password: self.one_time_password,
            expires_at: now.saturating_add(ONE_TIME_PASSWORD_LIFETIME),
        })
    }
}

/// Where a confirmed authenticator secret is kept.
pub(super) const fn authenticator_field(id: StaffId) -> Field {
    Field::new("staff", "authenticator_sealed", id.0)
}

/// Adds the account. An address that has one is refused.
pub async fn new_account(
    identity: &Identity,
    tx: &mut Tx,
    now: Instant,
    account: &NewAccount<'_>,
    credentials: Credentials,
) -> Result<ShownOnce> {
    let (id, random) = (account.id, &*identity.random);
    let key = DataKey::generate(random)?;
    let inserted = tx
        .query(sql!(
            "INSERT INTO staff (id, centre_id, role, language, data_key, name_sealed, email_sealed, email_lookup,
                                password_hash, password_change_due, password_expires_at, authenticator_sealed,
                                active, version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14)"
        ))
        .bind(id)
        .bind(account.centre)
        .bind(account.role)
        .bind(account.language)
        .bind(key.wrap(identity.keys.staff.wrap_key(), id.0, random)?)
        .bind(key.seal_text(Field::new("staff", "name_sealed", id.0), account.name, random)?)
        .bind(key.seal_text(Field::new("staff", "email_sealed", id.0), account.email, random)?)
        .bind(identity.keys.emails.hash(account.email))
        .bind(credentials.password_hash.as_str())
        .bind(true)
        .bind(now.saturating_add(ONE_TIME_PASSWORD_LIFETIME))
        .bind(credentials.sealed(identity, &key, id)?)
        .bind(true)
        .bind(now)
        .execute()
        .await;
    match inserted {
        Ok(_) => credentials.show(account.email, now),
        Err(error) if error.violates("staff_email_lookup_key") => {
            Err(Error::with_detail(ProblemCode::AlreadyExists, "another account has this e-mail address"))
        }
        Err(error) if error.violates("foreign_key") || error.violates("staff_centre_id_fkey") => {
            Err(Error::not_found())
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives an account new factors and ends its sessions; `credentials` were generated for its present role. What its owner had
/// before stops working.
pub async fn reset(
    identity: &Identity,
    tx: &mut Tx,
    now: Instant,
    id: StaffId,
    credentials: Credentials,
) -> Result<ShownOnce> {
    let (wrapped, email): (WrappedKey, Sealed) = tx
        .query(sql!("SELECT data_key, email_sealed FROM staff WHERE id = $1 AND active"))
        .bind(id)
        .optional()
        .await?
        .ok_or_else(Error::not_found)?;
    let key = identity.keys.staff.key(id.0, &wrapped)?;
    let email: Email = key.open_text(Field::new("staff", "email_sealed", id.0), &email)?;
    tx.query(sql!(
        "UPDATE staff SET password_hash = $1, password_change_due = $2, password_expires_at = $3,
                          authenticator_sealed = $4, authenticator_pending_sealed = NULL, authenticator_step = NULL,
                          version = version + 1
         WHERE id = $5"
    ))
    .bind(credentials.password_hash.as_str())
    .bind(true)
    .bind(now.saturating_add(ONE_TIME_PASSWORD_LIFETIME))
    .bind(credentials.sealed(identity, &key, id)?)
    .bind(id)
    .execute()
    .await?;
    sessions::end_all(tx, id.0, None, EndReason::FactorsReset, now).await?;
    credentials.show(&email, now)
}

/// Sixteen unambiguous characters in groups of four.
fn one_time_password(identity: &Identity) -> Result<Zeroizing<String>> {
    Ok(grouped(&random_characters(&*identity.random, ONE_TIME_PASSWORD_LENGTH)?))
}

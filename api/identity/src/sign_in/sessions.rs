//! Sessions in the database: one signed-in phone or browser each. Whatever ends a session takes its device's pushes with it in
//! the same transaction, so that a lost phone is silent at once.

use super::enrolled_devices;
use contract::{
    CentreId, DeviceState, Language, ParticipantId, PersonKind, SessionId, StaffId, StaffRole, time::Instant,
};
use db::{Result, Statement, Tx, piece, sql};
use uuid::Uuid;

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A staff member's.
    Staff(StaffId),
    /// A participant's.
    Participant(ParticipantId),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Its owner signed out on it.
    SignedOut,
    /// Its owner ended it from another one.
    EndedByOwner,
    /// A staff member ended it, such as for a lost phone.
    EndedByStaff,
    /// A refresh token that had been replaced was used again: somebody has a copy.
    Reuse,
    /// The participant enrolled another phone.
    EnrolledAgain,
    /// Its owner changed a factor on another one.
    FactorChanged,
    /// Its owner was given new factors.
    FactorsReset,
    /// It was not used for too long.
    Expired,
    /// Its owner was given another role.
    RoleChanged,
    /// Its owner's account was closed.
    AccountClosed,
}

impl EndReason {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::EndedByOwner => "ended_by_owner",
            Self::EndedByStaff => "ended_by_staff",
            Self::Reuse => "reuse",
            Self::EnrolledAgain => "enrolled_again",
            Self::FactorChanged => "factor_changed",
            Self::FactorsReset => "factors_reset",
            Self::Expired => "expired",
            Self::RoleChanged => "role_changed",
            Self::AccountClosed => "account_closed",
        }
    }

    /// Whether the device is no second factor any more: it may be in other hands. A changed password or role says nothing
    /// against the devices, and coming back takes the new password; without their trust a mentor with two phones would have
    /// to be reset after every change.
    pub const fn ends_trust(self) -> bool {
        match self {
            Self::EndedByOwner
            | Self::EndedByStaff
            | Self::Reuse
            | Self::EnrolledAgain
            | Self::FactorsReset
            | Self::AccountClosed => true,
            Self::SignedOut | Self::FactorChanged | Self::Expired | Self::RoleChanged => false,
        }
    }
}

/// How long a session lives without being refreshed, and in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    idle: chrono::TimeDelta,
    whole: Option<chrono::TimeDelta>,
}

impl Lifetime {
    /// A participant's phone: half a year without opening the app, with no end otherwise, since a new enrolment means a
    /// journey to the centre. Staff: a browser for a working day, a device with a key of its own for a month.
    pub const fn of(owner: Owner, is_bound: bool) -> Self {
        use chrono::TimeDelta;
        match (owner, is_bound) {
            (Owner::Participant(_), _) => Self { idle: TimeDelta::days(180), whole: None },
            (Owner::Staff(_), true) => Self { idle: TimeDelta::days(30), whole: Some(TimeDelta::days(90)) },
            (Owner::Staff(_), false) => {
                Self { idle: TimeDelta::hours(12), whole: Some(TimeDelta::hours(24)) }
            }
        }
    }

    /// When a session begun at `created_at` and used `now` ends unless it is used again.
    pub fn end(self, created_at: Instant, now: Instant) -> Instant {
        let idle_end = now.saturating_add(self.idle);
        self.whole.map_or(idle_end, |whole| idle_end.min(created_at.saturating_add(whole)))
    }
}

/// A session about to begin.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub owner: Owner,
    /// What its owner will see in the list of their sessions.
    pub label: &'a str,
    /// The thumbprint of the device's key, if it proved one.
    pub device_key: Option<&'a str>,
}

/// The generation of a session's first refresh token.
pub const FIRST_GENERATION: i64 = 1;

/// Begins a session; when it ends unless it is used.
pub async fn insert(tx: &mut Tx, session: &NewSession<'_>, now: Instant) -> Result<Instant> {
    let (kind, staff, participant) = match session.owner {
        Owner::Staff(id) => (contract::PersonKind::Staff, Some(id), None),
        Owner::Participant(id) => (contract::PersonKind::Participant, None, Some(id)),
    };
    let ends_at = Lifetime::of(session.owner, session.device_key.is_some()).end(now, now);
    tx.query(sql!(
        "INSERT INTO session (id, person_kind, staff_id, participant_id, label, device_key, generation, rotated_at,
                              created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(session.id)
    .bind(kind)
    .bind(staff)
    .bind(participant)
    .bind(session.label)
    .bind(session.device_key)
    .bind(FIRST_GENERATION)
    .bind(now)
    .bind(now)
    .bind(ends_at)
    .execute()
    .await?;
    Ok(ends_at)
}

/// A living session of an active person, locked until the transaction ends.
#[derive(Debug, sqlx::FromRow)]
pub struct Living {
    staff_id: Option<StaffId>,
    participant_id: Option<ParticipantId>,
    /// The staff member's role.
    pub role: Option<StaffRole>,
    /// The person's centre.
    pub centre_id: CentreId,
    /// The person's language.
    pub language: Language,
    /// Whether the staff member must change the password first.
    pub password_change_due: Option<bool>,
    /// The thumbprint of the device's key.
    pub device_key: Option<String>,
    /// The newest refresh token's number.
    pub generation: i64,
    /// When that one was given out.
    pub rotated_at: Instant,
    /// When the session began.
    pub created_at: Instant,
    /// When it ends unless it is used again.
    pub expires_at: Instant,
}

impl Living {
    /// Whose it is.
    pub fn owner(&self) -> Option<Owner> {
        self.staff_id.map(Owner::Staff).or_else(|| self.participant_id.map(Owner::Participant))
    }
}

/// The session, if it lives.
pub async fn living(tx: &mut Tx, id: SessionId, now: Instant) -> Result<Option<Living>> {
    tx.query(sql!(
        "SELECT session.staff_id, session.participant_id, staff.role, staff.password_change_due,
                COALESCE(staff.centre_id, participant.centre_id) AS centre_id,
                COALESCE(staff.language, participant.language) AS language,
                session.device_key, session.generation, session.rotated_at, session.created_at, session.expires_at
         FROM session
         LEFT JOIN staff ON staff.id = session.staff_id AND staff.active
         LEFT JOIN participant ON participant.id = session.participant_id AND participant.active
         WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > $2
           AND (staff.id IS NOT NULL OR participant.id IS NOT NULL)",
        pg " FOR UPDATE OF session"
    ))
    .bind(id)
    .bind(now)
    .optional()
    .await
}

/// Counts a new refresh token, unless another request was faster.
pub async fn rotate(
    tx: &mut Tx,
    id: SessionId,
    (from, to): (i64, i64),
    expires_at: Instant,
    now: Instant,
) -> Result<bool> {
    let rotated = tx
        .query(sql!(
            "UPDATE session SET generation = $1, rotated_at = $2, expires_at = $3
             WHERE id = $4 AND generation = $5 AND ended_at IS NULL"
        ))
        .bind(to)
        .bind(now)
        .bind(expires_at)
        .bind(id)
        .bind(from)
        .execute()
        .await?;
    Ok(rotated == 1)
}

/// Puts the end of a session off, which was used without getting a new token.
pub async fn prolong(tx: &mut Tx, id: SessionId, expires_at: Instant) -> Result<()> {
    tx.query(sql!("UPDATE session SET expires_at = $1 WHERE id = $2 AND ended_at IS NULL"))
        .bind(expires_at)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Ends one session and its devices, and for some reasons the trust in the device it ran on; whether it was alive.
pub async fn end_one(tx: &mut Tx, id: SessionId, reason: EndReason, now: Instant) -> Result<bool> {
    if reason.ends_trust() {
        enrolled_devices::forget_that_of(tx, id).await?;
    }
    let ended = tx
        .query(sql!("UPDATE session SET ended_at = $1, ended_reason = $2 WHERE id = $3 AND ended_at IS NULL"))
        .bind(now)
        .bind(reason.as_str())
        .bind(id)
        .execute()
        .await?;
    tx.query(sql!(
        "UPDATE device SET state = $1, gone_at = $2, version = version + 1 WHERE session_id = $3 AND gone_at IS NULL"
    ))
    .bind(DeviceState::Gone)
    .bind(now)
    .bind(id)
    .execute()
    .await?;
    Ok(ended == 1)
}

/// Ends every session of a person, but for `except`, and the devices of those ended; how many there were. For some reasons it
/// ends the trust in all of their devices, also in those that were signed out.
pub async fn end_all(
    tx: &mut Tx,
    person: Uuid,
    except: Option<SessionId>,
    reason: EndReason,
    now: Instant,
) -> Result<u64> {
    if reason.ends_trust() {
        enrolled_devices::forget_all(tx, person, None).await?;
    }
    let except = except.map_or(Uuid::nil(), |session| session.0);
    let ended = tx
        .query(sql!(
            "UPDATE session SET ended_at = $1, ended_reason = $2
             WHERE (staff_id = $3 OR participant_id = $3) AND id <> $4 AND ended_at IS NULL"
        ))
        .bind(now)
        .bind(reason.as_str())
        .bind(person)
        .bind(except)
        .execute()
        .await?;
    tx.query(sql!(
        "UPDATE device SET state = $1, gone_at = $2, version = version + 1
         WHERE person_id = $3 AND session_id <> $4 AND gone_at IS NULL"
    ))
    .bind(DeviceState::Gone)
    .bind(now)
    .bind(person)
    .bind(except)
    .execute()
    .await?;
    Ok(ended)
}

/// Ends up to `limit` sessions that were not used for too long, and their devices; how many there were.
pub async fn end_expired(tx: &mut Tx, now: Instant, limit: u32) -> Result<u64> {
    let ended = tx
        .query(sql!(
            "UPDATE session SET ended_at = $1, ended_reason = $2
             WHERE id IN (SELECT id FROM session WHERE ended_at IS NULL AND expires_at <= $1
                          ORDER BY expires_at LIMIT $3)
               AND ended_at IS NULL AND expires_at <= $1"
        ))
        .bind(now)
        .bind(EndReason::Expired.as_str())
        .bind(i64::from(limit))
        .execute()
        .await?;
    tx.query(sql!(
        "UPDATE device SET state = $1, gone_at = $2, version = version + 1
         WHERE gone_at IS NULL AND session_id IN (SELECT id FROM session WHERE ended_at = $2 AND label <> '')"
    ))
    .bind(DeviceState::Gone)
    .bind(now)
    .execute()
    .await?;
    Ok(ended)
}

/// One line of a person's list of sessions.
#[derive(Debug, sqlx::FromRow)]
pub struct Listed {
    /// Its id.
    pub id: SessionId,
    /// Its label.
    pub label: String,
    /// The thumbprint of the device's key.
    pub device_key: Option<String>,
    /// When it began.
    pub created_at: Instant,
    /// When it was last refreshed.
    pub rotated_at: Instant,
    /// When it ends unless it is used again.
    pub expires_at: Instant,
}

/// A person's living sessions, the newest first, from before `before`.
pub async fn list(
    tx: &mut Tx,
    (kind, person): (PersonKind, Uuid),
    before: Option<SessionId>,
    count: i64,
    now: Instant,
) -> Result<Vec<Listed>> {
    let whose = match kind {
        PersonKind::Staff => piece!(" WHERE staff_id = ?"),
        PersonKind::Participant => piece!(" WHERE participant_id = ?"),
    };
    let statement = Statement::new(piece!(
        "SELECT id, label, device_key, created_at, rotated_at, expires_at FROM session"
    ))
    .then(whose)
    .bind(person)
    .then(piece!(" AND ended_at IS NULL AND expires_at > ? AND id < ? ORDER BY id DESC"))
    .bind(now)
    .bind(before.map_or(Uuid::max(), |session| session.0))
    .limit(count);
    tx.query_built(statement).all().await
}

/// Whether a living session is this person's.
pub async fn is_of(tx: &mut Tx, id: SessionId, person: Uuid, now: Instant) -> Result<bool> {
    let found: Option<SessionId> = tx
        .query(sql!(
            "SELECT id FROM session
             WHERE id = $1 AND (staff_id = $2 OR participant_id = $2) AND ended_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(person)
        .bind(now)
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Whether two sessions run on one device, by the key that it proves.
pub async fn are_on_one_device(tx: &mut Tx, one: SessionId, other: SessionId) -> Result<bool> {
    let found: i64 = tx
        .query(sql!(
            "SELECT count(*) FROM session AS one JOIN session AS other ON other.device_key = one.device_key
             WHERE one.id = $1 AND other.id = $2"
        ))
        .bind(one)
        .bind(other)
        .scalar()
        .await?;
    Ok(found > 0)
}

//! One's own row, and whose sessions one may end.

use contract::{CentreId, Language};
use db::{Result, Tx, sql};
use kernel::{
    access::Actor,
    protect::seal::{Sealed, WrappedKey},
};

/// A person as they see themselves.
#[derive(sqlx::FromRow)]
pub struct Profile {
    /// Their centre.
    pub centre_id: CentreId,
    /// Their data key.
    pub data_key: WrappedKey,
    /// Their name.
    pub name_sealed: Sealed,
    /// Their language.
    pub language: Language,
    /// Of participants.
    pub push_wanted: Option<bool>,
    /// Of staff.
    pub has_authenticator: Option<bool>,
    /// Counts the changes.
    pub version: i64,
}

/// The caller's own row.
pub async fn profile(tx: &mut Tx, actor: &Actor) -> Result<Option<Profile>> {
    let statement = match actor {
        Actor::Participant { .. } => sql!(
            "SELECT centre_id, data_key, name_sealed, language, push_wanted, NULL AS has_authenticator, version
             FROM participant WHERE id = $1"
        ),
        Actor::Staff { .. } => sql!(
            "SELECT centre_id, data_key, name_sealed, language, NULL AS push_wanted,
                    authenticator_sealed IS NOT NULL AS has_authenticator, version
             FROM staff WHERE id = $1"
        ),
    };
    tx.query(statement).bind(actor.person()).optional().await
}

/// Changes the caller's own row; what is absent stays. `false` if it has another version by now.
pub async fn change(
    tx: &mut Tx,
    actor: &Actor,
    language: Option<Language>,
    push_wanted: Option<bool>,
    version: i64,
) -> Result<bool> {
    let query = match actor {
        Actor::Participant { id, .. } => tx
            .query(sql!(
                "UPDATE participant SET language = COALESCE($1, language), push_wanted = COALESCE($2, push_wanted),
                                        version = version + 1
                 WHERE id = $3 AND version = $4"
            ))
            .bind(language)
            .bind(push_wanted)
            .bind(*id),
        Actor::Staff { id, .. } => tx
            .query(sql!(
                "UPDATE staff SET language = COALESCE($1, language), version = version + 1
                 WHERE id = $2 AND version = $3"
            ))
            .bind(language)
            .bind(*id),
    };
    Ok(query.bind(version).execute().await? == 1)
}

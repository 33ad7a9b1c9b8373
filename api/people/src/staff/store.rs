//! Staff members in the database. Accounts are added by [`identity::sign_in::accounts`].

use super::{request::Filter, rules::Reach};
use contract::{CentreId, Language, StaffId, StaffRole, time::Instant};
use db::{Change, Result, Statement, Tx, piece, sql};
use identity::things::STAFF;
use kernel::{
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
};
use uuid::Uuid;

/// A staff member as they lie in the table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Their id.
    pub id: StaffId,
    /// Their centre.
    pub centre_id: CentreId,
    /// What they may do.
    pub role: StaffRole,
    /// The language of their app.
    pub language: Language,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Name, sealed.
    pub name_sealed: Sealed,
    /// E-mail address, sealed.
    pub email_sealed: Sealed,
    /// Whether they work here.
    pub active: bool,
    /// Counts the changes.
    pub version: i64,
    /// When the account was made.
    pub created_at: Instant,
}

impl Row {
    /// That this staff member is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        changed(self.centre_id, self.id)
    }
}

/// That this staff member is new or different, for the change feed.
pub const fn changed(centre: CentreId, id: StaffId) -> Change {
    STAFF.changed(centre.0, None, id.0)
}

/// The staff member, if in reach.
pub async fn load(tx: &mut Tx, reach: Reach, id: StaffId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT * FROM staff WHERE ($1 IS NULL OR (centre_id = $1 AND role IN ('mentor', 'counsellor'))) AND id = $2"
    ))
    .bind(reach.centre())
    .bind(id)
    .optional()
    .await
}

/// The staff member, if in reach, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, reach: Reach, id: StaffId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT * FROM staff WHERE ($1 IS NULL OR (centre_id = $1 AND role IN ('mentor', 'counsellor'))) AND id = $2",
        pg " FOR UPDATE"
    ))
    .bind(reach.centre())
    .bind(id)
    .optional()
    .await
}

/// The staff members in reach by id, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    reach: Reach,
    filter: &Filter,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    // By the centre, else by the role, else by whether they work here: what is asked for besides narrows that down.
    let centre = reach.centre().or(filter.centre_id);
    let (has_centre, has_role) = (centre.is_some(), filter.role.is_some());
    let role = if has_centre { piece!(" AND ", lite "+", "role = ?") } else { piece!(" AND role = ?") };
    let active = if has_centre || has_role {
        piece!(" AND ", lite "+", "active = ?")
    } else {
        piece!(" AND active = ?")
    };
    let statement = Statement::new(piece!("SELECT * FROM staff WHERE id > ?"))
        .bind(paging.after.unwrap_or_default())
        .when(centre, piece!(" AND centre_id = ?"))
        .only_if(reach.centre().is_some(), |statement| {
            statement
                .then(piece!(" AND ", lite "+", "role IN ('mentor', 'counsellor')"))
                .when(filter.centre_id, piece!(" AND ", lite "+", "centre_id = ?"))
        })
        .when(filter.role, role)
        .when(filter.active, active)
        .then(piece!(" ORDER BY id"))
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Writes what may change, and the version that was counted on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE staff SET role = $1, language = $2, name_sealed = $3, active = $4, version = $5 WHERE id = $6"
    ))
    .bind(row.role)
    .bind(row.language)
    .bind(row.name_sealed.clone())
    .bind(row.active)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await?;
    Ok(())
}

//! Who lacks what, in the database: of those whom a centre accompanies, and nothing of what is sealed.

use super::words::{ReadinessItem, ReadinessState};
use contract::{CentreId, ParticipantId, time::ImpreciseDate};
use db::{Result, Statement, Tx, piece, sql};
use kernel::{
    legible::{self, Entry},
    page::Paging,
};
use uuid::Uuid;

/// How many lack something.
#[derive(Debug, sqlx::FromRow)]
pub struct MissingCount {
    /// What.
    pub item: ReadinessItem,
    /// Missing, or being obtained.
    pub state: ReadinessState,
    /// To how many.
    pub people: i64,
}

/// How many of those whom a centre accompanies lack what. What is sealed is not counted.
pub async fn count_missing(tx: &mut Tx, centre: CentreId) -> Result<Vec<MissingCount>> {
    let entries: Vec<Entry<(), MissingCount>> = tx
        .query(sql!(
            "SELECT i.item, i.state, count(*) AS people FROM readiness_item AS i JOIN participant AS p ON p.id = i.participant_id
             WHERE i.centre_id = $1 AND i.state IN ('missing', 'being_obtained') AND p.active
             GROUP BY i.item, i.state ORDER BY i.item, i.state"
        ))
        .bind(centre)
        .all()
        .await?;
    Ok(legible::of_all(entries))
}

/// Who lacks something.
#[derive(Debug, sqlx::FromRow)]
pub struct MissingRow {
    /// What.
    pub item: ReadinessItem,
    /// Who.
    pub participant_id: ParticipantId,
    /// Missing, or being obtained.
    pub state: ReadinessState,
    /// Since which day.
    pub since: ImpreciseDate,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByItem {
    /// The word of what is missing.
    #[sqlx(rename = "item_word")]
    pub item: String,
    /// To whom.
    pub participant_id: Uuid,
}

/// Who of those whom a centre accompanies lacks what, by item, with one more than the page holds.
pub async fn list_missing(
    tx: &mut Tx,
    centre: CentreId,
    item: Option<ReadinessItem>,
    paging: Paging<(String, Uuid)>,
) -> Result<Vec<Entry<ByItem, MissingRow>>> {
    let (after, id) = paging.after.clone().unwrap_or_default();
    let statement = Statement::new(piece!(
        "SELECT i.item, i.item AS item_word, i.participant_id, i.state, i.since FROM readiness_item AS i ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = i.participant_id
         WHERE i.centre_id = ? AND i.state IN ('missing', 'being_obtained') AND p.active AND (i.item, i.participant_id) > (?, ?)"
    ))
    .bind(centre)
    .bind(after)
    .bind(id)
    .when(item, piece!(" AND i.item = ?"))
    .then(piece!(" ORDER BY i.item, i.participant_id"))
    .limit(paging.rows());
    tx.query_built(statement).all().await
}

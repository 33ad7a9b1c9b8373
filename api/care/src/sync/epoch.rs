//! The epochs of a database. Each start of the service begins one and notes how far every feed has come. When an older copy of the database
//! is put in place, the service is started on it; so whatever was told behind the copy's end shows, although the feed counts on from there.

use crate::App;
use db::{Result, sql};

/// Begins an epoch. Of two nodes that start at once one begins it for both.
///
/// # Errors
/// If the database cannot be written.
pub async fn begin(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    let positions: Vec<(uuid::Uuid, i64)> = tx
        .query(sql!(
            "SELECT centre_id, position FROM change_counter ORDER BY centre_id",
            // Nobody may be told what is behind these positions before the epoch is there.
            pg " FOR UPDATE"
        ))
        .all()
        .await?;
    let number: Option<i64> = tx.query(sql!("SELECT max(number) FROM epoch")).scalar().await?;
    let number = number.unwrap_or(0).saturating_add(1);
    let begun = tx
        .query(sql!(
            "INSERT INTO epoch (number, id, began_at) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING"
        ))
        .bind(number)
        .bind(app.ids.next())
        .bind(app.clock.now())
        .execute()
        .await?;
    if begun > 0 && !positions.is_empty() {
        for some in positions.chunks(200) {
            let mut query = tx.query_rows(
                sql!("INSERT INTO epoch_position (epoch, centre_id, position) VALUES {rows}"),
                some.len(),
                3,
            );
            for (centre, position) in some {
                query = query.bind(number).bind(*centre).bind(*position);
            }
            query.execute().await?;
        }
    }
    tx.commit().await
}

//! The write-ahead log of SQLite is copied beside those who write, and begun anew: it does not grow with what is written.

use db::{Db, sql};
use muwakaba_tests::database::Database;

/// What one row holds.
const ROW: usize = 1 << 20;
/// Twice what the log may reach.
const ROWS: usize = 256;
/// That, with what one group may add to it.
const LONGEST: u64 = (128 + 8) << 20;

async fn write(db: &Db, row: usize) {
    let mut tx = db.write().await.unwrap();
    // The same few rows again and again: it is the log that must not grow, not the file.
    tx.query(sql!(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    ))
    .bind(format!("row {}", row % 4))
    // Pages that stay the same are not written again.
    .bind(format!("{row} ").repeat(ROW / format!("{row} ").len()))
    .execute()
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_log_is_begun_anew_under_load() {
    let database = Database::sqlite().await;
    let log = format!("{}-wal", database.url.trim_start_matches("sqlite:"));
    let mut longest = 0;
    for row in 0..ROWS {
        write(&database.db, row).await;
        longest = longest.max(std::fs::metadata(&log).unwrap().len());
    }
    assert!(longest > LONGEST / 8, "{longest} bytes were hardly written");
    assert!(longest <= LONGEST, "{longest} bytes for {ROWS} rows of {ROW}");
    let mut tx = database.db.read().await.unwrap();
    let last: String = tx
        .query(sql!("SELECT value FROM setting WHERE name = $1"))
        .bind(format!("row {}", (ROWS - 1) % 4))
        .scalar()
        .await
        .unwrap();
    assert!(last.starts_with(&format!("{} ", ROWS - 1)));
}

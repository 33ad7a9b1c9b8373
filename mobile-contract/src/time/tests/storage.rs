//! What is written to SQLite is read back, and compares there as it does here.

use sqlx::{Connection, Row, SqliteConnection};

use super::{at, local};
use crate::time::{Instant, LocalDateTime, ZoneDataVersion, ZoneName};

#[tokio::test(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, reason = "this crate lies below the storage seam")]
async fn time_survives_sqlite() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let instants = (at("2026-12-01T10:00:00.123456Z"), Instant::MIN, Instant::MAX);
    let agreed = local("2026-12-01T10:00");
    let edition = ZoneDataVersion::parse("2026f");
    let row = sqlx::query(
        "SELECT $1 a, $2 b, $3 c, $4 l, $5 z, $6 v, typeof($1) ta, typeof($4) tl, $2 < $1 AND $1 < $3 o",
    )
    .bind(instants.0)
    .bind(instants.1)
    .bind(instants.2)
    .bind(agreed)
    .bind(ZoneName::CASABLANCA)
    .bind(edition.clone())
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!((row.get("a"), row.get("b"), row.get("c")), instants);
    assert_eq!(row.get::<LocalDateTime, _>("l"), agreed);
    assert_eq!(row.get::<String, _>("l"), "2026-12-01T10:00:00");
    assert_eq!(row.get::<ZoneName, _>("z"), ZoneName::CASABLANCA);
    assert_eq!(row.get::<ZoneDataVersion, _>("v"), edition);
    assert_eq!((row.get("ta"), row.get("tl")), ("integer", "text"));
    assert!(row.get::<bool, _>("o"));

    let row = sqlx::query("SELECT -1 i, 'Atlantis/New' z, 'no place' w, '2026-12-01' l")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(row.try_get::<Instant, _>("i").is_err());
    assert!(row.try_get::<LocalDateTime, _>("l").is_err());
    assert!(row.try_get::<ZoneName, _>("w").is_err());
    let newer: ZoneName = row.get("z");
    assert_eq!(newer.as_str(), "Atlantis/New", "a newer release may have written it");
    assert!(crate::time::Zones::built_in().resolve(agreed, &newer).is_err());
}

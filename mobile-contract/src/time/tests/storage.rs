//! What is written to SQLite is read back, and compares there as it does here.

use db::{Db, sql};

use super::{at, local};
use crate::time::{Instant, LocalDateTime, ZoneDataVersion, ZoneName};

#[tokio::test(flavor = "current_thread")]
async fn time_survives_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("time.sqlite").display())).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let instants = (at("2026-12-01T10:00:00.123456Z"), Instant::MIN, Instant::MAX);
    let agreed = local("2026-12-01T10:00");
    let edition = ZoneDataVersion::parse("2026f");

    let back: (Instant, Instant, Instant) = tx
        .query(sql!("SELECT $1, $2, $3"))
        .bind(instants.0)
        .bind(instants.1)
        .bind(instants.2)
        .one()
        .await
        .unwrap();
    assert_eq!(back, instants);
    let (kind, is_ordered): (String, bool) = tx
        .query(sql!("SELECT typeof($1), $2 < $1 AND $1 < $3"))
        .bind(instants.0)
        .bind(instants.1)
        .bind(instants.2)
        .one()
        .await
        .unwrap();
    assert_eq!((kind.as_str(), is_ordered), ("integer", true));

    let (time, text, kind): (LocalDateTime, String, String) =
        tx.query(sql!("SELECT $1, $1, typeof($1)")).bind(agreed).one().await.unwrap();
    assert_eq!((time, text.as_str(), kind.as_str()), (agreed, "2026-12-01T10:00:00", "text"));
    let (zone, version): (ZoneName, ZoneDataVersion) =
        tx.query(sql!("SELECT $1, $2")).bind(ZoneName::CASABLANCA).bind(edition.clone()).one().await.unwrap();
    assert_eq!((zone, version), (ZoneName::CASABLANCA, edition));

    assert!(tx.query(sql!("SELECT -1")).scalar::<Instant>().await.is_err());
    assert!(tx.query(sql!("SELECT '2026-12-01'")).scalar::<LocalDateTime>().await.is_err());
    assert!(tx.query(sql!("SELECT 'no place'")).scalar::<ZoneName>().await.is_err());
    let newer: ZoneName = tx.query(sql!("SELECT 'Atlantis/New'")).scalar().await.unwrap();
    assert_eq!(newer.as_str(), "Atlantis/New", "a newer release may have written it");
    assert!(crate::time::Zones::built_in().resolve(agreed, &newer).is_err());
}

//! A unit of work that was announced as one statement has no transaction on PostgreSQL, so it cannot be given another.

use db::{Change, Operation, sql};
use muwakaba_tests::both_databases;

both_databases! {
    async fn a_unit_of_one_statement_takes_one(app: TestApp) {
        let db = &app.database.db;
        let mut tx = db.write_one().await.unwrap();
        tx.query(sql!("INSERT INTO setting (name, value) VALUES ('one', '1')")).execute().await.unwrap();
        tx.query(sql!("INSERT INTO setting (name, value) VALUES ('two', '1')")).execute().await.unwrap_err();
        tx.commit().await.unwrap();

        // What would go to the feed when it commits is a statement too.
        let mut tx = db.write_one().await.unwrap();
        tx.query(sql!("INSERT INTO setting (name, value) VALUES ('three', '1') ON CONFLICT (name) DO NOTHING")).execute().await.unwrap();
        tx.changed(Change {
            centre: app.world.centre.0,
            participant: None,
            audience: None,
            subject_kind: "centre",
            subject: app.world.centre.0,
            operation: Operation::Upsert,
        });
        tx.commit().await.unwrap_err();

        let mut tx = db.read().await.unwrap();
        let written = tx.query(sql!("SELECT name FROM setting WHERE name IN ('one', 'two') ORDER BY name"));
        assert_eq!(written.scalars::<String>().await.unwrap(), ["one"]);
    }
}

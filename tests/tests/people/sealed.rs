//! What identifies people is not readable in the database.

use super::{amina, register};
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;

const CANARIES: &[&str] =
    &["Canaribennani", "612345678", "amina.canary", "Canary edition", "Canarystaff", "canary.staff"];

/// Everything that the database keeps about people and deeds, as bytes.
async fn at_rest(app: &TestApp) -> Vec<u8> {
    let db = &app.database.db;
    if db.is_embedded() {
        let path = app.database.url.trim_start_matches("sqlite:");
        let mut bytes = std::fs::read(path).expect("the database file");
        bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
        return bytes;
    }
    let mut tx = db.read().await.expect("a transaction");
    let mut bytes = Vec::new();
    for statement in [
        sql!("SELECT ", pg "t::text FROM participant AS t", lite "''"),
        sql!("SELECT ", pg "t::text FROM staff AS t", lite "''"),
        sql!("SELECT ", pg "t::text FROM audit AS t", lite "''"),
        sql!("SELECT ", pg "t::text FROM change AS t", lite "''"),
        sql!("SELECT ", pg "t::text FROM idempotency AS t", lite "''"),
    ] {
        for row in tx.query(statement).scalars::<String>().await.expect("rows") {
            bytes.extend(row.into_bytes());
        }
    }
    bytes
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

both_databases! {
    async fn no_name_phone_address_or_edition_is_readable_at_rest(app: TestApp) {
        let create = app.post("/v1/participants").by(&app.world.manager).header("idempotency-key", "sealed").json(amina());
        let id = create.expect(201).await.string("/id");
        register(&app, amina()).await;
        let path = format!("/v1/participants/{id}");
        app.get("/v1/participants?q=canaribennani").by(&app.world.manager).expect(200).await;
        app.patch(&path).by(&app.world.manager).if_match(1).json(json!({"phone": "+212612345678"})).expect(200).await;
        let staff = json!({"name": "Canarystaff", "email": "canary.staff@example.org", "role": "mentor", "language": "fr"});
        let added = app.post("/v1/staff").by(&app.world.manager).header("idempotency-key", "s").json(staff).expect(201).await;

        let bytes = at_rest(&app).await;
        assert!(contains(&bytes, "participant.create"), "the search must see what is readable");
        for canary in CANARIES {
            let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!contains(&bytes, canary) && !contains(&bytes, &hex), "{canary} is readable at rest");
        }
        assert!(!contains(&bytes, &added.string("/one_time_password")));
    }
}

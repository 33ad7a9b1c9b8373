//! What the sweeps go through of outages.

use super::outage;
use crate::{
    operations::{Ids, Stage},
    plans::Crowd,
    races::{By, deed},
    registry::{Feature, Phones, Small, Subject, about},
};
use db::sql;

/// Why phones have none.
const TOLD: Phones = Phones::GetNothing("a check-in says by how much it was extended");

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listOutages"],
        version: Some(sql!("SELECT version FROM outage WHERE id = $1")),
        ..Subject::new("outage_id", |stage, _, ids| Box::pin(one(stage, ids)))
    }],
    lists: &[("listOutages", "outage_id")],
    deeds: &[
        deed("declare an outage", "declareOutage", By::Manager),
        deed("withdraw an outage", "withdrawOutage", By::Manager),
    ],
    never: &[
        "SELECT 'time back for nothing: ' || g.check_in_id FROM check_in_outage AS g JOIN outage AS o ON o.id = g.outage_id
         WHERE g.starts_at >= g.ends_at OR g.starts_at < o.starts_at OR g.ends_at > o.ends_at",
        "SELECT 'extended by no outage: ' || c.id FROM check_in AS c
         WHERE c.outage_micros > 0 AND NOT EXISTS (SELECT 1 FROM check_in_outage AS g WHERE g.check_in_id = c.id)",
        "SELECT 'where it stood was lost: ' || c.id FROM check_in AS c WHERE c.outage_micros > 0 AND c.original_closes IS NULL",
    ],
    versioned: &["outage"],
    counted: &["outage.declare", "outage.withdraw"],
    tables: &[
        about("outage", "outage", TOLD),
        about("check_in_outage", "time back", Phones::Get(&["check_ins"])),
    ],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    // There are a handful in a year.
    small: Small { scans: &["outage"], sorts: &[], asked_of_few: &[], columns: &[] },
    ..Feature::NOTHING
};

/// One of the target's centre.
async fn one(stage: &Stage, ids: Ids) -> Ids {
    let manager = stage.manager_of(&ids).await;
    let body = outage("2026-11-20T14:00", "2026-11-20T20:30");
    let made = stage.app.post("/v1/outages").by(&manager).json(body).expect(201).await;
    ids.with("outage_id", made.string("/id").parse().expect("an id"))
}

/// More than a page, and what a check-in got back for each.
async fn fill(crowd: &mut Crowd) {
    let (app, then) = (&crowd.app, crowd.long_ago());
    let mut first = None;
    let mut tx = app.app.db.write().await.expect("a transaction");
    for number in 0..210 {
        let id = app.app.ids.next();
        first.get_or_insert(id);
        tx.query(sql!(
            "INSERT INTO outage (id, centre_id, cause, local_starts, local_ends, zone, starts_at, ends_at, declared_at, declared_by, version)
             VALUES ($1, $2, 'power', '2025-01-01T09:00:00', '2025-01-01T10:00:00', 'Africa/Casablanca', $3, $3, $3, $4, 1)"
        ))
        .bind(id)
        .bind((number % 2 == 0).then_some(app.world.centre))
        .bind(then)
        .bind(app.world.manager.id)
        .execute()
        .await
        .expect("an outage");
    }
    tx.query(sql!(
        "INSERT INTO check_in_outage (check_in_id, outage_id, starts_at, ends_at, given_at)
         SELECT c.id, o.id, $1, $1, $1 FROM outage AS o, (SELECT id FROM check_in ORDER BY id LIMIT 1) AS c"
    ))
    .bind(then)
    .execute()
    .await
    .expect("time back");
    tx.commit().await.expect("outages");
    crowd.made("outage_id", first.expect("one"));
}

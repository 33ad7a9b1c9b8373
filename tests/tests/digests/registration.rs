//! What the sweeps go through of digests.

use crate::{
    operations::{Ids, Stage},
    plans::Crowd,
    registry::{Feature, Phones, Subject, about},
};
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::TestApp;
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listDigests"],
        ..Subject::new("digest_id", |stage, _, ids| Box::pin(digest(stage, ids)))
    }],
    lists: &[("listDigests", "digest_id")],
    never: &[
        "SELECT 'told of another centre''s week: ' || r.id FROM reminder AS r JOIN digest AS d ON d.id = r.subject_id
         WHERE r.subject_kind = 'digest' AND r.centre_id <> d.centre_id",
    ],
    tables: &[about("digest", "digest", Phones::Get(&["digests"]))],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    // A centre has one a week.
    small: crate::registry::Small { scans: &["digest"], ..Feature::NOTHING.small },
    ..Feature::NOTHING
};

/// Writes one of this centre and week, which says nothing of anybody.
async fn write(app: &TestApp, centre: Uuid, weeks_ago: i64) -> Uuid {
    let (id, made_at) = (app.app.ids.next(), app.now().saturating_sub(TimeDelta::weeks(weeks_ago)));
    let week = made_at.to_chrono().date_naive().to_string();
    let figures = r#"{"open":[],"without_contact":0,"after_days":30,"accompanied":0,"without_companion":0,"registered":0,
                      "reopened":0,"closed":0,"companions":[]}"#;
    let mut tx = app.app.db.write().await.expect("a transaction");
    let inserted = tx
        .query(sql!(
            "INSERT INTO digest (id, centre_id, week, zone, local_made, made_at, counted_from, counted_until, figures)
             VALUES ($1, $2, $3, 'Africa/Casablanca', $4, $5, $5, $5, $6) ON CONFLICT (centre_id, week) DO NOTHING"
        ))
        .bind(id)
        .bind(centre)
        .bind(&week)
        .bind(format!("{week}T08:30:00"))
        .bind(made_at)
        .bind(figures)
        .execute()
        .await
        .expect("a digest");
    if inserted > 0 {
        tx.changed(care::digest::things::DIGEST.changed(centre, None, id));
    }
    tx.commit().await.expect("a digest");
    if inserted > 0 {
        return id;
    }
    let mut tx = app.app.db.read().await.expect("a transaction");
    let there = tx.query(sql!("SELECT id FROM digest WHERE centre_id = $1 AND week = $2")).bind(centre);
    there.bind(&week).scalar().await.expect("the digest of that week")
}

/// The one of the centre's week.
async fn digest(stage: &Stage, ids: Ids) -> Ids {
    let id = write(&stage.app, ids.centre, 0).await;
    ids.with("digest_id", id)
}

/// Some years of each centre.
async fn fill(crowd: &mut Crowd) {
    let mut centres: Vec<Uuid> = crowd.participants.iter().map(|(_, centre, _)| centre.0).collect();
    centres.sort_unstable();
    centres.dedup();
    let mut last = None;
    for centre in centres {
        for weeks_ago in (0..120).rev() {
            last = Some(write(&crowd.app, centre, weeks_ago).await);
        }
    }
    crowd.made("digest_id", last.expect("a centre"));
}

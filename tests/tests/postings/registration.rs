//! What the sweeps go through of postings.

use crate::{
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    races::{By, deed},
    registry::{Feature, Phones, Subject, about, over},
};
use db::{Tx, sql};
use muwakaba_tests::{SignedIn, http::Request};
use serde_json::{Value, json};
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listPostings"],
        ..Subject::new("posting_id", |stage, _, ids| Box::pin(posting(stage, ids)))
    }],
    bodies: &[
        over("postStaffMember", |asked| json!({"centre_id": asked.ids.next_centre})),
        over("endPosting", |asked| json!({"appointments_to": asked.ids.companion})),
    ],
    lists: &[("listPostings", "posting_id")],
    deeds: &[
        deed("post a mentor", "postStaffMember", By::Manager),
        deed("end a posting", "endPosting", By::Manager),
        deed("assign somebody posted", "assignParticipant", By::Manager).about("posting_id").with(to_the_posted),
        deed("schedule with somebody posted", "scheduleAppointment", By::Manager)
            .about("posting_id")
            .with(an_appointment_with_the_posted),
        deed("close the account of somebody posted", "changeStaffMember", By::Administrator)
            .about("posting_id")
            .sent(|stage, ids, caller| Box::pin(close_the_posted(stage, ids, caller))),
    ],
    never: &[
        "SELECT 'a posting of somebody who left: ' || x.id FROM posting AS x JOIN staff AS s ON s.id = x.staff_id
         WHERE x.ended_at IS NULL AND NOT (s.active AND s.role IN ('mentor', 'counsellor'))",
        "SELECT 'posted twice: ' || x.id FROM posting AS x JOIN posting AS y ON y.staff_id = x.staff_id AND y.centre_id = x.centre_id
         WHERE x.id < y.id AND x.ended_at IS NULL AND y.ended_at IS NULL
           AND x.from_day <= COALESCE(y.until_day, '9999') AND y.from_day <= COALESCE(x.until_day, '9999')",
    ],
    versioned: &["posting"],
    counted: &["posting.create", "posting.end"],
    tables: &[about("posting", "posting", Phones::ONLINE)],
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    reset: Some(|stage, tx| Box::pin(reset(stage, tx))),
    ..Feature::NOTHING
};

fn to_the_posted(ids: &Ids) -> Value {
    json!({"staff_id": ids.made.get("posted_id").expect("somebody posted")})
}

fn an_appointment_with_the_posted(ids: &Ids) -> Value {
    json!({
        "participant_id": ids.participant,
        "host_id": ids.made.get("posted_id").expect("somebody posted"),
        "kind": "social_counselling",
        "local_start": "2027-05-10T10:00:00",
        "duration_minutes": 30,
        "place": {"kind": "phone"},
    })
}

async fn close_the_posted(stage: &Stage, ids: &Ids, caller: Option<&SignedIn>) -> Request {
    let posted = ids.made.get("posted_id").expect("somebody posted");
    let request = stage.app.patch(&format!("/v1/staff/{posted}")).by(caller.expect("a caller"));
    request.header("if-match", "*").json(json!({"active": false}))
}

/// Of somebody of the other centre who is no caller of the tests, to the centre of the target.
async fn posting(stage: &Stage, ids: Ids) -> Ids {
    stage.reset().await;
    let (id, outsider) = (Uuid::now_v7(), stage.outsider_to(&ids));
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    tx.query(sql!(
        "INSERT INTO posting (id, staff_id, centre_id, from_day, starts_at, created_by, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $2, $5, 1)"
    ))
    .bind(id)
    .bind(outsider)
    .bind(ids.centre)
    .bind("2026-11-23")
    .bind(stage.app.now())
    .execute()
    .await
    .expect("a posting");
    tx.commit().await.expect("a posting");
    ids.with("posting_id", id).with("posted_id", outsider)
}

/// None lasts, so that another one can be made.
async fn reset(stage: &Stage, tx: &mut Tx) {
    tx.query(sql!("UPDATE posting SET ended_at = $1 WHERE ended_at IS NULL"))
        .bind(stage.app.now())
        .execute()
        .await
        .expect("postings");
}

/// One of most of the staff, which is over, and some of the world's mentor, of which one runs.
async fn fill_crowd(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let (world, before) = (&app.world, crowd.long_ago());
    let other = |centre| if centre == world.centre { world.other_centre } else { world.centre };
    let mut rows: Vec<_> =
        crowd.staff.iter().map(|(staff, centre)| (staff.0, other(*centre), Some(now))).collect();
    rows.extend((0..300).map(|_| (world.mentor.id, world.other_centre, Some(now))));
    rows.push((world.mentor.id, world.other_centre, None));
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO posting (id, staff_id, centre_id, from_day, starts_at, created_by, created_at, ended_at, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            9,
        );
        for (staff, centre, ended) in chunk {
            query = query
                .bind(app.app.ids.next())
                .bind(*staff)
                .bind(*centre)
                .bind("2025-01-01")
                .bind(before)
                .bind(*staff)
                .bind(before)
                .bind(*ended)
                .bind(1_i64);
        }
        query.execute().await.expect("postings");
    }
    tx.commit().await.expect("postings");
}

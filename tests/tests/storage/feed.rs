//! The change feed holds the latest change of each thing, and what is no more for as long as somebody may still ask.

use super::source::statements;
use chrono::TimeDelta;
use contract::CentreId;
use db::{Change, Operation, sql};
use muwakaba::background;
use muwakaba_tests::{Database, TestApp, both_databases};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqlSafeStr, SqliteConnection};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

type Line = (i64, String, Uuid, Option<Uuid>, String);

async fn lines(app: &TestApp, after: i64) -> Vec<Line> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT position, subject_kind, subject_id, audience, operation FROM change
         WHERE centre_id = $1 AND position > $2 ORDER BY position"
    ))
    .bind(app.world.centre)
    .bind(after)
    .all()
    .await
    .unwrap()
}

async fn note(app: &TestApp, subject: Uuid, operation: Operation) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.changed(change(app.world.centre, subject, operation));
    tx.commit().await.unwrap();
}

fn change(centre: CentreId, subject: Uuid, operation: Operation) -> Change {
    Change { centre: centre.0, participant: None, audience: None, subject_kind: "visit", subject, operation }
}

async fn forgotten(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let counter = tx.query(sql!("SELECT forgotten FROM change_counter WHERE centre_id = $1"));
    counter.bind(app.world.centre).scalar().await.unwrap()
}

both_databases! {
    async fn a_thing_that_changes_again_moves_to_the_end(app: TestApp) {
        let start = lines(&app, 0).await.last().map_or(0, |line| line.0);
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        for (subject, operation) in [(one, Operation::Create), (other, Operation::Create), (one, Operation::Upsert)] {
            note(&app, subject, operation).await;
        }
        let told: Vec<_> = lines(&app, start).await.into_iter().map(|line| (line.0 - start, line.2)).collect();
        assert_eq!(told, [(2, other), (3, one)]);
        // Twice in one transaction: once in the feed, as it ended.
        let mut tx = app.app.db.write().await.unwrap();
        tx.changed(change(app.world.centre, other, Operation::Upsert));
        tx.changed(change(app.world.centre, other, Operation::Delete));
        tx.commit().await.unwrap();
        let told: Vec<_> = lines(&app, start).await.into_iter().map(|line| (line.0 - start, line.2, line.4)).collect();
        assert_eq!(told, [(3, one, "upsert".to_owned()), (4, other, "delete".to_owned())]);
    }

    async fn whoever_no_longer_has_a_person_is_told_so_and_nobody_else(app: TestApp) {
        let start = lines(&app, 0).await.last().map_or(0, |line| line.0);
        let (person, mentor) = (app.world.participant.id, app.world.mentor.id);
        let list = app.get(&format!("/v1/participants/{person}/assignments")).by(&app.world.manager).expect(200).await.json();
        let of_mentor = |one: &&serde_json::Value| one["staff_id"] == json!(mentor);
        let id = list["items"].as_array().unwrap().iter().find(of_mentor).unwrap()["id"].as_str().unwrap().to_owned();
        app.post(&format!("/v1/assignments/{id}/end")).by(&app.world.manager).expect(200).await;
        let told: HashSet<(String, Uuid, Option<Uuid>, String)> =
            lines(&app, start).await.into_iter().map(|(_, kind, subject, audience, what)| (kind, subject, audience, what)).collect();
        assert!(told.contains(&("participant".to_owned(), person, Some(mentor), "revoke".to_owned())), "{told:?}");
        assert!(told.contains(&("assignment".to_owned(), id.parse().unwrap(), None, "upsert".to_owned())), "{told:?}");
    }

    async fn what_is_no_more_is_told_for_400_days_and_what_is_there_for_good(app: TestApp) {
        let start = lines(&app, 0).await.last().map_or(0, |line| line.0);
        let (there, gone, later) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        note(&app, there, Operation::Upsert).await;
        note(&app, gone, Operation::Delete).await;
        background::tidy(&app.app).await.unwrap();
        app.clock.advance(TimeDelta::days(1));
        note(&app, later, Operation::Delete).await;
        background::tidy(&app.app).await.unwrap();
        let subjects = async || lines(&app, start).await.into_iter().map(|line| line.2).collect::<Vec<_>>();
        app.clock.advance(TimeDelta::days(398));
        background::tidy(&app.app).await.unwrap();
        assert_eq!((subjects().await, forgotten(&app).await), (vec![there, gone, later], 0));
        app.clock.advance(TimeDelta::days(1));
        background::tidy(&app.app).await.unwrap();
        assert_eq!((subjects().await, forgotten(&app).await), (vec![there, later], start + 2));
        app.clock.advance(TimeDelta::days(2));
        background::tidy(&app.app).await.unwrap();
        assert_eq!((subjects().await, forgotten(&app).await), (vec![there], start + 3));
    }

    async fn whoever_follows_the_feed_while_many_write_misses_nothing(app: TestApp) {
        const WRITERS: usize = 4;
        const EACH: usize = 60;
        // A few things, which all change again and again: a follower need not see each change, but must end with the last of each.
        let things: Vec<Uuid> = (0..20).map(|_| Uuid::now_v7()).collect();
        let start = lines(&app, 0).await.last().map_or(0, |line| line.0);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (db, centre, things) = (app.app.db.clone(), app.world.centre, things.clone());
                tokio::spawn(async move {
                    for turn in 0..EACH {
                        let mut tx = db.write().await.unwrap();
                        for step in 0..=turn % 3 {
                            tx.changed(change(centre, things[(writer * 7 + turn * 3 + step * 5) % things.len()], Operation::Upsert));
                        }
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        let (mut cursor, mut seen) = (start, BTreeMap::new());
        loop {
            let is_over = writers.iter().all(tokio::task::JoinHandle::is_finished);
            for (position, _, subject, ..) in lines(&app, cursor).await {
                assert!(position > cursor);
                cursor = position;
                seen.insert(subject, position);
            }
            if is_over {
                break;
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let fresh: BTreeMap<Uuid, i64> = lines(&app, start).await.into_iter().map(|line| (line.2, line.0)).collect();
        assert_eq!(seen, fresh, "as a fresh start would have it");
        assert_eq!(fresh.len(), things.len());
    }
}

/// A database that was never analysed has no idea how many changes a centre has, and must not read them all for each write.
#[tokio::test]
async fn sqlite_finds_the_former_change_by_its_subject() {
    let database = Database::sqlite().await;
    let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
    let found = statements()
        .into_iter()
        .filter(|one| one.sqlite.trim_start().starts_with("DELETE FROM change WHERE subject_id"));
    let found: Vec<_> = found.collect();
    assert_eq!(found.len(), 1);
    for statement in found {
        let text = format!("EXPLAIN QUERY PLAN {}", statement.sqlite);
        let plan = connection.fetch_all(AssertSqlSafe(text).into_sql_str()).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|step| step.get("detail")).collect();
        assert!(
            steps
                .iter()
                .all(|step| step.contains("USING INDEX change_by_subject (subject_id=? AND subject_kind=?")),
            "{steps:?}"
        );
    }
}

//! Cursors that are bent, old, somebody else's, or of a database that is no more.

use super::Phone;
use crate::appointments::schedule;
use care::sync::epoch;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn bad_input_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        let cursor = Phone::fresh(&app, &world.mentor).await.cursor.unwrap();
        let refused = async |query: &str| {
            let problem = app.get(&format!("/v1/sync?{query}")).by(&world.mentor).refused(ProblemCode::Invalid).await;
            problem.errors[0].pointer.clone()
        };
        let bent = format!("{}A{}", &cursor[..40], &cursor[41..]);
        assert_ne!(bent, cursor);
        for (query, field) in [
            (format!("cursor={}", &cursor[..cursor.len() - 1]), "?cursor"),
            (format!("cursor={bent}"), "?cursor"),
            (format!("cursor={}", "A".repeat(513)), "?cursor"),
            ("cursor=".to_owned(), "?cursor"),
            ("cursor=%00".to_owned(), "?cursor"),
            ("limit=0".to_owned(), "?limit"),
            ("limit=-1".to_owned(), "?limit"),
            ("limit=201".to_owned(), "?limit"),
            ("limit=1000000000".to_owned(), "?limit"),
            ("limit=ten".to_owned(), "?limit"),
            ("since=2026-01-01".to_owned(), "?since"),
            (format!("cursor={cursor}&cursor={cursor}"), "?cursor"),
        ] {
            assert_eq!(refused(&query).await, field, "{query}");
        }
        // Somebody else's, with the same role and the same people, too.
        let foreign = app.get(&format!("/v1/sync?cursor={cursor}")).by(&world.counsellor).refused(ProblemCode::Invalid).await;
        assert_eq!((&*foreign.errors[0].pointer, &*foreign.errors[0].code), ("?cursor", "not_yours"));
        app.get(&format!("/v1/sync?cursor={cursor}")).by(&world.mentor).expect(200).await;
    }

    async fn who_was_away_too_long_begins_again(app: TestApp) {
        let world = &app.world;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        schedule(&app, "2026-11-25T10:00:00").await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE change_counter SET forgotten = position WHERE centre_id = $1")).bind(world.centre).execute().await.unwrap();
        tx.commit().await.unwrap();
        let held = ("appointments".to_owned(), "of which nobody told it that it is gone".to_owned());
        phone.things.insert(held, json!({}));
        phone.follow(&app, &world.mentor, 1).await;
        assert_eq!(phone.started, ["first", "too_old"]);
        assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
    }

    async fn who_sees_something_else_begins_again(app: TestApp) {
        let world = &app.world;
        schedule(&app, "2026-11-25T10:00:00").await;
        let mut phone = Phone::fresh(&app, &world.mentor).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE staff SET role = 'manager' WHERE id = $1")).bind(world.mentor.id).execute().await.unwrap();
        tx.commit().await.unwrap();
        phone.follow(&app, &world.mentor, 200).await;
        assert_eq!(phone.started, ["first", "scope_changed"]);
        assert_eq!(phone.ids("participants").len(), 2);
    }

    /// The older copy has the same beginning; what came behind it is lost, and the feed counts on from there.
    async fn an_older_copy_of_the_database_is_noticed(app: TestApp) {
        let world = &app.world;
        epoch::begin(&app.app).await.unwrap();
        schedule(&app, "2026-11-25T10:00:00").await;
        let mut before = Phone::fresh(&app, &world.mentor).await;
        let copied: i64 = {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!("SELECT position FROM change_counter WHERE centre_id = $1")).bind(world.centre).scalar().await.unwrap()
        };
        for day in 24..28 {
            schedule(&app, &format!("2026-11-{day}T15:00:00")).await;
        }
        let mut behind = Phone::fresh(&app, &world.mentor).await;
        assert_eq!(behind.ids("appointments").len(), 5);
        let mut tx = app.app.db.write().await.unwrap();
        for statement in [
            sql!("DELETE FROM reminder_facts WHERE reminder_id IN (SELECT reminder.id FROM reminder JOIN change ON change.subject_id = reminder.subject_id WHERE change.position > $1)"),
            sql!("DELETE FROM reminder WHERE subject_id IN (SELECT subject_id FROM change WHERE position > $1)"),
            sql!("DELETE FROM appointment WHERE id IN (SELECT subject_id FROM change WHERE position > $1)"),
            sql!("DELETE FROM change WHERE position > $1"),
            sql!("UPDATE change_counter SET position = $1 WHERE position > $1"),
        ] {
            tx.query(statement).bind(copied).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        // As long as nothing was written since, the phone is ahead of the database.
        let mut at_once = behind.clone();
        at_once.follow(&app, &world.mentor, 200).await;
        assert_eq!(at_once.started, ["first", "restored"]);
        // Later the feed is longer than ever; the epoch tells.
        epoch::begin(&app.app).await.unwrap();
        for day in 4..12 {
            schedule(&app, &format!("2026-12-{day:02}T15:00:00")).await;
        }
        behind.follow(&app, &world.mentor, 200).await;
        assert_eq!(behind.started, ["first", "restored"]);
        assert_eq!(behind.things, Phone::fresh(&app, &world.mentor).await.things);
        before.follow(&app, &world.mentor, 200).await;
        assert_eq!(before.started, ["first"], "what it has is in the copy as well");
        assert_eq!(before.things, behind.things);
        // The copy was in use elsewhere under the same number.
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE epoch SET id = $1")).bind(uuid::Uuid::now_v7()).execute().await.unwrap();
        tx.commit().await.unwrap();
        before.follow(&app, &world.mentor, 200).await;
        assert_eq!(before.started, ["first", "restored"]);
    }

    async fn a_restart_alone_begins_nothing_again(app: TestApp) {
        let world = &app.world;
        for _ in 0..3 {
            epoch::begin(&app.app).await.unwrap();
        }
        let (one, other) = tokio::join!(epoch::begin(&app.app), epoch::begin(&app.app));
        one.and(other).unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let begun: i64 = tx.query(sql!("SELECT count(*) FROM epoch")).scalar().await.unwrap();
        assert!((4..=5).contains(&begun), "{begun}");
        drop(tx);
        let mut phone = Phone::default();
        for day in 24..28 {
            schedule(&app, &format!("2026-11-{day}T15:00:00")).await;
            phone.ask(&app, &world.mentor, 1).await;
            epoch::begin(&app.app).await.unwrap();
        }
        phone.follow(&app, &world.mentor, 1).await;
        assert_eq!(phone.started, ["first"]);
        assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
    }
}

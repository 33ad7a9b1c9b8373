//! What is to be looked at again: nothing is lost on the way, one bad thing stops nobody, and nobody is starved.

use super::schedule;
use chrono::TimeDelta;
use contract::{CentreId, time::Instant};
use db::sql;
use kernel::agenda::{self, Kind};
use muwakaba::{
    background::{self, reconciler},
    retention::Retention,
};
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// The words of all that is on the agenda but for what is looked at as time passes, what was set aside with its fault.
async fn listed(app: &TestApp) -> Vec<(Uuid, Option<Instant>, Option<String>)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT subject_id, ready_at, fault FROM agenda WHERE subject_kind NOT IN ('appointment_follow_up', 'work_item', 'contact', 'participant_lead', 'digest') ORDER BY ready_at, subject_id"))
        .all()
        .await
        .unwrap()
}

async fn note(app: &TestApp, ids: &[Uuid], at: Instant) {
    let mut tx = app.app.db.write().await.unwrap();
    agenda::note(&mut tx, Kind::new("appointment"), app.world.centre, ids, at).await.unwrap();
    tx.commit().await.unwrap();
}

async fn appointments<const N: usize>(app: &TestApp) -> [Uuid; N] {
    let mut ids = [Uuid::nil(); N];
    for (number, id) in ids.iter_mut().enumerate() {
        let made = schedule(app, &format!("2026-12-{:02}T10:00:00", 8 + number)).await;
        *id = made.header("location").rsplit('/').next().unwrap().parse().unwrap();
    }
    ids
}

/// Plans that were thrown away, so that looking at an appointment can be seen.
async fn forget_plans(app: &TestApp) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.query(sql!(
        "UPDATE reminder SET due_at = expires_at WHERE state = 'planned' AND purpose = 'appointment_soon'"
    ))
    .execute()
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn planned(app: &TestApp) -> usize {
    let mut tx = app.app.db.read().await.unwrap();
    let statement = sql!(
        "SELECT count(*) FROM reminder WHERE state = 'planned' AND purpose = 'appointment_soon' AND due_at < expires_at"
    );
    usize::try_from(tx.query(statement).scalar::<i64>().await.unwrap()).unwrap()
}

both_databases! {
    async fn a_thing_that_cannot_be_dealt_with_is_set_aside_and_stops_none_of_the_others(app: TestApp) {
        let [first, bad, last] = appointments(&app).await;
        forget_plans(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        // Nothing that this service writes.
        tx.query(sql!("UPDATE appointment SET local_start = 'never' WHERE id = $1")).bind(bad).execute().await.unwrap();
        tx.commit().await.unwrap();
        note(&app, &[first, bad, last], app.now()).await;
        for round in 1..=3 {
            reconciler::run(&app.app).await.unwrap();
            assert_eq!(planned(&app).await, 2, "the others are dealt with at once");
            let left = listed(&app).await;
            assert_eq!((left.len(), left[0].0), (1, bad));
            assert_eq!(left[0].1.is_none(), round == 3, "it is tried three times");
            app.clock.advance(TimeDelta::minutes(1));
        }
        let aside = agenda::set_aside(&mut app.app.db.read().await.unwrap(), 5).await.unwrap();
        assert_eq!((aside.count, aside.some.len()), (1, 1));
        assert!(aside.some[0].starts_with(&format!("appointment {bad} (")), "{}", aside.some[0]);
        // Nobody touches it any more, until it is noted anew.
        app.clock.advance(TimeDelta::days(30));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(planned(&app).await, 2);
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE appointment SET local_start = '2026-12-09T10:00:00' WHERE id = $1")).bind(bad).execute().await.unwrap();
        tx.commit().await.unwrap();
        note(&app, &[bad], app.now()).await;
        assert_eq!(reconciler::run(&app.app).await.unwrap(), 1);
        assert_eq!(listed(&app).await, []);
    }

    async fn what_fails_on_the_way_is_done_later_whole(app: TestApp) {
        let [id] = appointments(&app).await;
        for n in 1..100 {
            forget_plans(&app).await;
            note(&app, &[id], app.now()).await;
            app.faults.arm(n);
            let _ = reconciler::run(&app.app).await;
            let is_over = app.faults.disarm();
            // What failed may be rolled back behind its caller's back on PostgreSQL, and holds the rows until then.
            let mut tx = app.app.db.write().await.unwrap();
            tx.query(sql!("SELECT id FROM appointment WHERE id = $1", pg " FOR UPDATE")).bind(id).scalar::<Uuid>().await.unwrap();
            tx.query(sql!("SELECT subject_id FROM agenda WHERE subject_id = $1", pg " FOR UPDATE")).bind(id).optional_scalar::<Uuid>().await.unwrap();
            tx.commit().await.unwrap();
            // Its lease runs out, or its pause is over.
            app.clock.advance(TimeDelta::minutes(3));
            reconciler::run(&app.app).await.unwrap();
            assert_eq!((planned(&app).await, listed(&app).await.len()), (1, 0), "fault {n}");
            if is_over {
                assert!(n > 6, "only {n} statements");
                return;
            }
        }
        panic!("it never ends");
    }

    async fn what_is_noted_for_later_waits_and_what_is_noted_twice_is_looked_at_at_the_earlier(app: TestApp) {
        let [id] = appointments(&app).await;
        forget_plans(&app).await;
        let later = app.now().saturating_add(TimeDelta::hours(2));
        note(&app, &[id], later).await;
        note(&app, &[id], later.saturating_add(TimeDelta::hours(1))).await;
        assert_eq!(reconciler::run(&app.app).await.unwrap(), 0);
        app.clock.advance(TimeDelta::hours(2));
        assert_eq!((reconciler::run(&app.app).await.unwrap(), planned(&app).await), (1, 1));
    }

    async fn who_is_held_is_left_for_a_moment_and_not_waited_for(app: TestApp) {
        // SQLite has one writer: nobody holds anything beside it.
        if app.app.db.is_embedded() {
            return;
        }
        let [held, free] = appointments(&app).await;
        forget_plans(&app).await;
        let mut other = app.app.db.write().await.unwrap();
        let hold = sql!("SELECT id FROM appointment WHERE id = $1", pg " FOR UPDATE");
        other.query(hold).bind(held).scalar::<Uuid>().await.unwrap();
        note(&app, &[held, free], app.now()).await;
        assert_eq!((reconciler::run(&app.app).await.unwrap(), planned(&app).await), (2, 1));
        other.commit().await.unwrap();
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!((reconciler::run(&app.app).await.unwrap(), planned(&app).await), (1, 2));
    }

    async fn two_nodes_deal_with_each_thing_once(app: TestApp) {
        let ids: [Uuid; 20] = appointments(&app).await;
        note(&app, &ids, app.now()).await;
        let (one, other) = tokio::join!(reconciler::run(&app.app), reconciler::run(&app.app));
        assert_eq!(one.unwrap() + other.unwrap(), ids.len());
        assert_eq!(listed(&app).await, []);
    }

    async fn a_large_centre_keeps_another_waiting_for_a_page_at_most(app: TestApp) {
        let [own] = appointments(&app).await;
        // Three pages of a large centre, which hold nobody's time.
        let large = Uuid::now_v7();
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("INSERT INTO centre (id, name, zone, calendar, reminder_policy, version, created_at) SELECT $1, name, zone, calendar, reminder_policy, version, created_at FROM centre WHERE id = $2"))
            .bind(large).bind(app.world.centre).execute().await.unwrap();
        for _ in 0..1_100 {
            tx.query(sql!(
                "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone, starts_at, ends_at,
                                          holds_time, place_kind, created_by, created_at, version)
                 SELECT $1, $2, participant_id, host_id, kind, state, local_start, local_end, zone, starts_at, ends_at,
                        FALSE, place_kind, created_by, created_at, version
                 FROM appointment WHERE id = $3"
            ))
            .bind(Uuid::now_v7()).bind(large).bind(own).execute().await.unwrap();
        }
        agenda::note(&mut tx, Kind::new("centre"), CentreId(large), &[large], app.now()).await.unwrap();
        tx.commit().await.unwrap();
        // Until its first page is there.
        while listed(&app).await.len() < 500 {
            assert_eq!(reconciler::round(&app.app).await.unwrap(), 1);
        }
        app.clock.advance(TimeDelta::seconds(1));
        note(&app, &[own], app.now()).await;
        app.clock.advance(TimeDelta::seconds(1));
        let mut rounds = 0;
        while listed(&app).await.iter().any(|line| line.0 == own) {
            assert!(reconciler::round(&app.app).await.unwrap() > 0);
            rounds += 1;
        }
        assert!(rounds <= 6, "five rounds are a page, and ours was in the sixth at the latest: {rounds}");
        assert!(listed(&app).await.iter().any(|line| line.0 == large), "the large centre has more to come");
    }

    async fn a_running_service_follows_a_new_policy_by_itself(app: TestApp) {
        let [_] = appointments(&app).await;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        background::start(&app.app, Retention::default(), &tasks, &stop);
        let path = format!("/v1/centres/{}", app.world.centre);
        let change = json!({"reminder_policy": {"appointments": {"lead_times": []}}});
        app.patch(&path).by(&app.world.manager).if_match(1).json(change).expect(200).await;
        let begun = std::time::Instant::now();
        while planned(&app).await > 0 || !listed(&app).await.is_empty() {
            assert!(begun.elapsed().as_secs() < 20, "nobody looked at the agenda");
            tokio::task::yield_now().await;
        }
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }

    async fn what_is_noted_for_later_while_somebody_has_it_in_hand_is_not_struck_off_with_theirs(app: TestApp) {
        let [id] = appointments(&app).await;
        note(&app, &[id], app.now()).await;
        // As a claim leaves it.
        let lease = app.now().saturating_add(TimeDelta::minutes(2));
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE agenda SET ready_at = $1, claims = 1")).bind(lease).execute().await.unwrap();
        tx.commit().await.unwrap();
        note(&app, &[id], app.now().saturating_add(TimeDelta::days(3))).await;
        let left = listed(&app).await;
        assert!(left[0].1.unwrap() < lease, "whoever settles by the lease finds it no more: {left:?}");
        assert!(left[0].1.unwrap() >= lease.saturating_sub(TimeDelta::seconds(1)), "and nobody takes it before that ends");
    }

    async fn what_holds_a_word_of_tomorrow_is_left_to_others_however_often(app: TestApp) {
        let [later, own] = appointments(&app).await;
        forget_plans(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE appointment SET kind = 'a_word_of_tomorrow' WHERE id = $1")).bind(later).execute().await.unwrap();
        tx.commit().await.unwrap();
        note(&app, &[later, own], app.now()).await;
        for _ in 0..5 {
            reconciler::run(&app.app).await.unwrap();
            assert_eq!(planned(&app).await, 1, "what is known is dealt with at once");
            let left = listed(&app).await;
            assert_eq!((left.len(), left[0].0, left[0].1.is_some()), (1, later, true), "{left:?}");
            app.clock.advance(TimeDelta::minutes(1));
        }
    }
}

//! What ends a referral besides what is done with it, and what time does to it.

use super::{asked, seen, sent, step, withdraw};
use crate::{
    appointments::audited,
    people::{close_file, reopen_file},
};
use chrono::TimeDelta;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

async fn ended(app: &TestApp, path: &str) -> (Value, Value) {
    let referral = seen(app, &app.world.manager, path).await;
    (referral["state"].clone(), referral["ended_because"].clone())
}

/// How often the open work item of an unanswered referral was raised.
async fn unanswered(app: &TestApp) -> Option<i64> {
    let query = format!("?participant_id={}", app.world.participant.id);
    let items = crate::work_items::list(app, &app.world.manager, &query).await;
    let item = items.iter().find(|item| item["cause"] == json!("referral_unanswered"))?;
    item["times"].as_i64()
}

both_databases! {
    async fn who_takes_consent_back_revokes_it_in_the_same_moment(app: TestApp) {
        let path = asked(&app).await;
        let id = path.rsplit('/').next().unwrap().to_owned();
        sent(&app, &path, 1).await;
        step(&app, &path, "record-answer", 2, Some(json!({"answer": "accepted"}))).await;
        let withdrawn = withdraw(&app, &id).await.json();
        assert_eq!((&withdrawn["referrals_revoked"], &withdrawn["consent"]["state"]), (&json!(1), &json!("withdrawn")));
        assert_eq!(ended(&app, &path).await, (json!("revoked"), json!("consent_ended")));
        assert_eq!(audited(&app, "referral.revoke").await, 1);
    }

    async fn what_is_over_stays_as_it_ended(app: TestApp) {
        let path = asked(&app).await;
        step(&app, &path, "record-answer", 1, Some(json!({"answer": "refused", "refusal": "no_place"}))).await;
        let withdrawn = withdraw(&app, path.rsplit('/').next().unwrap()).await.json();
        assert_eq!(withdrawn["referrals_revoked"], json!(0));
        assert_eq!(ended(&app, &path).await.0, json!("refused"));
    }

    async fn a_closed_file_and_a_move_end_what_is_open(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        close_file(&app, world.participant.id).await;
        assert_eq!(ended(&app, &path).await, (json!("revoked"), json!("file_closed")));
        reopen_file(&app, world.participant.id).await;
        let next = asked(&app).await;
        crate::hand_overs::moved(&app, world.participant.id).await;
        app.get(&next).by(&world.manager).expect(404).await;
        let there = seen(&app, &world.other_manager, &next).await;
        assert_eq!((&there["state"], &there["ended_because"]), (&json!("revoked"), &json!("person_moved")));
    }

    async fn what_a_partner_does_not_answer_becomes_work_after_a_week_and_again_when_the_link_has_run_out(app: TestApp) {
        let path = asked(&app).await;
        sent(&app, &path, 1).await;
        let pass = async |days| {
            app.clock.advance(TimeDelta::days(days));
            reconciler::run(&app.app).await.unwrap();
        };
        pass(6).await;
        assert_eq!(unanswered(&app).await, None);
        pass(1).await;
        assert_eq!(unanswered(&app).await, Some(1));
        // Sent anew, the partner has time again.
        sent(&app, &path, 2).await;
        assert_eq!(unanswered(&app).await, None);
        pass(7).await;
        assert_eq!(unanswered(&app).await, Some(1));
        pass(7).await;
        assert_eq!((unanswered(&app).await, ended(&app, &path).await.0), (Some(2), json!("sent")));
        pass(30).await;
        assert_eq!(unanswered(&app).await, Some(2), "nobody is told of the same for ever");
        step(&app, &path, "record-answer", 3, Some(json!({"answer": "accepted"}))).await;
        assert_eq!(unanswered(&app).await, None);
    }

    async fn what_is_revoked_is_nobodys_work(app: TestApp) {
        let path = asked(&app).await;
        sent(&app, &path, 1).await;
        app.clock.advance(TimeDelta::days(8));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(unanswered(&app).await, Some(1));
        withdraw(&app, path.rsplit('/').next().unwrap()).await;
        assert_eq!(unanswered(&app).await, None);
    }
}

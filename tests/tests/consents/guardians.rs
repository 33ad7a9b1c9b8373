//! Somebody under age and their guardian: both must agree, until the day on which they are of age.

use super::{consent, give, with, withdraw};
use crate::{
    notifications::{dispatch, phone, push_service},
    referrals,
};
use care::consent::{ConsentPurpose, holds};
use chrono::TimeDelta;
use contract::{ParticipantId, ProblemCode};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::{Value, json};

const GUARDIAN: &str = "Hadda Bennani";

/// The participant is under age until the end of June.
async fn under_age(app: &TestApp) {
    let file = json!({"minor_until": "2027-06-30", "guardian": {"name": GUARDIAN}});
    change(app, file).await;
}

async fn change(app: &TestApp, file: Value) {
    let path = format!("/v1/participants/{}", app.world.participant.id);
    let manager = app.world.manager.again(&app.app);
    app.patch(&path).by(&manager).header("if-match", "*").json(file).expect(200).await;
}

/// That the guardian agrees to this.
fn of_guardian(app: &TestApp, purpose: &str) -> Value {
    with(consent(app, purpose), &json!({"given_by": "guardian"}))
}

async fn no_of_guardian(app: &TestApp, purpose: &str) -> Answer {
    let body =
        json!({"participant_id": app.world.participant.id, "purpose": purpose, "given_by": "guardian"});
    app.post("/v1/consents/withdraw").by(&app.world.mentor.again(&app.app)).json(body).expect(200).await
}

async fn holds_now(app: &TestApp, purpose: ConsentPurpose) -> bool {
    let mut tx = app.app.db.read().await.unwrap();
    holds(&app.app, &mut tx, ParticipantId(app.world.participant.id), purpose, None, app.now()).await.unwrap()
}

/// What the agenda has: what a person's age noted, and then each consent.
async fn look_again(app: &TestApp) {
    for _ in 0..2 {
        reconciler::run(&app.app).await.unwrap();
    }
}

async fn is_push_forbidden(app: &TestApp) -> bool {
    let mut tx = app.app.db.read().await.unwrap();
    let rows: i64 = tx
        .query(sql!("SELECT count(*) FROM push_forbidden WHERE person_id = $1"))
        .bind(app.world.participant.id)
        .scalar()
        .await
        .unwrap();
    rows > 0
}

both_databases! {
    async fn one_of_the_two_is_not_enough(app: TestApp) {
        let world = &app.world;
        under_age(&app).await;
        let own = give(&app, &world.participant, consent(&app, "sms")).await.json();
        assert_eq!((&own["state"], &own["is_in_force"], own.get("guardian_state")), (&json!("given"), &json!(false), None));
        assert!(!holds_now(&app, ConsentPurpose::Sms).await);
        let both = give(&app, &world.mentor, of_guardian(&app, "sms")).await;
        let json = both.json();
        assert_eq!((&json["guardian_state"], &json["is_in_force"], &json["version"]), (&json!("given"), &json!(true), &json!(2)));
        assert!(holds_now(&app, ConsentPurpose::Sms).await);
        // The guardian first, and then the participant: the same.
        let first = give(&app, &world.mentor, of_guardian(&app, "statistics")).await.json();
        assert_eq!((&first["state"], &first["is_in_force"]), (&json!("withdrawn"), &json!(false)));
        let second = give(&app, &world.participant, consent(&app, "statistics")).await.json();
        assert_eq!((&second["state"], &second["is_in_force"]), (&json!("given"), &json!(true)));
        // Who said what stands in the ledger, and is read by whoever reads it.
        let path = format!("/v1/consents/{}/entries", both.string("/id"));
        for person in [&world.participant, &world.mentor, &world.manager] {
            let entries = app.get(&path).by(&person.again(&app.app)).expect(200).await.json();
            let lines: Vec<_> = entries["items"].as_array().unwrap().iter()
                .map(|one| (one["given_by"].clone(), one["guardian"].clone(), one["recorded_by"].clone())).collect();
            assert_eq!(lines, [
                (json!("guardian"), json!(GUARDIAN), json!(world.mentor.id)),
                (json!("participant"), Value::Null, json!(world.participant.id)),
            ]);
        }
        // Either of them ends it.
        assert_eq!(no_of_guardian(&app, "sms").await.json()["consent"]["is_in_force"], json!(false));
        assert!(!holds_now(&app, ConsentPurpose::Sms).await);
        withdraw(&app, &world.participant, "statistics").await;
        assert!(!holds_now(&app, ConsentPurpose::Statistics).await);
    }

    async fn who_says_no_after_their_guardian_said_yes_says_it_then(app: TestApp) {
        let world = &app.world;
        under_age(&app).await;
        give(&app, &world.mentor, of_guardian(&app, "statistics")).await;
        app.clock.advance(TimeDelta::hours(1));
        let said = withdraw(&app, &world.participant, "statistics").await.json();
        assert_eq!((&said["consent"]["state"], &said["consent"]["since"]), (&json!("withdrawn"), &json!(app.now())));
        // Again, and it is so since then.
        app.clock.advance(TimeDelta::hours(1));
        let again = withdraw(&app, &world.participant, "statistics").await.json();
        assert_eq!(again["consent"]["since"], said["consent"]["since"]);
    }

    async fn from_the_day_after_on_their_own_word_is_enough(app: TestApp) {
        let world = &app.world;
        under_age(&app).await;
        give(&app, &world.participant, consent(&app, "push_abroad")).await;
        assert!(is_push_forbidden(&app).await);
        let until = app.now();
        let midnight = "2027-07-01T00:00:00Z".parse::<contract::time::Instant>().unwrap();
        app.clock.advance(midnight.to_chrono() - until.to_chrono() - TimeDelta::seconds(1));
        look_again(&app).await;
        assert!(is_push_forbidden(&app).await && !holds_now(&app, ConsentPurpose::PushAbroad).await);
        app.clock.advance(TimeDelta::seconds(1));
        assert!(holds_now(&app, ConsentPurpose::PushAbroad).await, "whether or not the agenda was there");
        look_again(&app).await;
        assert!(!is_push_forbidden(&app).await);
        // What a guardian says now is kept, and changes nothing; a "yes" of theirs has no place any more.
        let said = no_of_guardian(&app, "push_abroad").await.json();
        assert_eq!((&said["consent"]["is_in_force"], &said["is_push_stopped"]), (&json!(true), &json!(false)));
        assert!(!is_push_forbidden(&app).await && holds_now(&app, ConsentPurpose::PushAbroad).await);
        let problem = app.post("/v1/consents").by(&world.mentor.again(&app.app)).json(of_guardian(&app, "sms"))
            .refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/given_by", "not_allowed"));
    }

    async fn what_runs_out_for_one_of_the_two_is_over(app: TestApp) {
        let world = &app.world;
        under_age(&app).await;
        give(&app, &world.participant, consent(&app, "sms")).await;
        let until = with(of_guardian(&app, "sms"), &json!({"expires_at": "2026-11-23T12:00:00Z"}));
        let path = format!("/v1/consents/{}", give(&app, &world.mentor, until).await.string("/id"));
        assert!(holds_now(&app, ConsentPurpose::Sms).await);
        app.clock.advance(TimeDelta::hours(3));
        assert!(!holds_now(&app, ConsentPurpose::Sms).await);
        look_again(&app).await;
        let stands = app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await.json();
        assert_eq!(
            (&stands["state"], &stands["guardian_state"], &stands["is_in_force"], &stands["version"]),
            (&json!("given"), &json!("expired"), &json!(false), &json!(3))
        );
    }

    async fn nothing_is_pushed_without_the_guardian_and_at_once_no_more(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.participant).await;
        under_age(&app).await;
        give(&app, &world.participant, consent(&app, "push_abroad")).await;
        give(&app, &world.mentor, of_guardian(&app, "push_abroad")).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        assert_eq!(dispatch(&app).await.delivered, 1);
        let said = no_of_guardian(&app, "push_abroad").await.json();
        assert_eq!(said["is_push_stopped"], json!(true));
        crate::appointments::schedule(&app, "2026-12-02T10:00:00").await;
        assert_eq!(dispatch(&app).await.in_app, 1);
    }

    async fn a_file_that_says_only_now_that_somebody_is_under_age_leaves_nothing_in_force(app: TestApp) {
        let world = &app.world;
        give(&app, &world.participant, consent(&app, "push_abroad")).await;
        assert!(holds_now(&app, ConsentPurpose::PushAbroad).await && !is_push_forbidden(&app).await);
        under_age(&app).await;
        assert!(!holds_now(&app, ConsentPurpose::PushAbroad).await);
        look_again(&app).await;
        assert!(is_push_forbidden(&app).await);
        // It was a mistake.
        change(&app, json!({"minor_until": null, "guardian": null})).await;
        look_again(&app).await;
        assert!(holds_now(&app, ConsentPurpose::PushAbroad).await && !is_push_forbidden(&app).await);
    }

    async fn a_referral_needs_both_and_ends_with_either(app: TestApp) {
        let world = &app.world;
        under_age(&app).await;
        let partner = referrals::partner(&app).await;
        let new = referrals::new_referral(&app, &partner);
        let problem = app.post("/v1/referrals").by(&world.mentor.again(&app.app)).json(new.clone()).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/consent/guardian_agrees", "required"));
        let mut both = new;
        both["consent"]["guardian_agrees"] = json!(true);
        let asked = referrals::ask(&app, &world.mentor, both.clone()).await;
        let path = asked.header("location").to_owned();
        referrals::sent(&app, &path, 1).await;
        let body = json!({
            "participant_id": world.participant.id, "purpose": "referral", "subject_id": asked.string("/id"), "given_by": "guardian",
        });
        let no = app.post("/v1/consents/withdraw").by(&world.mentor.again(&app.app)).json(body).expect(200).await;
        assert_eq!(no.json()["referrals_revoked"], json!(1));
        assert_eq!(referrals::seen(&app, &world.participant, &path).await["state"], "revoked");
        // Of somebody of age there is no guardian to ask.
        change(&app, json!({"minor_until": null, "guardian": null})).await;
        let problem = app.post("/v1/referrals").by(&world.mentor.again(&app.app)).json(both).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/consent/guardian_agrees", "not_allowed"));
    }

    async fn who_can_speak_for_a_guardian(app: TestApp) {
        let world = &app.world;
        let refused = async |person: &muwakaba_tests::SignedIn, body: Value| {
            let problem = app.post("/v1/consents").by(&person.again(&app.app)).json(body).refused(ProblemCode::Invalid).await;
            (problem.errors[0].pointer.clone(), problem.errors[0].code.clone())
        };
        let fault = |code: &str| ("/given_by".to_owned(), code.to_owned());
        assert_eq!(refused(&world.mentor, of_guardian(&app, "sms")).await, fault("not_allowed"));
        change(&app, json!({"minor_until": "2027-06-30"})).await;
        assert_eq!(refused(&world.mentor, of_guardian(&app, "sms")).await, fault("unknown"));
        under_age(&app).await;
        assert_eq!(refused(&world.participant, of_guardian(&app, "sms")).await, fault("not_allowed"));
        let body = json!({"participant_id": world.participant.id, "purpose": "sms", "given_by": "guardian"});
        let no = app.post("/v1/consents/withdraw").by(&world.participant).json(body).refused(ProblemCode::Invalid).await;
        assert_eq!(no.errors[0].pointer, "/given_by");
        give(&app, &world.counsellor, of_guardian(&app, "sms")).await;
    }
}

//! What an employer may know rests on the participant's consent, and ends with it, at once and for everybody to see who accompanies them.

use super::{command, new_placement, over, phones::recorded, record, states};
use crate::{
    appointments::audited,
    consents::{contact, give, with, withdraw_contact},
    sync::Phone,
    visits::{about, push, seen, words},
    work_items,
};
use chrono::TimeDelta;
use contract::ProblemCode;
use muwakaba::background::reconciler;
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

const KNOWS: &str = "agree-employer-knowledge";

fn helps() -> Value {
    json!({"employer_knowledge": "centre_helps", "agreed_on": "2026-11-20"})
}

fn by_employer() -> Value {
    json!({"milestone": "days_30", "evidence": "employer", "confidence": "high", "on": "2026-11-20"})
}

/// One since October whose employer may know that a centre helps.
async fn known(app: &TestApp) -> Answer {
    let id = Uuid::now_v7().to_string();
    give(app, &app.world.participant, contact(app, &id, "The bakery")).await;
    let fields = over(helps(), &json!({"id": id, "on": "2026-10-01"}));
    record(app, &app.world.mentor, over(new_placement(app), &fields)).await
}

async fn stands(app: &TestApp, placement: &Answer) -> Value {
    seen(app, &app.world.counsellor, placement.header("location")).await
}

both_databases! {
    async fn nothing_may_be_known_without_consent_to_this_employer(app: TestApp) {
        let world = &app.world;
        let placement = record(&app, &world.mentor, over(new_placement(&app), &json!({"on": "2026-10-01"}))).await;
        let agree = || app.post(&format!("{}/{KNOWS}", placement.header("location"))).by(&world.mentor.again(&app.app)).if_match(1).json(helps());
        let refused = async || {
            let problem = agree().refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/employer_knowledge", "no_consent"));
        };
        refused().await;
        // To contact with somebody else, or for a while that is over.
        give(&app, &world.participant, contact(&app, &Uuid::now_v7().to_string(), "The garage")).await;
        let for_an_hour = with(contact(&app, &placement.string("/id"), "The bakery"), &json!({"expires_at": "2026-11-23T11:00:00Z"}));
        give(&app, &world.participant, for_an_hour).await;
        app.clock.advance(TimeDelta::hours(2));
        refused().await;
        give(&app, &world.participant, contact(&app, &placement.string("/id"), "The bakery")).await;
        agree().expect(200).await;
    }

    async fn what_may_be_known_ends_with_the_consent_and_the_lead_sees_it(app: TestApp) {
        let world = &app.world;
        let placement = known(&app).await;
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        withdraw_contact(&app, &world.participant, "contact_employer", &placement.string("/id")).await;
        let now = stands(&app, &placement).await;
        assert_eq!((&now["employer_knowledge"], now.get("agreed_on"), now.get("witness_id"), &now["version"]), (&json!("nothing"), None, None, &json!(2)));
        assert_eq!((now["state"].clone(), audited(&app, "placement.end_employer_knowledge").await), (json!("running"), 1));
        assert_eq!(work_items::causes(&app, &world.mentor).await, ["employer_consent_ended"]);
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        let told = &phone.things[&("placements".to_owned(), placement.string("/id"))];
        assert_eq!(told["employer_knowledge"], json!("nothing"));
        let path = format!("{}/verify-milestone", placement.header("location"));
        let problem = app.post(&path).by(&world.mentor.again(&app.app)).if_match(2).json(by_employer()).refused(ProblemCode::Invalid).await;
        assert_eq!(&*problem.errors[0].pointer, "/evidence");
        // Said once more, nothing happens again; agreed to anew, nobody need see to it.
        withdraw_contact(&app, &world.participant, "contact_employer", &placement.string("/id")).await;
        assert_eq!(stands(&app, &placement).await["version"], json!(2));
        give(&app, &world.participant, contact(&app, &placement.string("/id"), "The bakery")).await;
        assert_eq!(stands(&app, &placement).await["employer_knowledge"], json!("nothing"), "what they may know is agreed on anew");
        command(&app, &placement, KNOWS, helps()).await;
        assert!(work_items::causes(&app, &world.mentor).await.is_empty());
    }

    async fn what_may_be_known_ends_when_the_time_of_the_consent_runs_out(app: TestApp) {
        let world = &app.world;
        let id = Uuid::now_v7().to_string();
        let for_a_day = with(contact(&app, &id, "The bakery"), &json!({"expires_at": "2026-11-24T10:00:00Z"}));
        give(&app, &world.participant, for_a_day).await;
        let placement = record(&app, &world.mentor, over(new_placement(&app), &over(helps(), &json!({"id": id})))).await;
        app.clock.advance(TimeDelta::days(1));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(stands(&app, &placement).await["employer_knowledge"], json!("nothing"));
        assert_eq!(work_items::causes(&app, &world.mentor).await, ["employer_consent_ended"]);
        command(&app, &placement, "end", json!({"reason": "better_job", "until": "2026-11-22"})).await;
        assert!(work_items::causes(&app, &world.mentor).await.is_empty());
    }

    async fn what_was_asked_without_network_while_it_held_is_kept_and_says_so(app: TestApp) {
        let world = &app.world;
        let placement = known(&app).await;
        let id = placement.string("/id");
        app.clock.advance(TimeDelta::minutes(1));
        let asked = about(&app, "verifyMilestone", &id, 1, &by_employer());
        app.clock.advance(TimeDelta::minutes(1));
        withdraw_contact(&app, &world.participant, "contact_employer", &id).await;
        app.clock.advance(TimeDelta::minutes(1));
        let later = about(&app, "verifyMilestone", &id, 2, &by_employer());
        assert_eq!(words(&push(&app, &world.counsellor, &[&later]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&asked, &asked]).await), ["applied", "duplicate"]);
        let now = stands(&app, &placement).await;
        assert_eq!((states(&now)[0].as_str(), &now["milestones"][0]["evidence_consent"]), ("achieved", &json!("ended_since")));
        assert_eq!(now["employer_knowledge"], json!("nothing"));
    }

    async fn a_placement_that_was_recorded_without_network_is_kept_without_what_was_agreed(app: TestApp) {
        let (world, id) = (&app.world, Uuid::now_v7().to_string());
        give(&app, &world.participant, contact(&app, &id, "The bakery")).await;
        app.clock.advance(TimeDelta::minutes(1));
        let agreed = recorded(&app, &over(new_placement(&app), &over(helps(), &json!({"id": id}))));
        app.clock.advance(TimeDelta::minutes(1));
        withdraw_contact(&app, &world.participant, "contact_employer", &id).await;
        assert_eq!(words(&push(&app, &world.mentor, &[&agreed]).await), ["applied"]);
        let now = seen(&app, &world.manager, &format!("/v1/placements/{id}")).await;
        assert_eq!((&now["state"], &now["employer_knowledge"]), (&json!("running"), &json!("nothing")));
        assert_eq!(work_items::causes(&app, &world.mentor).await, ["employer_consent_ended"]);
        // Without any consent it is said where it is wrong, and stays on the phone.
        let never = recorded(&app, &over(new_placement(&app), &over(helps(), &json!({"id": Uuid::now_v7()}))));
        let refused = push(&app, &world.mentor, &[&never]).await;
        assert_eq!(refused[0]["problem"]["errors"][0]["pointer"], json!("/body/employer_knowledge"));
    }

    async fn a_consent_of_somebody_else_ends_nothing(app: TestApp) {
        let world = &app.world;
        let placement = known(&app).await;
        let body = json!({"participant_id": world.other_participant.id, "purpose": "contact_employer", "subject_id": placement.string("/id"), "whom": "The bakery", "wording_version": "2026-11", "language": "ar"});
        give(&app, &world.other_participant, body).await;
        let body = json!({"participant_id": world.other_participant.id, "purpose": "contact_employer", "subject_id": placement.string("/id")});
        app.post("/v1/consents/withdraw").by(&world.other_participant.again(&app.app)).json(body).expect(200).await;
        assert_eq!(stands(&app, &placement).await["employer_knowledge"], json!("centre_helps"));
    }

    async fn what_was_agreed_is_read_by_whoever_agreed_and_ended_it_with_the_consent(app: TestApp) {
        let world = &app.world;
        let placement = known(&app).await;
        withdraw_contact(&app, &world.participant, "contact_employer", &placement.string("/id")).await;
        give(&app, &world.participant, contact(&app, &placement.string("/id"), "The bakery")).await;
        command(&app, &placement, KNOWS, json!({"employer_knowledge": "more", "agreed_on": "2026-11-21"})).await;
        let path = format!("{}/agreements", placement.header("location"));
        let all = seen(&app, &world.participant, &path).await;
        let told = |one: &Value| (one["version"].as_i64().unwrap(), one["employer_knowledge"].as_str().unwrap().to_owned(), one.get("agreed_on").cloned(), one.get("recorded_by").cloned());
        let mentor = Some(json!(world.mentor.id));
        assert_eq!(all["items"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), [
            (3, "more".to_owned(), Some(json!("2026-11-21")), mentor.clone()),
            (2, "nothing".to_owned(), None, None),
            (1, "centre_helps".to_owned(), Some(json!("2026-11-20")), mentor),
        ]);
        let ended: Vec<bool> = all["items"].as_array().unwrap().iter().map(|one| one.get("consent_ended_at").is_some()).collect();
        assert_eq!(ended, [false, true, false]);
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            assert_eq!(seen(&app, person, &path).await, all);
        }
        let first = seen(&app, &world.mentor, &format!("{path}?limit=2")).await;
        let rest = seen(&app, &world.mentor, &format!("{path}?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!((&rest["items"][0], rest.get("next_cursor")), (&all["items"][2], None));
        for person in [&world.other_mentor, &world.other_participant, &world.other_manager] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        app.get(&path).by(&world.observer).refused(ProblemCode::NotForThisRole).await;
    }
}

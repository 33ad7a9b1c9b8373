//! With a network and without, and whoever comes first: the participant's own word stands, and what asks for help is heard.

use super::{answers, command, open, over, raised, save, seen};
use crate::visits::phones::about;
use chrono::TimeDelta;
use contract::ProblemCode;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

/// Answers by one of the two ways, as somebody does who has the first version: who is online and is told that it is outdated looks, and sends
/// it again. Whether it was taken.
async fn answer(app: &TestApp, person: &SignedIn, path: &str, mood: &str, is_online: bool) -> bool {
    if is_online {
        let first = command(app, person, path, "submit", 1).json(answers(mood)).send().await;
        if first.status != 412 {
            return first.status == 200;
        }
        let now = seen(app, person, path).await;
        let can = now["possible_commands"].as_array().unwrap().contains(&json!("submit"));
        let version = now["version"].as_i64().unwrap();
        let second = command(app, person, path, "submit", version).json(answers(mood)).send().await;
        assert_eq!(second.status == 200, can, "what can be done is said");
        return can;
    }
    let id = path.rsplit('/').next().unwrap();
    let mutation = about(app, "submitCheckIn", id, 1, &answers(mood));
    let body = json!({"mutations": [mutation]});
    let sent = app.post("/v1/sync").by(&person.again(&app.app)).json(body).expect(200).await;
    sent.string("/results/0/result") == "applied"
}

both_databases! {
    async fn the_participants_own_word_stands_whoever_was_first_and_by_whichever_way(app: TestApp) {
        let world = &app.world;
        for own_is_online in [true, false] {
            for other_is_online in [true, false] {
                for own_is_first in [true, false] {
                    let (path, case) = (open(&app).await, format!("{own_is_online} {other_is_online} {own_is_first}"));
                    if own_is_first {
                        assert!(answer(&app, &world.participant, &path, "bad", own_is_online).await, "{case}");
                    }
                    answer(&app, &world.mentor, &path, "good", other_is_online).await;
                    if !own_is_first {
                        assert!(answer(&app, &world.participant, &path, "bad", own_is_online).await, "{case}");
                    }
                    let stands = seen(&app, &world.manager, &path).await;
                    assert_eq!((&stands["answers"][0]["option"], stands.get("answered_by")), (&json!("bad"), None), "{case}");
                }
            }
        }
    }

    async fn what_stands_of_ones_own_is_corrected_and_not_answered_again(app: TestApp) {
        let world = &app.world;
        let path = open(&app).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        command(&app, &world.participant, &path, "submit", 2).json(answers("good")).refused(ProblemCode::CommandRefused).await;
        // Neither does a mentor answer again for them what a mentor answered.
        let path = open(&app).await;
        command(&app, &world.mentor, &path, "submit", 1).json(answers("bad")).expect(200).await;
        command(&app, &world.counsellor, &path, "submit", 2).json(answers("good")).refused(ProblemCode::CommandRefused).await;
        command(&app, &world.participant, &path, "submit", 1).json(answers("good")).refused(ProblemCode::Changed).await;
        let own = command(&app, &world.participant, &path, "submit", 2).json(answers("good")).expect(200).await.json();
        assert_eq!((&own["state"], own.get("answered_by"), &own["possible_commands"]), (&json!("submitted"), None, &json!(["correct_answers"])));
    }

    async fn what_asks_for_help_is_heard_though_it_cannot_stand(app: TestApp) {
        let world = &app.world;
        let help = || json!({"answers": [{"question_id": "housing", "option": "nowhere"}]});
        // Somebody saved something else meanwhile.
        let path = open(&app).await;
        save(&app, &world.mentor, &path, 1, json!({"answers": [{"question_id": "worry", "option": "no"}]})).expect(200).await;
        save(&app, &world.participant, &path, 1, json!({"answers": [{"question_id": "worry", "option": "yes"}]})).refused(ProblemCode::Changed).await;
        let heard = save(&app, &world.participant, &path, 1, help()).expect(200).await;
        assert_eq!((heard.version(), raised(&app).await), (3, vec!["check_in_alarm".to_owned()]));
        assert_eq!(heard.json()["answers"][0]["option"], json!("no"), "what stands is told");
        let earlier = seen(&app, &world.mentor, &path).await["earlier_answers"].clone();
        assert_eq!((&earlier[0]["alarms"], &earlier[0]["stood"]), (&json!(true), &json!(false)));
        // It is heard once.
        save(&app, &world.participant, &path, 1, help()).refused(ProblemCode::Changed).await;
        // Said again later, when somebody has seen to the first, it is asked for again.
        let items = seen(&app, &world.mentor, "/v1/work-items").await;
        let dismissal = format!("/v1/work-items/{}/dismiss", items["items"][0]["id"].as_str().unwrap());
        let reason = json!({"reason": "handled_otherwise"});
        app.post(&dismissal).by(&world.mentor.again(&app.app)).if_match(1).json(reason).expect(200).await;
        assert!(raised(&app).await.is_empty());
        app.clock.advance(TimeDelta::minutes(1));
        save(&app, &world.participant, &path, 1, help()).expect(200).await;
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
        let earlier = seen(&app, &world.mentor, &path).await["earlier_answers"].clone();
        assert_eq!(earlier.as_array().unwrap().len(), 1);
        // It was called off a moment ago.
        let path = open(&app).await;
        command(&app, &world.mentor, &path, "cancel", 1).json(json!({"reason": "mistake"})).expect(200).await;
        app.clock.advance(TimeDelta::minutes(1));
        let whole: Value = over(answers("good"), &json!({"call_wanted": true}));
        let stands = command(&app, &world.participant, &path, "submit", 2).json(whole.clone()).expect(200).await.json();
        assert_eq!(stands["state"], json!("cancelled"));
        assert!(raised(&app).await.contains(&"call_wanted".to_owned()));
        command(&app, &world.participant, &path, "submit", 3).json(whole).refused(ProblemCode::CommandRefused).await;
        // Somebody corrected the answers a moment ago, and the participant says that they have nowhere to sleep.
        let path = open(&app).await;
        let meant = |mood: &str| over(answers(mood), &json!({"reason": "slip"}));
        command(&app, &world.participant, &path, "submit", 1).json(answers("bad")).expect(200).await;
        command(&app, &world.manager, &path, "correct-answers", 2).json(meant("neutral")).expect(200).await;
        command(&app, &world.participant, &path, "correct-answers", 2).json(meant("good")).refused(ProblemCode::Changed).await;
        let stands = command(&app, &world.participant, &path, "correct-answers", 2).json(meant("very_bad")).expect(200).await.json();
        assert_eq!(stands["answers"][0]["option"], json!("neutral"));
        assert_eq!(raised(&app).await.iter().filter(|cause| *cause == "check_in_alarm").count(), 2);
        // What is wrong is still told by its field, where it could stand.
        let path = open(&app).await;
        save(&app, &world.participant, &path, 1, json!({"answers": [{"question_id": "debts", "option": "yes"}]})).refused(ProblemCode::Invalid).await;
    }
}

//! Merging: what the other file is from then on, and what becomes of what was open on it.

use super::{ahead, all_of_this, but, file, merge, schedule, second, second_with, unmerge};
use crate::{
    appointments::{audited, new_appointment},
    consents,
    people::each,
    reaching,
    visits::over,
    work_items,
};
use care::work_item::WorkCause;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let manager = app.world.manager.again(&app.app);
    each(&app.get(&format!("/v1/participants?{query}")).by(&manager).expect(200).await, "id")
}

async fn timeline(app: &TestApp, person: &SignedIn, id: Uuid) -> Vec<Value> {
    let path = format!("/v1/participants/{id}/timeline?limit=200");
    let page = app.get(&path).by(&person.again(&app.app)).expect(200).await.json();
    page["items"].as_array().unwrap().clone()
}

both_databases! {
    async fn the_other_file_stands_for_this_one_from_then_on(app: TestApp) {
        let world = &app.world;
        let this = world.participant.id;
        let other = second_with(&app, json!({"file_number": "CAS-2026-0200", "birth_year": 1990})).await;
        let merged = merge(&app, this, other, but(&["phone", "birth_year"])).expect(200).await;
        let answer = merged.json();
        assert_eq!((&answer["id"], &answer["merged_id"]), (&json!(this), &json!(other)));
        assert_eq!(answer["fields_taken"], json!(["birth_year", "phone"]));
        assert_eq!(answer["undone_until"], json!("2026-12-23T10:00:00Z"));
        let kept = file(&app, this).await;
        assert_eq!((&kept["phone"], &kept["birth_year"], &kept["status"]), (&json!("+212600000077"), &json!(1990), &json!("active")));
        assert_eq!(kept["version"], answer["version"]);
        // The old id says where it is now; lists leave it out, unless they are asked for it.
        let gone = file(&app, other).await;
        assert_eq!((&gone["status"], &gone["merged_into"], &gone["active"]), (&json!("merged"), &json!(this), &json!(false)));
        for query in ["limit=200", "active=false", "status=withdrawn"] {
            assert!(!listed(&app, query).await.contains(&other.to_string()), "{query}");
        }
        assert_eq!(listed(&app, "status=merged").await, [other.to_string()]);
        // Its name and its number find the one that goes on.
        for query in ["q=second", "q=second&active=true", "q=second&status=active"] {
            assert_eq!(listed(&app, query).await, [this.to_string()], "{query}");
        }
        assert_eq!(listed(&app, "q=canaria").await, [this.to_string()], "once");
        assert_eq!(listed(&app, "file_number=CAS-2026-0200").await, [this.to_string()]);
        let again = json!({"name": "Zwawi Canaria the second", "language": "fr", "birth_year": 1990});
        let problem = app.post("/v1/participants").by(&world.manager.again(&app.app)).json(again).refused(ProblemCode::LikelySamePerson).await;
        assert_eq!(problem.similar.iter().map(ToString::to_string).collect::<Vec<_>>(), [this.to_string()]);
        // Nothing else is done with it.
        for (path, body) in [("reopen", json!({"reason": "came_back"})), ("record-death", json!({"name": "Zwawi Canaria the second"}))] {
            crate::people::command(&app, other, path, body).refused(ProblemCode::CommandRefused).await;
        }
        app.patch(&format!("/v1/participants/{other}")).by(&world.manager.again(&app.app)).header("if-match", "*")
            .json(json!({"phone": null})).refused(ProblemCode::CommandRefused).await;
        let log = app.get(&format!("/v1/participants/{other}/status-history")).by(&world.manager.again(&app.app)).expect(200).await.json();
        assert_eq!((&log["items"][0]["from"], &log["items"][0]["to"]), (&json!("active"), &json!("merged")));
    }

    async fn what_differs_is_said_and_who_may(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second(&app).await);
        let problem = merge(&app, this, other, json!({})).refused(ProblemCode::Invalid).await;
        let faults: Vec<_> = problem.errors.iter().map(|fault| (fault.pointer.as_str(), fault.code.as_str())).collect();
        assert!(faults.contains(&("/kept/name", "required")), "{faults:?}");
        assert!(faults.iter().all(|(pointer, code)| pointer.starts_with("/kept/") && *code == "required"), "{faults:?}");
        assert_eq!(file(&app, other).await["status"], json!("active"), "nothing was done");
        for (wrong, code) in [(this, "not_allowed"), (world.foreign_participant.id, "unknown"), (Uuid::now_v7(), "unknown")] {
            let problem = merge(&app, this, wrong, all_of_this()).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/other_id", code));
        }
        let body = json!({"other_id": other, "other_version": 7, "kept": all_of_this()});
        let path = format!("/v1/participants/{this}/merge");
        let seen_before = app.post(&path).by(&world.manager).header("if-match", "*").json(body).refused(ProblemCode::Invalid).await;
        assert_eq!(seen_before.errors[0].pointer, "/other_version");
        let body = json!({"other_id": other, "kept": all_of_this()});
        app.post(&path).by(&world.manager).if_match(9).json(body.clone()).refused(ProblemCode::Changed).await;
        for person in [&world.mentor, &world.counsellor, &world.participant, &world.administrator, &world.observer] {
            app.post(&path).by(&person.again(&app.app)).if_match(1).json(body.clone()).refused(ProblemCode::NotForThisRole).await;
        }
        app.post(&path).by(&world.other_manager).if_match(1).json(body).refused(ProblemCode::NotFound).await;
        // Once.
        merge(&app, this, other, all_of_this()).expect(200).await;
        let twice = merge(&app, this, other, all_of_this()).refused(ProblemCode::Invalid).await;
        assert_eq!((twice.errors[0].pointer.as_str(), twice.errors[0].code.as_str()), ("/other_id", "merged"));
        merge(&app, other, world.other_participant.id, all_of_this()).refused(ProblemCode::CommandRefused).await;
    }

    async fn what_was_agreed_on_stands_where_the_time_is_free_and_nobody_is_reminded_twice(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second(&app).await);
        schedule(&app, other, "2026-12-01T10:00:00").await;
        schedule(&app, other, "2026-12-02T10:00:00").await;
        let taken = json!({
            "participant_id": this, "host_id": world.counsellor.id, "kind": "psychological_counselling",
            "local_start": "2026-12-02T10:15:00", "duration_minutes": 30, "place": {"kind": "phone"},
        });
        app.post("/v1/appointments").by(&world.manager.again(&app.app)).json(taken).expect(201).await;
        let answer = merge(&app, this, other, all_of_this()).expect(200).await.json();
        assert_eq!((&answer["appointments_carried"], &answer["appointments_ended"]), (&json!(1), &json!(1)));
        assert!(ahead(&app, other).await.is_empty());
        let stands = ahead(&app, this).await;
        let starts: Vec<_> = stands.iter().map(|one| one["local_start"].clone()).collect();
        assert_eq!(starts, [json!("2026-12-01T10:00:00"), json!("2026-12-02T10:15:00")]);
        // Under the key of the file that goes on.
        let path = format!("/v1/appointments/{}", stands[0]["id"].as_str().unwrap());
        let read = app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await.text();
        assert!(read.contains("Rue Tarik, second floor") && read.contains("Bring the blue folder"), "{read}");
        let mut tx = app.app.db.read().await.unwrap();
        let planned: i64 = tx
            .query(sql!("SELECT count(*) FROM reminder WHERE participant_id = $1 AND state IN ('planned', 'sending')"))
            .bind(other).scalar().await.unwrap();
        assert_eq!(planned, 0);
        let late = over(new_appointment(&app, "2026-12-03T10:00:00"), &json!({"participant_id": other}));
        app.post("/v1/appointments").by(&world.manager.again(&app.app)).json(late).refused(ProblemCode::NotFound).await;
    }

    async fn its_history_is_told_with_this_one_to_whoever_may_know(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second(&app).await);
        let appointment = schedule(&app, other, "2026-12-01T10:00:00").await.string("/id");
        merge(&app, this, other, all_of_this()).expect(200).await;
        for person in [&world.mentor, &world.counsellor, &world.manager, &world.participant] {
            let told = timeline(&app, person, this).await;
            assert!(told.iter().any(|one| one["id"] == json!(appointment)), "{told:?}");
        }
        // Whoever accompanies the person reads there, and no longer once they do not.
        let path = format!("/v1/participants/{other}");
        app.get(&path).by(&world.counsellor.again(&app.app)).expect(200).await;
        app.get(&path).by(&world.other_mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
        let assignment = crate::people::assign(&app, &this.to_string(), world.other_mentor.id).await;
        app.get(&path).by(&world.other_mentor.again(&app.app)).expect(200).await;
        app.post(&format!("/v1/assignments/{assignment}/end")).by(&world.manager.again(&app.app)).expect(200).await;
        app.get(&path).by(&world.other_mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
        app.get(&format!("/v1/participants/{other}/timeline")).by(&world.participant.again(&app.app)).refused(ProblemCode::NotFound).await;
    }

    async fn whoever_comes_since_is_told_of_once(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second(&app).await);
        let told_of = async |event: &str| {
            let told = timeline(&app, &world.manager, this).await;
            told.iter().filter(|one| one["kind"] == json!("assignment") && one["event"] == json!(event)).count()
        };
        app.clock.advance(chrono::TimeDelta::minutes(1));
        merge(&app, this, other, all_of_this()).expect(200).await;
        assert_eq!(told_of("started").await, 2, "the mentor and the counsellor, who read both since");
        app.clock.advance(chrono::TimeDelta::minutes(1));
        let assignment = crate::people::assign(&app, &this.to_string(), world.other_mentor.id).await;
        assert_eq!(told_of("started").await, 3);
        app.post(&format!("/v1/assignments/{assignment}/end")).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!(told_of("ended").await, 1);
    }

    async fn days_worked_and_the_last_contact_count_both(app: TestApp) {
        let world = &app.world;
        let (this, other) = (second(&app).await, world.participant.id);
        let job = json!({"participant_id": other, "kind": "day_labour", "stage": "start", "on": "2026-11-16"});
        app.post("/v1/placements").by(&world.mentor.again(&app.app)).json(job).expect(201).await;
        crate::visits::log(&app, &world.mentor, crate::visits::new_visit(&app)).await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        let read = async |path: &str| {
            let path = format!("/v1/participants/{this}/{path}");
            app.get(&path).by(&world.manager.again(&app.app)).expect(200).await.json()
        };
        assert_eq!(read("work").await["in_work"], json!("yes"));
        assert_eq!(read("contacts").await["last"]["kind"], json!("visit"));
    }

    async fn phones_of_the_merged_file_are_signed_out_and_its_companions_come_along(app: TestApp) {
        let world = &app.world;
        let (this, other) = (second(&app).await, world.participant.id);
        let answer = merge(&app, this, other, all_of_this()).expect(200).await.json();
        assert_eq!(answer["assignments_started"], json!(2));
        assert_eq!(app.get("/v1/me").by(&world.participant).send().await.status, 401);
        for person in [&world.mentor, &world.counsellor] {
            app.get(&format!("/v1/participants/{this}")).by(&person.again(&app.app)).expect(200).await;
            let own = each(&app.get("/v1/participants").by(&person.again(&app.app)).expect(200).await, "id");
            assert_eq!(own, [this.to_string()], "one person is in a caseload once");
        }
        // A phone is enrolled with the file that goes on, and with no other.
        let codes = |id: Uuid| app.post(&format!("/v1/participants/{id}/enrolment-codes"));
        codes(this).by(&world.manager.again(&app.app)).expect(201).await;
        assert!(codes(other).by(&world.manager.again(&app.app)).send().await.status >= 400);
    }

    async fn what_the_person_took_back_stays_taken_back_and_whoever_wants_a_call_is_heard(app: TestApp) {
        let world = &app.world;
        let (this, other) = (second(&app).await, world.participant.id);
        consents::give(&app, &world.participant, consents::consent(&app, "statistics")).await;
        consents::withdraw(&app, &world.participant, "push_abroad").await;
        work_items::raise(&app, WorkCause::CallWanted, &world.participant).await;
        let answer = merge(&app, this, other, all_of_this()).expect(200).await.json();
        assert_eq!(answer["work_items_carried"], json!(1));
        let path = format!("/v1/participants/{this}/consents");
        let list = app.get(&path).by(&world.manager.again(&app.app)).expect(200).await.json();
        let said: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| (one["purpose"].clone(), one["state"].clone())).collect();
        assert_eq!(said, [(json!("push_abroad"), json!("withdrawn"))], "what was given there is not given here");
        let open = work_items::list(&app, &world.mentor, "").await;
        assert!(open.iter().any(|one| one["cause"] == json!("call_wanted") && one["participant_id"] == json!(this)), "{open:?}");
    }

    async fn a_number_that_another_takes_the_place_of_is_left_behind_as_ever(app: TestApp) {
        let world = &app.world;
        let this = world.participant.id;
        let wrong = json!({"contact_way_id": this, "number": "+212600000000"});
        reaching::command(&app, &world.counsellor, "wrong-number", wrong).expect(200).await;
        let somebody_elses = second_with(&app, json!({"phone": "+212600000000"})).await;
        let problem = merge(&app, this, somebody_elses, but(&["phone"])).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/kept/phone", "wrong_number"));
        assert_eq!(file(&app, somebody_elses).await["status"], json!("active"), "nothing was done");
        reaching::file_number(&app, "+212600000011").await;
        let left = async |why: &str| -> i64 {
            let mut tx = app.app.db.read().await.unwrap();
            let count = tx.query(sql!("SELECT count(*) FROM former_number WHERE participant_id = $1 AND why = $2"));
            count.bind(this).bind(why).scalar().await.unwrap()
        };
        assert_eq!(left("replaced").await, 0);
        let version = reaching::ways(&app, &world.mentor).await["version"].clone();
        let other = second(&app).await;
        merge(&app, this, other, but(&["phone"])).expect(200).await;
        assert_eq!(left("replaced").await, 1, "what the file said before");
        assert_ne!(reaching::ways(&app, &world.mentor).await["version"], version, "whoever saw the ways has not seen this number");
        unmerge(&app, other).expect(200).await;
        assert_eq!((left("replaced").await, &file(&app, this).await["phone"]), (2, &json!("+212600000011")));
    }

    async fn a_number_that_was_found_wrong_meanwhile_does_not_come_back(app: TestApp) {
        let world = &app.world;
        let this = world.participant.id;
        reaching::file_number(&app, "+212600000070").await;
        let other = second(&app).await;
        merge(&app, this, other, but(&["phone"])).expect(200).await;
        let wrong = json!({"contact_way_id": this, "number": "+212600000070"});
        reaching::command(&app, &world.mentor, "wrong-number", wrong).expect(200).await;
        unmerge(&app, other).expect(200).await;
        assert_eq!(file(&app, this).await.get("phone"), None);
        assert!(reaching::ways(&app, &world.manager).await["ways"].as_array().unwrap().is_empty());
    }

    async fn a_number_that_is_somebody_elses_is_so_in_both(app: TestApp) {
        let world = &app.world;
        let (this, other) = (second_with(&app, json!({"phone": "+212600000000"})).await, world.participant.id);
        let wrong = json!({"contact_way_id": other, "number": "+212600000000"});
        reaching::command(&app, &world.counsellor, "wrong-number", wrong).expect(200).await;
        let problem = merge(&app, this, other, all_of_this()).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/kept/phone", "wrong_number"));
        let path = format!("/v1/participants/{this}");
        let change = |phone: Value| app.patch(&path).by(&world.manager.again(&app.app)).header("if-match", "*").json(json!({"phone": phone}));
        change(Value::Null).expect(200).await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        let problem = change(json!("+212600000000")).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/phone", "wrong_number"));
    }

    async fn each_of_the_two_words_of_a_consent_is_taken_back_by_whoever_took_it_back(app: TestApp) {
        let world = &app.world;
        let minor = json!({"minor_until": "2027-06-30", "guardian": {"name": "Hadda Bennani"}});
        let (this, other) = (world.participant.id, second_with(&app, minor.clone()).await);
        app.patch(&format!("/v1/participants/{this}")).by(&world.manager.again(&app.app)).header("if-match", "*").json(minor).expect(200).await;
        let of_guardian = |id: Uuid, purpose: &str| {
            consents::with(consents::consent(&app, purpose), &json!({"participant_id": id, "given_by": "guardian"}))
        };
        for purpose in ["sms", "statistics"] {
            consents::give(&app, &world.participant, consents::consent(&app, purpose)).await;
            consents::give(&app, &world.manager, of_guardian(this, purpose)).await;
        }
        app.clock.advance(chrono::TimeDelta::minutes(1));
        // Of the one the guardian says no there; of the other they agree, and the participant never said anything there.
        let no = json!({"participant_id": other, "purpose": "sms", "given_by": "guardian"});
        app.post("/v1/consents/withdraw").by(&world.manager.again(&app.app)).json(no).expect(200).await;
        consents::give(&app, &world.manager, of_guardian(other, "statistics")).await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        let path = format!("/v1/participants/{this}/consents");
        let list = app.get(&path).by(&world.manager.again(&app.app)).expect(200).await.json();
        let stands = |purpose: &str| {
            let one = list["items"].as_array().unwrap().iter().find(|one| one["purpose"] == json!(purpose)).unwrap();
            (one["state"].clone(), one["guardian_state"].clone(), one["is_in_force"].clone())
        };
        assert_eq!(stands("sms"), (json!("given"), json!("withdrawn"), json!(false)), "the guardian's no holds for the person");
        assert_eq!(stands("statistics"), (json!("given"), json!("given"), json!(true)), "nobody took it back");
    }

    async fn what_was_heard_late_about_a_closed_file_goes_along(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second(&app).await);
        crate::people::close_file(&app, other).await;
        work_items::raise_about(&app, WorkCause::CallWanted, other, world.centre, Uuid::now_v7()).await;
        let answer = merge(&app, this, other, all_of_this()).expect(200).await.json();
        assert_eq!(answer["work_items_carried"], json!(1));
        let of = async |id: Uuid| work_items::list(&app, &world.manager, &format!("?participant_id={id}")).await;
        assert!(of(other).await.is_empty());
        let open = of(this).await;
        let about: Vec<_> = open.iter().map(|one| (one["cause"].clone(), one["participant_id"].clone(), one["times"].clone())).collect();
        assert_eq!(about, [(json!("call_wanted"), json!(this), json!(1))], "it is about the file that goes on, and once");
    }

    async fn a_closed_file_takes_no_open_one_in_and_a_death_is_not_overlooked(app: TestApp) {
        let world = &app.world;
        let (this, other) = (world.participant.id, second(&app).await);
        crate::people::close_file(&app, other).await;
        merge(&app, other, this, all_of_this()).refused(ProblemCode::CommandRefused).await;
        merge(&app, this, other, all_of_this()).expect(200).await;
        let third = second(&app).await;
        crate::people::command(&app, third, "record-death", json!({"name": "Zwawi Canaria the second"})).expect(200).await;
        let problem = merge(&app, this, third, all_of_this()).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/other_id", "contradicts"));
    }

    async fn what_was_merged_goes_with_the_person_to_another_centre(app: TestApp) {
        let world = &app.world;
        let first = second_with(&app, json!({"file_number": "CAS-1"})).await;
        let (between, last) = (second(&app).await, world.participant.id);
        merge(&app, between, first, all_of_this()).expect(200).await;
        merge(&app, last, between, all_of_this()).expect(200).await;
        assert_eq!(listed(&app, "file_number=CAS-1").await, [last.to_string()], "as far as it goes");
        let to = json!({"centre_id": world.other_centre});
        for merged in [first, between] {
            let path = format!("/v1/participants/{merged}/hand-over");
            app.post(&path).by(&world.manager.again(&app.app)).json(to.clone()).refused(ProblemCode::CommandRefused).await;
        }
        assert!(work_items::causes(&app, &world.other_manager).await.is_empty(), "nobody is asked what cannot be");
        crate::hand_overs::goes(&app, last, (&world.manager.again(&app.app), &world.other_manager), world.other_centre).await;
        for action in ["participant.move", "participant.arrive"] {
            assert_eq!(audited(&app, action).await, 3, "{action}: each file has its lines");
        }
        for id in [first, between, last] {
            app.get(&format!("/v1/participants/{id}")).by(&world.other_manager.again(&app.app)).expect(200).await;
            app.get(&format!("/v1/participants/{id}")).by(&world.manager.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
    }
}

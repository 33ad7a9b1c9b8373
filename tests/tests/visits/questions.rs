//! A manager's question on a visit, and what its author answers.

use super::{about, log, new_visit, over, path_of, push, registration::MISTAKE, seen, words};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor},
    appointments::audited,
    operations::{self, Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Asked, Canary, Feature, Phones, State, Subject, about as about_people, fill},
    sync::Phone,
    work_items,
};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use kernel::protect::{privacy::Note, seal::Field};
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What is asked.
const QUESTION: &str = "Qanari-question: which uncle";
/// What its author says.
const ANSWER: &str = "Qanari-answer: the one in Fes";
/// What they had said before.
const FORMER: &str = "Qanari-former: the one in Meknes";
/// Why that was wrong.
const WHY: &str = "Qanari-why: he moved to his son";
/// Why it was asked by mistake.
const BY_MISTAKE: &str = "Qanari-aside: it was the neighbour's visit";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listVisitQuestions"],
        version: Some(sql!("SELECT version FROM visit_question WHERE id = $1")),
        ..Subject::new("visit_question_id", |stage, _, ids| Box::pin(question(stage, ids)))
    }],
    states: &[State { operation: "correctVisitAnswer", make: |stage, _, ids| Box::pin(answered(stage, ids)) }],
    deeds: &[
        deed("ask about a visit", "askAboutVisit", By::Manager),
        deed("answer a question on a visit", "answerVisitQuestion", By::Mentor),
        deed("correct an answer", "correctVisitAnswer", By::Mentor),
        deed("take a question back", "withdrawVisitQuestion", By::Manager),
    ],
    never: &[
        "SELECT 'a question left behind: ' || q.id FROM visit_question AS q JOIN participant AS p ON p.id = q.participant_id
         WHERE q.centre_id <> p.centre_id",
        "SELECT 'asked for an answer that was given: ' || w.id FROM work_item AS w JOIN visit AS v ON v.id = w.subject_id
         WHERE w.cause = 'question_back' AND w.closed_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM visit_question AS q WHERE q.visit_id = v.id AND q.answered_at IS NULL AND q.withdrawn_at IS NULL)",
        "SELECT 'withdrawn for no reason: ' || q.id FROM visit_question AS q WHERE (q.withdrawn_at IS NULL) <> (q.withdrawal_sealed IS NULL)",
    ],
    versioned: &["visit_question"],
    counted: &[
        "visit_question.ask",
        "visit_question.answer",
        "visit_question.correct_answer",
        "visit_question.withdraw",
    ],
    tables: &[
        about_people("visit_question", "question on a visit", Phones::Get(&["visit_questions"])),
        about_people(
            "visit_question_correction",
            "question on a visit",
            Phones::GetNothing("what was answered before is looked up where there is a network"),
        ),
    ],
    canaries: &[
        Canary { text: QUESTION, columns: &["visit_question.question_sealed"], readers: &[Mentor, Counsellor, Manager] },
        Canary { text: ANSWER, columns: &["visit_question.answer_sealed"], readers: &[Mentor, Counsellor, Manager] },
        Canary {
            text: FORMER,
            columns: &["visit_question_correction.answer_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: WHY,
            columns: &["visit_question_correction.reason_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: BY_MISTAKE,
            columns: &["visit_question.withdrawal_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| {
            Box::pin(async {
                let visit = log(app, &app.world.mentor, new_visit(app)).await;
                let asked = ask(app, &path_of(&visit)).await;
                let said = json!({"answer": "The brother"});
                (app.world.mentor.clone(), about(app, "answerVisitQuestion", &asked, 1, &said))
            })
        },
        |app| {
            Box::pin(async {
                let visit = log(app, &app.world.mentor, new_visit(app)).await;
                let asked = ask(app, &path_of(&visit)).await;
                answer(app, &app.world.mentor, &asked, 1).await.expect(200).await;
                (app.world.mentor.clone(), about(app, "correctVisitAnswer", &asked, 2, &meant()))
            })
        },
    ],
    ..Feature::NOTHING
};

/// Asks about the visit at this path; the question's id.
async fn ask(app: &TestApp, visit: &str) -> String {
    let body = json!({"question": "Which certificate is missing?"});
    app.post(&format!("{visit}/questions"))
        .by(&app.world.manager.again(&app.app))
        .json(body)
        .expect(201)
        .await
        .string("/id")
}

/// One on a visit of the companion's.
async fn question(stage: &Stage, ids: Ids) -> Ids {
    let record = operations::named("recordVisit");
    let body = fill(&record, &Asked { ids: &ids, serial: 0 }, stage, None).await.expect("a body");
    let companion = stage.companion_of(&ids).await;
    let visit = stage.app.post("/v1/visits").by(&companion).json(body).expect(201).await.string("/id");
    let manager = stage.manager_of(&ids).await;
    let body = json!({"question": "Which certificate is missing?"});
    let asked =
        stage.app.post(&format!("/v1/visits/{visit}/questions")).by(&manager).json(body).expect(201).await;
    ids.with("visit_id", visit.parse().expect("an id"))
        .with("visit_question_id", asked.string("/id").parse().expect("an id"))
}

/// One that the companion answered.
async fn answered(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/visit-questions/{}/answer", ids.of("visit_question_id"));
    let said = json!({"answer": "The brother"});
    stage.app.post(&path).by(&companion).if_match(1).json(said).expect(200).await;
    ids
}

/// What the author had meant to say.
fn meant() -> Value {
    json!({"reason": "I mixed them up", "answer": "The birth certificate"})
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let app = &aviary.stage.app;
    let path = format!("/v1/visits/{}/questions", ids.of("visit_id"));
    let asked = app
        .post(&path)
        .by(&app.world.manager)
        .json(json!({"question": QUESTION}))
        .expect(201)
        .await
        .string("/id");
    let path = format!("/v1/visit-questions/{asked}");
    let mentor = || app.world.mentor.again(&app.app);
    let said = json!({"answer": FORMER});
    app.post(&format!("{path}/answer")).by(&mentor()).if_match(1).json(said).expect(200).await;
    let meant = json!({"reason": WHY, "answer": ANSWER});
    app.post(&format!("{path}/correct-answer")).by(&mentor()).if_match(2).json(meant).expect(200).await;
    let mistake = json!({"reason": BY_MISTAKE});
    app.post(&format!("{path}/withdraw")).by(&app.world.manager).if_match(3).json(mistake).expect(200).await;
    // Nothing more is asked about it: it is read with why it was withdrawn.
    let withdraw = format!("/v1/visits/{}/withdraw", ids.of("visit_id"));
    app.post(&withdraw).by(&app.world.mentor).if_match(2).json(json!({"reason": MISTAKE})).expect(200).await;
    ids.with("visit_question_id", asked.parse().expect("an id"))
}

/// One on each of the visits that are there, and many on one.
async fn fill_crowd(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let visit = log(app, &app.world.mentor, new_visit(app)).await;
    let asked = ask(app, &path_of(&visit)).await;
    let mut tx = app.app.db.write().await.expect("a transaction");
    let visits: Vec<(Uuid, Uuid)> =
        tx.query(sql!("SELECT id, participant_id FROM visit ORDER BY id")).all().await.expect("visits");
    let keys: std::collections::BTreeMap<Uuid, _> =
        crowd.participants.iter().map(|(id, centre, key)| (id.0, (centre, key))).collect();
    let mut of_visits: Vec<_> =
        visits.iter().filter(|(_, participant)| keys.contains_key(participant)).copied().collect();
    let longest = *of_visits.first().expect("a visit");
    of_visits.extend((0..60).map(|_| longest));
    for chunk in of_visits.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO visit_question (id, visit_id, centre_id, participant_id, asked_by, asked_at, question_sealed, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            8,
        );
        for (visit, participant) in chunk {
            let (id, (centre, key)) = (app.app.ids.next(), keys[participant]);
            let field = Field::new("visit_question", "question_sealed", id);
            query = query
                .bind(id)
                .bind(*visit)
                .bind(*centre)
                .bind(*participant)
                .bind(app.world.manager.id)
                .bind(now)
                .bind(
                    key.seal_text(field, &Note::parse("Which?").expect("a note"), &*app.app.random)
                        .expect("sealed"),
                )
                .bind(1_i64);
        }
        query.execute().await.expect("questions");
    }
    tx.query(sql!(
        "INSERT INTO visit_part (id, visit_id, operation, subject_kind, subject_id, recorded_at)
         SELECT id, visit_id, 'findNeed', 'need', id, asked_at FROM visit_question"
    ))
    .execute()
    .await
    .expect("parts");
    tx.query(sql!(
        "INSERT INTO visit_question_correction (visit_question_id, version, corrected_at, corrected_by, reason_sealed, answer_sealed,
                                                answered_at)
         SELECT id, 1, asked_at, asked_by, question_sealed, question_sealed, asked_at FROM visit_question WHERE id <> $1"
    ))
    .bind(asked.parse::<Uuid>().expect("an id"))
    .execute()
    .await
    .expect("what was answered before");
    tx.commit().await.expect("questions");
    crowd.made("visit_question_id", asked.parse().expect("an id"));
}

async fn answer(app: &TestApp, person: &SignedIn, id: &str, version: i64) -> muwakaba_tests::http::Request {
    let request = app.post(&format!("/v1/visit-questions/{id}/answer")).by(&person.again(&app.app));
    request.if_match(version).json(json!({"answer": "The residence certificate"}))
}

async fn listed(app: &TestApp, person: &SignedIn, visit: &str) -> Vec<Value> {
    seen(app, person, &format!("{visit}/questions")).await["items"].as_array().unwrap().clone()
}

both_databases! {
    async fn a_question_is_answered_by_its_visits_author(app: TestApp) {
        let (world, visit) = (&app.world, path_of(&log(&app, &app.world.mentor, new_visit(&app)).await));
        let id = ask(&app, &visit).await;
        let path = format!("/v1/visit-questions/{id}");
        assert_eq!(listed(&app, &world.mentor, &visit).await, [seen(&app, &world.manager, &path).await]);
        answer(&app, &world.counsellor, &id, 1).await.refused(ProblemCode::CommandRefused).await;
        answer(&app, &world.manager, &id, 1).await.refused(ProblemCode::NotForThisRole).await;
        answer(&app, &world.other_mentor, &id, 1).await.refused(ProblemCode::NotFound).await;
        answer(&app, &world.mentor, &id, 2).await.refused(ProblemCode::Changed).await;
        // It is work for the author, once for the visit, however much is asked about it.
        let wanted = async |person: &SignedIn| -> Vec<Value> {
            let items = work_items::list(&app, person, "").await;
            items.into_iter().filter(|item| item["cause"] == json!("question_back")).collect()
        };
        assert_eq!(wanted(&world.mentor).await[0]["subject_id"], json!(visit.rsplit('/').next().unwrap()));
        let second = ask(&app, &visit).await;
        assert_eq!((wanted(&world.mentor).await.len(), &wanted(&world.mentor).await[0]["times"]), (1, &json!(2)));
        assert!(wanted(&world.counsellor).await.is_empty());
        answer(&app, &world.mentor, &second, 1).await.expect(200).await;
        assert_eq!(wanted(&world.mentor).await.len(), 1);
        app.clock.advance(TimeDelta::minutes(5));
        let answered = answer(&app, &world.mentor, &id, 1).await.expect(200).await;
        assert_eq!((answered.version(), &answered.json()["answer"]), (2, &json!("The residence certificate")));
        assert_eq!(answered.json()["answered_at"], json!("2026-11-23T10:05:00Z"));
        answer(&app, &world.mentor, &id, 2).await.refused(ProblemCode::CommandRefused).await;
        assert!(wanted(&world.mentor).await.is_empty());
        // Asked once more, it stands beside the first; the latest comes first.
        let again = ask(&app, &visit).await;
        let all: Vec<Value> = listed(&app, &world.manager, &visit).await.iter().map(|one| one["id"].clone()).collect();
        assert_eq!(all, [json!(again), json!(second), json!(id)]);
        assert_eq!((audited(&app, "visit_question.ask").await, audited(&app, "visit_question.answer").await), (3, 2));
    }

    async fn what_is_asked_and_answered_at_once_is_on_the_list_as_long_as_something_is_open(app: TestApp) {
        let world = &app.world;
        let visit = path_of(&log(&app, &world.mentor, new_visit(&app)).await);
        let wanted = async || -> usize {
            let items = work_items::list(&app, &world.mentor, "").await;
            items.into_iter().filter(|item| item["cause"] == json!("question_back")).count()
        };
        for round in 0..4 {
            let (first, second) = (ask(&app, &visit).await, ask(&app, &visit).await);
            // Neither sees the other's as open still, and neither may leave it to the other.
            let (one, other) = (answer(&app, &world.mentor, &first, 1).await, answer(&app, &world.mentor, &second, 1).await);
            let (one, other) = tokio::join!(one.send(), other.send());
            assert_eq!((one.status, other.status), (200, 200), "round {round}");
            assert_eq!(wanted().await, 0, "round {round}: everything was answered");
            // What is asked while the last one is answered is open.
            let open = ask(&app, &visit).await;
            let answering = answer(&app, &world.mentor, &open, 1).await;
            let (third, answered) = tokio::join!(ask(&app, &visit), answering.send());
            assert_eq!(answered.status, 200, "round {round}");
            assert_eq!(wanted().await, 1, "round {round}: something is open");
            answer(&app, &world.mentor, &third, 1).await.expect(200).await;
        }
    }

    async fn who_asks_and_what_is_refused(app: TestApp) {
        let (world, visit) = (&app.world, path_of(&log(&app, &app.world.mentor, new_visit(&app)).await));
        let path = format!("{visit}/questions");
        let asking = |person: &SignedIn, body: Value| app.post(&path).by(&person.again(&app.app)).json(body);
        let body = json!({"question": "Why?"});
        for person in [&world.mentor, &world.counsellor, &world.participant, &world.administrator, &world.observer] {
            asking(person, body.clone()).refused(ProblemCode::NotForThisRole).await;
        }
        asking(&world.other_manager, body.clone()).refused(ProblemCode::NotFound).await;
        for (bad, pointer) in [(json!({}), "/question"), (json!({"question": " "}), "/question"), (json!({"question": "x", "urgent": true}), "/urgent")] {
            let problem = asking(&world.manager, bad).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer);
        }
        for person in [&world.administrator, &world.observer, &world.participant] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        // Nobody could answer any more.
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap();
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        asking(&world.manager, body).refused(ProblemCode::CommandRefused).await;
        assert_eq!(audited(&app, "visit_question.ask").await, 0);
    }

    async fn of_what_a_counsellor_wrote_for_themself_nothing_is_asked_without_an_emergency_access(app: TestApp) {
        let world = &app.world;
        let own = over(new_visit(&app), &json!({"readers": "author"}));
        let visit = path_of(&log(&app, &world.counsellor, own).await);
        let asking = || app.post(&format!("{visit}/questions")).by(&world.manager.again(&app.app)).json(json!({"question": "What illness?"}));
        asking().refused(ProblemCode::CommandRefused).await;
        let access = crate::emergency_access::opened(&app, 20).await;
        let id = asking().expect(201).await.string("/id");
        assert_eq!(listed(&app, &world.manager, &visit).await[0]["question"], json!("What illness?"));
        assert_eq!(listed(&app, &world.counsellor, &visit).await[0]["question"], json!("What illness?"));
        assert_eq!(listed(&app, &world.mentor, &visit).await[0].get("question"), None);
        let mut tx = app.app.db.read().await.unwrap();
        let details: String = tx.query(sql!("SELECT details FROM audit WHERE action = 'visit_question.ask'")).scalar().await.unwrap();
        assert!(details.contains(&access), "{details}");
        drop(tx);
        answer(&app, &world.counsellor, &id, 1).await.expect(200).await;
        app.clock.advance(TimeDelta::minutes(20));
        let over = &listed(&app, &world.manager, &visit).await[0];
        assert_eq!((over.get("question"), over.get("answer"), over.get("answered_at").is_some()), (None, None, true));
        for (person, has) in [(&world.counsellor, true), (&world.mentor, false), (&world.manager, false)] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            let known = &phone.things[&("visit_questions".to_owned(), id.clone())];
            assert_eq!(known.get("question").is_some(), has);
        }
    }

    async fn a_phone_answers_without_network_and_loses_nothing(app: TestApp) {
        let world = &app.world;
        let visit = path_of(&log(&app, &world.mentor, new_visit(&app)).await);
        let id = ask(&app, &visit).await;
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        let known = |phone: &Phone| phone.things.get(&("visit_questions".to_owned(), id.clone())).cloned();
        assert_eq!(known(&phone).unwrap(), seen(&app, &world.mentor, &format!("/v1/visit-questions/{id}")).await);
        let others = Phone::fresh(&app, &world.other_mentor.again(&app.app)).await;
        assert_eq!(known(&others), None);
        let said = about(&app, "answerVisitQuestion", &id, 1, &json!({"answer": "The birth certificate"}));
        let by_another = about(&app, "answerVisitQuestion", &id, 1, &json!({"answer": "No idea"}));
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap();
        app.clock.advance(TimeDelta::hours(3));
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!(words(&push(&app, &world.counsellor, &[&by_another]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&said]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&said]).await), ["duplicate"]);
        assert_eq!(seen(&app, &world.manager, &format!("/v1/visit-questions/{id}")).await["answer"], json!("The birth certificate"));
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert_eq!(known(&phone), None);
    }

    async fn an_answer_is_corrected_by_its_author_beside_what_they_had_said(app: TestApp) {
        let world = &app.world;
        let visit = path_of(&log(&app, &world.mentor, new_visit(&app)).await);
        let id = ask(&app, &visit).await;
        let path = format!("/v1/visit-questions/{id}");
        let correcting = |person: &SignedIn, version: i64| {
            app.post(&format!("{path}/correct-answer")).by(&person.again(&app.app)).if_match(version).json(meant())
        };
        correcting(&world.mentor, 1).refused(ProblemCode::CommandRefused).await;
        answer(&app, &world.mentor, &id, 1).await.expect(200).await;
        correcting(&world.counsellor, 2).refused(ProblemCode::CommandRefused).await;
        correcting(&world.manager, 2).refused(ProblemCode::NotForThisRole).await;
        correcting(&world.other_mentor, 2).refused(ProblemCode::NotFound).await;
        correcting(&world.mentor, 1).refused(ProblemCode::Changed).await;
        let corrected = correcting(&world.mentor, 2).expect(200).await;
        assert_eq!((corrected.version(), corrected.string("/answer")), (3, "The birth certificate".to_owned()));
        assert!(corrected.json().get("corrected_at").is_some());
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let said = seen(&app, person, &format!("{path}/corrections")).await;
            let one = &said["items"][0];
            assert_eq!((&one["version"], &one["answer"], &one["reason"]), (&json!(2), &json!("The residence certificate"), &json!("I mixed them up")));
            assert_eq!((&one["corrected_by"], said["items"].as_array().unwrap().len()), (&json!(world.mentor.id), 1));
        }
        for person in [&world.other_mentor, &world.other_manager] {
            app.get(&format!("{path}/corrections")).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        assert_eq!(audited(&app, "visit_question.correct_answer").await, 1);
        // Also without network, from what was seen and once.
        let sent = about(&app, "correctVisitAnswer", &id, 3, &json!({"reason": "r", "answer": "Neither"}));
        let stale = about(&app, "correctVisitAnswer", &id, 2, &json!({"reason": "r", "answer": "Both"}));
        assert_eq!(words(&push(&app, &world.mentor, &[&sent, &sent, &stale]).await), ["applied", "duplicate", "conflict"]);
        assert_eq!(seen(&app, &world.manager, &path).await["answer"], json!("Neither"));
    }

    async fn what_was_answered_before_is_as_hidden_as_what_is_answered_now(app: TestApp) {
        let world = &app.world;
        let own = over(new_visit(&app), &json!({"readers": "author"}));
        let visit = path_of(&log(&app, &world.counsellor, own).await);
        crate::emergency_access::opened(&app, 20).await;
        let id = ask(&app, &visit).await;
        let path = format!("/v1/visit-questions/{id}");
        answer(&app, &world.counsellor, &id, 1).await.expect(200).await;
        let corrected = app.post(&format!("{path}/correct-answer")).by(&world.counsellor.again(&app.app)).if_match(2).json(meant());
        corrected.expect(200).await;
        let has_text = async |person: &SignedIn| {
            let said = seen(&app, person, &format!("{path}/corrections")).await;
            let one = &said["items"][0];
            assert_eq!(one.get("answer").is_some(), one.get("reason").is_some());
            one.get("answer").is_some()
        };
        assert_eq!((has_text(&world.counsellor).await, has_text(&world.mentor).await, has_text(&world.manager).await), (true, false, true));
        app.clock.advance(TimeDelta::minutes(20));
        assert!(!has_text(&world.manager).await);
        // Whoever takes their question back is not shown what was answered.
        let back = app.post(&format!("{path}/withdraw")).by(&world.manager.again(&app.app)).if_match(3).json(json!({"reason": "r"}));
        let back = back.expect(200).await.json();
        assert_eq!((back.get("answer"), back.get("question"), back.get("withdrawn_at").is_some()), (None, None, true));
    }

    async fn a_question_that_was_asked_by_mistake_is_taken_back_by_who_asked(app: TestApp) {
        let world = &app.world;
        let visit = path_of(&log(&app, &world.mentor, new_visit(&app)).await);
        let (id, other) = (ask(&app, &visit).await, ask(&app, &visit).await);
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        let path = format!("/v1/visit-questions/{id}");
        let taking = |person: &SignedIn, version: i64| {
            let body = json!({"reason": "It was about another visit"});
            app.post(&format!("{path}/withdraw")).by(&person.again(&app.app)).if_match(version).json(body)
        };
        for person in [&world.mentor, &world.counsellor, &world.participant, &world.administrator] {
            taking(person, 1).refused(ProblemCode::NotForThisRole).await;
        }
        taking(&world.other_manager, 1).refused(ProblemCode::NotFound).await;
        taking(&world.manager, 2).refused(ProblemCode::Changed).await;
        let said = about(&app, "answerVisitQuestion", &id, 1, &json!({"answer": "The birth certificate"}));
        let taken = taking(&world.manager, 1).expect(200).await;
        assert_eq!((taken.version(), taken.string("/withdrawal_reason")), (2, "It was about another visit".to_owned()));
        taking(&world.manager, 2).refused(ProblemCode::CommandRefused).await;
        // It is on no list and no phone, and its id still reads it; what is open beside it stays work.
        let all: Vec<Value> = listed(&app, &world.mentor, &visit).await.iter().map(|one| one["id"].clone()).collect();
        assert_eq!(all, [json!(other)]);
        assert!(seen(&app, &world.mentor, &path).await.get("withdrawn_at").is_some());
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert_eq!(phone.things.get(&("visit_questions".to_owned(), id.clone())), None);
        assert_eq!(work_items::causes(&app, &world.mentor).await, ["question_back"]);
        // What its author wrote meanwhile is not lost without a word.
        assert_eq!(words(&push(&app, &world.mentor, &[&said]).await), ["conflict"]);
        answer(&app, &world.mentor, &id, 2).await.refused(ProblemCode::CommandRefused).await;
        let path = format!("/v1/visit-questions/{other}/withdraw");
        app.post(&path).by(&world.manager.again(&app.app)).if_match(1).json(json!({"reason": "r"})).expect(200).await;
        assert!(work_items::causes(&app, &world.mentor).await.is_empty());
        assert_eq!(audited(&app, "visit_question.withdraw").await, 2);
    }
}

//! What the sweeps go through of check-ins and of what one participant alone is asked.

use super::{answers, new_check_ins, over, plan};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Canary, Feature, Phones, State, Subject, about, instead, over as over_body},
    visits::phones::about as recorded,
};
use care::check_in::CheckInId;
use chrono::TimeDelta;
use db::sql;
use kernel::protect::seal::Field;
use muwakaba_tests::{SignedIn, TestApp};
use serde_json::{Value, json};

/// What was answered.
const ANSWER: &str = "Qanari-roof: the rain comes in";
/// What one participant alone is asked.
const QUESTION: &str = "Qanari-alone: did the letter come";
/// Why the answers were corrected.
const CORRECTION: &str = "Qanari-meant: the thumb was too wide";
/// The questionnaire that came with the service.
const DEFAULT: &str = "019ac000-0000-7000-8000-000000000001";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            needed_by: &["listCheckIns"],
            version: Some(sql!("SELECT version FROM check_in WHERE id = $1")),
            ..Subject::new("check_in_id", |stage, _, ids| Box::pin(check_in(stage, ids)))
        },
        // They are known by their participant.
        Subject {
            needed_by: &["setCustomQuestions", "readCustomQuestions"],
            version: Some(sql!("SELECT version FROM custom_questions WHERE participant_id = $1")),
            ..Subject::new("custom_questions_id", |stage, _, ids| Box::pin(custom_questions(stage, ids)))
        },
    ],
    states: &[
        State { operation: "reviewCheckIn", make: |stage, _, ids| Box::pin(answered(stage, ids)) },
        State { operation: "correctCheckInAnswers", make: |stage, _, ids| Box::pin(answered(stage, ids)) },
        State { operation: "excuseCheckIn", make: |stage, _, ids| Box::pin(missed(stage, ids)) },
    ],
    bodies: &[
        over_body("planCheckIns", |_| json!({"check_ins": [{"day": "2026-11-23"}]})),
        instead("setCustomQuestions", |_| {
            json!({"questions": [{"kind": "yes_no", "text": "هل وصلتكم البطاقة؟"}]})
        }),
    ],
    deeds: &[
        deed("plan a check-in", "planCheckIns", By::Mentor),
        deed("save answers", "saveCheckInAnswers", By::Participant),
        deed("answer a check-in", "submitCheckIn", By::Participant),
        deed("answer for somebody", "submitCheckIn", By::Mentor),
        deed("correct the answers", "correctCheckInAnswers", By::Manager),
        deed("see the answers", "reviewCheckIn", By::Mentor),
        deed("excuse a check-in", "excuseCheckIn", By::Manager),
        deed("call a check-in off", "cancelCheckIn", By::Manager),
        deed("ask somebody alone", "setCustomQuestions", By::Mentor),
    ],
    never: &[
        "SELECT 'a check-in left behind: ' || c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
         WHERE c.centre_id <> p.centre_id",
        "SELECT 'to be answered by a closed file: ' || c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
         WHERE c.settled = 'unanswered' AND c.stage <> 'escalated' AND NOT p.active",
        "SELECT 'reminded of what is answered: ' || r.id FROM reminder AS r JOIN check_in AS c ON c.id = r.subject_id
         WHERE r.subject_kind = 'check_in' AND r.state = 'planned' AND c.settled <> 'unanswered'",
        "SELECT 'an alarm that nobody was told: ' || c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
         WHERE c.alarm_at IS NOT NULL AND p.active
           AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = c.id AND w.cause = 'check_in_alarm')",
    ],
    versioned: &["check_in"],
    counted: &[
        "check_in.plan",
        "check_in.save_answers",
        "check_in.submit",
        "check_in.correct_answers",
        "check_in.review",
        "check_in.excuse",
        "check_in.cancel",
    ],
    planned: &["check_in"],
    tables: &[
        about("check_in", "check-in", Phones::Get(&["check_ins"])),
        about(
            "check_in_correction",
            "check-in",
            Phones::GetNothing("what asked for help stands with the check-in, and the rest is looked up where there is a network"),
        ),
        about("custom_questions", "custom questions", Phones::GetNothing("a check-in says what it asks")),
    ],
    canaries: &[
        Canary {
            text: ANSWER,
            columns: &[
                "check_in.answers_sealed",
                "check_in.former_answers_sealed",
                "check_in_correction.answers_sealed",
            ],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: CORRECTION,
            columns: &["check_in_correction.why_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary {
            text: QUESTION,
            columns: &["custom_questions.questions_sealed", "check_in.custom_questions_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill(crowd))),
    recorded: &[
        |app| Box::pin(own(app, "saveCheckInAnswers", json!({"answers": []}))),
        |app| Box::pin(own(app, "submitCheckIn", answers("good"))),
        |app| {
            Box::pin(async {
                let path = super::open(app).await;
                let submit = super::command(app, &app.world.participant, &path, "submit", 1);
                submit.json(answers("bad")).expect(200).await;
                let id = path.rsplit('/').next().expect("an id").to_owned();
                let change = over(answers("good"), &json!({"reason": "slip"}));
                (app.world.participant.clone(), recorded(app, "correctCheckInAnswers", &id, 2, &change))
            })
        },
        |app| {
            Box::pin(async {
                let path = super::open(app).await;
                let submit = super::command(app, &app.world.participant, &path, "submit", 1);
                submit.json(answers("good")).expect(200).await;
                let id = path.rsplit('/').next().expect("an id").to_owned();
                (app.world.mentor.clone(), recorded(app, "reviewCheckIn", &id, 2, &json!({})))
            })
        },
        |app| {
            Box::pin(async {
                let path = super::open(app).await;
                let id = path.rsplit('/').next().expect("an id").to_owned();
                close(app, &id).await;
                let excuse = json!({"reason": "travel"});
                (app.world.mentor.clone(), recorded(app, "excuseCheckIn", &id, 1, &excuse))
            })
        },
    ],
    ..Feature::NOTHING
};

async fn own(app: &TestApp, operation: &str, body: Value) -> (SignedIn, Value) {
    let path = super::open(app).await;
    let id = path.rsplit('/').next().expect("an id");
    (app.world.participant.clone(), recorded(app, operation, id, 1, &body))
}

/// Lets it have closed a while ago: the clock of a sweep stands.
async fn close(app: &TestApp, id: &str) {
    let mut tx = app.app.db.write().await.expect("a transaction");
    let before = |days| app.now().saturating_sub(TimeDelta::days(days));
    tx.query(sql!("UPDATE check_in SET opens_at = $1, due_at = $2, closes_at = $3 WHERE id = $4"))
        .bind(before(4))
        .bind(before(2))
        .bind(before(1))
        .bind(id.parse::<CheckInId>().expect("an id"))
        .execute()
        .await
        .expect("a missed check-in");
    tx.commit().await.expect("a missed check-in");
}

/// One of the target's that is open.
async fn check_in(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let body = over(new_check_ins(&stage.app, &["2026-11-23"]), &json!({"participant_id": ids.participant}));
    let planned = stage.app.post("/v1/check-ins").by(&companion).json(body).expect(201).await;
    ids.with("check_in_id", planned.string("/items/0/id").parse().expect("an id"))
}

async fn custom_questions(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/participants/{}/custom-questions", ids.participant);
    let body = json!({"questions": [{"kind": "faces", "text": "كيف نومكم؟"}]});
    stage.app.put(&path).by(&companion).header("if-match", "*").json(body).expect(200).await;
    let participant = ids.participant;
    ids.with("custom_questions_id", participant)
}

async fn answered(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/check-ins/{}/submit", ids.of("check_in_id"));
    stage.app.post(&path).by(&companion).if_match(1).json(answers("good")).expect(200).await;
    ids
}

async fn missed(stage: &Stage, ids: Ids) -> Ids {
    close(&stage.app, &ids.of("check_in_id").to_string()).await;
    ids
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let mentor = || world.mentor.again(&app.app);
    let custom = json!({"questions": [{"kind": "text", "text": QUESTION, "required": false}]});
    let path = format!("/v1/participants/{}/custom-questions", ids.participant);
    app.put(&path).by(&mentor()).if_match(0).json(custom).expect(200).await;
    let body = over(new_check_ins(app, &["2026-11-23"]), &json!({"participant_id": ids.participant}));
    let id = app.post("/v1/check-ins").by(&mentor()).json(body).expect(201).await.string("/items/0/id");
    let mut whole = answers("good");
    let answer = json!({"question_id": "own_1", "text": ANSWER});
    whole["answers"].as_array_mut().expect("answers").push(answer);
    // Said and taken back, so that it lies among what does not stand as well.
    let path = format!("/v1/check-ins/{id}");
    let mut said = whole.clone();
    said["answers"][1]["option"] = json!("nowhere");
    app.put(&format!("{path}/answers")).by(&mentor()).if_match(1).json(said).expect(200).await;
    app.post(&format!("{path}/submit")).by(&mentor()).if_match(2).json(whole).expect(200).await;
    let mut meant = over(answers("neutral"), &json!({"reason": "misheard", "note": CORRECTION}));
    meant["answers"].as_array_mut().expect("answers").push(json!({"question_id": "own_1", "text": ANSWER}));
    app.post(&format!("{path}/correct-answers")).by(&mentor()).if_match(3).json(meant).expect(200).await;
    ids.with("check_in_id", id.parse().expect("an id"))
}

/// One of every participant, and what each alone is asked.
async fn fill(crowd: &mut Crowd) {
    let mentor = crowd.app.world.mentor.again(&crowd.app.app);
    let planned = plan(&crowd.app, &mentor, new_check_ins(&crowd.app, &["2026-11-23"])).await;
    let id = planned.string("/items/0/id");
    let path = format!("/v1/check-ins/{id}");
    super::command(&crowd.app, &mentor, &path, "submit", 1).json(answers("bad")).expect(200).await;
    let meant = over(answers("good"), &json!({"reason": "misheard"}));
    super::command(&crowd.app, &mentor, &path, "correct-answers", 2).json(meant).expect(200).await;
    crowd.made("check_in_id", id.parse().expect("an id"));
    let (app, then) = (&crowd.app, crowd.app.now().saturating_sub(TimeDelta::days(9)));
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO check_in (id, centre_id, participant_id, questionnaire_id, questionnaire_number, custom_questions_left_out, local_opens,
                                       local_due, local_closes, zone, opens_at, due_at, closes_at, settled, stage, planned_at, planned_by,
                                       version) VALUES {rows}"
            ),
            chunk.len(),
            18,
        );
        for (participant, centre, _) in chunk {
            query = query
                .bind(CheckInId::new(&*app.app.ids))
                .bind(*centre)
                .bind(*participant)
                .bind(DEFAULT.parse::<care::questionnaire::QuestionnaireId>().expect("an id"))
                .bind(1_i64)
                .bind(0_i64)
                .bind("2026-11-14T10:00:00")
                .bind("2026-11-16T10:00:00")
                .bind("2026-11-18T10:00:00")
                .bind("Africa/Casablanca")
                .bind(then)
                .bind(then)
                .bind(then)
                .bind("unanswered")
                .bind("escalated")
                .bind(then)
                .bind(crowd.staff[0].0)
                .bind(1_i64);
        }
        query.execute().await.expect("check-ins");
        let mut query = tx.query_rows(
            sql!("INSERT INTO custom_questions (participant_id, questions_sealed, count, set_at, set_by, version) VALUES {rows}"),
            chunk.len(),
            6,
        );
        for (participant, _, key) in chunk {
            let field = Field::new("custom_questions", "questions_sealed", participant.0);
            query = query
                .bind(*participant)
                .bind(key.seal(field, b"[]", &*app.app.random).expect("sealed"))
                .bind(0_i64)
                .bind(then)
                .bind(crowd.staff[0].0)
                .bind(1_i64);
        }
        query.execute().await.expect("custom questions");
    }
    // Nobody reads these: what they say is whatever was sealed.
    tx.query(sql!(
        "INSERT INTO check_in_correction (check_in_id, version, corrected_at, why_sealed, answers_sealed)
         SELECT c.id, c.version, c.planned_at, own.questions_sealed, own.questions_sealed
         FROM check_in AS c JOIN custom_questions AS own ON own.participant_id = c.participant_id WHERE c.corrected_at IS NULL"
    ))
    .execute()
    .await
    .expect("corrections");
    tx.commit().await.expect("check-ins");
}

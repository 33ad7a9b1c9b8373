//! What the sweeps go through of needs and strengths.

use super::phones::{made, said};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::{self, Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Asked, Canary, Feature, Phones, State, Subject, about, fill},
    visits::about as sent_about,
};
use db::sql;
use kernel::protect::{privacy::Note, seal::Field};
use muwakaba_tests::TestApp;
use serde_json::{Value, json};

/// What is needed.
const WHAT: &str = "Qanari-need: a certificate of birth";
/// What helped.
const HELPED: &str = "Qanari-helped: the cousin in Fes";
/// Why it was corrected.
const REASON: &str = "Qanari-need-reason: it was the other one";
/// Why it was withdrawn.
const WITHDRAWN: &str = "Qanari-need-withdrawn: said of the aunt";
/// What somebody can lean on.
const STRENGTH: &str = "Qanari-strength: mends any engine";
/// Why that was withdrawn.
const STRENGTH_WITHDRAWN: &str = "Qanari-strength-withdrawn: it was the brother";

/// Why no text is looked for in an area.
const A_WORD: &str = "a word of the vocabulary, at one length";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            version: Some(sql!("SELECT version FROM need WHERE id = $1")),
            ..Subject::new("need_id", |stage, _, ids| Box::pin(one(stage, ids, "findNeed", "need_id")))
        },
        Subject {
            version: Some(sql!("SELECT version FROM strength WHERE id = $1")),
            ..Subject::new("strength_id", |stage, _, ids| Box::pin(one(stage, ids, "recordStrength", "strength_id")))
        },
    ],
    states: &[State { operation: "reopenNeed", make: |stage, _, ids| Box::pin(closed(stage, ids)) }],
    deeds: &[
        deed("find a need", "findNeed", By::Mentor),
        deed("take a need in hand", "takeNeedInHand", By::Mentor),
        deed("close a need", "closeNeed", By::Mentor),
        deed("open a need again", "reopenNeed", By::Mentor),
        deed("correct a need", "correctNeed", By::Mentor),
        deed("withdraw a need", "withdrawNeed", By::Manager),
        deed("say that nothing is needed", "answerNeedArea", By::Mentor),
        deed("record a strength", "recordStrength", By::Mentor),
        deed("withdraw a strength", "withdrawStrength", By::Mentor),
    ],
    never: &[
        "SELECT 'a need left behind: ' || n.id FROM need AS n JOIN participant AS p ON p.id = n.participant_id WHERE n.centre_id <> p.centre_id",
        "SELECT 'a strength left behind: ' || s.id FROM strength AS s JOIN participant AS p ON p.id = s.participant_id
         WHERE s.centre_id <> p.centre_id",
        "SELECT 'what was said was left behind: ' || a.participant_id FROM need_answers AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE a.centre_id <> p.centre_id",
        "SELECT 'closed by nobody: ' || n.id FROM need AS n
         WHERE (n.state IN ('found', 'in_hand')) <> (n.closed_on IS NULL) OR (n.state = 'in_hand' AND n.in_hand_on IS NULL)",
        "SELECT 'a former state that was lost: ' || n.id FROM need AS n
         WHERE n.version - 1 <> (SELECT count(*) FROM need_history AS h WHERE h.need_id = n.id)",
    ],
    versioned: &["need", "strength"],
    counted: &[
        "need.find",
        "need.take_in_hand",
        "need.close",
        "need.reopen",
        "need.correct",
        "need.withdraw",
        "strength.record",
        "strength.withdraw",
    ],
    tables: &[
        about("need", "need", Phones::Get(&["needs"])),
        about("need_history", "need", Phones::GetNothing("how a need stood before is looked up where there is a network")),
        about("strength", "strength", Phones::Get(&["needs"])),
        about("need_answers", "area without need", Phones::Get(&["needs"])),
    ],
    canaries: &[
        Canary {
            text: WHAT,
            columns: &["need.what_sealed", "need_history.what_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: HELPED,
            columns: &["need.helped_sealed", "need_history.helped_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
        Canary { text: REASON, columns: &["need_history.reason_sealed"], readers: &[Mentor, Counsellor, Manager] },
        Canary { text: WITHDRAWN, columns: &["need.withdrawal_sealed"], readers: &[Mentor, Counsellor, Manager] },
        Canary {
            text: STRENGTH,
            columns: &["strength.what_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: STRENGTH_WITHDRAWN,
            columns: &["strength.withdrawal_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
    ],
    unsung: &[
        ("need.area_sealed", A_WORD),
        ("need_history.area_sealed", A_WORD),
        ("strength.area_sealed", A_WORD),
        ("need_answers.answers_sealed", "words of the vocabulary, with when and by whom"),
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| Box::pin(async { (app.world.mentor.clone(), made(app, "findNeed", &super::new_need(app))) }),
        |app| Box::pin(of_one(app, "takeNeedInHand", json!({}))),
        |app| Box::pin(of_one(app, "closeNeed", json!({"result": "met"}))),
        |app| Box::pin(of_closed(app)),
        |app| Box::pin(of_one(app, "correctNeed", json!({"reason": "r", "what": "Another paper"}))),
        |app| Box::pin(of_one(app, "withdrawNeed", json!({"reason": "It was somebody else"}))),
        |app| Box::pin(async { (app.world.mentor.clone(), said(app, "education")) }),
        |app| {
            Box::pin(async { (app.world.mentor.clone(), made(app, "recordStrength", &super::new_strength(app))) })
        },
    ],
    ..Feature::NOTHING
};

async fn of_one(app: &TestApp, operation: &str, body: Value) -> (muwakaba_tests::SignedIn, Value) {
    let need = super::found(app, super::new_need(app)).await.string("/id");
    (app.world.mentor.clone(), sent_about(app, operation, &need, 1, &body))
}

async fn of_closed(app: &TestApp) -> (muwakaba_tests::SignedIn, Value) {
    let need = super::found(app, super::new_need(app)).await.string("/id");
    super::done(app, &format!("/v1/needs/{need}"), "close", 1, json!({"result": "met"})).await;
    (app.world.mentor.clone(), sent_about(app, "reopenNeed", &need, 2, &json!({"reason": "again"})))
}

/// One of the target's, which their companion recorded.
async fn one(stage: &Stage, ids: Ids, operation: &str, name: &'static str) -> Ids {
    let record = operations::named(operation);
    let body = fill(&record, &Asked { ids: &ids, serial: 0 }, stage, None).await.expect("a body");
    let companion = stage.companion_of(&ids).await;
    let made = stage.app.post(&record.path).by(&companion).json(body).expect(201).await;
    ids.with(name, made.string("/id").parse().expect("an id"))
}

/// The need is closed.
async fn closed(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/needs/{}/close", ids.of("need_id"));
    stage.app.post(&path).by(&companion).if_match(1).json(json!({"result": "met"})).expect(200).await;
    ids
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, mentor) = (&aviary.stage.app, &aviary.stage.app.world.mentor);
    let new = json!({"participant_id": ids.participant, "area": "papers", "what": WHAT});
    // One stays in the picture.
    app.post("/v1/needs").by(mentor).json(new.clone()).expect(201).await;
    let need = app.post("/v1/needs").by(mentor).json(new).expect(201).await.string("/id");
    let path = format!("/v1/needs/{need}");
    let close = json!({"result": "met", "helped": HELPED});
    app.post(&format!("{path}/close")).by(mentor).if_match(1).json(close).expect(200).await;
    let correction = json!({"reason": REASON, "area": "legal"});
    app.patch(&path).by(mentor).if_match(2).json(correction).expect(200).await;
    let why = json!({"reason": WITHDRAWN});
    app.post(&format!("{path}/withdraw")).by(mentor).if_match(3).json(why).expect(200).await;
    let new = json!({"participant_id": ids.participant, "area": "income", "what": STRENGTH});
    app.post("/v1/strengths").by(mentor).json(new.clone()).expect(201).await;
    let strength = app.post("/v1/strengths").by(mentor).json(new).expect(201).await.string("/id");
    let why = json!({"reason": STRENGTH_WITHDRAWN});
    app.post(&format!("/v1/strengths/{strength}/withdraw"))
        .by(mentor)
        .if_match(1)
        .json(why)
        .expect(200)
        .await;
    let id = |text: String| text.parse().expect("an id");
    ids.with("need_id", id(need)).with("strength_id", id(strength))
}

/// One of each of every participant, and a need with a long history.
async fn fill_crowd(crowd: &mut Crowd) {
    let need = super::found(&crowd.app, super::new_need(&crowd.app)).await;
    crowd.made("need_id", need.string("/id").parse().expect("an id"));
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let sealed = |table, column, id, key: &kernel::protect::seal::DataKey| {
            let note = Note::parse("A certificate").expect("a note");
            key.seal_text(Field::new(table, column, id), &note, &*app.app.random).expect("sealed")
        };
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO need (id, centre_id, participant_id, area_sealed, what_sealed, state, found_by, found_on, recorded_at,
                                   changed_at, version) VALUES {rows}"
            ),
            chunk.len(),
            11,
        );
        for (participant, centre, key) in chunk {
            let id = app.app.ids.next();
            let area =
                key.seal(Field::new("need", "area_sealed", id), b"papers", &*app.app.random).expect("sealed");
            query = query
                .bind(id)
                .bind(*centre)
                .bind(*participant)
                .bind(area)
                .bind(sealed("need", "what_sealed", id, key))
                .bind("found")
                .bind(crowd.staff[0].0)
                .bind("2026-11-14")
                .bind(now)
                .bind(now)
                .bind(1_i64);
        }
        query.execute().await.expect("needs");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO strength (id, centre_id, participant_id, area_sealed, what_sealed, author_id, recorded_at, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            8,
        );
        for (participant, centre, key) in chunk {
            let id = app.app.ids.next();
            let area = key
                .seal(Field::new("strength", "area_sealed", id), b"family", &*app.app.random)
                .expect("sealed");
            query = query
                .bind(id)
                .bind(*centre)
                .bind(*participant)
                .bind(area)
                .bind(sealed("strength", "what_sealed", id, key))
                .bind(crowd.staff[0].0)
                .bind(now)
                .bind(1_i64);
        }
        query.execute().await.expect("strengths");
        let mut query = tx.query_rows(
            sql!("INSERT INTO need_answers (participant_id, centre_id, version) VALUES {rows}"),
            chunk.len(),
            3,
        );
        for (participant, centre, _) in chunk {
            query = query.bind(*participant).bind(*centre).bind(0_i64);
        }
        query.execute().await.expect("answers");
    }
    tx.query(sql!(
        "INSERT INTO need_history (need_id, version, changed_at, changed_by, command, area_sealed, what_sealed, state, found_on)
         SELECT id, version, recorded_at, found_by, 'correct', area_sealed, what_sealed, state, found_on FROM need"
    ))
    .execute()
    .await
    .expect("former needs");
    tx.commit().await.expect("needs");
}

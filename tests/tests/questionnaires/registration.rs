//! What the sweeps go through of questionnaires.

use crate::{
    operations::{Ids, Stage},
    plans::Crowd,
    races::{By, deed},
    registry::{Feature, Phones, Small, Subject, about},
};
use db::sql;
use serde_json::json;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        version: Some(sql!("SELECT version FROM questionnaire WHERE id = $1")),
        ..Subject::new("questionnaire_id", |stage, _, ids| Box::pin(questionnaire(stage, ids)))
    }],
    // Managers write them for all of their centre.
    public_fields: &[("makeQuestionnaire", "name")],
    lists: &[("listQuestionnaires", "questionnaire_id"), ("listQuestionnaireVersions", "questionnaire_id")],
    deeds: &[
        deed("make a questionnaire", "makeQuestionnaire", By::Manager),
        deed("ask something else", "publishQuestionnaireVersion", By::Manager),
        deed("retire a questionnaire", "retireQuestionnaire", By::Manager),
    ],
    versioned: &["questionnaire"],
    counted: &["questionnaire.make", "questionnaire.publish", "questionnaire.retire"],
    never: &[
        "SELECT 'asks a version that there is not: ' || q.id FROM questionnaire AS q
         WHERE NOT EXISTS (SELECT 1 FROM questionnaire_version AS v WHERE v.questionnaire_id = q.id AND v.number = q.number)",
    ],
    tables: &[
        about("questionnaire", "questionnaire", Phones::GetNothing("a check-in says what it asks")).kept(),
        about("questionnaire_version", "questionnaire", Phones::GetNothing("a check-in says what it asks"))
            .kept(),
    ],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    // A centre has a handful.
    small: Small { scans: &["q", "questionnaire"], sorts: &[], asked_of_few: &[], columns: &[] },
    ..Feature::NOTHING
};

/// One of the centre's.
async fn questionnaire(stage: &Stage, ids: Ids) -> Ids {
    let manager = stage.manager_of(&ids).await;
    let question = json!({"id": "mood", "kind": "faces", "text": {"fr": "Comment allez-vous ?"}});
    let body = json!({"name": "The first weeks", "questions": [question]});
    let made = stage.app.post("/v1/questionnaires").by(&manager).json(body).expect(201).await;
    ids.with("questionnaire_id", made.string("/id").parse().expect("an id"))
}

/// More than a page, each with several versions.
async fn fill(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let (questions, mut first) =
        (r#"[{"id":"a","kind":"text","required":false,"text":{"en":"?"},"unit":null,"options":[]}]"#, None);
    let mut tx = app.app.db.write().await.expect("a transaction");
    for number in 0..210 {
        let id = app.app.ids.next();
        first.get_or_insert(id);
        tx.query(sql!(
            "INSERT INTO questionnaire (id, centre_id, name, number, created_at, created_by, version) VALUES ($1, $2, 'x', 2, $3, $4, 2)"
        ))
        .bind(id)
        .bind((number % 2 == 0).then_some(app.world.centre))
        .bind(now)
        .bind(app.world.manager.id)
        .execute()
        .await
        .expect("a questionnaire");
        let versions = if first == Some(id) { 205 } else { 2 };
        for version in 1..=versions {
            tx.query(sql!(
                "INSERT INTO questionnaire_version (questionnaire_id, number, questions, created_at, created_by) VALUES ($1, $2, $3, $4, $5)"
            ))
            .bind(id)
            .bind(i64::from(version))
            .bind(questions)
            .bind(now)
            .bind(app.world.manager.id)
            .execute()
            .await
            .expect("a version");
        }
    }
    tx.commit().await.expect("questionnaires");
    crowd.made("questionnaire_id", first.expect("one"));
}

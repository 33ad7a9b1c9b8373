//! What the sweeps go through of plan templates.

use super::content;
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
        needed_by: &["startPlan"],
        version: Some(sql!("SELECT version FROM plan_template WHERE id = $1")),
        ..Subject::new("plan_template_id", |stage, _, ids| Box::pin(template(stage, ids)))
    }],
    lists: &[("listPlanTemplates", "plan_template_id"), ("listPlanTemplateVersions", "plan_template_id")],
    deeds: &[
        deed("make a plan template", "makePlanTemplate", By::Manager),
        deed("publish a plan template", "publishPlanTemplateVersion", By::Manager),
        deed("retire a plan template", "retirePlanTemplate", By::Manager),
    ],
    versioned: &["plan_template"],
    counted: &["plan_template.make", "plan_template.publish", "plan_template.retire"],
    never: &[
        "SELECT 'says a version that there is not: ' || t.id FROM plan_template AS t
         WHERE NOT EXISTS (SELECT 1 FROM plan_template_version AS v WHERE v.template_id = t.id AND v.number = t.number)",
    ],
    tables: &[
        about("plan_template", "plan template", Phones::GetNothing("a plan says what is read of it")).kept(),
        about("plan_template_version", "plan template", Phones::GetNothing("a plan says what is read of it"))
            .kept(),
    ],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    // A centre has a handful.
    small: Small { scans: &["t", "plan_template"], sorts: &[], asked_of_few: &[], columns: &[] },
    ..Feature::NOTHING
};

/// One of the centre's.
pub async fn template(stage: &Stage, ids: Ids) -> Ids {
    let manager = stage.manager_of(&ids).await;
    let made =
        stage.app.post("/v1/plan-templates").by(&manager).json(json!({"content": content()})).expect(201);
    let made = made.await;
    ids.with("plan_template_id", made.string("/id").parse().expect("an id"))
}

/// More than a page, each with several versions.
async fn fill(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let (content, mut first) = (content().to_string(), None);
    let mut tx = app.app.db.write().await.expect("a transaction");
    for number in 0..210 {
        let id = app.app.ids.next();
        first.get_or_insert(id);
        tx.query(sql!(
            "INSERT INTO plan_template (id, centre_id, number, created_at, created_by, version) VALUES ($1, $2, 2, $3, $4, 2)"
        ))
        .bind(id)
        .bind((number % 2 == 0).then_some(app.world.centre))
        .bind(now)
        .bind(app.world.manager.id)
        .execute()
        .await
        .expect("a template");
        let versions = if first == Some(id) { 205 } else { 2 };
        for version in 1..=versions {
            tx.query(sql!(
                "INSERT INTO plan_template_version (template_id, number, content, created_at, created_by) VALUES ($1, $2, $3, $4, $5)"
            ))
            .bind(id)
            .bind(i64::from(version))
            .bind(content.as_str())
            .bind(now)
            .bind(app.world.manager.id)
            .execute()
            .await
            .expect("a version");
        }
    }
    tx.commit().await.expect("templates");
    crowd.made("plan_template_id", first.expect("one"));
}

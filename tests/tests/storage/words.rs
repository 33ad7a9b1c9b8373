//! Ids and words that a feature declares for itself. They are made of several crates, of which the feature's need not have any.

use contract::{
    __private::utoipa::{PartialSchema as _, ToSchema as _},
    IdSource as _, NotAnId, SystemIds,
};
use db::sql;
use muwakaba_tests::Database;
use serde_json::json;

/// Where the names of those crates mean nothing.
mod feature {
    mod embedded {}
    mod serde {}
    mod sqlx {}
    mod utoipa {}
    mod uuid {}

    contract::ids! {
        /// A visit to somebody's home.
        VisitId,
        /// What is to be done after one.
        NextStepId,
    }

    contract::vocabulary! {
        /// How a visit went.
        VisitResult {
            /// Somebody was there.
            Met => "met",
            /// Nobody was.
            NobodyThere => "nobody_there",
        }
    }
}

use feature::{NextStepId, VisitId, VisitResult};

#[tokio::test]
async fn they_rest_in_sqlite() {
    they_are_read_as_they_were_written(&Database::sqlite().await).await;
}

#[tokio::test]
async fn they_rest_in_postgres() {
    let Some(database) = Database::postgres().await else { return };
    they_are_read_as_they_were_written(&database).await;
}

async fn they_are_read_as_they_were_written(database: &Database) {
    let (visit, step) = (VisitId::new(&SystemIds), NextStepId(SystemIds.next()));
    for result in VisitResult::ALL {
        let mut tx = database.db.read().await.unwrap();
        let back: (VisitId, NextStepId, VisitResult, String) =
            tx.query(sql!("SELECT $1, $2, $3, $3")).bind(visit).bind(step).bind(*result).one().await.unwrap();
        assert_eq!(back, (visit, step, *result, result.as_str().to_owned()));
    }
    let mut tx = database.db.read().await.unwrap();
    assert!(tx.query(sql!("SELECT 'burnt_down'")).scalar::<VisitResult>().await.is_err());
    let mut tx = database.db.read().await.unwrap();
    assert!(tx.query(sql!("SELECT 'met'")).scalar::<VisitId>().await.is_err());
}

#[test]
fn they_travel_as_text_and_nothing_else_is_taken_for_them() {
    let visit = VisitId::new(&SystemIds);
    let sent = json!([visit, VisitResult::NobodyThere]);
    assert_eq!(sent, json!([visit.to_string(), "nobody_there"]));
    assert_eq!(
        serde_json::from_value::<(VisitId, VisitResult)>(sent).unwrap(),
        (visit, VisitResult::NobodyThere)
    );
    assert!(serde_json::from_value::<VisitResult>(json!("burnt_down")).is_err());
    assert!("burnt_down".parse::<VisitResult>().is_err());
    let other_version = "e3b0c442-98fc-4c14-9afb-f4c8996fb924";
    assert!(serde_json::from_value::<VisitId>(json!(other_version)).is_err());
    assert_eq!(other_version.parse::<VisitId>(), Err(NotAnId));
}

#[test]
fn they_stand_in_openapi_as_those_of_the_contract_do() {
    assert_eq!(VisitResult::name(), "VisitResult");
    assert_eq!(
        serde_json::to_value(VisitResult::schema()).unwrap(),
        json!({"type": "string", "description": "How a visit went.", "enum": ["met", "nobody_there"]})
    );
    let mut of_the_contract = serde_json::to_value(contract::AppointmentId::schema()).unwrap();
    of_the_contract["description"] = json!("A visit to somebody's home.");
    assert_eq!(VisitId::name(), "VisitId");
    assert_eq!(serde_json::to_value(VisitId::schema()).unwrap(), of_the_contract);
}

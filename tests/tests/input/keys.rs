//! `Idempotency-Key` acts where the contract knows it and says nothing everywhere else.

use super::bodies::permitted;
use crate::operations::{Operation, Stage, all, both_stages};
use db::sql;
use reqwest::Method;

both_stages! {
    async fn a_key_acts_exactly_where_the_contract_knows_it(stage: Stage) {
        let (mut surprises, mut acting) = (Vec::new(), 0);
        let changes = |operation: &&Operation| operation.method != Method::GET;
        for operation in all().iter().filter(changes) {
            let knows_it = operation.has_header("Idempotency-Key");
            let (request, caller) = permitted(&stage, operation).await;
            let key = format!("key-{}", operation.id);
            let send = || request.by(&stage.app, caller.as_ref()).header("idempotency-key", &key).send();
            let answer = send().await;
            let kept = kept(&stage).await;
            if (kept > 0) != knows_it {
                surprises.push(format!("{}: {kept} answers are kept: {}", operation.id, answer.text()));
            }
            if knows_it {
                acting += 1;
                let again = send().await;
                if (again.status, again.body) != (answer.status, answer.body.clone()) {
                    surprises.push(format!("{}: another answer", operation.id));
                }
            }
            // Where it says nothing, not even a wrong one is refused.
            let wrong = "x".repeat(200);
            let refused = request.by(&stage.app, caller.as_ref()).header("idempotency-key", &wrong).send().await;
            if refused.text().contains("Idempotency-Key") != knows_it {
                surprises.push(format!("{}: a wrong key: {}", operation.id, refused.text()));
            }
            forget(&stage).await;
            stage.reset().await;
        }
        assert!(acting > 15, "only {acting} operations know the key");
        assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    }
}

async fn kept(stage: &Stage) -> i64 {
    let mut tx = stage.app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM idempotency")).scalar().await.unwrap()
}

async fn forget(stage: &Stage) {
    let mut tx = stage.app.app.db.write().await.unwrap();
    tx.query(sql!("DELETE FROM idempotency")).execute().await.unwrap();
    tx.commit().await.unwrap();
}

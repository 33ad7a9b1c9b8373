//! `If-Match` by its grammar (RFC 9110 §13.1.1), at every operation that asks for it.

use super::bodies::permitted;
use crate::operations::{Prepared, Stage, all, both_stages};
use contract::{Problem, ProblemCode};
use muwakaba_tests::{Answer, world::SignedIn};

/// Of the grammar, but no version of ours: the change is refused, and the present version told.
const OTHERS: [&str; 5] = ["W/\"1\"", "\"1-gzip\"", "\"x\", W/\"2\"", "\"999999\"", "\"\""];
/// Not of the grammar.
const GARBAGE: [&str; 6] = ["1", "\"1", "undefined", "\"1\" \"2\"", "*, \"1\"", "w/\"1\""];

both_stages! {
    async fn versions_are_compared_as_the_standard_says(stage: Stage) {
        let (mut surprises, mut tried) = (Vec::new(), 0);
        for operation in all().iter().filter(|operation| operation.has_header("If-Match")) {
            let (request, caller) = permitted(&stage, operation).await;
            let version = request.version.expect("a version");
            let unsaid = Prepared { version: None, ..request.clone() };
            let (said, caller) = (&unsaid, caller.as_ref());
            for other in OTHERS {
                let answer = send(&stage, said, caller, other).await;
                if problem(&answer).is_none_or(|problem| problem.code != ProblemCode::Changed || problem.current_version != Some(version)) {
                    surprises.push(format!("{} {other}: {}", operation.id, answer.text()));
                }
            }
            for garbage in GARBAGE {
                let answer = send(&stage, said, caller, garbage).await;
                let names_it = |problem: Problem| problem.errors.iter().any(|fault| fault.pointer == "If-Match:");
                if answer.status != 400 || !problem(&answer).is_some_and(names_it) {
                    surprises.push(format!("{} {garbage}: {}", operation.id, answer.text()));
                }
            }
            let missing = said.by(&stage.app, caller).send().await;
            if missing.status != 428 {
                surprises.push(format!("{} without: {}", operation.id, missing.text()));
            }
            // A list with the right one among others, then (after all is as before) whatever there is.
            for right in [format!("\"x\", W/\"{version}\", \"{version}\""), "*".to_owned()] {
                let (request, caller) = permitted(&stage, operation).await;
                let right = right.replace(&version.to_string(), &request.version.expect("a version").to_string());
                let unsaid = Prepared { version: None, ..request };
                let answer = send(&stage, &unsaid, caller.as_ref(), &right).await;
                if answer.status >= 300 {
                    surprises.push(format!("{} {right}: {}", operation.id, answer.text()));
                }
                stage.reset().await;
            }
            tried += 1;
        }
        assert!(tried > 8, "only {tried} operations were tried");
        assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    }
}

async fn send(stage: &Stage, request: &Prepared, caller: Option<&SignedIn>, versions: &str) -> Answer {
    request.by(&stage.app, caller).header("if-match", versions).send().await
}

fn problem(answer: &Answer) -> Option<Problem> {
    (answer.header("content-type") == "application/problem+json").then(|| answer.read())
}

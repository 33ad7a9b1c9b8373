//! Every operation with a body × everything that can be wrong with it.

use super::{
    contents::Contents,
    faults::{Fault, of_fields, of_text},
};
use crate::{
    access::{Caller, Callers},
    operations::{Operation, Prepared, Stage, all, both_stages},
};
use contract::Problem;
use muwakaba_tests::{Answer, world::SignedIn};
use reqwest::header::HeaderValue;
use serde_json::Value;

both_stages! {
    async fn a_wrong_body_is_refused_by_name_and_changes_nothing(stage: Stage) {
        let mut contents = Contents::of(&stage.app.database).await;
        let (mut surprises, mut tried) = (Vec::new(), 0);
        for operation in all().iter().filter(|operation| operation.takes_body()) {
            let (request, caller) = permitted(&stage, operation).await;
            let valid = request.body.clone().unwrap();
            let mut before = contents.mark().await;
            for fault in of_text(&valid).into_iter().chain(of_fields(operation.body_schema().unwrap(), &valid)) {
                let answer = send(&stage, &request, caller.as_ref(), &fault).await;
                tried += 1;
                if let Some(surprise) = surprise(&fault, &answer) {
                    surprises.push(format!("{} body {}: {surprise}: {}", operation.id, fault.what, answer.text()));
                }
                // The embedded database says after each which one it was; looking at every table of the other takes long, and is done once.
                if !stage.app.database.db.is_embedded() {
                    continue;
                }
                let after = contents.mark().await;
                if before != after {
                    surprises.push(format!("{} body {}: something changed", operation.id, fault.what));
                    before = after;
                }
            }
            if before != contents.mark().await {
                surprises.push(format!("{}: one of its bodies changed something", operation.id));
            }
            // The same request with nothing wrong is taken, so that each refusal was for its fault.
            if !operation.is_public() {
                let taken = request.by(&stage.app, caller.as_ref()).send().await;
                if taken.status >= 300 || before == contents.mark().await {
                    surprises.push(format!("{} is not taken any more: {}", operation.id, taken.text()));
                }
            }
            stage.reset().await;
        }
        assert!(tried > 500, "only {tried} bodies were tried");
        assert!(surprises.is_empty(), "{} of {tried}:\n{}", surprises.len(), surprises.join("\n"));
    }
}

/// The operation's request by somebody who may make it.
pub(super) async fn permitted(stage: &Stage, operation: &Operation) -> (Prepared, Option<SignedIn>) {
    if operation.is_public() {
        return (stage.request(operation, &stage.own, None, stage.serial()).await, None);
    }
    for caller in [Caller::Manager, Caller::Administrator, Caller::Mentor, Caller::Participant] {
        let callers = Callers::sign_in(&stage.app).await;
        let ids = stage.ready(operation, stage.own.clone()).await;
        let ids = stage.seen_by(operation, &ids, callers.get(caller)).await;
        let request = stage.request(operation, &ids, callers.get(caller), stage.serial()).await;
        let answer = request.by(&stage.app, callers.get(caller)).send().await;
        if answer.status < 300 {
            stage.reset().await;
            let callers = Callers::sign_in(&stage.app).await;
            let ids = stage.ready(operation, stage.own.clone()).await;
            let ids = stage.seen_by(operation, &ids, callers.get(caller)).await;
            let request = stage.request(operation, &ids, callers.get(caller), stage.serial()).await;
            return (request, callers.get(caller).cloned());
        }
    }
    panic!("{}: nobody may do it", operation.id);
}

async fn send(stage: &Stage, request: &Prepared, caller: Option<&SignedIn>, fault: &Fault) -> Answer {
    let bare = request.bare(&stage.app, caller);
    let bare =
        if fault.content_type.is_empty() { bare } else { bare.header("content-type", fault.content_type) };
    bare.bytes(fault.body.clone()).send().await
}

/// What was wrong with the one thing of several that each are answered alone, as if it were the whole answer.
fn alone(answer: &Answer) -> Answer {
    let Some(mut problem) = serde_json::from_slice::<Value>(&answer.body)
        .ok()
        .and_then(|answer| answer.pointer("/results/0/problem").cloned())
    else {
        return answer.clone();
    };
    for error in problem.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
        error["pointer"] = format!("/mutations/0{}", error["pointer"].as_str().unwrap_or_default()).into();
    }
    let mut headers = answer.headers.clone();
    headers.insert("content-type", HeaderValue::from_static("application/problem+json"));
    let status = problem["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
    Answer { status, headers, body: problem.to_string().into_bytes() }
}

fn surprise(fault: &Fault, answer: &Answer) -> Option<&'static str> {
    let answer = &alone(answer);
    if !(400..500).contains(&answer.status) {
        return Some("is not refused");
    }
    if answer.header("content-type") != "application/problem+json" {
        return Some("is no problem answer");
    }
    let problem: Problem = answer.read();
    if super::words::names_the_program(&problem) {
        return Some("speaks of the program");
    }
    match &fault.pointer {
        None if problem.detail.is_some() || !problem.errors.is_empty() => None,
        None => Some("does not say what is wrong"),
        Some(pointer) if problem.errors.iter().any(|error| error.pointer.starts_with(pointer.as_str())) => {
            None
        }
        Some(_) => Some("does not name the field"),
    }
}

//! Every operation × everything that can be wrong with the parameters in its path and query.

use super::contents::Contents;
use crate::{
    access::{Caller, Callers},
    operations::{Operation, all, both_stages},
};
use contract::Problem;
use muwakaba_tests::Answer;

both_stages! {
    async fn a_wrong_parameter_is_refused_by_name_and_changes_nothing(stage: Stage) {
        let callers = Callers::sign_in(&stage.app).await;
        let mut contents = Contents::of(&stage.app.database).await;
        let (before, mut surprises, mut tried) = (contents.mark().await, Vec::new(), 0);
        for operation in all().iter().filter(|operation| !operation.is_public()) {
            let prepared = stage.request(operation, &stage.own, None, 0).await;
            let path = prepared.path.split('?').next().unwrap();
            let mut attempts: Vec<(String, Option<String>)> = Vec::new();
            if !operation.parameters("query").is_empty() {
                attempts.extend(queries(operation).into_iter().map(|(query, name)| (format!("{path}?{query}"), name)));
            }
            for wrong in ["x", "%00", "%FF", "..%2f..%2fetc", "00000000-0000-0000-0000-00000000000g", "e3b0c442-98fc-4c14-9afb-f4c8996fb924"] {
                if operation.path.contains('{') {
                    let (start, rest) = operation.path.split_once('{').unwrap();
                    let rest = rest.split_once('}').unwrap().1;
                    attempts.push((format!("{start}{wrong}{rest}"), Some("{".to_owned())));
                }
            }
            for (path, name) in attempts {
                for caller in [Caller::Manager, Caller::Participant, Caller::Administrator] {
                    let wrong = crate::operations::Prepared { path: path.clone(), ..prepared.clone() };
                    let answer = wrong.by(&stage.app, callers.get(caller)).send().await;
                    tried += 1;
                    if let Some(surprise) = surprise(name.as_deref(), &answer) {
                        surprises.push(format!("{} {path}: {surprise}: {}", operation.id, answer.text()));
                    }
                }
            }
        }
        assert!(tried > 200, "only {tried} requests were made");
        assert!(surprises.is_empty(), "{} of {tried}:\n{}", surprises.len(), surprises.join("\n"));
        assert_eq!(before, contents.mark().await, "something changed");
    }
}

/// Wrong queries, each with the parameter that the answer must name.
fn queries(operation: &Operation) -> Vec<(String, Option<String>)> {
    let mut queries = vec![("unknown_parameter=1".to_owned(), Some("?unknown_parameter".to_owned()))];
    for parameter in operation.parameters("query") {
        let name = parameter["name"].as_str().unwrap();
        let named = |value: &str| (format!("{name}={value}"), Some(format!("?{name}")));
        queries.extend([named("%00"), named(&"x".repeat(2_000))]);
        queries.push((format!("{name}=%FF"), None));
        queries.push((format!("{name}=1&{name}=1"), Some(format!("?{name}"))));
        match name {
            "q" => {}
            "file_number" => queries.push(named("%20")),
            "limit" => queries.extend([
                named("0"),
                named("201"),
                named("-1"),
                named("1.5"),
                named("x"),
                named("99999999999999999999"),
            ]),
            "cursor" => queries.extend([
                named("x"),
                named("bnVsbA"),
                named("W10"),
                named("e30"),
                named("IiI"),
                named("WzEsMl0"),
            ]),
            _ => queries.extend([named("x"), named("%20")]),
        }
    }
    queries
}

fn surprise(name: Option<&str>, answer: &Answer) -> Option<&'static str> {
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
    // Who may not call at all is told so first.
    if matches!(answer.status, 403 | 404) {
        return None;
    }
    match name {
        Some(name) if problem.errors.iter().all(|error| !error.pointer.starts_with(name)) => {
            Some("does not name the parameter")
        }
        _ => None,
    }
}

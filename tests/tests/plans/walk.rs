//! Asks every list with every combination of its filters, as everybody.

use super::{PAGE, seed::Crowd};
use crate::operations::{self, Operation};
use muwakaba_tests::world::SignedIn;
use std::collections::BTreeSet;

/// The most pages that a phone is followed for.
const MOST_PAGES: usize = 60;

/// What became of one combination.
pub struct Verdict {
    /// Which list.
    pub operation: String,
    /// With which filters.
    pub filters: String,
    /// Asked by whom.
    pub caller: &'static str,
    /// How its rows were found.
    pub plan: String,
}

/// Looks at plans, in the way of one database.
pub trait Judge {
    /// Judges the statements that ran for this request; how the list was found, in a few words.
    async fn judge(&mut self, request: &Asked, statements: &[&'static str]) -> String;
}

/// A request that was answered.
pub struct Asked {
    /// Which list, by whom, with which filters.
    pub name: String,
    /// The names of the filters.
    pub filters: Vec<String>,
}

/// Every list, with every combination of its filters, for everybody who may ask it.
pub async fn every_list(crowd: &Crowd, judge: &mut impl Judge) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for operation in operations::all().into_iter().filter(Operation::answers_items) {
        let filters: Vec<String> = operation
            .parameters("query")
            .iter()
            .filter_map(|parameter| parameter["name"].as_str())
            .filter(|name| !["cursor", "limit"].contains(name))
            .map(str::to_owned)
            .collect();
        let mut answered = 0;
        for (caller, person) in crowd.callers() {
            for (combination, way) in combinations(&operation.id, &filters) {
                let Some(plan) = ask(crowd, judge, &operation, (caller, person), (&combination, way)).await
                else {
                    continue;
                };
                answered += 1;
                verdicts.push(Verdict {
                    operation: operation.id.clone(),
                    filters: combination.join(" + "),
                    caller,
                    plan,
                });
            }
        }
        assert!(answered > 0, "{}: nobody was answered", operation.id);
    }
    verdicts
}

/// A phone of everybody who has one begins, and follows what changes. A manager's would take long; its pages are all alike.
pub async fn the_feed(crowd: &Crowd, judge: &mut impl Judge) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (caller, person) in crowd.callers() {
        let mut cursor = String::new();
        let mut plans = BTreeSet::new();
        let mut is_following = false;
        for page in 1..=MOST_PAGES {
            crowd.app.statements.take();
            let answer = crowd.app.get(&format!("/v1/sync?limit={PAGE}{cursor}")).by(person).send().await;
            let name = format!("pullChanges as {caller}, page {page}");
            match answer.status {
                200 => {}
                403 => break,
                other => panic!("{name}: {other} {}", answer.text()),
            }
            let asked = Asked { name, filters: Vec::new() };
            plans.insert(judge.judge(&asked, &crowd.app.statements.take()).await);
            cursor = format!("&cursor={}", answer.json()["cursor"].as_str().expect("a cursor"));
            if is_following {
                break;
            }
            is_following = answer.json()["more"] == false;
        }
        let plan = plans.into_iter().collect::<Vec<_>>().join("; then ");
        verdicts.push(Verdict { operation: "pullChanges".to_owned(), filters: String::new(), caller, plan });
    }
    verdicts
}

/// The week of a centre is put together: what it counts is found by indexes, however many people there are.
pub async fn the_week(crowd: &Crowd, judge: &mut impl Judge) -> Verdict {
    let (app, centre) = (&crowd.app, crowd.app.world.centre);
    app.statements.take();
    let mut tx = app.app.db.write().await.expect("a transaction");
    care::digest::make_now(&app.app, &mut tx, centre, app.now()).await.expect("a digest");
    tx.commit().await.expect("a digest");
    let asked = Asked { name: "the week in figures".to_owned(), filters: Vec::new() };
    let plan = judge.judge(&asked, &app.statements.take()).await;
    Verdict { operation: "the week in figures".to_owned(), filters: String::new(), caller: "nobody", plan }
}

/// What is no list and put together from many rows all the same: a centre's work in figures, and a plan with all that is planned of it.
pub async fn the_pictures(crowd: &Crowd, judge: &mut impl Judge) -> Vec<Verdict> {
    let world = &crowd.app.world;
    let plan = format!("/v1/plans/{}", crowd.value("readPlan", "plan_id"));
    let mut verdicts = Vec::new();
    for (operation, path, caller, person) in [
        ("summarizeWorkItems", "/v1/work-items/summary".to_owned(), "manager", &world.manager),
        ("readPlan", plan, "mentor", &world.mentor),
    ] {
        crowd.app.statements.take();
        let answer = crowd.app.get(&path).by(person).send().await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        let asked = Asked { name: format!("{operation} as {caller}"), filters: Vec::new() };
        let plan = judge.judge(&asked, &crowd.app.statements.take()).await;
        verdicts.push(Verdict { operation: operation.to_owned(), filters: String::new(), caller, plan });
    }
    verdicts
}

/// Each choice of filters, in each of the ways in which one of them finds its rows.
fn combinations(operation: &str, filters: &[String]) -> Vec<(Vec<String>, usize)> {
    (0_u32..1 << filters.len())
        .flat_map(|chosen| {
            let is_chosen = |(at, _): &(usize, &String)| chosen & (1 << at) != 0;
            let names: Vec<String> =
                filters.iter().enumerate().filter(is_chosen).map(|(_, name)| name.clone()).collect();
            let ways = names.iter().map(|name| Crowd::ways(operation, name)).max().unwrap_or(1);
            (0..ways).map(move |way| (names.clone(), way))
        })
        .collect()
}

/// Asks for the first page and the one after it. `None` if this is not for the caller.
async fn ask(
    crowd: &Crowd,
    judge: &mut impl Judge,
    operation: &Operation,
    (caller, person): (&'static str, &SignedIn),
    (filters, way): (&[String], usize),
) -> Option<String> {
    let mut path = operation.path.clone();
    for parameter in operation.parameters("path") {
        let name = parameter["name"].as_str().expect("a name");
        path = path.replace(&format!("{{{name}}}"), &crowd.value(&operation.id, name));
    }
    let is_paged = operation.parameters("query").iter().any(|parameter| parameter["name"] == "limit");
    let mut query: Vec<String> =
        filters.iter().map(|name| format!("{name}={}", crowd.value_in(&operation.id, name, way))).collect();
    if is_paged {
        query.push(format!("limit={PAGE}"));
    }
    let mut plans = BTreeSet::new();
    let mut cursor = String::new();
    for page in 1..=2 {
        crowd.app.statements.take();
        let answer = crowd.app.get(&format!("{path}?{}{cursor}", query.join("&"))).by(person).send().await;
        let name = format!("{} [{}] as {caller}, page {page}", operation.id, filters.join(" + "));
        match answer.status {
            200 => {}
            403 | 404 => return None,
            400 if answer.text().contains("not for this role") => return None,
            // Filters that say themselves that they stand alone.
            400 if answer.text().contains("\"detail\":\"not beside ") => return None,
            other => panic!("{name}: {other} {}", answer.text()),
        }
        let statements = crowd.app.statements.take();
        let asked = Asked { name, filters: filters.to_vec() };
        plans.insert(judge.judge(&asked, &statements).await);
        match answer.json()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    Some(plans.into_iter().collect::<Vec<_>>().join("; then "))
}

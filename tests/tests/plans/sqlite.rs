//! What SQLite says about a statement: which indexes it searches, what it scans and sorts.

use super::walk::{self, Asked};
use crate::registry::each;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// What may be read from end to end: it does not grow with the people who are accompanied, or is a page of what was found. What is small of
/// a feature alone, it registers.
const SMALL: [&str; 13] = [
    "centre",
    "json_each",
    "CONSTANT",
    "head",
    "page",
    "mine",
    "theirs",
    "named",
    "told",
    "seen",
    "(subquery",
    "readable",
    "asked",
];

/// Sorts of little, by a part of their statements.
const SMALL_SORTS: [(&str, &str); 3] = [
    ("AS page ON TRUE ORDER BY page.place", "FROM change"),
    ("AS named UNION ALL", "AS told"),
    ("AS mine ORDER BY place", "FROM assignment AS caseload"),
];

/// Looks at the plans.
pub struct Judge {
    connection: SqliteConnection,
    plans: BTreeMap<String, Vec<String>>,
    faults: BTreeSet<String>,
}

impl Judge {
    /// Of this database.
    pub async fn new(url: &str) -> Self {
        let connection = SqliteConnection::connect(url).await.expect("the database");
        Self { connection, plans: BTreeMap::new(), faults: BTreeSet::new() }
    }

    /// Every statement that was seen.
    pub fn texts(&self) -> BTreeSet<String> {
        self.plans.keys().cloned().collect()
    }

    /// Fails if any plan was bad.
    pub fn assert_no_faults(&self) {
        assert!(self.faults.is_empty(), "{}", self.faults.iter().cloned().collect::<Vec<_>>().join("\n"));
    }

    async fn plan(&mut self, statement: &str) -> Vec<String> {
        if let Some(known) = self.plans.get(statement) {
            return known.clone();
        }
        let text = format!("EXPLAIN QUERY PLAN {}", statement.replace("{rows}", "?, ?"));
        let rows = sqlx::query(AssertSqlSafe(text)).fetch_all(&mut self.connection).await.expect("a plan");
        let steps: Vec<String> = rows.iter().map(|row| row.get::<String, _>(3)).collect();
        self.plans.insert(statement.to_owned(), steps.clone());
        steps
    }

    async fn columns(&mut self, index: &str) -> Vec<String> {
        sqlx::query_scalar("SELECT name FROM pragma_index_info($1)")
            .bind(index)
            .fetch_all(&mut self.connection)
            .await
            .expect("an index")
    }

    /// The filters of which no index that is searched knows anything.
    async fn not_held(&mut self, filters: &[String], steps: &[String]) -> Vec<String> {
        let mut held = BTreeSet::new();
        for step in steps {
            if let Some(index) = step.split("INDEX ").nth(1).and_then(|rest| rest.split(' ').next()) {
                held.extend(self.columns(index).await);
            }
        }
        let column = |filter: &String| {
            each(|feature| feature.small.columns)
                .find(|(name, _)| name == filter)
                .map_or(filter.clone(), |(_, column)| (*column).to_owned())
        };
        // The audit log's ids tell the time; a name is searched in memory.
        let is_time = |filter: &&String| ["from", "to"].contains(&filter.as_str()) && held.contains("id");
        filters
            .iter()
            .filter(|filter| *filter != "q" && !is_time(filter) && !held.contains(&column(filter)))
            .cloned()
            .collect()
    }
}

fn small() -> impl Iterator<Item = &'static str> {
    SMALL.into_iter().chain(each(|feature| feature.small.scans).copied())
}

fn is_small_sort(statement: &str) -> bool {
    SMALL_SORTS
        .iter()
        .chain(each(|feature| feature.small.sorts))
        .any(|(one, other)| statement.contains(one) && statement.contains(other))
}

impl walk::Judge for Judge {
    async fn judge(&mut self, asked: &Asked, statements: &[&'static str]) -> String {
        let mut said = Vec::new();
        let mut is_searched = asked.filters.iter().any(|filter| filter == "q");
        for statement in statements.iter().filter(|statement| statement.trim_start().starts_with("SELECT")) {
            let steps = self.plan(statement).await;
            for step in &steps {
                let scans = step
                    .strip_prefix("SCAN ")
                    .is_some_and(|what| !small().any(|small| what.starts_with(small)));
                let sorts = step.contains("TEMP B-TREE FOR ORDER BY") && !is_small_sort(statement);
                // Whoever asks for some by their ids need not read all that their centre has.
                let reads_a_centre = statement.contains("json_each") && step.ends_with("(centre_id=?)");
                // What groups the lines of an hour is small.
                if (scans && !statement.contains("AS opened")) || sorts || reads_a_centre {
                    self.faults.insert(format!("{}: {step}: {statement}", asked.name));
                }
            }
            if statement.contains("LIMIT +$") {
                let mut missing = self.not_held(&asked.filters, &steps).await;
                missing.retain(|filter| {
                    !each(|feature| feature.small.asked_of_few)
                        .any(|(name, part)| filter == name && statement.contains(part))
                });
                if !missing.is_empty() {
                    self.faults.insert(format!("{}: no index holds {missing:?}: {steps:?}", asked.name));
                }
                is_searched = true;
                said = steps;
            }
        }
        if !is_searched && !asked.filters.is_empty() && !statements.is_empty() {
            // Nothing can pass the filter, and nothing was read.
            return "answers without reading".to_owned();
        }
        said.retain(|step| step.starts_with("SEARCH") || step.contains("ORDER BY"));
        said.join(", ")
    }
}

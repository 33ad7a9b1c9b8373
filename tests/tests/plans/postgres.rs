//! What PostgreSQL did for a statement: its own `auto_explain` tells the plan of everything that it ran, with its real values, and
//! how many rows each part of it really read.

use super::walk::{self, Asked};
use crate::registry::each;
use db::Db;
use muwakaba_tests::Database;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::DefaultGuard,
};

/// The most rows that any part of a plan may read: some of each person of a mentor, and far less than there are.
const MOST_ROWS: f64 = 2_000.0;
/// What may be read from end to end: it does not grow with the people who are accompanied.
const SMALL: [&str; 3] = ["centre", "setting", "change_counter"];
/// What reads a whole centre once, when somebody there first searches for a name: it fills the memory that is searched from then on.
const ONCE: (&str, &str) = (
    "SELECT id, data_key, name_sealed, name_arabic_sealed, name_latin_sealed,",
    "FROM participant WHERE centre_id = $1",
);

/// What the server says, on the thread of this test.
#[derive(Clone, Default)]
pub struct Said(Arc<Mutex<Vec<String>>>);

/// Listens for as long as the guard is held.
pub fn listen() -> (Said, DefaultGuard) {
    let said = Said::default();
    (said.clone(), tracing::subscriber::set_default(said))
}

impl Subscriber for Said {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Message(self));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Message<'a>(&'a Said);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.record_str(field, &format!("{value:?}"));
        }
    }

    fn record_str(&mut self, _: &Field, value: &str) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).push(value.to_owned());
    }
}

/// From now on this database tells how it runs every statement.
pub async fn explain_everything(database: &mut Database) {
    let mut connection = PgConnection::connect(&database.url).await.expect("the database");
    let name: String = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut connection)
        .await
        .expect("its name");
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_level", "notice"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
    ] {
        let statement = format!("ALTER DATABASE {name} SET {setting} = '{value}'");
        connection.execute(AssertSqlSafe(statement)).await.expect("a setting");
    }
    database.db.close().await;
    database.db = Db::open(&database.url).await.expect("the database opens again");
}

/// Looks at the plans.
pub struct Judge {
    said: Said,
    _guard: DefaultGuard,
    texts: BTreeSet<String>,
    plans: BTreeMap<String, String>,
    faults: BTreeSet<String>,
}

impl Judge {
    /// Of what was said since [`listen`].
    pub fn new((said, guard): (Said, DefaultGuard)) -> Self {
        // What ran while the database was filled, before there were statistics, is nobody's list.
        said.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Self { said, _guard: guard, texts: BTreeSet::new(), plans: BTreeMap::new(), faults: BTreeSet::new() }
    }

    /// Every statement that was seen.
    pub fn texts(&self) -> BTreeSet<String> {
        self.texts.clone()
    }

    /// Fails if any plan was bad.
    pub fn assert_no_faults(&self) {
        assert!(self.plans.len() > 20, "only {} plans were told", self.plans.len());
        assert!(self.faults.is_empty(), "{}", self.faults.iter().cloned().collect::<Vec<_>>().join("\n"));
    }

    /// What the server told since the last time.
    fn listen(&mut self, asked: &str) {
        let said = std::mem::take(&mut *self.said.0.lock().unwrap_or_else(PoisonError::into_inner));
        for message in said {
            let Some(plan) =
                message.find('{').and_then(|begin| serde_json::from_str::<Value>(&message[begin..]).ok())
            else {
                continue;
            };
            let text = plan["Query Text"].as_str().unwrap_or_default().to_owned();
            if !text.trim_start().starts_with("SELECT")
                || (text.starts_with(ONCE.0) && text.ends_with(ONCE.1))
            {
                continue;
            }
            let mut steps = Vec::new();
            self.look_at(&plan["Plan"], asked, &text, &mut steps);
            self.plans.insert(text, steps.join(", "));
        }
    }

    fn look_at(&mut self, node: &Value, asked: &str, text: &str, steps: &mut Vec<String>) {
        let number = |name: &str| node[name].as_f64().unwrap_or(0.0);
        let kind = node["Node Type"].as_str().unwrap_or_default();
        let rows = (number("Actual Rows")
            + number("Rows Removed by Filter")
            + number("Rows Removed by Index Recheck"))
            * number("Actual Loops");
        let of = node["Relation Name"].as_str().unwrap_or_default();
        let is_small = SMALL.contains(&of) || each(|feature| feature.small.scans).any(|small| *small == of);
        let scans = kind == "Seq Scan" && !is_small && number("Actual Loops") > 0.0;
        if scans || rows > MOST_ROWS {
            self.faults.insert(format!("{asked}: {kind} {of} of {rows} rows: {text}"));
        }
        if let Some(index) = node["Index Name"].as_str() {
            steps.push(format!("{index} {rows}"));
        } else if kind.contains("Sort") {
            steps.push(format!("{kind} {rows}"));
        }
        for inner in node["Plans"].as_array().into_iter().flatten() {
            self.look_at(inner, asked, text, steps);
        }
    }
}

impl walk::Judge for Judge {
    async fn judge(&mut self, asked: &Asked, statements: &[&'static str]) -> String {
        self.texts.extend(statements.iter().map(|statement| (*statement).to_owned()));
        self.listen(&asked.name);
        let list = statements.iter().find(|statement| statement.contains(" LIMIT $"));
        list.and_then(|list| self.plans.get(*list))
            .cloned()
            .unwrap_or_else(|| "answers without reading".to_owned())
    }
}

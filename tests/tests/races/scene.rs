//! The stage of the operations, put back to where it was before every run: what two commands did to each other must not be laid
//! at the door of the next two.

use crate::{
    operations::{Ids, Stage},
    registry::each,
};
use db::Db;
use muwakaba_tests::Database;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

/// The stage and what it was like.
pub struct Scene {
    /// The service and its people.
    pub stage: Stage,
    /// A connection of its own, for statements that no program has.
    pub raw: PgConnection,
    restore: String,
}

/// What was there before a run.
#[derive(Debug)]
pub struct Mark {
    /// The versions of the people, centres and appointments.
    pub versions: Vec<(Uuid, i64)>,
}

/// The id and version of everything that has one.
pub fn versions() -> String {
    let tables = each(|feature| feature.versioned).map(|table| format!("SELECT id, version FROM {table}"));
    tables.collect::<Vec<_>>().join(" UNION ALL ")
}

impl Scene {
    /// Sets it; `None` without a PostgreSQL server.
    pub async fn set() -> Option<Self> {
        let mut database = Database::postgres().await?;
        let mut raw = PgConnection::connect(&database.url).await.expect("a connection");
        // Two that wait for each other are to be freed at once. Connections that are open already would not know of it.
        run(
            &mut raw,
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = %L', current_database(), '50ms'); END $$",
        )
        .await;
        database.db.close().await;
        database.db = Db::open(&database.url).await.expect("the database opens");
        let stage = Stage::set(database).await;
        // Logs are not to be changed by the service; here they begin anew with every run.
        run(
            &mut raw,
            "DO $$ DECLARE log regclass; BEGIN
                 FOR log IN SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE tgname LIKE '%_is_not_changed' LOOP
                     EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', log);
                 END LOOP;
             END $$",
        )
        .await;
        let sessions = ids(&mut raw, "SELECT id FROM session").await;
        let assignments = ids(&mut raw, "SELECT id FROM assignment WHERE ended_at IS NULL").await;
        let people = ids(&mut raw, "SELECT id FROM participant UNION ALL SELECT id FROM staff").await;
        let emptied = emptied(&mut raw).await;
        let mut restore = format!(
            "{emptied}
             DELETE FROM session WHERE id NOT IN ({sessions});
             UPDATE session SET ended_at = NULL, ended_reason = NULL, generation = 1;
             DELETE FROM assignment WHERE id NOT IN ({assignments});
             UPDATE assignment SET ended_at = NULL, ended_by = NULL, version = 1;
             DELETE FROM participant WHERE id NOT IN ({people}); DELETE FROM staff WHERE id NOT IN ({people});
             UPDATE centre SET zone = 'Africa/Casablanca', reminder_policy = NULL;"
        );
        for table in ["participant", "staff"] {
            restore.push_str(&as_it_was(&mut raw, table).await);
        }
        // What was there before is told again by many a command, and is not what it began.
        run(&mut raw, "CREATE TABLE _kept_assignment AS TABLE assignment").await;
        Some(Self { stage, raw, restore })
    }

    /// Everybody as they were.
    pub async fn restore(&mut self) {
        run(&mut self.raw, &self.restore).await;
        self.stage.reset().await;
    }

    /// What there is now.
    pub async fn mark(&mut self) -> Mark {
        let versions =
            sqlx::query_as(AssertSqlSafe(versions())).fetch_all(&mut self.raw).await.expect("versions");
        // What was done to set the scene is not to be looked for in the log.
        run(&mut self.raw, "DELETE FROM audit").await;
        Mark { versions }
    }

    /// Around whom everything happens.
    pub fn target(&self) -> Ids {
        self.stage.own.clone()
    }

    /// The answer of a statement that has one column of texts: what is wrong.
    pub async fn texts(&mut self, statement: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(statement.to_owned()))
            .fetch_all(&mut self.raw)
            .await
            .expect(statement)
    }
}

/// Keeps a copy of each row, and says what makes the rows again as they were.
async fn as_it_was(connection: &mut PgConnection, table: &str) -> String {
    run(connection, &format!("CREATE TABLE _kept_{table} AS TABLE {table}")).await;
    let columns: String = sqlx::query_scalar(
        "SELECT string_agg(format('%I = kept.%I', attname, attname), ', ')
         FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
    )
    .bind(table)
    .fetch_one(&mut *connection)
    .await
    .expect("columns");
    format!("UPDATE {table} SET {columns} FROM _kept_{table} AS kept WHERE {table}.id = kept.id;")
}

async fn run(connection: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await.expect("it runs");
}

/// Ids as they are written in a statement.
async fn ids(connection: &mut PgConnection, statement: &'static str) -> String {
    let ids: Vec<Uuid> = sqlx::query_scalar(statement).fetch_all(connection).await.expect("ids");
    ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ")
}

/// What empties every table that features do not keep, those first that refer to others. What is kept refers to them no more.
async fn emptied(connection: &mut PgConnection) -> String {
    let references: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT conrelid::regclass::text, confrelid::regclass::text, attname::text
         FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
         WHERE contype = 'f' AND conrelid <> confrelid",
    )
    .fetch_all(connection)
    .await
    .expect("references");
    let mut left: Vec<&str> =
        each(|feature| feature.tables).filter(|table| !table.is_kept).map(|table| table.name).collect();
    let mut statements = String::new();
    for (from, to, column) in &references {
        if !left.contains(&from.as_str()) && left.contains(&to.as_str()) {
            statements.push_str(&format!("UPDATE {from} SET {column} = NULL WHERE {column} IS NOT NULL; "));
        }
    }
    while !left.is_empty() {
        let is_referred_to =
            |table: &str| references.iter().any(|(from, to, _)| to == table && left.contains(&from.as_str()));
        let (later, now): (Vec<&str>, Vec<&str>) = left.iter().partition(|table| is_referred_to(table));
        assert!(!now.is_empty(), "these tables refer to each other in a circle: {later:?}");
        for table in now {
            statements.push_str(&format!("DELETE FROM {table}; "));
        }
        left = later;
    }
    statements
}

//! The two schemas hold the same tables, columns, keys and indexes; only the words for types differ.

use muwakaba_tests::Database;
use sqlx::{Connection, PgConnection, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// A table as far as both databases can tell.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Column → (type in common words, may be null).
    columns: BTreeMap<String, (String, bool)>,
    /// The columns of every unique key and of every index, with whether it is unique and whether it covers only some rows.
    indexes: BTreeSet<(Vec<String>, bool, bool)>,
    /// Column → table and column it refers to.
    references: BTreeMap<String, (String, String)>,
}

type Schema = BTreeMap<String, Table>;

#[tokio::test]
async fn both_schemas_are_the_same() {
    let Some(postgres) = Database::postgres().await else { return };
    let (one, other) = (of_sqlite().await, of_postgres(&postgres.url).await);
    assert!(one.len() > 15, "only {} tables were found", one.len());
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, table) in &one {
        let twin = &other[name];
        assert_eq!(table.columns, twin.columns, "columns of {name}");
        assert_eq!(table.references, twin.references, "references of {name}");
        assert_eq!(table.indexes, twin.indexes, "indexes of {name}");
    }
}

/// SQLite keeps instants and truth values as INTEGER and ids as BLOB, so only the class of a type is compared.
fn class(word: &str) -> String {
    match word.to_ascii_uppercase().as_str() {
        "BLOB" | "UUID" | "BYTEA" => "bytes",
        "INTEGER" | "BIGINT" | "BOOLEAN" | "TIMESTAMP WITH TIME ZONE" => "number",
        "TEXT" => "text",
        other => panic!("the type {other} is not one that both databases have"),
    }
    .to_owned()
}

async fn of_sqlite() -> Schema {
    let database = Database::sqlite().await;
    let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
    let mut schema = Schema::new();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for name in tables {
        let mut table = Table::default();
        for row in sqlx::query("SELECT name, type, \"notnull\" FROM pragma_table_info($1)")
            .bind(&name)
            .fetch_all(&mut connection)
            .await
            .unwrap()
        {
            table.columns.insert(row.get(0), (class(row.get(1)), row.get::<i64, _>(2) == 0));
        }
        for row in sqlx::query("SELECT name, \"unique\", partial FROM pragma_index_list($1)")
            .bind(&name)
            .fetch_all(&mut connection)
            .await
            .unwrap()
        {
            let columns: Vec<String> =
                sqlx::query_scalar("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
                    .bind(row.get::<String, _>(0))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
            table.indexes.insert((columns, row.get::<i64, _>(1) == 1, row.get::<i64, _>(2) == 1));
        }
        for row in sqlx::query("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list($1)")
            .bind(&name)
            .fetch_all(&mut connection)
            .await
            .unwrap()
        {
            table.references.insert(row.get(0), (row.get(1), row.get(2)));
        }
        schema.insert(name, table);
    }
    schema
}

async fn of_postgres(url: &str) -> Schema {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut schema = Schema::new();
    let columns = sqlx::query(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'
           AND table_name NOT IN (SELECT table_name FROM information_schema.views WHERE table_schema = 'public')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for row in columns {
        let table: &mut Table = schema.entry(row.get(0)).or_default();
        table.columns.insert(row.get(1), (class(row.get(2)), row.get(3)));
    }
    let indexes = sqlx::query(
        "SELECT t.relname::text, array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(attnum, place)
                                       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum ORDER BY place),
                i.indisunique, i.indpred IS NOT NULL
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
         WHERE n.nspname = 'public' AND NOT i.indisexclusion AND t.relname NOT LIKE '\\_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for row in indexes {
        let table = schema.get_mut(row.get::<&str, _>(0)).expect("a table");
        table.indexes.insert((row.get(1), row.get(2), row.get(3)));
    }
    let references = sqlx::query(
        "SELECT t.relname::text, a.attname::text, f.relname::text, fa.attname::text
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
         CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS pair(here, there)
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = pair.here
         JOIN pg_attribute fa ON fa.attrelid = f.oid AND fa.attnum = pair.there
         WHERE c.contype = 'f'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for row in references {
        schema
            .get_mut(row.get::<&str, _>(0))
            .expect("a table")
            .references
            .insert(row.get(1), (row.get(2), row.get(3)));
    }
    schema
}

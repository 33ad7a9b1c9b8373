//! What can go wrong in the databases, in words that mean the same on both.

/// A failed statement, transaction or connection.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("schema: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A statement was run with more or fewer values than it has parameters: a mistake in this program.
    #[error("{bound} values for {parameters} parameters in: {statement}")]
    Parameters {
        /// How many values were bound.
        bound: usize,
        /// How many the statement names.
        parameters: usize,
        /// The statement.
        statement: &'static str,
    },
    /// `DATABASE_URL` names a database that this program does not know.
    #[error("DATABASE_URL: `{scheme}` is not supported; use sqlite:… or postgres://…")]
    UnknownScheme {
        /// The part before the colon.
        scheme: String,
    },
    /// The setting or the file of the database cannot be used.
    #[error("{0}")]
    Settings(String),
    /// A fault that a test asked for.
    #[error("injected fault")]
    Injected,
}

impl Error {
    /// The name of the rule of the schema that a statement broke, the same on both databases:
    /// `table_column_key` for a unique column (SQLite names the columns, PostgreSQL the constraint), or the name that a
    /// trigger or exclusion constraint bears.
    pub fn violated(&self) -> Option<String> {
        let Self::Database(sqlx::Error::Database(error)) = self else { return None };
        if let Some(name) = error.constraint() {
            return Some(name.to_owned());
        }
        let message = error.message();
        if let Some(columns) = message.strip_prefix("UNIQUE constraint failed: ") {
            let mut name = String::new();
            for (position, column) in columns.split(", ").enumerate() {
                let (table, column) = column.split_once('.')?;
                if position == 0 {
                    name.push_str(table);
                }
                name.push('_');
                name.push_str(column);
            }
            return Some(name + "_key");
        }
        if message.starts_with("FOREIGN KEY constraint failed") {
            return Some("foreign_key".to_owned());
        }
        // A trigger's RAISE carries the rule's name as its whole message.
        (error.code().as_deref() == Some("1811")).then(|| message.to_owned())
    }

    /// Whether a statement broke the rule `name` of the schema; see [`Error::violated`].
    pub fn violates(&self, name: &str) -> bool {
        self.violated().as_deref() == Some(name)
    }

    /// Whether PostgreSQL ended the transaction to free two that waited for each other, or that could not both be as if alone.
    /// Nothing of it was done.
    pub fn is_victim(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Whether the same transaction, tried again, may well succeed: two writers met, or the database was busy.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            Self::Database(sqlx::Error::Database(error)) => {
                matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "517" | "57P01" | "53300"))
            }
            _ => false,
        }
    }
}

/// A result of the database.
pub type Result<T> = std::result::Result<T, Error>;

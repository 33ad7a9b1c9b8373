//! What can go wrong in the databases, in words that mean the same on both.

/// A failed statement, transaction or connection.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// SQLite refused, or could not.
    #[error("SQLite: {message} ({code})")]
    Embedded {
        /// SQLite's extended result code.
        code: i32,
        /// What it said.
        message: String,
    },
    /// SQLite ended the transaction that this unit of work shared with others. Nothing of it was done.
    #[error("the transaction was lost")]
    Lost,
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
        let (code, message) = match self {
            Self::Database(sqlx::Error::Database(error)) => return error.constraint().map(ToOwned::to_owned),
            Self::Embedded { code, message } => (*code, message),
            _ => return None,
        };
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
        (code == TRIGGER).then(|| message.to_owned())
    }

    /// Whether a statement broke the rule `name` of the schema; see [`Error::violated`].
    pub fn violates(&self, name: &str) -> bool {
        self.violated().as_deref() == Some(name)
    }

    /// Whether PostgreSQL ended the transaction to free two that waited for each other, or that could not both be as if alone,
    /// or SQLite ended it with those that shared its COMMIT. Nothing of it was done.
    pub fn is_victim(&self) -> bool {
        if matches!(self, Self::Lost) {
            return true;
        }
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Whether the same transaction, tried again, may well succeed: two writers met, or the database was busy.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_)) => true,
            Self::Database(sqlx::Error::Database(error)) => matches!(
                error.code().as_deref(),
                Some("40001" | "40P01" | "57P01" | "57P02" | "57P03" | "53200" | "53300")
            ),
            Self::Embedded { code, .. } => matches!(code & PRIMARY, BUSY | LOCKED | NO_MEMORY | UNWRITABLE),
            Self::Lost => true,
            _ => false,
        }
    }

    /// Whether there was no room on the disk. Nothing was done; once there is room, the same may succeed.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.code().as_deref() == Some("53100"),
            Self::Embedded { code, .. } => code & PRIMARY == FULL,
            _ => false,
        }
    }

    /// Whether a stored value could not be read, for this reason.
    pub fn is_unread_for<C: std::error::Error + 'static>(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::ColumnDecode { source, .. }) if source.is::<C>())
    }

    /// Whether another process holds the file.
    pub(crate) fn is_locked(&self) -> bool {
        matches!(self, Self::Embedded { code, .. } if code & PRIMARY == BUSY)
    }

    /// Everybody who could serve is busy.
    pub(crate) const fn busy() -> Self {
        Self::Database(sqlx::Error::PoolTimedOut)
    }

    /// The database is being closed.
    pub(crate) const fn closed() -> Self {
        Self::Database(sqlx::Error::PoolClosed)
    }
}

// SQLite's result codes (https://www.sqlite.org/rescode.html). The lowest byte of an extended code is its primary one.
const PRIMARY: i32 = 0xff;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const NO_MEMORY: i32 = 7;
const UNWRITABLE: i32 = 10;
const FULL: i32 = 13;
const TRIGGER: i32 = 1811;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, message) => Self::Embedded {
                code: failure.extended_code,
                message: message.unwrap_or_else(|| failure.to_string()),
            },
            rusqlite::Error::SqlInputError { error, msg, .. } => {
                Self::Embedded { code: error.extended_code, message: msg }
            }
            other => Self::Embedded { code: 1, message: other.to_string() },
        }
    }
}

/// A result of the database.
pub type Result<T> = std::result::Result<T, Error>;

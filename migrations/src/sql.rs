//! SQL text for both databases. Almost every statement reads the same on SQLite and PostgreSQL; [`sql!`] holds it once and
//! marks the rare fragment that differs, so that a reader sees at a glance where the two part.

/// One statement, in the words of each database. Made by [`sql!`](crate::sql), never from text that came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sql {
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

impl Sql {
    /// Pairs the two texts. Use [`sql!`](crate::sql).
    #[doc(hidden)]
    pub const fn new(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

/// How many parameters a statement takes: the highest `$n`. A parameter that is never bound is NULL on SQLite without a
/// word, so the query builder compares this with what was bound.
pub(crate) fn parameter_count(text: &str) -> usize {
    let mut highest = 0;
    for piece in text.split('$').skip(1) {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let number = piece.get(..digits).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        highest = highest.max(number);
    }
    highest
}

/// A statement for both databases: `sql!("shared")`, or in parts where `pg "…"` stands only on PostgreSQL and `lite "…"`
/// only on SQLite: `sql!("SELECT id FROM reminder LIMIT $1", pg " FOR UPDATE SKIP LOCKED")`. A macro without arguments, which must
/// come to a literal, can stand for columns that several statements share.
#[macro_export]
macro_rules! sql {
    ($($parts:tt)*) => { $crate::sql_parts!([] [] $($parts)*) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! sql_parts {
    ([$($sqlite:tt)*] [$($postgres:tt)*]) => {{
        const STATEMENT: $crate::Sql =
            $crate::Sql::new($crate::sql_text!([] $($sqlite)*), $crate::sql_text!([] $($postgres)*));
        STATEMENT
    }};
    // The alias of a table and a column of it, for statements that are made by another macro.
    ([$($sqlite:tt)*] [$($postgres:tt)*] concat_alias $alias:ident $part:literal $(, $($rest:tt)*)?) => {
        $crate::sql_parts!([$($sqlite)* $alias $part] [$($postgres)* $alias $part] $($($rest)*)?)
    };
    // A list of columns that several statements share.
    ([$($sqlite:tt)*] [$($postgres:tt)*] $columns:ident!() $(, $($rest:tt)*)?) => {
        $crate::sql_parts!([$($sqlite)* $columns!()] [$($postgres)* $columns!()] $($($rest)*)?)
    };
    ([$($sqlite:tt)*] [$($postgres:tt)*] pg $part:literal $(, $($rest:tt)*)?) => {
        $crate::sql_parts!([$($sqlite)*] [$($postgres)* $part] $($($rest)*)?)
    };
    ([$($sqlite:tt)*] [$($postgres:tt)*] lite $part:literal $(, $($rest:tt)*)?) => {
        $crate::sql_parts!([$($sqlite)* $part] [$($postgres)*] $($($rest)*)?)
    };
    ([$($sqlite:tt)*] [$($postgres:tt)*] $part:literal $(, $($rest:tt)*)?) => {
        $crate::sql_parts!([$($sqlite)* $part] [$($postgres)* $part] $($($rest)*)?)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! sql_text {
    ([$($parts:expr,)*]) => { concat!($($parts,)*) };
    ([$($parts:expr,)*] $columns:ident!() $($rest:tt)*) => { $crate::sql_text!([$($parts,)* $columns!(),] $($rest)*) };
    ([$($parts:expr,)*] $alias:ident $($rest:tt)*) => { $crate::sql_text!([$($parts,)* stringify!($alias),] $($rest)*) };
    ([$($parts:expr,)*] $part:literal $($rest:tt)*) => { $crate::sql_text!([$($parts,)* $part,] $($rest)*) };
}

#[cfg(test)]
mod tests {
    use super::parameter_count;

    #[test]
    fn differing_parts_go_to_their_database_only() {
        let both = sql!("SELECT 1", pg " FOR UPDATE", lite " /* one writer */", " -- end");
        assert_eq!(both.sqlite, "SELECT 1 /* one writer */ -- end");
        assert_eq!(both.postgres, "SELECT 1 FOR UPDATE -- end");
    }

    #[test]
    fn parameters_are_counted_by_their_highest_number() {
        assert_eq!(parameter_count("SELECT 1"), 0);
        assert_eq!(parameter_count("UPDATE a SET b = $2 WHERE c = $1 OR d = $12"), 12);
    }
}

//! Statements with parts that are there or not. A filter that is not asked for is no part of the statement, so that each
//! combination is one that its database can plan well; `$3 IS NULL OR state = $3` reads everything, asked for or not.
//!
//! A [`Statement`] is put together from [`piece!`](crate::piece)s, each with the values that it speaks of:
//!
//! ```
//! use db::{Statement, piece};
//! fn list<'v>(state: Option<&'v str>) -> Statement<'v> {
//!     Statement::new(piece!("SELECT id FROM appointment WHERE centre_id = ?")).bind(7_i64)
//!         .when(state, piece!(" AND state = ?"))
//!         .then(piece!(" ORDER BY id")).limit(20)
//! }
//! ```
//!
//! Pieces are written in the source and nowhere else. A piece names its parameters `?`, which are numbered when all pieces are
//! known. There are only so many combinations: each text is kept for as long as the program runs, and a connection keeps it
//! prepared like any other statement.

use crate::{Param, Query, Sql, Tx};
use std::{
    collections::HashSet,
    fmt::Write as _,
    sync::{PoisonError, RwLock},
};

/// A part of a statement, in the words of each database. Made by [`piece!`](crate::piece), never from text that came from
/// outside.
#[derive(Debug, Clone, Copy)]
pub struct Piece(Sql);

impl Piece {
    /// Use [`piece!`](crate::piece).
    #[doc(hidden)]
    pub const fn new(text: Sql) -> Self {
        Self(text)
    }
}

/// A part of a statement for [`Statement`](crate::Statement), written like [`sql!`](crate::sql), its parameters as `?`.
#[macro_export]
macro_rules! piece {
    ($($parts:tt)*) => { $crate::Piece::new($crate::sql!($($parts)*)) };
}

/// Pages of 20, 50, 100 and 200, each with the row that tells whether another one follows.
const USUAL_PAGES: [i64; 4] = [21, 51, 101, 201];

type Value<'v> = Box<dyn for<'t> FnOnce(Query<'t>) -> Query<'t> + Send + 'v>;

/// A statement being put together; run it with [`Tx::query_built`].
#[must_use = "a statement does nothing until it is run"]
pub struct Statement<'v> {
    pieces: Vec<Piece>,
    values: Vec<Value<'v>>,
}

impl<'v> Statement<'v> {
    /// Begins with this piece.
    pub fn new(piece: Piece) -> Self {
        Self { pieces: vec![piece], values: Vec::new() }
    }

    /// Goes on with this piece. Bind its values next.
    pub fn then(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// The value of the next parameter.
    pub fn bind(mut self, value: impl Param<'v> + Send + 'v) -> Self {
        self.values.push(Box::new(move |query| query.bind(value)));
        self
    }

    /// The piece and its one value, if there is a value.
    pub fn when<T: Param<'v> + Send + 'v>(self, value: Option<T>, piece: Piece) -> Self {
        match value {
            Some(value) => self.then(piece).bind(value),
            None => self,
        }
    }

    /// At most so many rows. PostgreSQL is told the number of a usual page in the text: while it does not know it, it plans the
    /// statement anew each time, which costs more than a small page. Only of usual pages, or whoever asks for a page of each size
    /// would make a text of each.
    pub fn limit(mut self, rows: i64) -> Self {
        if !USUAL_PAGES.contains(&rows) {
            return self.then(Piece(Sql::new(" LIMIT +?", " LIMIT ?"))).bind(rows);
        }
        self.pieces.push(Piece(Sql::new(" LIMIT +?", kept(format!(" LIMIT {rows}")))));
        self.values.push(Box::new(move |query| query.bind_on_sqlite(rows)));
        self
    }

    /// Goes on as `add` says, if `condition` holds.
    pub fn only_if(self, condition: bool, add: impl FnOnce(Self) -> Self) -> Self {
        if condition { add(self) } else { self }
    }

    fn text(&self, side: impl Fn(Sql) -> &'static str) -> String {
        let mut text = String::with_capacity(1_024);
        let mut number = 0;
        for piece in &self.pieces {
            for (position, part) in side(piece.0).split('?').enumerate() {
                if position > 0 {
                    number += 1;
                    // Writing to a String cannot fail.
                    let _ = write!(text, "${number}");
                }
                text.push_str(part);
            }
        }
        text
    }
}

impl Tx {
    /// A statement that was put together.
    pub fn query_built(&mut self, statement: Statement<'_>) -> Query<'_> {
        let text = kept(statement.text(|sql| self.connection.text(sql)));
        statement.values.into_iter().fold(self.query(Sql::new(text, text)), |query, value| value(query))
    }
}

/// The texts of all combinations that were met.
static TEXTS: RwLock<Option<HashSet<&'static str>>> = RwLock::new(None);

fn kept(text: String) -> &'static str {
    let known = TEXTS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .and_then(|texts| texts.get(text.as_str()).copied());
    if let Some(known) = known {
        return known;
    }
    let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
    let texts = texts.get_or_insert_default();
    if let Some(known) = texts.get(text.as_str()) {
        return known;
    }
    let text: &'static str = text.leak();
    texts.insert(text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(state: Option<&str>) -> Statement<'_> {
        Statement::new(piece!("SELECT id FROM a WHERE (b, c) > (?, ?)"))
            .bind(1_i64)
            .bind(2_i64)
            .when(state, piece!(" AND state = ?"))
            .limit(21)
    }

    #[test]
    fn a_page_of_an_unusual_size_is_no_text_of_its_own() {
        let page = |rows| Statement::new(piece!("SELECT 1")).limit(rows).text(|sql| sql.postgres);
        assert_eq!(page(201), "SELECT 1 LIMIT 201");
        assert_eq!([page(22), page(200)], ["SELECT 1 LIMIT $1", "SELECT 1 LIMIT $1"]);
    }

    #[test]
    fn parameters_are_numbered_over_all_pieces() {
        assert_eq!(list(None).text(|sql| sql.postgres), "SELECT id FROM a WHERE (b, c) > ($1, $2) LIMIT 21");
        assert_eq!(
            list(Some("open")).text(|sql| sql.sqlite),
            "SELECT id FROM a WHERE (b, c) > ($1, $2) AND state = $3 LIMIT +$4"
        );
        assert_eq!(list(Some("open")).values.len(), 4);
    }

    #[test]
    fn a_text_is_kept_once() {
        let (one, other) = (kept(list(None).text(|sql| sql.sqlite)), kept(list(None).text(|sql| sql.sqlite)));
        assert!(std::ptr::eq(one, other));
        assert!(!std::ptr::eq(one, kept(list(Some("")).text(|sql| sql.sqlite))));
    }
}

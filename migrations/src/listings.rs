//! Statements over a number of rows: `{rows}` written out.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{PoisonError, RwLock},
};

/// What a text depends on: where the template lies, how many rows of how many columns, and whether it is for SQLite.
type Key = (usize, usize, usize, usize, bool);

/// The texts that were written out, each with the number of its parameters. There are a few for each template.
static TEXTS: RwLock<Option<HashMap<Key, (&'static str, usize)>>> = RwLock::new(None);

/// The text for so many rows, which is kept for as long as the program runs, and how many parameters it has.
pub(crate) fn kept(
    template: &'static str,
    rows: usize,
    columns: usize,
    is_embedded: bool,
) -> (&'static str, usize) {
    let key = (template.as_ptr().addr(), template.len(), rows, columns, is_embedded);
    let known = TEXTS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .and_then(|texts| texts.get(&key).copied());
    known.unwrap_or_else(|| {
        let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
        *texts.get_or_insert_default().entry(key).or_insert_with(|| {
            let (text, parameters) = expand(template, rows, columns, is_embedded);
            (text.leak(), parameters)
        })
    })
}

/// The next of a few numbers of rows; at most half of the room stays empty.
pub(crate) fn room(rows: usize) -> usize {
    if rows <= 128 { rows.next_power_of_two() } else { rows.next_multiple_of(128) }
}

/// Writes out `{rows}` and numbers the parameters for PostgreSQL. Returns the text and how many parameters it has.
pub(crate) fn expand(template: &str, rows: usize, columns: usize, is_embedded: bool) -> (String, usize) {
    let mut text = String::with_capacity(template.len() + rows * columns * 4);
    let mut parameters = 0;
    let mut parameter = |text: &mut String| {
        parameters += 1;
        if is_embedded {
            text.push('?');
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "${parameters}");
        }
    };
    for (position, part) in template.split("{rows}").enumerate() {
        if position > 0 {
            for row in 0..rows {
                text.push_str(if row > 0 { ", " } else { "" });
                text.push_str(if columns > 1 { "(" } else { "" });
                for column in 0..columns {
                    text.push_str(if column > 0 { ", " } else { "" });
                    parameter(&mut text);
                }
                text.push_str(if columns > 1 { ")" } else { "" });
            }
        }
        for (position, piece) in part.split('?').enumerate() {
            if position > 0 {
                parameter(&mut text);
            }
            text.push_str(piece);
        }
    }
    (text, parameters)
}

/// Ids as one value, for statements that stay the same however many there are: SQLite reads them with `unhex(value)` from `json_each`,
/// PostgreSQL with `value::uuid` from `json_array_elements_text`.
pub fn id_list<'i>(ids: impl IntoIterator<Item = &'i uuid::Uuid>) -> String {
    let list: Vec<_> = ids.into_iter().map(|id| format!("\"{}\"", id.simple())).collect();
    format!("[{}]", list.join(","))
}

#[cfg(test)]
mod tests {
    use super::{expand, kept, room};

    #[test]
    fn there_is_room_for_every_number_of_rows_in_a_few_sizes() {
        let sizes: std::collections::BTreeSet<usize> = (0..=1_000).map(room).collect();
        assert!((0..=1_000).all(|rows| room(rows) >= rows));
        assert_eq!(sizes.len(), 8 + 7, "{sizes:?}");
    }

    #[test]
    fn rows_are_written_out_and_numbered_where_the_database_wants_it() {
        let template = "UPDATE a SET b = ? WHERE (c, d) IN ({rows}) AND e = ?";
        assert_eq!(
            expand(template, 2, 2, false),
            ("UPDATE a SET b = $1 WHERE (c, d) IN (($2, $3), ($4, $5)) AND e = $6".to_owned(), 6)
        );
        assert_eq!(expand("SELECT {rows}", 3, 1, true), ("SELECT ?, ?, ?".to_owned(), 3));
    }

    #[test]
    fn a_number_of_rows_has_one_text() {
        let template = "DELETE FROM a WHERE b IN ({rows})";
        let (text, parameters) = kept(template, 3, 1, true);
        assert_eq!((text, parameters), ("DELETE FROM a WHERE b IN (?, ?, ?)", 3));
        assert!(std::ptr::eq(text, kept(template, 3, 1, true).0));
        assert_eq!(kept(template, 2, 1, false).0, "DELETE FROM a WHERE b IN ($1, $2)");
    }
}

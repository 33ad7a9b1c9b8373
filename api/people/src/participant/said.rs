//! What a file says of somebody, as the fields that can be set by their names: the same on both sides, read and written, so that what one file
//! says can be said in another, under its own key.

use super::{answer::Participant, particulars, request::ParticipantChange, row::Row, rules::FIELDS};
use crate::App;
use contract::{FieldFault, StaffRole, time::Instant};
use kernel::{
    error::{Error, Result},
    protect::privacy::FileNumber,
};
use serde_json::{Map, Value};

/// By their names, as a manager reads and sets them; what is not said is null, or a list of nothing.
pub type Fields = Map<String, Value>;

/// Every field that can be set, as this file has it.
pub fn read(app: &App, row: &Row) -> Result<Fields> {
    let file = Participant::seen_by(StaffRole::Manager, app, row)?;
    let Value::Object(mut all) = serde_json::to_value(&file).map_err(Error::internal)? else {
        return Err(Error::internal("a file is an object"));
    };
    let nothing = |name: &str| match name {
        "reads" | "speaks" | "programme_axes" => Value::Array(Vec::new()),
        _ => Value::Null,
    };
    let field =
        |(name, ..): &(&str, _, _)| ((*name).to_owned(), all.remove(*name).unwrap_or_else(|| nothing(name)));
    Ok(FIELDS.iter().map(field).collect())
}

/// Writes these into the row, which is not yet in the table. The number of the file is given by [`swap_numbers`].
pub fn write(app: &App, row: &mut Row, mut fields: Fields, now: Instant) -> Result<()> {
    fields.remove("file_number");
    if fields.keys().any(|name| name.starts_with("name_")) && !fields.contains_key("name") {
        // Or they would be called by the one that is new.
        fields.extend(read(app, row)?.remove_entry("name"));
    }
    let change: ParticipantChange = serde_json::from_value(Value::Object(fields)).map_err(unreadable)?;
    particulars::apply(app, row, change, now)
}

/// Each has the number of the other from now on: both go on finding what they found. Neither is in the table yet.
pub fn swap_numbers(app: &App, one: &mut Row, other: &mut Row) -> Result<()> {
    let (mine, theirs) = (particulars::file_number(app, one)?, particulars::file_number(app, other)?);
    let set = |row: &mut Row, number: Option<&FileNumber>| particulars::give_file_number(app, row, number);
    set(one, theirs.as_ref())?;
    set(other, mine.as_ref())
}

/// The same row without its number, for the moment in which both are written: no two files of a centre have one.
pub fn without_number(row: &Row) -> Row {
    let mut bare = row.clone();
    bare.particulars.file_number_sealed = None;
    bare.particulars.file_number_lookup = None;
    bare
}

/// That this field is at fault.
pub fn fault(name: &str, code: &str, detail: &str) -> FieldFault {
    FieldFault { pointer: format!("/kept/{name}"), code: code.to_owned(), detail: detail.to_owned() }
}

/// Not what it was: that would be told to the log, and it is somebody's.
fn unreadable(_: serde_json::Error) -> Error {
    Error::internal("what a file says is no change of a file")
}

//! What a check-in asks, put together from its questionnaire's version and what its participant alone is asked, and what was answered.

use super::{answers::Given, store::Row, words::CheckInId};
use crate::questionnaire::question::Question;
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::seal::{DataKey, Field, Sealed},
};
use std::sync::Arc;

/// Where a text of a check-in lies.
pub const fn field(column: &'static str, id: CheckInId) -> Field {
    Field::new("check_in", column, id.0)
}

/// The key of the participant.
pub fn key(kernel: &Kernel, row: &Row) -> Result<Arc<DataKey>> {
    Ok(kernel.keys.participants.key(row.participant_id.0, &row.data_key)?)
}

/// All that is asked, in order; what the participant alone is asked comes last.
pub fn questions(kernel: &Kernel, row: &Row) -> Result<Vec<Question>> {
    let mut asked: Vec<Question> = serde_json::from_str(&row.questions).map_err(Error::internal)?;
    if let Some(sealed) = &row.custom_questions_sealed {
        asked.extend(opened::<Vec<Question>>(kernel, row, "custom_questions_sealed", sealed)?);
    }
    Ok(asked)
}

/// What was answered so far; nothing if nothing was.
pub fn given(kernel: &Kernel, row: &Row) -> Result<Given> {
    match &row.answers_sealed {
        Some(sealed) => opened(kernel, row, "answers_sealed", sealed),
        None => Ok(Given::default()),
    }
}

/// Seals what was answered.
pub fn seal(kernel: &Kernel, row: &Row, given: &Given) -> Result<Sealed> {
    sealed(kernel, row, "answers_sealed", given)
}

/// Seals something for one of its columns.
pub fn sealed<T: serde::Serialize>(
    kernel: &Kernel,
    row: &Row,
    column: &'static str,
    what: &T,
) -> Result<Sealed> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(what).map_err(Error::internal)?);
    Ok(key(kernel, row)?.seal(field(column, row.id), &plain, &*kernel.random)?)
}

/// Opens what was sealed for one of its columns.
pub fn opened<T: serde::de::DeserializeOwned>(
    kernel: &Kernel,
    row: &Row,
    column: &'static str,
    sealed: &Sealed,
) -> Result<T> {
    let plain = key(kernel, row)?.open(field(column, row.id), sealed)?;
    serde_json::from_slice(&plain)
        .map_err(|_| Error::internal("what was sealed of a check-in is not what it was"))
}

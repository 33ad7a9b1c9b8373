//! What callers get.

use super::{
    store::Row,
    words::{EmployerId, Sector},
};
use contract::{CentreId, time::Instant};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Name, Note, expose_in_answer, expose_in_answer_if_any},
        seal::{Field, Sealed},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who gives work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Employer {
    /// Its id.
    pub id: EmployerId,
    /// The centre that knows them.
    pub centre_id: CentreId,
    /// What they are called.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// How to reach them.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub contact: Option<Note>,
    /// What they work in.
    pub sector: Sector,
    /// In which province or prefecture, as a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// When they were written down.
    pub recorded_at: Instant,
    /// Counts the changes; the same as its ETag.
    pub version: i64,
}

/// Where a text of an employer lies.
pub const fn field(column: &'static str, id: EmployerId) -> Field {
    Field::new("employer", column, id.0)
}

/// What an employer is called.
pub fn open_name(kernel: &Kernel, id: EmployerId, sealed: &Sealed) -> Result<Name> {
    Ok(kernel.keys.employers.open_text(field("name_sealed", id), sealed)?)
}

impl Employer {
    /// A row with its texts opened.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let contact = row.contact_sealed.as_ref();
        let open = |sealed| kernel.keys.employers.open_text(field("contact_sealed", row.id), sealed);
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            name: open_name(kernel, row.id, &row.name_sealed)?,
            contact: contact.map(open).transpose()?,
            sector: row.sector,
            province: row.province.clone(),
            recorded_at: row.recorded_at,
            version: row.version,
        })
    }
}

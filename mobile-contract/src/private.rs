//! What [`vocabulary!`](crate::vocabulary) and [`ids!`](macro@crate::ids) are made of, for crates that use them and do not name the
//! same crates among their own. It is no part of the contract.

use std::fmt;

use serde::de::Visitor;
use utoipa::openapi::{
    ObjectBuilder, RefOr, Schema,
    schema::{KnownFormat, SchemaFormat, Type},
};
use uuid::Variant;

use crate::NotAnId;

#[cfg(feature = "storage")]
pub use {embedded, sqlx};
pub use {serde, utoipa, uuid::Uuid};

fn text(about: &'static str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(about.trim()))
}

/// The schema of a word.
pub fn word_schema(about: &'static str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    text(about).enum_values(Some(words)).build().into()
}

/// The schema of an id.
#[expect(deprecated, reason = "it is the form that the schemas beside it have")]
pub fn id_schema(about: &'static str) -> RefOr<Schema> {
    let example = "01936f6e-4d00-7000-8000-000000000001";
    text(about)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .example(Some(example.into()))
        .build()
        .into()
}

/// Reads an id that came from outside. Another version would not sort by time, and lists, cursors and the audit log lean on that.
pub fn parse(text: &str) -> Result<Uuid, NotAnId> {
    let id = Uuid::parse_str(text).map_err(|_| NotAnId)?;
    if id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122 { Ok(id) } else { Err(NotAnId) }
}

/// Reads an id from text, in words that say what an id is.
#[derive(Debug)]
pub struct IdText;

impl Visitor<'_> for IdText {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID of version 7")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Uuid, E> {
        parse(text).map_err(E::custom)
    }
}

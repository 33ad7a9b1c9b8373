//! Texts that are found nowhere else in the world.

use crate::{access::Caller, operations::Ids, privacy::Aviary};
use futures_util::future::LocalBoxFuture;

/// A text, and who may read it.
#[derive(Debug, Clone, Copy)]
pub struct Canary {
    /// The text. A word of it has `qanari` in it.
    pub text: &'static str,
    /// The sealed columns in which it lies, each with its table: `visit.purpose_sealed`.
    pub columns: &'static [&'static str],
    /// Who is told it.
    pub readers: &'static [Caller],
}

/// Hands canaries in where they belong, around the participant who is there already.
pub type Release = for<'a, 'b> fn(&'a mut Aviary<'b>, Ids) -> LocalBoxFuture<'a, Ids>;

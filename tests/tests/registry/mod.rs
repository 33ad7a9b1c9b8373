//! What every feature tells of itself beside its own tests, so that the sweeps go through it as well: how its things are made and
//! its requests filled, its commands, its tables, its texts, its part of a large database.
//!
//! A feature's folder has a `pub const FEATURE: Feature`, in its `mod.rs` or in a file of its own, and `all.rs` names it. Nothing else
//! below `tests/` is edited for a new feature. What a feature forgets fails a test that says what to write: those of `forgotten.rs`, and
//! those of the sweeps themselves.

mod body;
mod canary;
mod forgotten;
mod subject;
mod table;

pub use body::{Asked, Body, fill, found, instead, over};
pub use canary::{Canary, Release};
pub use subject::{State, Subject};
pub use table::{About, Phones, Table, about, about_nobody};

use crate::{operations::Stage, plans::Crowd, races::Deed};
use db::Tx;
use futures_util::future::LocalBoxFuture;
use muwakaba_tests::{SignedIn, TestApp};
use serde_json::Value;

/// What a feature tells of itself; what it has nothing of is left to [`Feature::NOTHING`].
pub struct Feature {
    /// The file in which it stands: `file!()`.
    pub file: &'static str,
    /// What its operations can be about.
    pub subjects: &'static [Subject],
    /// Operations whose subject must be in another state than a new one.
    pub states: &'static [State],
    /// Bodies of its operations, as far as the examples of the contract are not right as they stand.
    pub bodies: &'static [Body],
    /// Fields of bodies that everybody may read, or that are kept as they are: their operation and their name.
    pub public_fields: &'static [(&'static str, &'static str)],
    /// Its operations for people who are not signed in: `POST /v1/sign-in`.
    pub open: &'static [&'static str],
    /// Its lists that are about nobody in particular, each with the name of the id by which its items are known.
    pub lists: &'static [(&'static str, &'static str)],
    /// What its filters are asked with in a large database: the operation, the filter, and what few of its rows have, so that whoever
    /// looks for them one by one looks long.
    pub filters: &'static [(&'static str, &'static str, &'static str)],
    /// Its commands: at least one for each of its operations that changes something.
    pub deeds: &'static [Deed],
    /// Statements for PostgreSQL that find what must never be, one text for each; `{now}` is the time of the test.
    pub never: &'static [&'static str],
    /// Its tables whose rows have a version, which every change counts.
    pub versioned: &'static [&'static str],
    /// The actions of the audit log that such a version counts.
    pub counted: &'static [&'static str],
    /// Its tables whose rows have a plan of reminders, each named like its kind on the agenda.
    pub planned: &'static [&'static str],
    /// Its tables.
    pub tables: &'static [Table],
    /// The texts that are looked for everywhere, one for each sealed column.
    pub canaries: &'static [Canary],
    /// Sealed columns without such a text, each with the reason.
    pub unsung: &'static [(&'static str, &'static str)],
    /// Hands its canaries in where they belong.
    pub release: Option<Release>,
    /// What it has in a large database.
    pub seed: Option<Seed>,
    /// What a large database may be asked without an index.
    pub small: Small,
    /// What a phone may send of it later that was done without network: each of its operations once, by somebody who may.
    pub recorded: &'static [Recorded],
    /// Undoes what its operations did to the people of the stage.
    pub reset: Option<Reset>,
}

/// Makes what is needed, and says who sends what: a mutation of `POST /v1/sync`.
pub type Recorded = for<'a> fn(&'a TestApp) -> LocalBoxFuture<'a, (SignedIn, Value)>;
/// Fills a large database.
pub type Seed = for<'a> fn(&'a mut Crowd) -> LocalBoxFuture<'a, ()>;
/// Undoes something.
pub type Reset = for<'a> fn(&'a Stage, &'a mut Tx) -> LocalBoxFuture<'a, ()>;

/// What is small however many people there are, in the words of SQLite's plans.
#[derive(Debug, Clone, Copy)]
pub struct Small {
    /// Tables and parts of statements that may be read from end to end.
    pub scans: &'static [&'static str],
    /// Sorts, by two parts of their statements.
    pub sorts: &'static [(&'static str, &'static str)],
    /// Filters that are asked of each row of few, by a part of the statement.
    pub asked_of_few: &'static [(&'static str, &'static str)],
    /// Filters whose column has another name.
    pub columns: &'static [(&'static str, &'static str)],
}

impl Feature {
    /// Nothing of anything.
    pub const NOTHING: Self = Self {
        file: "",
        subjects: &[],
        states: &[],
        bodies: &[],
        public_fields: &[],
        open: &[],
        lists: &[],
        filters: &[],
        deeds: &[],
        never: &[],
        versioned: &[],
        counted: &[],
        planned: &[],
        tables: &[],
        canaries: &[],
        unsung: &[],
        release: None,
        seed: None,
        small: Small { scans: &[], sorts: &[], asked_of_few: &[], columns: &[] },
        recorded: &[],
        reset: None,
    };
}

/// All features, each after those that it needs.
pub fn features() -> impl Iterator<Item = &'static Feature> {
    crate::FEATURES.iter().copied()
}

/// Everything of one kind, of all features.
pub fn each<T: 'static>(of: impl Fn(&'static Feature) -> &'static [T]) -> impl Iterator<Item = &'static T> {
    features().flat_map(of)
}

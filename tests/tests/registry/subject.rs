//! What operations are about, and how it is made.

use crate::operations::{Ids, Operation, Stage};
use db::Sql;
use futures_util::future::LocalBoxFuture;
use muwakaba_tests::SignedIn;

/// Makes something around the people of a target, and says with [`Ids::with`] what it made.
pub type Make = for<'a> fn(&'a Stage, &'a Operation, Ids) -> LocalBoxFuture<'a, Ids>;
/// Makes something that is this caller's own.
pub type MakeOfCaller = for<'a> fn(&'a Stage, &'a Operation, Ids, &'a SignedIn) -> LocalBoxFuture<'a, Ids>;

/// What an operation can be about. Whoever has its name in their path is about it, and a body's field of that name is filled with it.
pub struct Subject {
    /// Its name in paths and bodies: `visit_id`.
    pub name: &'static str,
    /// Makes one.
    pub make: Make,
    /// Operations that need one and have no place for it in their path, such as a list of them.
    pub needed_by: &'static [&'static str],
    /// Makes one for each caller where only one's own can be seen.
    pub of_caller: Option<MakeOfCaller>,
    /// Reads its version, for `If-Match`.
    pub version: Option<Sql>,
    /// Whether two commands side by side are about the same one. If not, each makes its own.
    pub is_shared: bool,
}

impl Subject {
    /// Of this name, made so, and shared by two commands side by side.
    pub const fn new(name: &'static str, make: Make) -> Self {
        Self { name, make, needed_by: &[], of_caller: None, version: None, is_shared: true }
    }

    /// Whether this operation needs one.
    pub fn is_needed_by(&self, operation: &Operation) -> bool {
        operation.is_about(self.name) || self.needed_by.contains(&operation.id.as_str())
    }
}

/// The state that an operation needs its subject in.
pub struct State {
    /// The operation.
    pub operation: &'static str,
    /// Puts what was made into it.
    pub make: Make,
}

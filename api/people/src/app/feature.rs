//! What a feature tells of itself, so that everything that has to do with all of them goes through one list and knows none: its operations,
//! the kinds of things that it keeps, what phones get of it and may do without network, what it does as time passes, the buttons of its
//! reminders, and how it takes part in what happens in people's lives. All of it has to be said: a feature that has nothing of the kind says
//! that.

use super::{App, buttons::Reminded, life::Life, mutation::Mutation, timeline::Chapter, timer::Timer};
use kernel::{sync_form::list::PhoneList, things::Thing};
use utoipa_axum::router::OpenApiRouter;

/// A feature.
pub struct Feature {
    /// The tag of its operations in the contract, and what they are about.
    pub tag: (&'static str, &'static str),
    /// Its operations.
    pub routes: fn() -> OpenApiRouter<App>,
    /// Whether each of them is one transaction, so that it can be carried out again where the database ended that for the sake of others.
    pub is_of_single_transactions: bool,
    /// The kinds of things that it keeps.
    pub things: &'static [&'static Thing],
    /// What phones get of it.
    pub lists: &'static [&'static dyn PhoneList],
    /// What of it can be done without network.
    pub mutations: &'static [Mutation],
    /// What of it is looked at again as time passes.
    pub timers: &'static [Timer],
    /// What it tells in a participant's timeline.
    pub timeline: &'static [Chapter],
    /// The buttons of its reminders, if it reminds people of something and that can be answered.
    pub reminded: Option<&'static dyn Reminded>,
    /// How it takes part in what happens in people's lives.
    pub life: &'static dyn Life,
}

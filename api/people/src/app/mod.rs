//! What the features work with: the kernel, what proving who one is needs, what brings reminders to phones, and who is known by which name.

pub mod buttons;
mod feature;
pub mod life;
pub mod mutation;
mod pages;
pub mod timeline;
pub mod timer;
pub mod unfolding;

pub use feature::Feature;
pub use pages::Pages;

use crate::{names::known::SharedNames, push::PushServices};
use axum::extract::FromRef;
use contract::time::Zones;
use identity::{Identity, callers::POSTINGS};
use kernel::{
    Kernel,
    access::Actor,
    agenda::{Entry, Kind},
    error::{Error, Result},
    extract::Callers,
    things::Thing,
};
use std::{ops::Deref, sync::Arc};
use timer::Timer;
use uuid::Uuid;

/// The parts, cheap to clone.
#[derive(Clone)]
pub struct App {
    identity: Identity,
    /// What brings reminders to phones.
    pub push: Arc<PushServices>,
    /// Finds participants by name.
    pub names: Arc<SharedNames>,
    /// All of them, in the order in which they take part in what happens.
    pub features: &'static [&'static Feature],
}

impl App {
    /// The parts together. Nobody is known by name yet.
    #[must_use]
    pub fn new(identity: Identity, push: PushServices, features: &'static [&'static Feature]) -> Self {
        Self { identity, push: Arc::new(push), names: Arc::default(), features }
    }

    /// The same service with other zone data, as after an update of the system's.
    #[must_use]
    pub fn with_zones(&self, zones: Arc<Zones>) -> Self {
        let identity = self.identity.with_kernel(self.identity.with_zones(zones));
        Self { identity, push: self.push.clone(), names: self.names.clone(), features: self.features }
    }
}

impl App {
    /// What is done as time passes.
    pub fn timers(&self) -> impl Iterator<Item = &'static Timer> {
        self.features.iter().flat_map(|feature| feature.timers)
    }

    /// The kind of things of this word, unless only a later version knows it.
    pub fn thing(&self, word: &str) -> Option<&'static Thing> {
        let features = self.features.iter().flat_map(|feature| feature.things);
        features.chain(identity::things::THINGS).copied().find(|thing| thing.word == word)
    }
}

impl App {
    /// Does now what the agenda would do about this thing, whose time has come: nobody is to notice that it was late.
    async fn catch_up(&self, kind: Kind, id: Uuid) -> Result<()> {
        let timer = self.timers().find(|timer| timer.kind == kind).ok_or_else(Error::unavailable)?;
        let entry = Entry { kind, id, progress: None, claims: 0 };
        let mut tx = self.db.write().await?;
        let now = self.clock.now();
        (timer.look_at)(self, &mut tx, &[entry], now).await?;
        self.commit(tx).await
    }
}

impl Deref for App {
    type Target = Identity;
    fn deref(&self) -> &Identity {
        &self.identity
    }
}

impl FromRef<App> for Identity {
    fn from_ref(app: &App) -> Self {
        app.identity.clone()
    }
}

impl FromRef<App> for Kernel {
    fn from_ref(app: &App) -> Self {
        (*app.identity).clone()
    }
}

impl Callers for App {
    async fn caller(&self, token: &str, path: &str) -> Result<Actor> {
        let mut caller = self.identity.caller(token, path).await?;
        while let Some(overdue) = caller.overdue {
            self.catch_up(POSTINGS, overdue).await?;
            let next = self.identity.caller(token, path).await?;
            if next.overdue == Some(overdue) {
                return Err(Error::unavailable());
            }
            caller = next;
        }
        Ok(caller.actor)
    }
}

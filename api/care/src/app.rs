//! What the features work with: the kernel, what proving who one is needs, what brings reminders to phones, and who is known by which name.

use crate::{participant::names::known::SharedNames, push::PushServices};
use axum::extract::FromRef;
use contract::time::Zones;
use identity::Identity;
use kernel::{Kernel, access::Actor, error::Result, extract::Callers};
use std::{ops::Deref, sync::Arc};

/// The parts, cheap to clone.
#[derive(Clone)]
pub struct App {
    identity: Identity,
    /// What brings reminders to phones.
    pub push: Arc<PushServices>,
    /// Finds participants by name.
    pub names: Arc<SharedNames>,
}

impl App {
    /// The parts together. Nobody is known by name yet.
    #[must_use]
    pub fn new(identity: Identity, push: PushServices) -> Self {
        Self { identity, push: Arc::new(push), names: Arc::default() }
    }

    /// The same service with other zone data, as after an update of the system's.
    #[must_use]
    pub fn with_zones(&self, zones: Arc<Zones>) -> Self {
        let identity = self.identity.with_kernel(self.identity.with_zones(zones));
        Self { identity, push: self.push.clone(), names: self.names.clone() }
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
        self.identity.caller(token, path).await
    }
}

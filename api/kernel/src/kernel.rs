//! What operations work with: the database, the clock, the keys. It is put together once, by the program, and handed down; nothing is
//! global.

use crate::{
    audit_repeat::Recorded,
    heartbeat::Heartbeat,
    protect::{
        keys::{DerivationFailed, DerivedKey, MasterKey, Purpose},
        lookup::{EmailLookup, FileNumberLookup},
        random::Random,
        seal::{DataKey, WrapKey},
        vault::Vault,
    },
    supervise::Health,
};
use contract::{
    IdSource,
    time::{Clock, Zones},
};
use db::Db;
use std::{ops::Deref, sync::Arc};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

/// The parts, cheap to clone.
#[derive(Clone)]
pub struct Kernel {
    /// Zone data.
    pub zones: Arc<Zones>,
    services: Arc<Services>,
}

/// The parts that stay the same while the service runs.
pub struct Services {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Unpredictable bytes.
    pub random: Arc<dyn Random>,
    /// The keys that people's data is sealed with.
    pub keys: Keys,
    /// The readings that were recorded lately.
    pub recorded: Recorded,
    /// Whether rows can still be committed.
    pub heartbeat: Heartbeat,
    /// The operations under way: they run to their end, whatever becomes of their callers.
    pub operations: TaskTracker,
    /// Wake whoever waits for what a transaction has written.
    pub bells: Bells,
    /// How the tasks in the background are.
    pub background: Health,
}

impl Kernel {
    /// The parts, with this zone data.
    #[must_use]
    pub fn new(zones: Arc<Zones>, services: Services) -> Self {
        Self { zones, services: Arc::new(services) }
    }

    /// The same parts with other zone data, as after an update of the system's.
    #[must_use]
    pub fn with_zones(&self, zones: Arc<Zones>) -> Self {
        Self { zones, services: self.services.clone() }
    }
}

impl Deref for Kernel {
    type Target = Services;
    fn deref(&self) -> &Services {
        &self.services
    }
}

/// Wake whoever waits: each has a name that a transaction notes while it writes, and is rung once that is committed.
#[derive(Debug, Clone, Default)]
pub struct Bells(Vec<(&'static str, Arc<Notify>)>);

impl Bells {
    /// With one more.
    #[must_use]
    pub fn with(mut self, name: &'static str, bell: Arc<Notify>) -> Self {
        self.0.push((name, bell));
        self
    }

    /// The one of this name.
    pub fn of(&self, name: &str) -> Option<&Arc<Notify>> {
        self.0.iter().find_map(|(known, bell)| (*known == name).then_some(bell))
    }

    /// Wakes whoever waits for it, or will wait for it next.
    pub fn ring(&self, name: &str) {
        if let Some(bell) = self.of(name) {
            bell.notify_one();
        }
    }
}

/// How many unwrapped data keys are kept in memory.
const KEYS_IN_MEMORY: usize = 2_000;

/// The keys that people's data is sealed with, all from the one master key outside the database.
pub struct Keys {
    /// Participants' data keys.
    pub participants: Vault,
    /// Staff members' data keys.
    pub staff: Vault,
    /// Finds an account by its e-mail address.
    pub emails: EmailLookup,
    /// Seals what is written about employers.
    pub employers: DataKey,
    /// Finds a file by its number.
    pub file_numbers: FileNumberLookup,
    /// Seals the answers that are kept for repeated requests.
    pub answers: DataKey,
    /// Hashes the keys under which they are kept.
    pub repetitions: DerivedKey,
    /// Seals what participants say of sessions: it is no single person's text, and nobody's key opens it alone.
    pub impressions: DataKey,
    /// Hashes which session it was and whose.
    pub impression_hashes: DerivedKey,
    /// Hashes what people without an account prove that they were given.
    pub links: DerivedKey,
}

impl Keys {
    /// Derives all of them.
    pub fn derive(master: &MasterKey) -> Result<Self, DerivationFailed> {
        Ok(Self {
            participants: Vault::new(WrapKey::participants(master)?, KEYS_IN_MEMORY),
            staff: Vault::new(WrapKey::staff(master)?, KEYS_IN_MEMORY),
            emails: EmailLookup::new(master)?,
            employers: DataKey::derived(master, Purpose::EmployerTexts)?,
            file_numbers: FileNumberLookup::new(master)?,
            answers: DataKey::derived(master, Purpose::IdempotencyKeys)?,
            repetitions: master.derive(Purpose::IdempotencyKeyHashes)?,
            impressions: DataKey::derived(master, Purpose::Impressions)?,
            impression_hashes: master.derive(Purpose::ImpressionHashes)?,
            links: master.derive(Purpose::ReferralLinks)?,
        })
    }
}

//! What every handler works with: the database, the clock, the keys, and the services behind them. It is put together once,
//! in `serve`, and handed down; nothing is global.

use crate::{
    audit_repeat::Recorded,
    background::supervise::Health,
    heartbeat::Heartbeat,
    protect::{
        keys::{DerivationFailed, DerivedKey, KeyDirectory, KeyFileError, MasterKey, Purpose},
        known_names::SharedNames,
        lookup::EmailLookup,
        random::Random,
        seal::{DataKey, WrapKey},
        vault::Vault,
    },
    push::{Lent, PushServices, PushSettings, PushStartError},
    sign_in::SignInServices,
};
use contract::{
    IdSource,
    time::{Clock, Zones},
};
use db::Db;
use std::{ops::Deref, sync::Arc};
use tokio_util::task::TaskTracker;

/// The service's parts, cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Zone data.
    pub zones: Arc<Zones>,
    services: Arc<Services>,
}

/// The parts.
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
    /// Finds participants by name.
    pub names: SharedNames,
    /// Passwords, tokens and what else signing in needs.
    pub sign_in: SignInServices,
    /// What brings reminders to phones.
    pub push: PushServices,
    /// The readings that were recorded lately.
    pub recorded: Recorded,
    /// Whether rows can still be committed.
    pub heartbeat: Heartbeat,
    /// The operations under way: they run to their end, whatever becomes of their callers.
    pub operations: TaskTracker,
    /// Rung when something was put on the agenda.
    pub agenda: tokio::sync::Notify,
    /// How the tasks in the background are.
    pub background: Health,
}

/// What the service is started from.
pub struct Foundations {
    /// The database, its schema up to date.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Unpredictable bytes.
    pub random: Arc<dyn Random>,
    /// Zone data.
    pub zones: Arc<Zones>,
    /// Where the keys lie.
    pub keys: KeyDirectory,
    /// The address under which clients reach the service, such as `https://muwakaba.example`.
    pub public_url: String,
    /// How reminders are brought to phones.
    pub push: PushSettings,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A key file cannot be used.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// A key cannot be derived.
    #[error("{0}")]
    Derivation(#[from] DerivationFailed),
    /// The public address is none.
    #[error("the public address must be a whole address such as https://muwakaba.example, not `{0}`")]
    PublicUrl(String),
    /// Push cannot be set up.
    #[error("{0}")]
    Push(#[from] PushStartError),
    /// The database cannot be used.
    #[error("{0}")]
    Database(#[from] db::Error),
}

impl App {
    /// Reads or makes the keys and puts the parts together.
    pub fn assemble(foundations: Foundations) -> Result<Self, StartError> {
        let Foundations { db, clock, ids, random, zones, keys, public_url, push } = foundations;
        let master = MasterKey::load_or_create(&keys, &*random)?;
        let push = PushServices::open(
            &push,
            &Lent {
                keys: &keys,
                master: &master,
                random: &*random,
                db: &db,
                clock: &clock,
                ids: &ids,
                zones: &zones,
            },
        )?;
        let services = Arc::new(Services {
            push,
            sign_in: SignInServices::new(&keys, &master, &public_url, &*random)?,
            keys: Keys::derive(&master)?,
            names: SharedNames::default(),
            db,
            clock,
            ids,
            random,
            recorded: Recorded::default(),
            heartbeat: Heartbeat::default(),
            operations: TaskTracker::new(),
            agenda: tokio::sync::Notify::new(),
            background: Health::default(),
        });
        Ok(Self { zones, services })
    }
}

impl App {
    /// The same service with other zone data, as after an update of the system's.
    #[must_use]
    pub fn with_zones(&self, zones: Arc<Zones>) -> Self {
        Self { zones, services: self.services.clone() }
    }
}

impl Deref for App {
    type Target = Services;
    fn deref(&self) -> &Services {
        &self.services
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
    /// Seals the answers that are kept for repeated requests.
    pub answers: DataKey,
    /// Hashes the keys under which they are kept.
    pub repetitions: DerivedKey,
}

impl Keys {
    /// Derives all of them.
    pub fn derive(master: &MasterKey) -> Result<Self, DerivationFailed> {
        Ok(Self {
            participants: Vault::new(WrapKey::participants(master)?, KEYS_IN_MEMORY),
            staff: Vault::new(WrapKey::staff(master)?, KEYS_IN_MEMORY),
            emails: EmailLookup::new(master)?,
            answers: DataKey::derived(master, Purpose::IdempotencyKeys)?,
            repetitions: master.derive(Purpose::IdempotencyKeyHashes)?,
        })
    }
}

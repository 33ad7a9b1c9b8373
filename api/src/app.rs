//! What every handler works with: the database, the clock, the keys, and the services behind them. It is put together once,
//! in `serve`, and handed down; nothing is global.

use crate::{
    protect::{
        keys::{DerivationFailed, MasterKey, Purpose},
        lookup::EmailLookup,
        name_index::NameIndex,
        random::Random,
        seal::{DataKey, WrapKey},
        vault::Vault,
    },
    sign_in::SignInServices,
};
use contract::{
    IdSource,
    time::{Clock, Zones},
};
use db::Db;
use std::{
    ops::Deref,
    sync::{Arc, Mutex},
};

/// The service's parts, cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Services>);

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
    /// Zone data.
    pub zones: Arc<Zones>,
    /// The keys that people's data is sealed with.
    pub keys: Keys,
    /// Finds participants by name.
    pub names: Mutex<NameIndex>,
    /// Passwords, tokens and what else signing in needs.
    pub sign_in: SignInServices,
}

impl App {
    /// Hands the parts out.
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Deref for App {
    type Target = Services;
    fn deref(&self) -> &Services {
        &self.0
    }
}

/// How many unwrapped data keys are kept in memory.
const KEYS_IN_MEMORY: usize = 10_000;

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
}

impl Keys {
    /// Derives all of them.
    pub fn derive(master: &MasterKey) -> Result<Self, DerivationFailed> {
        Ok(Self {
            participants: Vault::new(WrapKey::participants(master)?, KEYS_IN_MEMORY),
            staff: Vault::new(WrapKey::staff(master)?, KEYS_IN_MEMORY),
            emails: EmailLookup::new(master)?,
            answers: DataKey::derived(master, Purpose::IdempotencyKeys)?,
        })
    }
}

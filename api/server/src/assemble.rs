//! How the parts of the service are put together.

use care::{
    App,
    push::{Lent, PushServices, PushSettings, PushStartError},
};
use contract::{
    IdSource,
    time::{Clock, Zones},
};
use db::Db;
use identity::{Identity, SignInServices};
use kernel::{
    Bells, Kernel, Keys, Services, agenda,
    audit_repeat::Recorded,
    heartbeat::Heartbeat,
    protect::{
        keys::{DerivationFailed, KeyDirectory, KeyFileError, MasterKey},
        random::Random,
    },
    supervise::Health,
};
use notifications::outbox;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

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
    /// Nobody could sign in.
    #[error("{0}")]
    SignIn(#[from] identity::StartError),
    /// Push cannot be set up.
    #[error("{0}")]
    Push(#[from] PushStartError),
    /// The database cannot be used.
    #[error("{0}")]
    Database(#[from] db::Error),
}

/// Reads or makes the keys and puts the parts together.
///
/// # Errors
/// [`StartError`], in words for the operator.
pub fn assemble(foundations: Foundations) -> Result<App, StartError> {
    let Foundations { db, clock, ids, random, zones, keys, public_url, push } = foundations;
    let master = MasterKey::load_or_create(&keys, &*random)?;
    let lent = Lent {
        keys: &keys,
        master: &master,
        random: &*random,
        db: &db,
        clock: &clock,
        ids: &ids,
        zones: &zones,
    };
    let push = PushServices::open(&push, &lent)?;
    let sign_in = SignInServices::new(&keys, &master, &public_url, &*random)?;
    let bells =
        Bells::default().with(outbox::BELL, push.dispatcher.bell()).with(agenda::BELL, Arc::default());
    let services = Services {
        keys: Keys::derive(&master)?,
        db,
        clock,
        ids,
        random,
        recorded: Recorded::default(),
        heartbeat: Heartbeat::default(),
        operations: TaskTracker::new(),
        bells,
        background: Health::default(),
    };
    let identity = Identity::new(Kernel::new(zones, services), Arc::new(sign_in));
    Ok(App::new(identity, push, care::FEATURES))
}

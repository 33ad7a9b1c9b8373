//! How the service starts and stops: the database, the keys, the zone data, then the listeners and the work in the
//! background; and all of it in the other order when it is asked to stop.

use crate::assemble::{Foundations, StartError, assemble};
use crate::{
    background,
    settings::{PushContact, Settings, USUAL_HOSTS},
    telemetry,
};
use crate::{
    serve::{Door, Listener, accept, metrics},
    service,
};
use care::{
    App,
    appointment::rederive,
    push::{FcmAccess, PushSettings},
    sync,
};
use contract::{
    SystemIds,
    time::{Clock, SystemClock, Zones},
};
use db::{Db, Sql, sql};
use kernel::protect::{
    keys::{DerivationFailed, KeyDirectory, KeyFileError, MASTER_KEY_FILE, MasterKey},
    random::SystemRandom,
};
use notifications::channel::fcm::FcmSettings;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Where the check value of the master key is kept.
const KEY_CHECK: &str = "master_key_check";
const KNOWN_KEY: Sql = sql!("SELECT value FROM setting WHERE name = $1");

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data directory cannot be made.
    #[error("cannot make the data directory {path}: {cause}")]
    DataDirectory {
        /// Where it should be.
        path: String,
        /// What the system said.
        cause: io::Error,
    },
    /// Nothing can listen there.
    #[error("cannot listen on {address} (setting {setting}): {cause}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Which setting says so.
        setting: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// The key file is not the one that the data was sealed with.
    #[error(
        "the master key in {keys} is not the one that this database was sealed with: restore the right master.key from \
         your backup; nothing has been changed"
    )]
    OtherMasterKey {
        /// The key directory.
        keys: String,
    },
    /// A part cannot be put together.
    #[error("{0}")]
    Start(#[from] StartError),
    /// A key file cannot be used.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// The database cannot be used.
    #[error("{0}")]
    Database(#[from] db::Error),
    /// The meters cannot be set up.
    #[error("the meters cannot be set up: {0}")]
    Meters(String),
    /// The zone data here cannot be used.
    #[error("{0}")]
    ZoneData(#[from] rederive::ZoneDataRefused),
    /// Nobody can be written to about the messages of a service that others rely on.
    #[error(
        "push.contact is not set, and this service can be reached from other machines: Apple would refuse every message, and no \
         push service could warn you before it blocks this one; set it to mailto:somebody@example.org or an https address"
    )]
    NoContact,
}

/// Opens what the settings name, brings the schema up to date and puts the parts together. Nothing listens or runs yet.
///
/// # Errors
/// [`ServeError`], in words for the operator.
pub async fn open(settings: &Settings) -> Result<App, ServeError> {
    open_with_clock(settings, Arc::new(SystemClock)).await
}

/// As [`open`], with another clock.
///
/// # Errors
/// As [`open`].
pub async fn open_with_clock(settings: &Settings, clock: Arc<dyn Clock>) -> Result<App, ServeError> {
    make_data_directory(settings)?;
    let db = Db::open(settings.database_url.expose()).await?;
    db.migrate().await?;
    db.optimize().await?;
    let keys = KeyDirectory::open(settings.key_directory())?;
    check_master_key(&db, &keys, settings).await?;
    let zones = Arc::new(Zones::load(settings.zone_data_directory.as_deref()));
    Ok(assemble(Foundations {
        db,
        clock,
        ids: Arc::new(SystemIds),
        random: Arc::new(SystemRandom),
        zones,
        keys,
        public_url: settings.public_url.clone(),
        push: push_settings(settings),
    })?)
}

/// Makes the data directory, closed to everybody but the service's user.
///
/// # Errors
/// If it cannot be made.
pub fn make_data_directory(settings: &Settings) -> Result<(), ServeError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&settings.data_directory).map_err(|cause| {
        ServeError::DataDirectory { path: settings.data_directory.display().to_string(), cause }
    })
}

/// How push is to be set up.
pub fn push_settings(settings: &Settings) -> PushSettings {
    let usual = PushSettings::default();
    PushSettings {
        contact: settings.push.contact.clone(),
        hosts: push_hosts(&settings.push.origins, &usual.hosts),
        allow_loopback: settings.push.allow_loopback,
        fcm: settings.fcm.service_account_file.clone().map(|service_account| FcmAccess {
            service_account,
            settings: FcmSettings {
                base_url: settings.fcm.base_url.clone(),
                token_uri: settings.fcm.token_url.clone(),
            },
        }),
    }
}

/// The push services that were chosen, or the usual ones, or both.
fn push_hosts(chosen: &[String], usual: &[String]) -> Vec<String> {
    if chosen.is_empty() {
        return usual.to_vec();
    }
    let mut hosts: Vec<String> = Vec::new();
    for host in chosen {
        if host == USUAL_HOSTS {
            hosts.extend_from_slice(usual);
        } else {
            hosts.push(host.clone());
        }
    }
    hosts
}

/// Refuses to serve what could not work.
///
/// # Errors
/// [`ServeError::NoContact`].
pub fn check(settings: &Settings) -> Result<(), ServeError> {
    if lacks_contact(settings) { Err(ServeError::NoContact) } else { Ok(()) }
}

/// Whether push services have nobody to write to although people rely on them. Apple then refuses every message
/// (`BadJwtToken`), and the others cannot warn before they block a sender.
pub fn lacks_contact(settings: &Settings) -> bool {
    settings.is_public && PushContact::is_nobody(&settings.push.contact)
}

/// Compares the master key with the one that the database knows. A lost key file would otherwise be replaced by a new key,
/// and everything sealed from then on could not be opened with the old one, nor the old with the new.
async fn check_master_key(db: &Db, keys: &KeyDirectory, settings: &Settings) -> Result<(), ServeError> {
    let other = || ServeError::OtherMasterKey { keys: settings.key_directory().display().to_string() };
    let mut tx = db.write().await?;
    let known: Option<String> = tx.query(KNOWN_KEY).bind(KEY_CHECK).optional_scalar().await?;
    if known.is_some() && !keys.path_of(MASTER_KEY_FILE).exists() {
        return Err(other());
    }
    let value = check_value(&MasterKey::load_or_create(keys, &SystemRandom)?).map_err(StartError::from)?;
    // Of two nodes that start on a new database at once, the second finds the first one's.
    tx.query(sql!("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"))
        .bind(KEY_CHECK)
        .bind(value.as_str())
        .execute()
        .await?;
    let known: String = tx.query(KNOWN_KEY).bind(KEY_CHECK).scalar().await?;
    if known != value {
        return Err(other());
    }
    Ok(tx.commit().await?)
}

/// The check value of the master key that the data are sealed with, if there are any yet.
///
/// # Errors
/// If the database cannot be read.
pub async fn known_key(db: &Db) -> db::Result<Option<String>> {
    db.read().await?.query(KNOWN_KEY).bind(KEY_CHECK).optional_scalar().await
}

/// What the database keeps to know this master key by.
///
/// # Errors
/// As for [`MasterKey::check_value`].
pub fn check_value(key: &MasterKey) -> Result<String, DerivationFailed> {
    Ok(key.check_value()?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Runs the service until `stop` is cancelled: accepts no more, finishes what has begun, stops the background work, closes
/// the database. `listening` is told the address once requests are answered.
///
/// # Errors
/// [`ServeError`], before anything is served.
pub async fn run(
    settings: &Settings,
    app: App,
    stop: CancellationToken,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    // Before anything is written: behind where an epoch began, an older copy of the database cannot be told from what it replaces.
    match sync::epoch::begin(&app).await {
        // Whoever only reads can still be served.
        Err(error) if error.is_full() => tracing::error!(%error, "no room for an epoch"),
        begun => begun?,
    }
    tracing::info!(zone_data.version = %app.zones.version(), zone_data.source = ?app.zones.source(), "zone data");
    if let Some(done) = rederive::if_zone_data_changed(&app).await? {
        tracing::info!(
            looked_at = done.looked_at,
            moved = done.moved,
            overlapping = done.overlapping,
            set_aside = done.set_aside,
            "new zone data"
        );
    }
    let socket = listen("listen", settings.listen).await?;
    let address = socket.local_addr().unwrap_or(settings.listen);
    let (background_stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    if let Some(metrics_address) = settings.metrics_listen {
        let meters = telemetry::meters().map_err(ServeError::Meters)?;
        let metrics_socket = listen("metrics.listen", metrics_address).await?;
        tasks.spawn(metrics::serve(metrics_socket, app.clone(), meters, background_stop.clone()));
    }
    background::start(&app, settings.retention, &tasks, &background_stop);
    let door = Door::new(&settings.public_url, settings.limits.clone(), settings.documentation);
    let listener = Listener {
        socket,
        limits: Arc::new(settings.limits.clone()),
        proxies: Arc::new(settings.proxies.clone()),
    };
    tracing::info!(%address, public_url = settings.public_url, version = env!("CARGO_PKG_VERSION"), "listening");
    listening(address);
    accept(listener, service::service(app.clone(), &door), stop).await;
    app.operations.close();
    app.operations.wait().await;
    background_stop.cancel();
    tasks.close();
    tasks.wait().await;
    app.db.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|cause| ServeError::Listen { address, setting, cause })
}

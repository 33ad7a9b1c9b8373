//! What brings reminders to phones: the identity towards push services, the rules for their addresses, the channels, and the
//! dispatcher that uses them. It is put together with the rest of the service; `background` runs it.

use contract::{
    IdSource,
    time::{Clock, Zones},
};
use db::{Db, Tx};
use kernel::{
    agenda,
    protect::{
        keys::{DerivationFailed, KeyDirectory, KeyFileError, MasterKey, Purpose},
        random::Random,
    },
};
use notifications::{
    action_token::ActionKey,
    channel::{
        endpoint::{EndpointPolicy, STANDARD_HOSTS, UnusableHostPattern},
        fcm::{self, Fcm, FcmSettings, FcmSettingsError, ServiceAccount, ServiceAccountError},
        transport::{Transport, TransportOptions, TransportSetupError},
        web_push::{
            Topic, TopicKey, WebPush,
            encrypt::SystemEphemeral,
            vapid::{Contact, UnusableContact, UnusableVapidKey, VapidKeys, VapidSigner},
        },
    },
    dispatcher::{
        Dispatcher, DispatcherSettings, Escalation, NotificationKeys, PushCourier, Surroundings, TellFeed,
    },
    jitter::SystemJitter,
    outbox::FailedReminder,
    payload::PayloadMaker,
};
use std::{path::PathBuf, pin::Pin, sync::Arc};
use uuid::Uuid;

/// The key by which push services know this service. Every subscription is bound to it: a new key loses all of them.
pub const VAPID_KEY: &str = "web-push.key";

/// On the agenda: a participant about whom a reminder reached nobody.
pub const UNDELIVERED: agenda::Kind = agenda::Kind::new("undelivered_reminder");

/// Tells staff's apps that a reminder reached nobody, and notes in the same transaction that its participant is to be looked at: the dispatcher knows
/// no feature.
pub struct TellStaff {
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Escalation for TellStaff {
    fn failed<'a>(
        &'a self,
        tx: &'a mut Tx,
        failed: &'a [FailedReminder],
    ) -> Pin<Box<dyn Future<Output = db::Result<()>> + Send + 'a>> {
        Box::pin(async move {
            TellFeed.failed(tx, failed).await?;
            // Each is of its own centre, in the order in which everybody notes them.
            let mut whom: Vec<_> = failed.iter().map(|one| (one.participant_id.0, one.centre_id)).collect();
            whom.sort_unstable();
            whom.dedup();
            let now = self.clock.now();
            for (participant, centre) in whom {
                agenda::note(tx, UNDELIVERED, centre, &[participant], now).await?;
            }
            Ok(())
        })
    }
}

/// How reminders are brought to phones.
#[derive(Debug, Clone)]
pub struct PushSettings {
    /// How a push service reaches the operator, `mailto:` or `https:` (RFC 8292 §2.1).
    pub contact: String,
    /// The push services that may be called: hosts, or `*.` before one.
    pub hosts: Vec<String>,
    /// Opens `http://127.0.0.1:PORT` beside them. For demonstrations and tests only.
    pub allow_loopback: bool,
    /// Firebase Cloud Messaging, if it is used.
    pub fcm: Option<FcmAccess>,
}

/// How Firebase Cloud Messaging is reached.
#[derive(Debug, Clone)]
pub struct FcmAccess {
    /// The service account's key file.
    pub service_account: PathBuf,
    /// Where the service is, and where tokens come from if not from where the key file says.
    pub settings: FcmSettings,
}

impl Default for PushSettings {
    fn default() -> Self {
        Self {
            contact: "mailto:operator@localhost".to_owned(),
            hosts: STANDARD_HOSTS.map(str::to_owned).to_vec(),
            allow_loopback: false,
            fcm: None,
        }
    }
}

/// Why push cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum PushStartError {
    /// A key file cannot be used.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// A key cannot be derived.
    #[error("{0}")]
    Derivation(#[from] DerivationFailed),
    /// The key towards push services cannot be used.
    #[error("{0}")]
    Vapid(#[from] UnusableVapidKey),
    /// The contact is none.
    #[error("{0}")]
    Contact(#[from] UnusableContact),
    /// A push service is not named as it must be.
    #[error("the push host {0}")]
    Host(#[from] UnusableHostPattern),
    /// Connections cannot be made.
    #[error("{0}")]
    Transport(#[from] TransportSetupError),
    /// The service account of FCM cannot be used.
    #[error("{0}")]
    ServiceAccount(#[from] ServiceAccountError),
    /// The settings of FCM cannot be used.
    #[error("{0}")]
    Fcm(#[from] FcmSettingsError),
}

/// The parts of push.
pub struct PushServices {
    /// Sends what is due. Idle until `background` or a test runs it.
    pub dispatcher: Arc<Dispatcher<PushCourier>>,
    /// Writes the same payloads for apps that fetch them.
    pub payloads: PayloadMaker,
    /// Reads the tokens of buttons and receipts.
    pub action_key: ActionKey,
    /// Which endpoints may be registered.
    pub endpoints: EndpointPolicy,
    /// Whether FCM is set up.
    pub has_fcm: bool,
    topic_key: TopicKey,
    vapid: Arc<VapidKeys>,
}

/// What the rest of the service lends to push.
pub struct Lent<'a> {
    /// The key directory.
    pub keys: &'a KeyDirectory,
    /// The master key.
    pub master: &'a MasterKey,
    /// Unpredictable bytes.
    pub random: &'a dyn Random,
    /// The database.
    pub db: &'a Db,
    /// The time.
    pub clock: &'a Arc<dyn Clock>,
    /// New ids.
    pub ids: &'a Arc<dyn IdSource>,
    /// Zone data.
    pub zones: &'a Arc<Zones>,
}

impl PushServices {
    /// Reads or makes the keys and opens the channels. Nothing is sent yet.
    pub fn open(settings: &PushSettings, lent: &Lent<'_>) -> Result<Self, PushStartError> {
        let action_secret = lent.master.derive(Purpose::ActionTokens)?;
        let topic_secret = lent.master.derive(Purpose::ReminderTopics)?;
        let vapid = Arc::new(VapidKeys::from_pkcs8(&lent.keys.p256_key(VAPID_KEY, lent.random)?.bytes)?);
        let endpoints =
            EndpointPolicy::new(settings.hosts.iter().map(String::as_str), settings.allow_loopback)?;
        let courier = PushCourier {
            web_push: Some((web_push(settings, &vapid, lent.clock)?, endpoints.clone())),
            fcm: settings.fcm.as_ref().map(|access| open_fcm(access, settings.allow_loopback)).transpose()?,
        };
        let has_fcm = courier.fcm.is_some();
        let surroundings = Surroundings {
            db: lent.db.clone(),
            clock: lent.clock.clone(),
            ids: lent.ids.clone(),
            jitter: Arc::new(SystemJitter),
            zones: lent.zones.clone(),
            escalation: Arc::new(TellStaff { clock: lent.clock.clone() }),
        };
        let keys = NotificationKeys {
            topic: TopicKey::new(topic_secret.expose()),
            action: ActionKey::new(action_secret.expose()),
        };
        Ok(Self {
            dispatcher: Arc::new(Dispatcher::new(surroundings, keys, courier, DispatcherSettings::default())),
            payloads: PayloadMaker::new(ActionKey::new(action_secret.expose())),
            action_key: ActionKey::new(action_secret.expose()),
            endpoints,
            has_fcm,
            topic_key: TopicKey::new(topic_secret.expose()),
            vapid,
        })
    }

    /// The public key that browsers subscribe with, base64url.
    pub fn public_key(&self) -> String {
        self.vapid.public_key()
    }

    /// The tag of what this person is told about this subject.
    pub fn tag(&self, recipient: Uuid, subject: Uuid) -> Topic {
        self.topic_key.tag(recipient, subject)
    }
}

fn web_push(
    settings: &PushSettings,
    vapid: &Arc<VapidKeys>,
    clock: &Arc<dyn Clock>,
) -> Result<WebPush, PushStartError> {
    let options = TransportOptions { allow_loopback: settings.allow_loopback, ..TransportOptions::default() };
    let signer = VapidSigner::new(vapid.clone(), Contact::parse(&settings.contact)?);
    let clock = clock.clone();
    let now = Arc::new(move || clock.now().to_chrono());
    Ok(WebPush::new(Arc::new(Transport::new(options)?), signer, SystemEphemeral, now))
}

fn open_fcm(access: &FcmAccess, allow_loopback: bool) -> Result<Fcm, PushStartError> {
    let account = ServiceAccount::read(&access.service_account)?;
    let options = TransportOptions { allow_loopback, ..fcm::transport_options() };
    Ok(Fcm::new(account, &access.settings, Arc::new(Transport::new(options)?))?)
}

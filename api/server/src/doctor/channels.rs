//! What reminders go out through.

use super::report::Report;
use crate::{
    settings::{PushContact, Settings},
    start,
};
use care::push;
use kernel::protect::keys::KeyDirectory;
use notifications::channel::{
    fcm::ServiceAccount,
    transport::{Transport, TransportOptions},
    web_push::vapid::VapidKeys,
};

/// Looks at the channels, without sending anything.
pub fn examine(settings: &Settings, keys: Option<&KeyDirectory>, report: &mut Report) {
    match Transport::new(TransportOptions::default()) {
        Ok(_) => report.fine("certificates", "the system's root certificates are usable"),
        Err(error) => report.error("certificates", error.to_string()),
    }
    web_push(settings, keys, report);
    fcm(settings, report);
}

fn web_push(settings: &Settings, keys: Option<&KeyDirectory>, report: &mut Report) {
    if settings.push.allow_loopback {
        report.warning("Web Push", "push.allow_loopback is on: for demonstrations and tests only");
    }
    if start::lacks_contact(settings) {
        report.error(
            "Web Push",
            "push.contact is not set: Apple refuses every message from such a sender, so nobody with an iPhone is reminded; no \
             push service can warn you before it blocks this one; and `serve` does not start. Set it to mailto:… or https://…",
        );
    } else if PushContact::is_nobody(&settings.push.contact) {
        report.warning(
            "Web Push",
            "push.contact is not set: before others can reach this service it must be, or Apple refuses every message",
        );
    }
    match keys.map(|keys| keys.read(push::VAPID_KEY)) {
        Some(Ok(Some(file))) => match VapidKeys::from_pkcs8(&file) {
            Ok(key) => report.fine("Web Push", format!("public key {}", key.public_key())),
            Err(error) => report.error("Web Push", error.to_string()),
        },
        Some(Err(error)) => report.error("Web Push", error.to_string()),
        Some(Ok(None)) | None => report.fine("Web Push", "its key is made at the first start"),
    }
}

fn fcm(settings: &Settings, report: &mut Report) {
    let Some(path) = &settings.fcm.service_account_file else {
        report.fine("FCM", "not set up");
        return;
    };
    match ServiceAccount::read(path) {
        Ok(account) => report.fine("FCM", format!("sends for the Firebase project {}", account.project_id())),
        Err(error) => report.error("FCM", format!("{}: {error}", path.display())),
    }
}

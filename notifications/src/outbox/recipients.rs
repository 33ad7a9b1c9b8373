//! The devices of the people whom a batch of reminders is for, in one statement for the whole batch.

use std::collections::HashMap;

use contract::{ChannelKind, DeviceId, Language};
use db::{Result, Tx, sql};
use uuid::Uuid;

use super::types::{Address, Due, Target};

/// Somebody who can be reached by push and wants to be.
pub(super) struct Recipient {
    pub(super) language: Language,
    pub(super) targets: Vec<Target>,
}

/// The recipients with a device who want to be pushed to, by their id.
pub(super) type Recipients = HashMap<Uuid, Recipient>;

pub(super) type DeviceRow = (
    Uuid,
    DeviceId,
    i64,
    ChannelKind,
    Option<String>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<String>,
    Language,
);

pub(super) async fn load(tx: &mut Tx, reminders: &[Due]) -> Result<Recipients> {
    let mut people: Vec<Uuid> = reminders.iter().map(|reminder| reminder.recipient_id).collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(Recipients::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT device.person_id, device.id, device.version, device.channel, device.endpoint, device.agreement_key,
                    device.authentication_secret, device.fcm_token,
                    COALESCE(participant.language, (SELECT language FROM staff WHERE staff.id = device.person_id))
             FROM device LEFT JOIN participant ON participant.id = device.person_id
             WHERE device.person_id IN ({rows}) AND device.gone_at IS NULL
               AND COALESCE(participant.push_wanted, TRUE)
               AND COALESCE(participant.active, (SELECT active FROM staff WHERE staff.id = device.person_id))"
        ),
        people.len(),
        1,
    );
    for person in &people {
        query = query.bind(*person);
    }
    let rows: Vec<DeviceRow> = query.all().await?;
    let mut recipients = Recipients::with_capacity(people.len());
    for row in rows {
        let (person, language) = (row.0, row.8);
        let Some(target) = target(row) else { continue };
        recipients
            .entry(person)
            .or_insert_with(|| Recipient { language, targets: Vec::with_capacity(1) })
            .targets
            .push(target);
    }
    Ok(recipients)
}

/// The device of a row; `None` if the row lacks what its channel needs, which the schema does not allow for addresses and
/// [`crate::device`] does not write for keys.
pub(super) fn target(row: DeviceRow) -> Option<Target> {
    let (_, device_id, version, channel, endpoint, agreement_key, authentication_secret, fcm_token, _) = row;
    let address = match channel {
        ChannelKind::WebPush => Address::WebPush {
            endpoint: endpoint?,
            agreement_key: agreement_key?,
            authentication_secret: authentication_secret?,
        },
        ChannelKind::Fcm => Address::Fcm { token: fcm_token? },
    };
    Some(Target { device_id, version, address })
}

//! The devices of the people whom a batch of reminders is for, and the facts of those that are sent a text, in two statements for
//! the whole batch.

use std::collections::HashMap;

use contract::{ChannelKind, DeviceId, Language, ReminderId};
use db::{Result, Tx, sql};
use uuid::Uuid;

use super::types::{Address, Claimed, Due, Lease, Origin, Target};

/// Those of a batch's recipients who can be reached by push and want to be.
#[derive(Debug, Default)]
pub struct Recipients {
    by_id: HashMap<Uuid, Recipient>,
    /// The facts of the reminders for those of them who are sent a text.
    facts: HashMap<ReminderId, String>,
}

#[derive(Debug)]
struct Recipient {
    language: Language,
    targets: Vec<Target>,
}

impl Recipients {
    /// What was claimed under `lease`, with the devices it goes to.
    pub fn address(mut self, due: Vec<Due>, lease: Lease) -> Vec<Claimed> {
        due.into_iter()
            .map(|reminder| {
                let (language, targets) = match self.by_id.get(&reminder.recipient_id) {
                    Some(recipient) => (Some(recipient.language), recipient.targets.clone()),
                    None => (None, Vec::new()),
                };
                let facts = self.facts.remove(&reminder.id);
                Claimed { reminder, facts, language, targets, origin: Origin::Reminder, lease }
            })
            .collect()
    }
}

type DeviceRow = (Uuid, DeviceId, i64, ChannelKind, String, Option<Vec<u8>>, Option<Vec<u8>>, Language);

/// Finds how the recipients of these reminders are reached. It only reads, so nobody who writes waits for it.
pub async fn recipients(tx: &mut Tx, due: &[Due]) -> Result<Recipients> {
    let mut people: Vec<Uuid> = due.iter().map(|reminder| reminder.recipient_id).collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(Recipients::default());
    }
    let mut query = tx.query_kept_rows(
        sql!(
            "SELECT device.person_id, device.id, device.version, device.channel,
                    COALESCE(device.endpoint, device.fcm_token), device.agreement_key, device.authentication_secret,
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
    let rows: Vec<DeviceRow> = query.fill::<Uuid>().all().await?;
    let mut by_id: HashMap<Uuid, Recipient> = HashMap::with_capacity(people.len());
    for row in rows {
        let (person, language) = (row.0, row.7);
        let Some(target) = target(row) else { continue };
        by_id
            .entry(person)
            .or_insert_with(|| Recipient { language, targets: Vec::with_capacity(1) })
            .targets
            .push(target);
    }
    let facts = facts(tx, due, &by_id).await?;
    Ok(Recipients { by_id, facts })
}

/// The facts of the reminders to somebody with a device that is sent a text.
async fn facts(
    tx: &mut Tx,
    due: &[Due],
    recipients: &HashMap<Uuid, Recipient>,
) -> Result<HashMap<ReminderId, String>> {
    let has_text = |reminder: &&Due| {
        let recipient = recipients.get(&reminder.recipient_id);
        recipient.is_some_and(|recipient| recipient.targets.iter().any(|target| target.address.takes_text()))
    };
    let with_text: Vec<ReminderId> = due.iter().filter(has_text).map(|reminder| reminder.id).collect();
    if with_text.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = tx.query_kept_rows(
        sql!("SELECT reminder_id, facts FROM reminder_facts WHERE reminder_id IN ({rows})"),
        with_text.len(),
        1,
    );
    for id in &with_text {
        query = query.bind(*id);
    }
    let rows: Vec<(ReminderId, String)> = query.fill::<Uuid>().all().await?;
    Ok(rows.into_iter().collect())
}

/// The device of a row; `None` if the row lacks what its channel needs, which the schema does not allow for addresses and
/// [`crate::device`] does not write for keys.
fn target(row: DeviceRow) -> Option<Target> {
    let (_, device_id, version, channel, place, agreement_key, authentication_secret, _) = row;
    let address = match channel {
        ChannelKind::WebPush => Address::WebPush {
            endpoint: place,
            agreement_key: agreement_key?,
            authentication_secret: authentication_secret?,
        },
        ChannelKind::Fcm => Address::Fcm { token: place },
    };
    Some(Target { device_id, version, address })
}

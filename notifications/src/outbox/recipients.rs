//! The devices of the people whom a batch of reminders is for, and the facts of those that are sent a text, in two statements for
//! the whole batch.

use std::collections::HashMap;

use contract::time::ZoneName;
use contract::{ChannelKind, DeviceId, Language, ReminderId};
use db::{Result, Tx, sql};
use sqlx::FromRow;
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
    home: Option<ZoneName>,
    targets: Vec<Target>,
}

impl Recipients {
    /// What was claimed under `lease`, with the devices it goes to.
    pub fn address(mut self, due: Vec<Due>, lease: Lease) -> Vec<Claimed> {
        due.into_iter()
            .map(|reminder| {
                let (language, home, targets) = match self.by_id.get(&reminder.recipient_id) {
                    Some(one) => (Some(one.language), one.home.clone(), one.targets.clone()),
                    None => (None, None, Vec::new()),
                };
                let facts = self.facts.remove(&reminder.id);
                Claimed { reminder, facts, language, home, targets, origin: Origin::Reminder, lease }
            })
            .collect()
    }
}

/// Channel, language and zone are read as text: a later version may know more of them.
#[derive(FromRow)]
struct DeviceRow {
    person_id: Uuid,
    id: DeviceId,
    version: i64,
    is_refused: bool,
    channel: String,
    place: String,
    agreement_key: Option<Vec<u8>>,
    authentication_secret: Option<Vec<u8>>,
    language: String,
    home: Option<String>,
}

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
            "SELECT device.person_id, device.id, device.version, device.refusals > 0 AS is_refused, device.channel,
                    COALESCE(device.endpoint, device.fcm_token) AS place, device.agreement_key, device.authentication_secret,
                    COALESCE(participant.language, (SELECT language FROM staff WHERE staff.id = device.person_id)) AS language,
                    participant.zone AS home
             FROM device LEFT JOIN participant ON participant.id = device.person_id
             WHERE device.person_id IN ({rows}) AND device.gone_at IS NULL
               AND COALESCE(participant.push_wanted, TRUE)
               AND COALESCE((SELECT FALSE FROM push_forbidden WHERE push_forbidden.person_id = device.person_id), TRUE)
               AND COALESCE(participant.active AND participant.status <> 'paused', (SELECT active FROM staff WHERE staff.id = device.person_id))"
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
        let person = row.person_id;
        let language = row.language.parse().unwrap_or(Language::Arabic);
        let home = row.home.as_deref().and_then(|zone| zone.parse().ok());
        let Some(target) = target(row) else { continue };
        by_id
            .entry(person)
            .or_insert_with(|| Recipient { language, home, targets: Vec::with_capacity(1) })
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

/// The device of a row; `None` if it is of a channel that is not known here, or if the row lacks what its channel needs, which the schema does not allow for addresses and
/// [`crate::device`] does not write for keys.
fn target(row: DeviceRow) -> Option<Target> {
    let address = match row.channel.parse().ok()? {
        ChannelKind::WebPush => Address::WebPush {
            endpoint: row.place,
            agreement_key: row.agreement_key?,
            authentication_secret: row.authentication_secret?,
        },
        ChannelKind::Fcm => Address::Fcm { token: row.place },
    };
    Some(Target { device_id: row.id, version: row.version, is_refused: row.is_refused, address })
}

//! Registering a centre from beside the service, where nobody is signed in: at its command line, and for a demonstration.

use super::store::{self, Row};
use crate::{App, digest, opening_hours::calendar::Calendar};
use contract::{
    CentreId,
    time::{Instant, ZoneName},
};
use db::Tx;
use kernel::error::{Error, Result};
use notifications::policy::ReminderPolicy;

/// Adds a centre with the usual opening hours; without a policy of its own it has the usual reminders. The caller has checked the
/// name, and audits it.
pub async fn register(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    name: &str,
    zone: ZoneName,
    reminder_policy: Option<&ReminderPolicy>,
) -> Result<CentreId> {
    let row = Row {
        id: CentreId::new(&*app.ids),
        name: name.to_owned(),
        zone,
        calendar: serde_json::to_string(&Calendar::default()).map_err(Error::internal)?,
        reminder_policy: reminder_policy.map(serde_json::to_string).transpose().map_err(Error::internal)?,
        phone: None,
        emergency_phones: None,
        no_contact_days: None,
        version: 1,
        created_at: now,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    digest::note(app, tx, row.id, &row.zone, now).await?;
    Ok(row.id)
}

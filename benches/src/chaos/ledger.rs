//! What the database says about the reminders. It is opened anew for every question, as after a restart: whoever opens it
//! first after a kill has to recover it.

use std::collections::{BTreeMap, BTreeSet};

use contract::time::Instant;
use db::{Db, sql};
use notifications::outbox;

use crate::Failure;
use crate::chaos::receiver::Receiver;

/// A claim that its dispatcher did not live to settle: the path of the subscription, and when the lease ends.
pub type CutOff = (String, Instant);

/// The database and the push service whose subscriptions stand in it.
pub struct Ledger<'a> {
    /// The URL of the database.
    pub database: &'a str,
    /// The push service.
    pub receiver: &'a Receiver,
}

/// What is written at the end.
pub struct Closing {
    /// How often each subscription was tried, as far as that was written down.
    pub attempts: BTreeMap<String, i64>,
    /// How many reminders are not settled as sent.
    pub unsettled: i64,
}

impl Ledger<'_> {
    /// The claims that are open. Asked while no dispatcher lives, these are those of dead ones.
    pub async fn claims(&self) -> Result<BTreeSet<CutOff>, Failure> {
        let db = Db::open(self.database).await?;
        let mut tx = db.read().await?;
        let rows: Vec<(String, Instant)> = tx
            .query(sql!(
                "SELECT device.endpoint, reminder.ready_at FROM reminder
                 JOIN device ON device.person_id = reminder.recipient_id
                 WHERE reminder.state = 'sending' AND reminder.ready_at < reminder.expires_at
                 UNION ALL
                 SELECT device.endpoint, delivery.ready_at FROM delivery JOIN device ON device.id = delivery.device_id
                 WHERE delivery.state = 'waiting'"
            ))
            .all()
            .await?;
        drop(tx);
        db.close().await;
        Ok(rows.into_iter().map(|(endpoint, until)| (self.subscription(&endpoint), until)).collect())
    }

    /// Everything, once nothing is open any more.
    pub async fn close(&self) -> Result<Closing, Failure> {
        let db = Db::open(self.database).await?;
        let mut tx = db.read().await?;
        let attempts: Vec<(String, i64)> = tx
            .query(sql!(
                "SELECT device.endpoint, COALESCE(delivery.attempts, 0) FROM device
                 LEFT JOIN delivery ON delivery.device_id = device.id"
            ))
            .all()
            .await?;
        let unsettled: i64 = tx
            .query(sql!("SELECT count(*) FROM reminder WHERE state <> 'sent' OR ready_at IS NOT NULL"))
            .scalar()
            .await?;
        drop(tx);
        db.close().await;
        let attempts =
            attempts.into_iter().map(|(endpoint, many)| (self.subscription(&endpoint), many)).collect();
        Ok(Closing { attempts, unsettled })
    }

    fn subscription(&self, endpoint: &str) -> String {
        endpoint.strip_prefix(&self.receiver.url).unwrap_or(endpoint).to_owned()
    }
}

/// Whether nothing waits to be sent or settled.
pub async fn is_idle(db: &Db) -> Result<bool, Failure> {
    Ok(outbox::next_ready(&mut db.read().await?).await?.is_none())
}

//! What phones tell about the reminders they received, and what people show by looking at what they were told of.

use contract::time::Instant;
use contract::{CentreId, ReceiptEvent, ReminderId, Subject};
use db::{Result, Tx, sql};

use super::reach::end_deliveries;
use crate::{device, plan::Recipient};

/// Notes that a reminder was shown or used; whose centre's it is, if there is such a reminder. Telling it twice changes nothing. A phone may
/// be faster than the dispatcher that settles the reminder: then the time is kept and the state follows at settlement. It is
/// also a sign of life of the phone.
pub async fn receive(
    tx: &mut Tx,
    reminder: ReminderId,
    event: ReceiptEvent,
    now: Instant,
) -> Result<Option<CentreId>> {
    let statement = match event {
        ReceiptEvent::Seen => sql!(
            "UPDATE reminder SET seen_at = COALESCE(seen_at, $2),
                 state = CASE WHEN state = 'sent' THEN 'seen' ELSE state END
             WHERE id = $1 RETURNING centre_id"
        ),
        ReceiptEvent::Acted => sql!(
            "UPDATE reminder SET seen_at = COALESCE(seen_at, $2), acted_at = COALESCE(acted_at, $2),
                 state = CASE WHEN state IN ('sent', 'seen') THEN 'acted' ELSE state END
             WHERE id = $1 RETURNING centre_id"
        ),
    };
    let centre = tx.query(statement).bind(reminder).bind(now).optional_scalar().await?;
    device::heard_of(tx, reminder, now).await?;
    Ok(centre)
}

/// Somebody looked at what they were told of: what went out is seen, and what waits for them, or for another of their devices, is not sent any
/// more. Looking twice changes nothing.
pub async fn looked_at(tx: &mut Tx, subject: Subject, by: Recipient, now: Instant) -> Result<()> {
    let seen: Vec<ReminderId> = tx
        .query(sql!(
            "UPDATE reminder SET seen_at = COALESCE(seen_at, $4),
                 settled_at = CASE WHEN state = 'planned' THEN $4 ELSE settled_at END,
                 ready_at = CASE WHEN state = 'planned' THEN NULL ELSE ready_at END,
                 state = CASE WHEN state = 'planned' THEN 'superseded' WHEN state = 'sent' THEN 'seen' ELSE state END
             WHERE subject_id = $1 AND recipient_id = $2 AND subject_kind = $3 AND state IN ('planned', 'sending', 'sent') RETURNING id"
        ))
        .bind(subject.id)
        .bind(by.id)
        .bind(subject.kind)
        .bind(now)
        .scalars()
        .await?;
    end_deliveries(tx, &seen).await?;
    Ok(())
}

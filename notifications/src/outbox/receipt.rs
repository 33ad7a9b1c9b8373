//! What phones tell about the reminders they received.

use contract::time::Instant;
use contract::{CentreId, ReceiptEvent, ReminderId};
use db::{Result, Tx, sql};

use crate::device;

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

//! Enrolment: how a participant's phone becomes theirs. Somebody who accompanies them makes a code and gives it to them in
//! person, as a QR code or as eight characters; the phone sends it back with a proof of its own new key and is signed in.
//! The code works once and for three days. Enrolling another phone ends the former one's session: that is what to do when a
//! phone is lost.

mod attempt;
pub mod codes;
mod http;
mod request;
pub mod store;

use crate::Identity;
use axum::extract::FromRef;
use codes::Fresh;
use contract::{EnrolmentCodeId, ParticipantId, time::Instant};
use db::Tx;
use kernel::error::{Error, Result};
use kernel::extract::Callers;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub use store::close_expired;

/// Making codes and using them.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Callers + Clone + 'static,
    Identity: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(http::create_code)).routes(routes!(http::enrol))
}

/// How often a beginning is drawn that another open code does not have. There are 32,768 of them and few open codes.
const DRAWS: usize = 20;

/// Makes the only open code of a participant; a former one stops working. `fresh` was generated before the transaction, since
/// hashing takes long; `made_by` is the staff member, or nobody at the service's command line.
pub async fn create_enrolment_code(
    identity: &Identity,
    tx: &mut Tx,
    now: Instant,
    participant: ParticipantId,
    made_by: Option<Uuid>,
    mut fresh: Fresh,
) -> Result<codes::ShownOnce> {
    // Of two who make one at the same moment, the second waits here and closes the first one's.
    if !store::hold_active(tx, participant).await? {
        return Err(Error::not_found());
    }
    store::close_open(tx, participant, now).await?;
    for _ in 0..DRAWS {
        if !store::selector_is_taken(tx, fresh.selector()).await? {
            let id = EnrolmentCodeId::new(&*identity.ids);
            store::insert(tx, id, participant, made_by.unwrap_or_default(), &fresh, now).await?;
            return Ok(fresh.show(id, now));
        }
        fresh.draw_selector(identity)?;
    }
    Err(Error::unavailable())
}

//! The work item of a referral that the partner does not answer: raised after a week, again when the link has run out, and gone with the answer or
//! the end of it.

use super::store::Row;
use crate::{
    App,
    work_item::{self, Raise, WorkCause},
};
use contract::time::Instant;
use db::Tx;
use kernel::error::Result;

/// Somebody is to ask the partner, or to make another link.
pub async fn raise(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    let what = Raise {
        cause: WorkCause::ReferralUnanswered,
        subject: row.id.0,
        participant: row.participant_id,
        centre: row.centre_id,
    };
    work_item::raise(app, tx, what, now).await
}

/// After a change: sent anew, the partner has time again; answered or over, there is nothing to ask.
pub async fn is_settled(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    work_item::resolve(app, tx, WorkCause::ReferralUnanswered, row.id.0, now).await
}

//! What becomes of attempts when something happens in the lives of those who were tried: they go with them. Whom to try again, and whether, is
//! looked at with the contacts; what was seen on a wall has been.

use super::store;
use crate::app::life::GoesAlong;

/// Attempts.
pub const ATTEMPTS: GoesAlong = GoesAlong {
    hold_all_of: |tx, participant| Box::pin(store::hold_all_of(tx, participant)),
    set_centre: |tx, participant, centre| Box::pin(store::set_centre(tx, participant, centre)),
};

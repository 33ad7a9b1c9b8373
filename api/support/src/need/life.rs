//! What becomes of what was recorded when something happens in the lives of those who need it: it goes with them. What somebody needs is theirs,
//! whoever accompanies them.

use super::store;
use crate::app::life::GoesAlong;

/// Needs.
pub const NEEDS: GoesAlong = GoesAlong {
    hold_all_of: |tx, participant| Box::pin(store::hold_all_of(tx, participant)),
    set_centre: |tx, participant, centre| Box::pin(store::set_centre(tx, participant, centre)),
};

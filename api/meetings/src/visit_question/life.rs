//! What becomes of questions when something happens in the lives of those whom they are about: they go with them. Whoever no longer accompanies
//! the participant may still send what they had answered.

use super::store;
use crate::app::life::GoesAlong;

/// Questions.
pub const QUESTIONS: GoesAlong = GoesAlong {
    hold_all_of: |tx, participant| Box::pin(store::hold_all_of(tx, participant)),
    set_centre: |tx, participant, centre| Box::pin(store::set_centre(tx, participant, centre)),
};

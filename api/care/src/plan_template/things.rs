//! What is kept of it.

use kernel::things::Thing;

/// A plan template. It is about nobody.
pub const PLAN_TEMPLATE: Thing = Thing {
    word: "plan_template",
    opens_file: &[],
    // Its name may say for whom it was written.
    participants_learn_which: false,
    observers_learn_which: true,
};

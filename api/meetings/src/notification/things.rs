//! What is kept of it.

use kernel::things::Thing;

/// What somebody was or will be told.
pub const REMINDER: Thing = Thing {
    word: "reminder",
    opens_file: &[],
    participants_learn_which: false,
    observers_learn_which: false,
};

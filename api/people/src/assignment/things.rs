//! What is kept of it.

use kernel::things::Thing;

/// That somebody accompanies somebody.
pub const ASSIGNMENT: Thing = Thing {
    word: "assignment",
    opens_file: &[],
    participants_learn_which: false,
    observers_learn_which: true,
};

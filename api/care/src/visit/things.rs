//! What is kept of it.

use kernel::things::Thing;

/// A visit. Participants learn from their access log that one was read, not which: they read none.
pub const VISIT: Thing = Thing {
    word: "visit",
    opens_file: &["list", "read", "list_corrections", "finish_next_step"],
    participants_learn_which: false,
    observers_learn_which: true,
};

//! What is kept of it.

use kernel::things::Thing;

/// A check-in.
pub const CHECK_IN: Thing = Thing {
    word: "check_in",
    opens_file: &["list", "read", "review", "list_corrections"],
    participants_learn_which: true,
    observers_learn_which: true,
};

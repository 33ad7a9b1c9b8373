//! What is kept of it.

use kernel::things::Thing;

/// A placement, with the way to it and its milestones. It is the participant's own: they read it, and learn which one was read.
pub const PLACEMENT: Thing = Thing {
    word: "placement",
    opens_file: &["list", "read", "list_corrections", "list_agreements", "read_work"],
    participants_learn_which: true,
    observers_learn_which: true,
};

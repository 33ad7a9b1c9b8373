//! What is kept of it.

use kernel::things::Thing;

/// A work item. Participants learn from their access log that something about them was seen to, not what: staff are what it is about.
pub const WORK_ITEM: Thing = Thing {
    word: "work_item",
    opens_file: &["read"],
    participants_learn_which: false,
    observers_learn_which: true,
};

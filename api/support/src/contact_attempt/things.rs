//! What is kept of it.

use kernel::things::Thing;

/// An attempt that reached nobody. Participants learn from their access log that one was read, not which: they read none.
pub const CONTACT_ATTEMPT: Thing = Thing {
    word: "contact_attempt",
    opens_file: &["list", "read", "withdraw"],
    participants_learn_which: false,
    observers_learn_which: true,
};

//! What is kept of it.

use kernel::things::Thing;

/// A consent.
pub const CONSENT: Thing = Thing {
    word: "consent",
    opens_file: &["list", "read", "list_entries"],
    participants_learn_which: true,
    observers_learn_which: true,
};

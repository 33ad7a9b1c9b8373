//! What is kept of it.

use kernel::things::Thing;

/// An impression. Neither the change feed nor the audit log says which one: only that somebody said something of a session.
pub const IMPRESSION: Thing = Thing {
    word: "impression",
    opens_file: &[],
    participants_learn_which: false,
    observers_learn_which: false,
};

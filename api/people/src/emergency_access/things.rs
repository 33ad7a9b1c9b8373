//! What is kept of it.

use kernel::things::Thing;

/// A manager's emergency access.
pub const EMERGENCY_ACCESS: Thing = Thing {
    word: "emergency_access",
    opens_file: &[],
    participants_learn_which: true,
    observers_learn_which: true,
};

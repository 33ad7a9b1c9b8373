//! What is kept of it.

use kernel::things::Thing;

/// Somebody's readiness list. It is known by the participant's own id: each has one.
pub const READINESS: Thing = Thing {
    word: "readiness",
    opens_file: &["read", "list_willingness"],
    participants_learn_which: true,
    observers_learn_which: false,
};

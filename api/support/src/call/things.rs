//! What is kept of it.

use kernel::things::Thing;

/// The calls that are to be made; read as a list alone. Participants learn from their access log that it was read.
pub const CALLS_TO_MAKE: Thing = Thing {
    word: "calls_to_make",
    opens_file: &["list"],
    participants_learn_which: false,
    observers_learn_which: true,
};

/// That somebody was told in person. Participants learn from their access log that one was read, not which: they read none.
pub const REMINDER_CALL: Thing = Thing {
    word: "reminder_call",
    opens_file: &["read", "withdraw"],
    participants_learn_which: false,
    observers_learn_which: true,
};

//! What is kept of it.

use kernel::things::Thing;

/// All that is known of what somebody needs; known by their own id.
pub const NEEDS: Thing = Thing {
    word: "needs",
    opens_file: &["read", "answer_area"],
    participants_learn_which: true,
    observers_learn_which: true,
};

/// One need.
pub const NEED: Thing = Thing {
    word: "need",
    opens_file: &["read", "list_history", "take_in_hand", "close", "reopen", "correct", "withdraw"],
    participants_learn_which: true,
    observers_learn_which: true,
};

/// Something that somebody is good at or can lean on.
pub const STRENGTH: Thing = Thing {
    word: "strength",
    opens_file: &["read", "withdraw"],
    participants_learn_which: true,
    observers_learn_which: true,
};

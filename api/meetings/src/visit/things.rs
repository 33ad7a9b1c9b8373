//! What is kept of it.

use kernel::things::Thing;

/// A visit. Participants learn from their access log that one was read, not which: they read none.
pub const VISIT: Thing = Thing {
    word: "visit",
    opens_file: &["list", "read", "list_corrections", "list_parts", "finish_next_step", "withdraw"],
    participants_learn_which: false,
    observers_learn_which: true,
};

/// A question on a visit. Whoever may read it follows from the visit, so that a visit tells of its questions as well when that changes.
pub const VISIT_QUESTION: Thing = Thing {
    word: "visit_question",
    opens_file: &["list", "read", "ask", "answer", "list_corrections", "withdraw", "correct_answer"],
    participants_learn_which: false,
    observers_learn_which: true,
};

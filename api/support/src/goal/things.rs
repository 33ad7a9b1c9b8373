//! What is kept of it.

use kernel::things::Thing;

/// All goals of somebody with their steps; known by their own id.
pub const GOALS: Thing = Thing {
    word: "goals",
    opens_file: &["read", "order"],
    participants_learn_which: true,
    observers_learn_which: true,
};

/// One goal.
pub const GOAL: Thing = Thing {
    word: "goal",
    opens_file: &["read", "list_history", "close", "reopen", "order_steps", "correct", "withdraw"],
    participants_learn_which: true,
    observers_learn_which: true,
};

/// One step.
pub const GOAL_STEP: Thing = Thing {
    word: "goal_step",
    opens_file: &["read", "list_history", "mark", "correct", "withdraw"],
    participants_learn_which: true,
    observers_learn_which: true,
};

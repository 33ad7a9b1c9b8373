//! What is kept of it.

use kernel::things::Thing;

/// A plan.
pub const PLAN: Thing = Thing {
    word: "plan",
    opens_file: &["list", "read", "list_versions", "preview"],
    participants_learn_which: true,
    observers_learn_which: true,
};

/// A conversation of a plan that is to be arranged.
pub const PLAN_SESSION: Thing = Thing {
    word: "plan_session",
    opens_file: &["read"],
    participants_learn_which: true,
    observers_learn_which: true,
};

//! What is kept of it.

use kernel::things::Thing;

/// The questions that one participant alone is asked; they are known by the participant's id.
pub const CUSTOM_QUESTIONS: Thing = Thing {
    word: "custom_questions",
    opens_file: &["read"],
    participants_learn_which: true,
    observers_learn_which: true,
};

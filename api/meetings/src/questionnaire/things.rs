//! What is kept of it.

use kernel::things::Thing;

/// A questionnaire. It is about nobody.
pub const QUESTIONNAIRE: Thing = Thing {
    word: "questionnaire",
    opens_file: &[],
    participants_learn_which: true,
    observers_learn_which: true,
};

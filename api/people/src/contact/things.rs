//! What is kept of it.

use kernel::things::Thing;

/// When somebody was last met or spoken to; known by their own id.
pub const CONTACT: Thing = Thing {
    word: "contact",
    opens_file: &["read"],
    participants_learn_which: false,
    observers_learn_which: true,
};

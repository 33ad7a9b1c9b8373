//! What is kept of it.

use kernel::things::Thing;

/// That somebody is away. Its line in the log would tell an observer who did something.
pub const ABSENCE: Thing =
    Thing { word: "absence", opens_file: &[], participants_learn_which: false, observers_learn_which: false };

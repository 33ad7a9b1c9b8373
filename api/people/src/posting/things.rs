//! What is kept of it.

use kernel::things::Thing;

/// That somebody works at another centre as well. Its line in the log would tell an observer who did something.
pub const POSTING: Thing =
    Thing { word: "posting", opens_file: &[], participants_learn_which: false, observers_learn_which: false };

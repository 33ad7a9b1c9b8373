//! What is kept of it.

use kernel::things::Thing;

/// What a phone was told of what changed.
pub const SYNC: Thing =
    Thing { word: "sync", opens_file: &[], participants_learn_which: false, observers_learn_which: false };

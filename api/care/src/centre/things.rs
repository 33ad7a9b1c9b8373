//! What is kept of it.

use kernel::things::Thing;

/// A centre.
pub const CENTRE: Thing =
    Thing { word: "centre", opens_file: &[], participants_learn_which: false, observers_learn_which: true };

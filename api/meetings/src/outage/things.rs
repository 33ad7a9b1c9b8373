//! What is kept of it.

use kernel::things::Thing;

/// An outage. It is about nobody.
pub const OUTAGE: Thing =
    Thing { word: "outage", opens_file: &[], participants_learn_which: true, observers_learn_which: true };

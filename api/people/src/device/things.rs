//! What is kept of it.

use kernel::things::Thing;

/// Where somebody is reached by push.
pub const DEVICE: Thing =
    Thing { word: "device", opens_file: &[], participants_learn_which: false, observers_learn_which: false };

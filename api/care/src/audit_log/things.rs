//! What is kept of it.

use kernel::things::Thing;

/// The audit log itself.
pub const AUDIT: Thing =
    Thing { word: "audit", opens_file: &[], participants_learn_which: false, observers_learn_which: false };

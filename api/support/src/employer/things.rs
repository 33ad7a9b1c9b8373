//! What is kept of it.

use kernel::things::Thing;

/// An employer. They are nobody's file, and no participant looks them up.
pub const EMPLOYER: Thing =
    Thing { word: "employer", opens_file: &[], participants_learn_which: false, observers_learn_which: true };

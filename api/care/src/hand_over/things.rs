//! What is kept of it.

use kernel::things::Thing;

/// That somebody is asked to accompany somebody else from now on. It opens no file: it tells what is needed to answer.
pub const HAND_OVER: Thing =
    Thing { word: "hand_over", opens_file: &[], participants_learn_which: true, observers_learn_which: true };

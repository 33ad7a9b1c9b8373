//! What is kept of it.

use kernel::things::Thing;

/// A partner: nothing about a person.
pub const PARTNER: Thing =
    Thing { word: "partner", opens_file: &[], participants_learn_which: false, observers_learn_which: true };

/// A referral. Participants see their own.
pub const REFERRAL: Thing = Thing {
    word: "referral",
    opens_file: &["list", "read"],
    participants_learn_which: true,
    observers_learn_which: true,
};

//! What is kept of who people are to the service.

use kernel::things::Thing;

/// A participant's file.
pub const PARTICIPANT: Thing = Thing {
    word: "participant",
    opens_file: &["read", "read_timeline"],
    participants_learn_which: true,
    observers_learn_which: true,
};

/// A staff member's account.
pub const STAFF: Thing =
    Thing { word: "staff", opens_file: &[], participants_learn_which: false, observers_learn_which: false };

/// Somebody's sign-in on a phone or in a browser.
pub const SESSION: Thing =
    Thing { word: "session", opens_file: &[], participants_learn_which: false, observers_learn_which: false };

/// A code that makes a phone a participant's.
pub const ENROLMENT_CODE: Thing = Thing {
    word: "enrolment_code",
    opens_file: &[],
    participants_learn_which: false,
    observers_learn_which: false,
};

/// All of them.
pub const THINGS: &[&Thing] = &[&PARTICIPANT, &STAFF, &SESSION, &ENROLMENT_CODE];

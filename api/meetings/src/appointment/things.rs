//! What is kept of it.

use kernel::things::Thing;

/// An appointment, with its notes and its plan of reminders.
pub const APPOINTMENT: Thing = Thing {
    word: "appointment",
    opens_file: &["read", "list", "read_notes", "read_reminders", "list_outcomes", "read_slip"],
    participants_learn_which: true,
    observers_learn_which: true,
};

/// The notes on an appointment that only staff may read: what participants' phones hear nothing of, not even that there is one.
pub const STAFF_NOTES: Thing = Thing {
    word: "staff_notes",
    opens_file: &[],
    participants_learn_which: false,
    observers_learn_which: false,
};

/// The world's zone data.
pub const ZONE_DATA: Thing = Thing {
    word: "zone_data",
    opens_file: &[],
    participants_learn_which: false,
    observers_learn_which: false,
};

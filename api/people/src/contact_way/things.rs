//! What is kept of it.

use kernel::things::Thing;

/// How to reach somebody, all of it; known by their own id. The verbs for the number in the file are others: they change the file as well.
pub const CONTACT_WAYS: Thing = Thing {
    word: "contact_ways",
    opens_file: &[
        "read",
        "add",
        "change",
        "change_file_number",
        "remove",
        "remove_file_number",
        "order",
        "report_wrong",
        "report_wrong_file_number",
    ],
    participants_learn_which: true,
    observers_learn_which: true,
};

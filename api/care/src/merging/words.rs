//! Ids and words of merging.

contract::ids! {
    /// Two files that were found to be one person's.
    FileMergeId,
}

contract::vocabulary! {
    /// A field of a file.
    FileField {
        /// How they want to be called.
        Name => "name",
        /// Their name in Arabic script.
        NameArabic => "name_arabic",
        /// Their name in Latin script.
        NameLatin => "name_latin",
        /// The centre's own number of the file.
        FileNumber => "file_number",
        /// The year in which they were born.
        BirthYear => "birth_year",
        /// Woman or man.
        Sex => "sex",
        /// By whom they wish to be received.
        HostWish => "host_wish",
        /// Where to call them.
        Phone => "phone",
        /// Where to write to them.
        Email => "email",
        /// The language of their app.
        Language => "language",
        /// Where they live.
        Zone => "zone",
        /// In which province.
        Province => "province",
        /// What they read.
        Reads => "reads",
        /// What they speak.
        Speaks => "speaks",
        /// Whether somebody is to interpret.
        InterpreterWanted => "interpreter_wanted",
        /// What they need in order to hear, see and move.
        Needs => "needs",
        /// Until when they are under age.
        MinorUntil => "minor_until",
        /// Who stands for them.
        Guardian => "guardian",
        /// Whether reminders are pushed.
        PushWanted => "push_wanted",
        /// The edition of the programme.
        ProgrammeEdition => "programme_edition",
        /// The parts of the programme.
        ProgrammeAxes => "programme_axes",
        /// When and how they were released.
        Release => "release",
    }
}

contract::vocabulary! {
    /// From which of the two files a field is kept.
    KeptFrom {
        /// From the one that goes on.
        This => "this",
        /// From the one that is merged into it.
        Other => "other",
    }
}

contract::vocabulary! {
    /// What was made for something of a merged file.
    MovedKind {
        /// Somebody accompanies the person under the file that goes on.
        Assignment => "assignment",
        /// Somebody can read the merged file.
        Reader => "reader",
        /// An appointment under the file that goes on, in the place of one under the other.
        Appointment => "appointment",
    }
}

//! Ids and words of attempts.

contract::ids! {
    /// An attempt to reach somebody that reached nobody.
    ContactAttemptId,
}

contract::vocabulary! {
    /// How somebody was tried.
    ContactAttemptKind {
        /// On the telephone.
        Called => "called",
        /// At their door, or where they work.
        Went => "went",
        /// Through their family, with their consent.
        ThroughFamily => "through_family",
    }
}

contract::vocabulary! {
    /// What somebody was tried for.
    ContactAim {
        /// To stay in touch.
        Touch => "touch",
        /// For an appointment.
        Appointment => "appointment",
        /// For a check-in.
        CheckIn => "check_in",
        /// For what had been agreed on.
        NextStep => "next_step",
        /// For their work, or the way to it.
        Work => "work",
        /// For something else.
        Other => "other",
    }
}

//! Words of contacts.

contract::vocabulary! {
    /// What a contact was that reached somebody.
    ContactKind {
        /// A visit, of whatever kind.
        Visit => "visit",
        /// An appointment that took place.
        Appointment => "appointment",
        /// A check-in that was answered, by them or for them.
        CheckIn => "check_in",
        /// They were told in person what a reminder says.
        Call => "call",
    }
}

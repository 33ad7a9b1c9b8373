//! Ids and words of calls.

contract::ids! {
    /// That somebody was told in person what a reminder says.
    ReminderCallId,
}

contract::vocabulary! {
    /// How somebody was told in person.
    ToldHow {
        /// They were spoken to on the telephone.
        Called => "called",
        /// They were met.
        Met => "met",
        /// They were handed a slip.
        SlipHanded => "slip_handed",
        /// Somebody whom they named passes it on.
        ThroughPerson => "through_person",
        /// A message was left where one may be left.
        MessageLeft => "message_left",
    }
}

impl ToldHow {
    /// Whether they themself were reached by that: only then is it a contact.
    pub const fn reaches_them(self) -> bool {
        matches!(self, Self::Called | Self::Met | Self::SlipHanded)
    }
}

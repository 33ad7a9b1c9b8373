//! Ids and words of hand-overs.

contract::ids! {
    /// What is asked of a colleague or of another centre for one participant.
    HandOverId,
}

contract::vocabulary! {
    /// To whom somebody is handed over.
    HandOverKind {
        /// To a colleague, who accompanies them from then on.
        Companion => "companion",
        /// To another centre, whose participant they are from then on.
        Centre => "centre",
    }
}

contract::vocabulary! {
    /// Where a hand-over stands.
    HandOverState {
        /// It is asked, and nothing has changed yet.
        Asked => "asked",
        /// Whoever was asked said yes, and it was done in the same moment.
        Accepted => "accepted",
        /// Whoever was asked said no.
        Refused => "refused",
        /// Whoever asked took it back.
        Withdrawn => "withdrawn",
        /// It ended by itself: what it asked cannot be any more.
        Ended => "ended",
    }
}

contract::vocabulary! {
    /// What can be done with a hand-over.
    HandOverCommand {
        /// "Yes."
        Accept => "accept",
        /// "No."
        Refuse => "refuse",
        /// "Never mind."
        Withdraw => "withdraw",
    }
}

contract::vocabulary! {
    /// Why whoever was asked says no.
    HandOverRefusal {
        /// There is no time for one more.
        NoTime => "no_time",
        /// They know the person or their family otherwise.
        KnowsThem => "knows_them",
        /// They do not speak the person's language.
        NoCommonLanguage => "no_common_language",
        /// The person lives too far away.
        TooFar => "too_far",
        /// What the person needs is not offered there.
        NotOffered => "not_offered",
        /// Somebody else would be better for the person.
        BetterElsewhere => "better_elsewhere",
        /// Another reason.
        Other => "other",
    }
}

contract::vocabulary! {
    /// Why a hand-over ended by itself.
    HandOverEnd {
        /// The participant's file was closed.
        FileClosed => "file_closed",
        /// The participant is another centre's now.
        PersonMoved => "person_moved",
        /// Whoever was asked receives nobody there any more.
        AskedLeft => "asked_left",
        /// Whoever was to be relieved does not accompany the participant any more.
        AssignmentEnded => "assignment_ended",
    }
}

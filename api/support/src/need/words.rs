//! Ids and words of needs.

contract::ids! {
    /// Something that somebody needs.
    NeedId,
    /// Something that somebody is good at or can lean on.
    StrengthId,
}

contract::vocabulary! {
    /// An area of life.
    NeedArea {
        /// Where to live.
        Housing => "housing",
        /// Papers.
        Papers => "papers",
        /// Health.
        Health => "health",
        /// Health of the mind.
        MentalHealth => "mental_health",
        /// Family.
        Family => "family",
        /// Income.
        Income => "income",
        /// The law.
        Legal => "legal",
        /// School, training, reading and writing.
        Education => "education",
        /// Faith and meaning.
        FaithAndMeaning => "faith_and_meaning",
        /// Safety.
        Safety => "safety",
        /// Anything else.
        Other => "other",
    }
}

contract::vocabulary! {
    /// What is known of an area.
    NeedAreaState {
        /// Nobody asked.
        NotAsked => "not_asked",
        /// Nothing is needed, or not any more.
        NoNeed => "no_need",
        /// Something is needed.
        Need => "need",
    }
}

contract::vocabulary! {
    /// What somebody said of an area in which they need nothing.
    NeedAreaAnswer {
        /// They need nothing there.
        NoNeed => "no_need",
        /// That was entered by mistake: nobody asked.
        NotAsked => "not_asked",
    }
}

contract::vocabulary! {
    /// How far a need has come.
    NeedState {
        /// It was found.
        Found => "found",
        /// Somebody sees to it.
        InHand => "in_hand",
        /// It is met.
        Met => "met",
        /// It is met in part, and no more is done.
        PartlyMet => "partly_met",
        /// The person wants nothing done about it.
        Declined => "declined",
        /// It could not be met.
        NotMet => "not_met",
    }
}

impl NeedState {
    /// Whether something is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Found | Self::InHand)
    }
}

contract::vocabulary! {
    /// How a need was closed.
    NeedResult {
        /// It is met.
        Met => "met",
        /// It is met in part, and no more is done.
        PartlyMet => "partly_met",
        /// The person wants nothing done about it.
        Declined => "declined",
        /// It could not be met.
        NotMet => "not_met",
    }
}

contract::vocabulary! {
    /// What can be done with a need. A refused command lists those that are possible now.
    NeedCommand {
        /// Somebody sees to it.
        TakeInHand => "take_in_hand",
        /// Nothing more is done.
        Close => "close",
        /// There is something to be done again.
        Reopen => "reopen",
        /// What was recorded of it was wrong.
        Correct => "correct",
        /// It was entered by mistake.
        Withdraw => "withdraw",
    }
}

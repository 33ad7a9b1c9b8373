//! Ids and words of check-ins.

contract::ids! {
    /// A check-in.
    CheckInId,
    /// Check-ins that were planned together.
    CheckInSeriesId,
}

contract::vocabulary! {
    /// Where a check-in stands.
    CheckInState {
        /// It cannot be answered yet.
        Planned => "planned",
        /// It can be answered.
        Open => "open",
        /// It was not answered in time. It still can be.
        Missed => "missed",
        /// It is answered.
        Submitted => "submitted",
        /// Somebody who accompanies the participant has seen the answers.
        Reviewed => "reviewed",
        /// It was missed, and is closed with a reason.
        Excused => "excused",
        /// It is called off.
        Cancelled => "cancelled",
    }
}

contract::vocabulary! {
    /// What somebody did about a check-in. Whatever time alone changes is in none of these.
    Settled {
        /// Nothing yet.
        Unanswered => "unanswered",
        /// It was answered.
        Submitted => "submitted",
        /// The answers were seen.
        Reviewed => "reviewed",
        /// It was closed with a reason.
        Excused => "excused",
        /// It was called off.
        Cancelled => "cancelled",
    }
}

contract::vocabulary! {
    /// What of the passing time was acted upon.
    Stage {
        /// Nothing: it lies far ahead.
        Ahead => "ahead",
        /// Phones have it.
        Near => "near",
        /// Phones were told that it is open.
        Open => "open",
        /// Phones were told that it was missed.
        Missed => "missed",
        /// Staff was told that it was missed.
        Escalated => "escalated",
    }
}

contract::vocabulary! {
    /// On whose side a reason lies.
    CheckInReasonSide {
        /// The participant's.
        Person => "person",
        /// The service's. It never counts against the participant.
        Service => "service",
    }
}

contract::vocabulary! {
    /// Why a missed check-in is closed without answers.
    CheckInExcuseReason {
        /// Illness, their own or of somebody close.
        Illness => "illness",
        /// A journey.
        Travel => "travel",
        /// Work or training left no time.
        Work => "work",
        /// Something in the family.
        Family => "family",
        /// No telephone, no network or no credit.
        NoPhone => "no_phone",
        /// It was forgotten.
        Forgotten => "forgotten",
        /// They did not want to answer.
        NotWanted => "not_wanted",
        /// They were met or called otherwise at that time.
        MetOtherwise => "met_otherwise",
        /// They could not be reached.
        NotReached => "not_reached",
        /// The questions were not understood, or not in their language.
        NotUnderstood => "not_understood",
        /// The service did not work.
        Outage => "outage",
        /// It should not have been asked then.
        PlannedWrongly => "planned_wrongly",
        /// Another reason of the participant's.
        OtherOfPerson => "other_of_person",
        /// Another reason of the service's.
        OtherOfService => "other_of_service",
    }
}

impl CheckInExcuseReason {
    /// On whose side it lies.
    pub const fn side(self) -> CheckInReasonSide {
        match self {
            Self::Illness
            | Self::Travel
            | Self::Work
            | Self::Family
            | Self::NoPhone
            | Self::Forgotten
            | Self::NotWanted
            | Self::NotReached
            | Self::OtherOfPerson => CheckInReasonSide::Person,
            // Nobody is to answer what they have told somebody already.
            Self::MetOtherwise
            | Self::NotUnderstood
            | Self::Outage
            | Self::PlannedWrongly
            | Self::OtherOfService => CheckInReasonSide::Service,
        }
    }
}

contract::vocabulary! {
    /// Why answers that were given are corrected.
    AnswerCorrectionReason {
        /// Something else was meant: a slip of the finger.
        Slip => "slip",
        /// The question was understood otherwise.
        Misunderstood => "misunderstood",
        /// Whoever wrote the answers down heard something else.
        Misheard => "misheard",
        /// Another reason. What asked for help goes on asking for it.
        Other => "other",
    }
}

impl AnswerCorrectionReason {
    /// Whether it says that what was answered was never meant.
    pub const fn was_never_meant(self) -> bool {
        matches!(self, Self::Slip | Self::Misunderstood | Self::Misheard)
    }
}

contract::vocabulary! {
    /// Why a check-in is called off.
    CheckInCancelReason {
        /// It was planned by mistake.
        Mistake => "mistake",
        /// It is asked at another time.
        OtherTime => "other_time",
        /// Something else is asked.
        OtherQuestions => "other_questions",
        /// The participant asked for that.
        AskedFor => "asked_for",
        /// The plan that it came from is another one now, or has ended.
        PlanChanged => "plan_changed",
        /// The participant is no longer accompanied.
        FileClosed => "file_closed",
    }
}

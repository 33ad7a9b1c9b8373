//! Ids and words of plans.

contract::ids! {
    /// A plan.
    PlanId,
    /// A conversation of a plan that is to be arranged.
    PlanSessionId,
}

contract::vocabulary! {
    /// Where a plan stands.
    PlanState {
        /// It is followed.
        Running => "running",
        /// It rests with the participant's file: what lies ahead is moved once that goes on.
        Paused => "paused",
        /// It is over.
        Ended => "ended",
    }
}

contract::vocabulary! {
    /// What can be done with a plan.
    PlanCommand {
        /// Let it be another one from now on.
        Change => "change",
        /// End it.
        End => "end",
    }
}

contract::vocabulary! {
    /// Why a plan ended.
    PlanEndReason {
        /// The participant went all of the way.
        Completed => "completed",
        /// Another one is to follow.
        Replaced => "replaced",
        /// The participant asked for that.
        AskedFor => "asked_for",
        /// It was started by mistake.
        Mistake => "mistake",
        /// The participant is no longer accompanied.
        FileClosed => "file_closed",
    }
}

contract::vocabulary! {
    /// Where a conversation of a plan stands.
    PlanSessionState {
        /// Somebody is to make an appointment for it.
        ToArrange => "to_arrange",
        /// There is an appointment for it.
        Arranged => "arranged",
        /// It took place.
        Held => "held",
        /// It is not needed.
        Cancelled => "cancelled",
        /// The plan is another one now, or has ended.
        Dropped => "dropped",
    }
}

contract::vocabulary! {
    /// What can be done with a conversation of a plan.
    PlanSessionCommand {
        /// Say at which appointment it is.
        Link => "link",
        /// Say that it is not needed.
        Cancel => "cancel",
    }
}

contract::vocabulary! {
    /// What of a plan has a day.
    PlanStepKind {
        /// A check-in opens.
        CheckIn => "check_in",
        /// The week of a conversation begins.
        Session => "session",
    }
}

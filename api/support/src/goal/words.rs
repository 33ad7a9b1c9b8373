//! Ids and words of goals.

contract::ids! {
    /// Something that somebody wants to reach.
    GoalId,
    /// A small step towards it.
    GoalStepId,
}

contract::vocabulary! {
    /// How far a goal has come.
    GoalState {
        /// It is still to be reached.
        Open => "open",
        /// It is reached.
        Achieved => "achieved",
        /// It is reached in part.
        Partly => "partly",
        /// It was not reached.
        Not => "not",
        /// It is set aside, for a reason.
        SetAside => "set_aside",
    }
}

contract::vocabulary! {
    /// How a goal was closed.
    GoalResult {
        /// It is reached.
        Achieved => "achieved",
        /// It is reached in part.
        Partly => "partly",
        /// It was not reached.
        Not => "not",
        /// It is set aside, for a reason.
        SetAside => "set_aside",
    }
}

contract::vocabulary! {
    /// Why a goal is set aside. None tells what happened to somebody.
    GoalSetAsideReason {
        /// Something else comes first.
        OtherFirst => "other_first",
        /// It cannot be done for now.
        NotNow => "not_now",
        /// It is not wanted any more.
        NotWanted => "not_wanted",
        /// It is too large, and is set anew in smaller ones.
        TooLarge => "too_large",
        /// Anything else.
        Other => "other",
    }
}

contract::vocabulary! {
    /// How far a step has come.
    GoalStepState {
        /// It is still to be done.
        Open => "open",
        /// It is done.
        Achieved => "achieved",
        /// It is done in part.
        Partly => "partly",
        /// It was not done.
        Not => "not",
    }
}

contract::vocabulary! {
    /// What can be done with a goal. A refused command lists those that are possible now.
    GoalCommand {
        /// It is reached, reached in part, not reached, or set aside.
        Close => "close",
        /// It is to be reached after all.
        Reopen => "reopen",
        /// It gets another step.
        AddStep => "add_step",
        /// Its steps come in another order.
        OrderSteps => "order_steps",
        /// What was written down was wrong.
        Correct => "correct",
        /// It was entered by mistake.
        Withdraw => "withdraw",
    }
}

contract::vocabulary! {
    /// What can be done with a step. A refused command lists those that are possible now.
    GoalStepCommand {
        /// It is said how far it has come.
        Mark => "mark",
        /// What was written down was wrong.
        Correct => "correct",
        /// It was entered by mistake.
        Withdraw => "withdraw",
    }
}

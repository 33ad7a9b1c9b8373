//! Words of where a file stands.

contract::vocabulary! {
    /// Where a file stands.
    FileStatus {
        /// Somebody is to be accompanied, and it has not begun.
        Preparing => "preparing",
        /// Somebody is accompanied.
        Active => "active",
        /// Somebody is accompanied, and is reminded of nothing for a while.
        Paused => "paused",
        /// Closed: what they came for is reached.
        Completed => "completed",
        /// Closed before that.
        Withdrawn => "withdrawn",
        /// Closed: a body outside this service accompanies them.
        Transferred => "transferred",
        /// Closed: they died.
        Deceased => "deceased",
        /// Closed: it was found to be about the person of another file, and is read through that one.
        Merged => "merged",
    }
}

contract::vocabulary! {
    /// What can be done about where a file stands.
    FileCommand {
        /// They are there: it begins.
        Activate => "activate",
        /// Remind them of nothing for a while.
        Pause => "pause",
        /// They are there again.
        Resume => "resume",
        /// Close the file: what they came for is reached.
        Complete => "complete",
        /// Close the file before that.
        Withdraw => "withdraw",
        /// Close the file: a body outside this service accompanies them.
        Transfer => "transfer",
        /// Close the file: they died.
        RecordDeath => "record_death",
        /// Open a closed file again.
        Reopen => "reopen",
        /// They did not die.
        ReverseDeath => "reverse_death",
    }
}

contract::vocabulary! {
    /// Why a file was closed or opened again.
    StatusReason {
        /// What they came for is reached. Of `complete`.
        GoalReached => "goal_reached",
        /// They live elsewhere. Of `withdraw` and `transfer`.
        MovedAway => "moved_away",
        /// They asked for it. Of `withdraw`.
        AskedToStop => "asked_to_stop",
        /// The service ended it. Of `withdraw`.
        ServiceEnded => "service_ended",
        /// They could not be reached, after so many `attempts`. Of `withdraw`.
        NotReached => "not_reached",
        /// Another body can do more for them. Of `transfer`.
        ServedElsewhere => "served_elsewhere",
        /// They died. Of `record-death`.
        Died => "died",
        /// They came back. Of `reopen`.
        CameBack => "came_back",
        /// The file was closed by mistake. Of `reopen`.
        ClosedByMistake => "closed_by_mistake",
        /// The death was recorded by mistake. Of `reverse-death`.
        DeathByMistake => "death_by_mistake",
    }
}

contract::vocabulary! {
    /// From whose side a file was closed or opened again.
    StatusSide {
        /// From the participant's.
        Participant => "participant",
        /// From the service's.
        Service => "service",
        /// From both.
        Both => "both",
        /// From nobody's.
        Neither => "neither",
    }
}

contract::vocabulary! {
    /// Why a file rests.
    PauseReason {
        /// They are ill.
        Illness => "illness",
        /// They travel.
        Travel => "travel",
        /// They are detained again. For managers alone to say.
        NewDetention => "new_detention",
        /// Another reason.
        Other => "other",
    }
}

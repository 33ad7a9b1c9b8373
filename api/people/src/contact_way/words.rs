//! Ids and words of how to reach somebody.

contract::ids! {
    /// A number of somebody's, or a person who passes on what is said. The number in somebody's file is known by the id of the participant.
    ContactWayId,
}

contract::vocabulary! {
    /// By what somebody is told what there is to say.
    ContactMeans {
        /// The app tells them.
        InApp => "app",
        /// They are called.
        Phone => "phone",
        /// They are handed a slip.
        Paper => "paper",
        /// Somebody whom they named passes it on, with their consent.
        Person => "person",
    }
}

contract::vocabulary! {
    /// What can be written down of how to reach somebody.
    ContactWayKind {
        /// A number at which they are called.
        Phone => "phone",
        /// Somebody who passes on what is said.
        Person => "person",
    }
}

contract::vocabulary! {
    /// Whose a number is.
    NumberOwner {
        /// Their own.
        Own => "own",
        /// A relative's.
        Relative => "relative",
        /// A neighbour's.
        Neighbour => "neighbour",
        /// A friend's.
        Friend => "friend",
        /// Their employer's.
        Employer => "employer",
        /// Somebody else's.
        Other => "other",
    }
}

contract::vocabulary! {
    /// Why a number is never called again.
    FormerNumberReason {
        /// They have another one.
        Replaced => "replaced",
        /// It was taken off.
        Removed => "removed",
        /// It is somebody else's.
        Wrong => "wrong",
    }
}

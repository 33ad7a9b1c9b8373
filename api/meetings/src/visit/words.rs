//! Ids and words of visits.

contract::ids! {
    /// A visit.
    VisitId,
}

contract::vocabulary! {
    /// How somebody was met.
    VisitKind {
        /// Where they live.
        Home => "home",
        /// Where they work.
        Workplace => "workplace",
        /// At the centre.
        Centre => "centre",
        /// On the telephone.
        Phone => "phone",
        /// By video.
        Video => "video",
    }
}

contract::vocabulary! {
    /// Who may read what was written about a visit.
    VisitReaders {
        /// Whoever accompanies the participant, and the manager of their centre.
        Staff => "staff",
        /// Its author alone, who is a counsellor; and a manager while an emergency access of theirs is running.
        Author => "author",
    }
}

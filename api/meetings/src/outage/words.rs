//! Ids and words of outages.

contract::ids! {
    /// A time in which nobody could reach the service.
    OutageId,
}

contract::vocabulary! {
    /// Why nobody could reach the service.
    OutageCause {
        /// It did not answer.
        Service => "service",
        /// There was no network.
        Network => "network",
        /// There was no electricity.
        Power => "power",
        /// It was being looked after.
        Upkeep => "upkeep",
        /// Anything else.
        Other => "other",
    }
}

//! Ids of digests.

contract::ids! {
    /// The week of a centre in figures.
    DigestId,
}

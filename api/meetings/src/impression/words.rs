//! Words of impressions.

contract::vocabulary! {
    /// How somebody found a session: one of five faces.
    Face {
        /// Very bad.
        VeryBad => "very_bad",
        /// Bad.
        Bad => "bad",
        /// Neither good nor bad.
        Fair => "fair",
        /// Good.
        Good => "good",
        /// Very good.
        VeryGood => "very_good",
    }
}

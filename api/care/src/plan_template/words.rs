//! Ids and words of plan templates.

contract::ids! {
    /// A plan template.
    PlanTemplateId,
}

contract::vocabulary! {
    /// In what something is counted.
    SpanUnit {
        /// Days.
        Days => "days",
        /// Weeks.
        Weeks => "weeks",
        /// Months of the calendar; one that has no such day ends on its last.
        Months => "months",
    }
}

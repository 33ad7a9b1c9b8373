//! Ids and words of consents.

contract::ids! {
    /// What somebody agreed to, for one purpose.
    ConsentId,
}

contract::vocabulary! {
    /// What somebody agrees to.
    ConsentPurpose {
        /// Being followed up: that what is agreed on is written down, and that they are contacted about it.
        FollowUp => "follow_up",
        /// Reminders on the phone, which pass through push services abroad.
        PushAbroad => "push_abroad",
        /// Messages by SMS.
        Sms => "sms",
        /// That one partner is told what is asked of them. It is given with the referral itself.
        Referral => "referral",
        /// That somebody talks with one employer.
        ContactEmployer => "contact_employer",
        /// That somebody talks with one relative.
        ContactRelative => "contact_relative",
        /// Being counted in figures that name nobody.
        Statistics => "statistics",
    }
}

impl ConsentPurpose {
    /// Whether there can be several of it, each about a subject of its own and naming whom it is about.
    pub const fn is_of_one_subject(self) -> bool {
        matches!(self, Self::Referral | Self::ContactEmployer | Self::ContactRelative)
    }
}

contract::vocabulary! {
    /// What was said, and how it stands.
    ConsentState {
        /// They agreed.
        Given => "given",
        /// They took it back, or said no.
        Withdrawn => "withdrawn",
        /// Its time ran out.
        Expired => "expired",
    }
}

contract::vocabulary! {
    /// How a consent stood to which something rests that somebody did, as of when it was recorded.
    ConsentGround {
        /// It was given.
        Given => "given",
        /// It was given when somebody recorded it without network, and had ended when the service learnt of it.
        EndedSince => "ended_since",
        /// There was none. It is kept that somebody did it all the same.
        Missing => "missing",
    }
}

contract::vocabulary! {
    /// Whose word it is.
    ConsentVoice {
        /// The participant's.
        Participant => "participant",
        /// That of whoever stands for them while they are under age.
        Guardian => "guardian",
    }
}

contract::vocabulary! {
    /// Who wrote an entry.
    ConsentRecorder {
        /// The participant, on their own phone.
        Participant => "participant",
        /// A staff member, for them.
        Staff => "staff",
        /// The service, when its time ran out.
        Service => "service",
    }
}

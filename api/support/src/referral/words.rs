//! Ids and words of partners and referrals.

contract::ids! {
    /// A body outside the service that a centre sends people to.
    PartnerId,
    /// What is asked of a partner for one participant.
    ReferralId,
}

contract::vocabulary! {
    /// Where a referral stands.
    ReferralState {
        /// It is asked for, and the partner knows nothing yet.
        Asked => "asked",
        /// The partner has a link to answer it.
        Sent => "sent",
        /// The partner will receive them.
        Accepted => "accepted",
        /// The partner will not.
        Refused => "refused",
        /// They met.
        Met => "met",
        /// It is over, with an outcome.
        Closed => "closed",
        /// Nobody may go on with it.
        Revoked => "revoked",
    }
}

contract::vocabulary! {
    /// What can be done with a referral.
    ReferralCommand {
        /// Make a link and a code for the partner; again, if the last are lost or have run out.
        Send => "send",
        /// Write down that the partner accepts.
        Accept => "accept",
        /// Write down that the partner refuses, and why.
        Refuse => "refuse",
        /// Write down that they met.
        RecordMeeting => "record_meeting",
        /// Close it with an outcome.
        Close => "close",
        /// Take it back.
        Revoke => "revoke",
    }
}

contract::vocabulary! {
    /// How the partner's answer came.
    ReferralAnswerWay {
        /// By the link.
        Link => "link",
        /// By telephone or in person, written down by staff.
        Staff => "staff",
    }
}

contract::vocabulary! {
    /// What a partner answers.
    ReferralAnswer {
        /// They will receive the person.
        Accepted => "accepted",
        /// They will not.
        Refused => "refused",
    }
}

contract::vocabulary! {
    /// Why a partner refuses.
    ReferralRefusal {
        /// There is no place now.
        NoPlace => "no_place",
        /// They do not do what is asked.
        NotOffered => "not_offered",
        /// The person lives where they do not work.
        OutsideArea => "outside_area",
        /// The person has no right to it there.
        NotEntitled => "not_entitled",
        /// Something else.
        Other => "other",
    }
}

contract::vocabulary! {
    /// What came of a referral.
    ReferralOutcome {
        /// What was asked for was got.
        Helped => "helped",
        /// A part of it was.
        HelpedPartly => "helped_partly",
        /// Nothing was.
        NotHelped => "not_helped",
        /// The person did not go there.
        DidNotGo => "did_not_go",
    }
}

contract::vocabulary! {
    /// Why a referral was revoked.
    ReferralEnd {
        /// The participant took their consent back, or its time ran out.
        ConsentEnded => "consent_ended",
        /// Staff took it back.
        TakenBack => "taken_back",
        /// The participant's file was closed.
        FileClosed => "file_closed",
        /// The participant is another centre's now.
        PersonMoved => "person_moved",
    }
}

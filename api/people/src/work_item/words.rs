//! Ids and words of work items.

contract::ids! {
    /// A work item.
    WorkItemId,
}

contract::vocabulary! {
    /// Why somebody of the staff is needed.
    WorkCause {
        /// An answer in a check-in tells that something is wrong.
        CheckInAlarm => "check_in_alarm",
        /// The participant asked to be called.
        CallWanted => "call_wanted",
        /// What asked for help in a check-in was taken back as a mistake, by the participant or by somebody who had not answered: somebody is to look whether
        /// that is so.
        HelpTakenBack => "help_taken_back",
        /// The participant died; what is still to be done with dignity.
        PersonDied => "person_died",
        /// The participant did not come to an appointment.
        DidNotCome => "did_not_come",
        /// A job ended.
        JobLost => "job_lost",
        /// Nobody accompanies the participant.
        NoLead => "no_lead",
        /// An appointment is near, and the participant has neither confirmed nor chosen a time.
        AppointmentUnanswered => "appointment_unanswered",
        /// A check-in was not answered in its time.
        CheckInMissed => "check_in_missed",
        /// Nobody has recorded how an appointment went.
        OutcomeNotRecorded => "outcome_not_recorded",
        /// A manager asked something back about a visit.
        QuestionBack => "question_back",
        /// The participant pauses, and has appointments: keep, move or cancel them.
        AppointmentsOfPaused => "appointments_of_paused",
        /// Somebody is asked to accompany the participant from now on: a colleague, or another centre.
        HandOverAsked => "hand_over_asked",
        /// A reminder reached nobody.
        UndeliverableReminder => "undeliverable_reminder",
        /// The participant no longer agrees to contact with an employer who could know something.
        EmployerConsentEnded => "employer_consent_ended",
        /// A partner has not answered.
        ReferralUnanswered => "referral_unanswered",
        /// Nobody has been in contact with the participant for long.
        NoContact => "no_contact",
        /// A milestone passed without anybody having verified it.
        MilestoneMissed => "milestone_missed",
        /// A milestone is to be verified.
        MilestoneDue => "milestone_due",
        /// A conversation of the plan is due soon, and no appointment is made for it.
        SessionToArrange => "session_to_arrange",
        /// A paper is being obtained, and nothing has moved for long.
        PaperStuck => "paper_stuck",
        /// The participant wants the app, and has had no phone that reminders reach for long.
        NoDevice => "no_device",
    }
}

contract::vocabulary! {
    /// Where a work item stands.
    WorkItemState {
        /// Nobody has taken it.
        Open => "open",
        /// Somebody sees to it.
        Taken => "taken",
        /// Somebody saw to it.
        Done => "done",
        /// Somebody said that nothing is to be done.
        Dismissed => "dismissed",
        /// Its cause went away.
        Resolved => "resolved",
    }
}

impl WorkCause {
    /// Whether it is an answer that is wanted, of somebody who may not have the participant: the item then says nothing of them, and is closed
    /// by the answer alone.
    pub const fn is_for_an_answer(self) -> bool {
        matches!(self, Self::HandOverAsked)
    }
}

impl WorkItemState {
    /// Whether something is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Taken)
    }
}

contract::vocabulary! {
    /// How soon somebody is needed. The list begins with the most urgent.
    WorkUrgency {
        /// Somebody may be in danger, or asks for a person.
        Alarm => "alarm",
        /// Within a day.
        High => "high",
        /// Within some days.
        Normal => "normal",
        /// When there is time.
        Low => "low",
    }
}

contract::vocabulary! {
    /// Why nothing is to be done.
    DismissalReason {
        /// It was seen to in another way.
        HandledOtherwise => "handled_otherwise",
        /// The participant does not want it.
        PersonDeclined => "person_declined",
        /// Nothing was wrong.
        NothingWrong => "nothing_wrong",
        /// Another reason.
        Other => "other",
    }
}

contract::vocabulary! {
    /// Why a cause went away, where that is not plain from the cause.
    ResolutionReason {
        /// The answers that had asked for somebody were corrected.
        AnswersCorrected => "answers_corrected",
    }
}

contract::vocabulary! {
    /// Why something waits for more than a week.
    SnoozeReason {
        /// The participant is away, or asked for it.
        AgreedWithPerson => "agreed_with_person",
        /// An office or a partner has to answer first.
        WaitingForOthers => "waiting_for_others",
        /// Another reason.
        Other => "other",
    }
}

contract::vocabulary! {
    /// What can be done with a work item.
    WorkItemCommand {
        /// "I see to it."
        Take => "take",
        /// "I do not see to it any more."
        Release => "release",
        /// "Will you see to it?"
        HandOver => "hand_over",
        /// "Yes."
        Accept => "accept",
        /// "No."
        Refuse => "refuse",
        /// "Never mind."
        WithdrawHandOver => "withdraw_hand_over",
        /// "It is done."
        Finish => "finish",
        /// "Nothing is to be done."
        Dismiss => "dismiss",
        /// "Not before some days."
        Snooze => "snooze",
        /// "I was mistaken": what was closed is open again.
        Undo => "undo",
    }
}

contract::vocabulary! {
    /// A part of the day, to say until when in words.
    PartOfDay {
        /// Until half past twelve.
        Morning => "morning",
        /// Until six.
        Afternoon => "afternoon",
        /// Later.
        Evening => "evening",
    }
}

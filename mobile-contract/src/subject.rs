//! What people are reminded of: the kinds of things, why one is reminded of each, and what can be done about it from the notification
//! itself. A kind that is added is added here and nowhere else in the contract; the words that are its own may stand with its feature
//! (see [`vocabulary!`] and [`ids!`](macro@crate::ids)).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::vocabulary;

/// Declares the kinds with their purposes, so that neither can be there without the other.
macro_rules! subjects {
    ($(
        $(#[doc = $about:literal])* $kind:ident => $word:literal {
            $($(#[doc = $why:literal])* $purpose:ident => $purpose_word:literal),+ $(,)?
        }
    )+) => {
        vocabulary! {
            /// What a reminder is about.
            SubjectKind { $($(#[doc = $about])* $kind => $word),+ }
        }

        vocabulary! {
            /// Why a reminder is sent; together with its subject it is what makes it one and the same.
            ReminderPurpose { $($($(#[doc = $why])* $purpose => $purpose_word),+),+ }
        }

        impl ReminderPurpose {
            /// The kind of thing that such a reminder is about.
            pub const fn subject_kind(self) -> SubjectKind {
                match self { $($(Self::$purpose)|+ => SubjectKind::$kind),+ }
            }
        }
    };
}

subjects! {
    /// An appointment.
    Appointment => "appointment" {
        /// A new appointment was made.
        AppointmentScheduled => "appointment_scheduled",
        /// Several times for an appointment are offered.
        AppointmentProposed => "appointment_proposed",
        /// An appointment was put at another time or place.
        AppointmentMoved => "appointment_moved",
        /// An appointment was called off.
        AppointmentCancelled => "appointment_cancelled",
        /// It is in a week.
        AppointmentInSevenDays => "appointment_in_seven_days",
        /// It is in three days.
        AppointmentInThreeDays => "appointment_in_three_days",
        /// It is tomorrow.
        AppointmentTomorrow => "appointment_tomorrow",
        /// It is in two hours.
        AppointmentSoon => "appointment_soon",
        /// To the host: the participant has not confirmed or chosen, one day before.
        AppointmentUnconfirmed => "appointment_unconfirmed",
        /// To the host: the participant chose, confirmed, declined or asked to move.
        AppointmentAnswered => "appointment_answered",
        /// To the host: the participant did not come.
        AppointmentMissed => "appointment_missed",
        /// To the host: the last of the times that were offered has passed, and none was chosen.
        AppointmentLapsed => "appointment_lapsed",
        /// To the host: they have taken over an appointment of somebody else.
        AppointmentHandedOver => "appointment_handed_over",
        /// To the host: it is at a time when the centre is closed from now on.
        AppointmentCentreClosed => "appointment_centre_closed",
    }
    /// A manager's emergency access to a participant's notes.
    EmergencyAccess => "emergency_access" {
        /// To administrators: a manager opened an emergency access.
        EmergencyAccessOpened => "emergency_access_opened",
        /// To the participant: more of what is kept about them was opened than is usual.
        OwnInformationOpened => "own_information_opened",
        /// To a counsellor: what they wrote for themself alone can be read for a while.
        OwnNotesOpened => "own_notes_opened",
    }
    /// A visit that somebody who accompanies a participant logged.
    Visit => "visit" {
        /// To whoever logged it, or accompanies the participant in their place: its next step is due.
        VisitNextStep => "visit_next_step",
    }
    /// Something that somebody of the staff must act on.
    WorkItem => "work_item" {
        /// To whoever is responsible: somebody needs a person now.
        WorkItemUrgent => "work_item_urgent",
        /// To managers: it is overdue.
        WorkItemRisen => "work_item_risen",
        /// To whoever is asked to take it over.
        WorkItemAsked => "work_item_asked",
    }
    /// What a participant works at.
    Placement => "placement" {
        /// To whoever leads: whether it was held for so long can be known now.
        MilestoneDue => "milestone_due",
    }
    /// A check-in that a participant answers.
    CheckIn => "check_in" {
        /// It can be answered from now on.
        CheckInOpen => "check_in_open",
        /// Half of its time is over, and it is not answered.
        CheckInHalfWay => "check_in_half_way",
        /// It is the last evening before it closes, and it is not answered.
        CheckInLastEvening => "check_in_last_evening",
    }
    /// How long somebody has been without contact; its id is the participant's.
    Contact => "contact" {
        /// To whoever tried last, or accompanies the participant in their place: another attempt is due.
        ContactTryAgain => "contact_try_again",
    }
    /// The week of a centre in figures.
    Digest => "digest" {
        /// To managers: it can be looked at.
        DigestReady => "digest_ready",
    }
    /// That somebody is asked to accompany a participant from now on.
    HandOver => "hand_over" {
        /// To whoever is asked.
        HandOverAsked => "hand_over_asked",
        /// To whoever asked: it was answered.
        HandOverAnswered => "hand_over_answered",
        /// To the participant: somebody else accompanies them; the app says who.
        CompanionChanged => "companion_changed",
    }
}

vocabulary! {
    /// What a person can do from the notification itself.
    NotificationAction {
        /// "I will come."
        Confirm => "confirm",
        /// "I cannot come at that time."
        AskToMove => "ask_to_move",
        /// "That is done."
        Done => "done",
    }
}

impl NotificationAction {
    /// What stands for it in the token of a button. Tokens lie on phones for a week, so a number is never given to another action, and 3
    /// to none: it stands for receipts.
    pub const fn number(self) -> u8 {
        match self {
            Self::Confirm => 1,
            Self::AskToMove => 2,
            Self::Done => 4,
        }
    }
}

/// What something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    /// The kind of thing.
    pub kind: SubjectKind,
    /// Which one.
    pub id: Uuid,
}

impl Subject {
    /// An appointment.
    pub const fn appointment(id: crate::AppointmentId) -> Self {
        Self { kind: SubjectKind::Appointment, id: id.0 }
    }
}

//! The words of the service: roles, kinds and states. Enumerations may grow; an app must tolerate a word it does not know
//! (show the neutral form, never crash). What people are reminded of, and why, is in `subject.rs`.

use crate::vocabulary;

/// A word that is not in the vocabulary it was read for. It does not repeat the word: it may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a word of {vocabulary}")]
pub struct UnknownWord {
    /// The vocabulary that was asked.
    pub vocabulary: &'static str,
}

vocabulary! {
    /// What a staff member may do; it decides what they see.
    StaffRole {
        /// Accompanies the participants assigned to them.
        Mentor => "mentor",
        /// Holds counselling appointments with the participants assigned to them.
        Counsellor => "counsellor",
        /// Runs a centre: its staff, its caseload and its assignments.
        Manager => "manager",
        /// Runs the service: accounts, centres, keys and policies. Sees no participant.
        Administrator => "administrator",
        /// Reads aggregates and the audit log for an oversight body. Sees no participant.
        Observer => "observer",
    }
}

impl StaffRole {
    /// Whether this role must prove the code of an authenticator app at every sign-in. The others may have one; without it
    /// their second factor is an enrolled device.
    pub const fn needs_authenticator(self) -> bool {
        matches!(self, Self::Manager | Self::Administrator | Self::Observer)
    }

    /// Whether participants come to this role's appointments.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Mentor | Self::Counsellor | Self::Manager)
    }

    /// Whether participants can be assigned to this role.
    pub const fn accompanies(self) -> bool {
        matches!(self, Self::Mentor | Self::Counsellor)
    }
}

vocabulary! {
    /// Who somebody is to the service.
    PersonKind {
        /// A beneficiary.
        Participant => "participant",
        /// A staff member of any role.
        Staff => "staff",
    }
}

vocabulary! {
    /// Where a client keeps its refresh token.
    RefreshTokenPlace {
        /// In the answer's body: for apps, which have a place that only they can read.
        Body => "body",
        /// In the cookie `__Host-refresh`, which no script can read: for browsers, on sessions that are bound to a key.
        Cookie => "cookie",
    }
}

vocabulary! {
    /// A language of the app and its messages, as a BCP 47 tag.
    Language {
        /// Arabic.
        Arabic => "ar",
        /// French.
        French => "fr",
        /// Standard Moroccan Amazigh, in Tifinagh.
        Amazigh => "zgh",
        /// English.
        English => "en",
    }
}

impl Language {
    /// Whether text in this language runs from right to left.
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic)
    }
}

vocabulary! {
    /// What an appointment is for.
    AppointmentKind {
        /// Religious and intellectual accompaniment.
        ReligiousCounselling => "religious_counselling",
        /// Legal and human-rights advice.
        LegalCounselling => "legal_counselling",
        /// Psychological counselling.
        PsychologicalCounselling => "psychological_counselling",
        /// Social and economic accompaniment.
        SocialCounselling => "social_counselling",
        /// Papers, registrations and other errands at the centre.
        Administrative => "administrative",
    }
}

impl AppointmentKind {
    /// Whether what is said there belongs to the counsellor and the participant alone.
    pub const fn is_counselling(self) -> bool {
        !matches!(self, Self::Administrative)
    }
}

vocabulary! {
    /// Where an appointment stands.
    AppointmentState {
        /// Several times are offered, and the participant has not chosen yet.
        Proposed => "proposed",
        /// Agreed on, not yet confirmed by the participant.
        Scheduled => "scheduled",
        /// The participant said that they will come.
        Confirmed => "confirmed",
        /// The participant said that they will not come.
        Declined => "declined",
        /// The participant asked for another time.
        ChangeRequested => "change_requested",
        /// Called off.
        Cancelled => "cancelled",
        /// It took place.
        TookPlace => "took_place",
        /// The participant did not come.
        DidNotCome => "did_not_come",
        /// There was no meeting, and that was not the participant's doing.
        DidNotTakePlace => "did_not_take_place",
    }
}

impl AppointmentState {
    /// Whether nobody has said yet how it ended, nor that it will not take place.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Scheduled | Self::Confirmed | Self::ChangeRequested)
    }

    /// Whether it took place: the two met.
    pub const fn took_place(self) -> bool {
        matches!(self, Self::TookPlace)
    }
}

vocabulary! {
    /// How the time of an appointment came about.
    TimeOrigin {
        /// Staff set it.
        Set => "set",
        /// None is agreed on: several are offered. The start shown is that of the first.
        Offered => "offered",
        /// It was chosen among those that were offered.
        Chosen => "chosen",
    }
}

vocabulary! {
    /// Whether a time that is offered can still be chosen.
    SlotState {
        /// It can be chosen.
        Open => "open",
        /// The host or the participant has another appointment then.
        Taken => "taken",
        /// It has passed.
        Past => "past",
    }
}

vocabulary! {
    /// How an appointment ended.
    AppointmentOutcome {
        /// It took place.
        TookPlace => "took_place",
        /// The participant did not come.
        DidNotCome => "did_not_come",
        /// There was no meeting, and that was not the participant's doing.
        DidNotTakePlace => "did_not_take_place",
    }
}

impl From<AppointmentOutcome> for AppointmentState {
    fn from(outcome: AppointmentOutcome) -> Self {
        match outcome {
            AppointmentOutcome::TookPlace => Self::TookPlace,
            AppointmentOutcome::DidNotCome => Self::DidNotCome,
            AppointmentOutcome::DidNotTakePlace => Self::DidNotTakePlace,
        }
    }
}

vocabulary! {
    /// A command on an appointment. A refused one lists those that are possible now.
    AppointmentCommand {
        /// The participant will come.
        Confirm => "confirm",
        /// The participant will not come.
        Decline => "decline",
        /// The participant asks for another time.
        AskToMove => "ask_to_move",
        /// One of the times that are offered is chosen.
        Choose => "choose",
        /// Staff offer several times to choose from, in place of what was agreed on or offered before.
        Propose => "propose",
        /// Staff put it at another time or place.
        Move => "move",
        /// Call it off.
        Cancel => "cancel",
        /// Say how it ended.
        RecordOutcome => "record_outcome",
        /// Put a recorded outcome right, with a reason.
        CorrectOutcome => "correct_outcome",
    }
}

vocabulary! {
    /// How the two meet.
    PlaceKind {
        /// At an address.
        Address => "address",
        /// By telephone.
        Phone => "phone",
        /// By video.
        Video => "video",
    }
}

vocabulary! {
    /// Who may read a note on an appointment.
    NoteVisibility {
        /// The participant and the staff who accompany them.
        Everyone => "everyone",
        /// The staff who accompany the participant, and their manager.
        Staff => "staff",
        /// The counsellor who wrote it, nobody else.
        Author => "author",
    }
}

vocabulary! {
    /// Where a reminder stands.
    ReminderState {
        /// Waits for its time.
        Planned => "planned",
        /// A dispatcher is bringing it out.
        Sending => "sending",
        /// A push service, or the list in the app, took it.
        Sent => "sent",
        /// A phone showed it.
        Seen => "seen",
        /// The person acted on it.
        Acted => "acted",
        /// Its subject moved or ended before it went out.
        Superseded => "superseded",
        /// It became useless before it could go out.
        Expired => "expired",
        /// Every device has given up.
        Failed => "failed",
    }
}

impl ReminderState {
    /// Whether nothing more will be sent for this reminder.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Planned | Self::Sending)
    }
}

vocabulary! {
    /// How a device is reached.
    ChannelKind {
        /// Web Push (RFC 8030).
        WebPush => "web_push",
        /// Firebase Cloud Messaging, HTTP version 1.
        Fcm => "fcm",
    }
}

vocabulary! {
    /// How a reminder that is still to come will reach its recipient, as far as that is known today.
    Reach {
        /// It will be pushed to a phone.
        Push => "push",
        /// It will be pushed, but it may not reach anybody: the phones were not heard of for a month, or their push service refused
        /// what was sent to them.
        Doubtful => "doubtful",
        /// It will only stand in the app: there is no phone to push to, or the recipient wants no push.
        InApp => "in_app",
    }
}

vocabulary! {
    /// Where a device stands.
    DeviceState {
        /// It takes pushes.
        Active => "active",
        /// It has been silent for long; pushes are still tried.
        Stale => "stale",
        /// Its push service, its owner or a manager said that it is no more.
        Gone => "gone",
    }
}

vocabulary! {
    /// Where a delivery stands.
    DeliveryState {
        /// Waits for its next try.
        Waiting => "waiting",
        /// The push service took it.
        Delivered => "delivered",
        /// The device is no more.
        Gone => "gone",
        /// It will never succeed, or was tried as often as allowed.
        Failed => "failed",
        /// It became useless while it waited.
        Expired => "expired",
        /// Its reminder was superseded while it waited.
        Superseded => "superseded",
    }
}

vocabulary! {
    /// What the app tells about a notification it received.
    ReceiptEvent {
        /// It was shown.
        Seen => "seen",
        /// The person opened it or used one of its buttons.
        Acted => "acted",
    }
}

vocabulary! {
    /// How soon a push service should wake the phone (RFC 8030 §5.3).
    Urgency {
        /// When the phone is awake, on power or Wi-Fi.
        Low => "low",
        /// When the phone is awake.
        Normal => "normal",
        /// At once.
        High => "high",
    }
}

vocabulary! {
    /// Why a phone is told everything from the beginning.
    SyncStart {
        /// It had nothing yet.
        First => "first",
        /// It was away for so long that what is no more was forgotten meanwhile.
        TooOld => "too_old",
        /// The person sees something else than before, or is told more of it.
        ScopeChanged => "scope_changed",
        /// An older copy of the database was put in place: the last things that the service said it had accepted may be lost. Send again
        /// what was sent since the copy was made.
        Restored => "restored",
    }
}

vocabulary! {
    /// What became of something that a phone recorded without network.
    SyncResult {
        /// It was carried out.
        Applied => "applied",
        /// It had been carried out before.
        Duplicate => "duplicate",
        /// What it relies on was changed meanwhile. Nothing was done: fetch the changes, and ask the person.
        Conflict => "conflict",
        /// It cannot be carried out; the problem says why. Nothing was done: keep it readable, to be mended or withdrawn.
        Refused => "refused",
        /// The service failed at this one. Nothing was done: keep it, and send it again later as it is.
        Failed => "failed",
    }
}

//! Every kind of thing that the service keeps: its word, and what follows from its kind wherever nobody knows the feature itself. A feature
//! declares its kind here, in full, or does not compile; what it writes to the change feed and to the audit log is of a kind that is here.

use db::{Change, Operation};
use uuid::Uuid;

macro_rules! things {
    ($(
        $(#[doc = $about:literal])+
        $name:ident => $word:literal {
            opens_file: [$($verb:literal),*],
            participants_learn_which: $participants:literal,
            observers_learn_which: $observers:literal,
        }
    )+) => {
        /// A kind of thing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ThingKind {
            $($(#[doc = $about])+ $name,)+
        }

        impl ThingKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its word: in the change feed, and before the dot of an action of the audit log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The kind of this word.
            pub fn of(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// Whether this deed opens the file of the participant whom it is about: how many people somebody opens in an hour is limited. A
            /// list of many opens nobody's.
            pub fn opens_file(self, verb: &str) -> bool {
                let verbs: &[&str] = match self { $(Self::$name => &[$($verb),*]),+ };
                verbs.contains(&verb)
            }

            /// Whether a participant learns from their access log which one it was.
            pub const fn participants_learn_which(self) -> bool {
                match self { $(Self::$name => $participants),+ }
            }

            /// Whether an observer learns which one it was. Not of what tells who did something: an account or a session is its owner.
            pub const fn observers_learn_which(self) -> bool {
                match self { $(Self::$name => $observers),+ }
            }
        }
    };
}

things! {
    /// A participant's file.
    Participant => "participant" {
        opens_file: ["read"],
        participants_learn_which: true,
        observers_learn_which: true,
    }
    /// That somebody accompanies somebody.
    Assignment => "assignment" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: true,
    }
    /// An appointment, with its notes and its plan of reminders.
    Appointment => "appointment" {
        opens_file: ["read", "list", "read_notes", "read_reminders"],
        participants_learn_which: true,
        observers_learn_which: true,
    }
    /// The notes on an appointment that only staff may read: what participants' phones hear nothing of, not even that there is one.
    StaffNotes => "staff_notes" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// A manager's emergency access.
    EmergencyAccess => "emergency_access" {
        opens_file: [],
        participants_learn_which: true,
        observers_learn_which: true,
    }
    /// A centre.
    Centre => "centre" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: true,
    }
    /// A staff member's account.
    Staff => "staff" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// Somebody's sign-in on a phone or in a browser.
    Session => "session" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// Where somebody is reached by push.
    Device => "device" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// A code that makes a phone a participant's.
    EnrolmentCode => "enrolment_code" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// What somebody was or will be told.
    Reminder => "reminder" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// What a phone was told of what changed.
    Sync => "sync" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// The audit log itself.
    Audit => "audit" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
    /// The world's zone data.
    ZoneData => "zone_data" {
        opens_file: [],
        participants_learn_which: false,
        observers_learn_which: false,
    }
}

impl ThingKind {
    /// That this thing is new or different, for the change feed of its centre.
    pub const fn changed(self, centre: Uuid, participant: Option<Uuid>, thing: Uuid) -> Change {
        Change {
            centre,
            participant,
            audience: None,
            subject_kind: self.as_str(),
            subject: thing,
            operation: Operation::Upsert,
        }
    }

    /// The kind and the verb of an action of the audit log, such as `appointment.confirm`.
    pub fn of_action(action: &str) -> Option<(Self, &str)> {
        let (word, verb) = action.split_once('.')?;
        Some((Self::of(word)?, verb))
    }
}

#[cfg(test)]
mod tests {
    use super::ThingKind;

    #[test]
    fn words_are_read_back() {
        for kind in ThingKind::ALL {
            assert_eq!(ThingKind::of(kind.as_str()), Some(*kind));
        }
        assert_eq!(
            ThingKind::of_action("appointment.read_notes"),
            Some((ThingKind::Appointment, "read_notes"))
        );
        assert!(
            ThingKind::Appointment.opens_file("read_notes") && !ThingKind::Participant.opens_file("list")
        );
        assert_eq!((ThingKind::of_action("read"), ThingKind::of_action("thing.read")), (None, None));
    }
}

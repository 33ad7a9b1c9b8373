//! Identifiers. Every id is a UUID version 7 (RFC 9562 §5.7): it sorts by the time it was made, and a phone without network
//! may choose it. Each kind of thing has a type of its own, so that a staff member's id cannot be handed in for a participant's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Makes ids. Handed in wherever an id is needed, so that a test can foresee them.
pub trait IdSource: Send + Sync {
    /// A new UUID version 7.
    fn next(&self) -> Uuid;
}

/// Ids from the system's clock and random numbers.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one source of ids outside tests")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(feature = "storage", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        #[schema(value_type = Uuid, example = "01936f6e-4d00-7000-8000-000000000001")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id from `ids`.
            pub fn new(ids: &dyn IdSource) -> Self {
                Self(ids.next())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
    };
}

id!(/// An accompaniment centre.
    CentreId);
id!(/// A staff member: mentor, counsellor, manager, administrator or observer.
    StaffId);
id!(/// A released (or soon to be released) beneficiary.
    ParticipantId);
id!(/// The tie between a participant and a staff member.
    AssignmentId);
id!(/// A manager's emergency access to one participant's notes.
    EmergencyAccessId);
id!(/// A one-time code with which a participant's phone is enrolled.
    EnrolmentCodeId);
id!(/// A signed-in phone or browser.
    SessionId);
id!(/// One installed app that can be reached by push.
    DeviceId);
id!(/// An appointment.
    AppointmentId);
id!(/// One of the times that are offered for an appointment.
    SlotId);
id!(/// A note on an appointment.
    NoteId);
id!(/// One planned message to one person about one subject.
    ReminderId);
id!(/// One line of the audit log.
    AuditId);

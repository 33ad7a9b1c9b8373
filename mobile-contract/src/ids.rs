//! Identifiers. Every id is a UUID version 7 (RFC 9562 §5.7): it sorts by the time it was made, and a phone without network
//! may choose it. Each kind of thing has a type of its own, so that a staff member's id cannot be handed in for a participant's.

use serde::{Deserialize, Deserializer, Serialize, de::Visitor};
use std::fmt;
use utoipa::ToSchema;
use uuid::{Uuid, Variant};

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

/// The text is no UUID of version 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a UUID of version 7")
    }
}

impl std::error::Error for NotAnId {}

/// Reads an id that came from outside. Another version would not sort by time, and lists, cursors and the audit log lean on that.
fn parse(text: &str) -> Result<Uuid, NotAnId> {
    let id = Uuid::parse_str(text).map_err(|_| NotAnId)?;
    if id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122 { Ok(id) } else { Err(NotAnId) }
}

/// Reads an id from text, in words that say what an id is.
struct IdText;

impl Visitor<'_> for IdText {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID of version 7")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Uuid, E> {
        parse(text).map_err(E::custom)
    }
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
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
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdText).map(Self)
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
id!(/// Something that a phone recorded without network.
    MutationId);
id!(/// Whatever an operation is about.
    SubjectId);

#[cfg(test)]
mod tests {
    use super::{DeviceId, IdSource as _, SystemIds};

    #[test]
    fn only_ids_that_sort_by_time_are_read() {
        let id = SystemIds.next();
        let read = |text: &str| serde_json::from_str::<DeviceId>(&format!("\"{text}\""));
        assert_eq!(read(&id.to_string()).unwrap(), DeviceId(id));
        assert_eq!(id.to_string().parse(), Ok(DeviceId(id)));
        for other in [
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "e3b0c442-98fc-4c14-9afb-f4c8996fb924",
            "01936f6e-4d00-7000-0000-000000000001",
            "x",
        ] {
            let refused = read(other).unwrap_err().to_string();
            assert!(refused.starts_with("must be a UUID of version 7"), "{other}: {refused}");
        }
    }
}

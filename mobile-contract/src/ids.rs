//! Identifiers. Every id is a UUID version 7 (RFC 9562 §5.7): it sorts by the time it was made, and a phone without network
//! may choose it. Each kind of thing has a type of its own, so that a staff member's id cannot be handed in for a participant's.

use std::fmt;
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

/// The text is no UUID of version 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a UUID of version 7")
    }
}

impl std::error::Error for NotAnId {}

/// Declares ids, each a type of its own. A feature declares those that are its own beside its code:
///
/// ```
/// contract::ids! {
///     /// A visit to somebody's home.
///     VisitId,
/// }
/// assert!("01936f6e-4d00-7000-8000-000000000001".parse::<VisitId>().is_ok());
/// ```
///
/// It needs no other crate than this one, under the name `contract`. They are stored if this crate has the feature `storage`.
#[macro_export]
macro_rules! ids {
    ($($(#[doc = $about:literal])* $name:ident),+ $(,)?) => { $(
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, $crate::__private::serde::Serialize)]
        #[serde(crate = "contract::__private::serde", transparent)]
        pub struct $name(pub $crate::__private::Uuid);

        impl $name {
            /// A new id from `ids`.
            pub fn new(ids: &dyn $crate::IdSource) -> Self {
                Self(ids.next())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::NotAnId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::__private::parse(text).map(Self)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::__private::IdText).map(Self)
            }
        }

        impl From<$name> for $crate::__private::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl $crate::__private::utoipa::PartialSchema for $name {
            fn schema() -> $crate::__private::utoipa::openapi::RefOr<$crate::__private::utoipa::openapi::Schema> {
                $crate::__private::id_schema(concat!($($about),*))
            }
        }

        impl $crate::__private::utoipa::ToSchema for $name {}

        $crate::__stored_as_id!($name);
    )+ };
}

crate::ids! {
    /// An accompaniment centre.
    CentreId,
    /// A staff member: mentor, counsellor, manager, administrator or observer.
    StaffId,
    /// A released (or soon to be released) beneficiary.
    ParticipantId,
    /// The tie between a participant and a staff member.
    AssignmentId,
    /// A manager's emergency access to one participant's notes.
    EmergencyAccessId,
    /// A one-time code with which a participant's phone is enrolled.
    EnrolmentCodeId,
    /// A signed-in phone or browser.
    SessionId,
    /// One installed app that can be reached by push.
    DeviceId,
    /// An appointment.
    AppointmentId,
    /// One of the times that are offered for an appointment.
    SlotId,
    /// A note on an appointment.
    NoteId,
    /// One planned message to one person about one subject.
    ReminderId,
    /// One line of the audit log.
    AuditId,
    /// Something that a phone recorded without network.
    MutationId,
    /// Whatever an operation is about.
    SubjectId,
}

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

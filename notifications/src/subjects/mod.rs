//! The kinds of things that people are reminded of. A kind is a module here: what it wishes to have said, what its purposes are, what its
//! texts are made from, its buttons and its part of a policy. It is known to everything else by its one line in [`subjects!`], and its
//! texts lie in `messages/{language}/{kind}.ftl`. What the line stands for does not compile until the module has it all:
//!
//! | in the module | what it is |
//! | --- | --- |
//! | `PURPOSES` | what each purpose of the contract says ([`Purpose`]) |
//! | `TextFacts`, `FIELDS` | what its texts are made from besides the time ([`Telling`]), and the names of the fields |
//! | the types in braces | what centres decide about it ([`PolicyPart`](crate::policy::PolicyPart)); none if they decide nothing |
//! | `samples`, for tests | examples of `TextFacts`, by which all texts, payloads and facts are tried |

pub mod appointment;
pub mod check_in;
pub mod contact;
pub mod digest;
pub mod emergency_access;
pub mod hand_over;
pub mod placement;
pub mod visit;
pub mod work_item;

use contract::{Language, NotificationAction, ReminderPurpose, SubjectKind};
use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use crate::{
    message::Messages,
    policy::reminder_policy,
    purpose::{Declared, Purpose},
};

#[cfg(test)]
pub(crate) mod samples;

/// SQL: whether the reminder is of those that staff hear without having the participant, and its recipient is one of them: administrators for
/// oversight ([`Audience::Oversight`](crate::purpose::Audience)), and those between whom a hand-over is
/// ([`Audience::Sides`](crate::purpose::Audience)). A test compares the words with what the purposes say.
#[macro_export]
macro_rules! for_oversight {
    () => {
        "((reminder.purpose IN ('emergency_access_opened') AND EXISTS (SELECT 1 FROM staff \
           WHERE staff.id = reminder.recipient_id AND staff.role = 'administrator' AND staff.active)) \
          OR (reminder.purpose IN ('hand_over_asked', 'hand_over_answered') AND EXISTS (SELECT 1 FROM hand_over_told AS told \
              WHERE told.hand_over_id = reminder.subject_id AND told.purpose = reminder.purpose \
                AND told.staff_id = reminder.recipient_id)))"
    };
}

/// What texts about one kind of subject are made from, besides the time.
pub(crate) trait Telling {
    /// Whether the reader stays where they are: then a text names the time on their own clock, too.
    fn reader_stays(&self) -> bool;

    /// Puts what the kind's messages ask for beside the time; `with_next` says whether there is room for what to do next.
    fn fill(&self, arguments: &mut FluentArgs<'static>, messages: &Messages, with_next: bool);

    /// What the reader can do from the lock screen, if the purpose has buttons at all.
    fn actions(&self) -> &'static [NotificationAction];
}

macro_rules! subjects {
    ($($kind:ident = $module:ident $({ $($(#[doc = $about:literal])* $field:ident: $part:ident),+ $(,)? })?,)+) => {
        /// What only one kind of subject has of all that a text is made from.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(tag = "subject_kind", rename_all = "snake_case")]
        pub enum SubjectFacts {
            $(
                #[doc = concat!("Of [`", stringify!($module), "`].")]
                $kind($module::TextFacts),
            )+
        }

        impl SubjectFacts {
            /// The kind of thing that a reminder with these facts is about.
            pub const fn kind(&self) -> SubjectKind {
                match self { $(Self::$kind(_) => SubjectKind::$kind,)+ }
            }

            pub(crate) const fn telling(&self) -> &dyn Telling {
                match self { $(Self::$kind(facts) => facts,)+ }
            }
        }

        /// The fields that the facts of this kind have of their own.
        pub(crate) fn own_fields(kind: SubjectKind) -> &'static [&'static str] {
            match kind { $(SubjectKind::$kind => $module::FIELDS,)+ }
        }

        /// The purposes that each kind declares.
        pub(crate) const PURPOSES: &[(SubjectKind, &[Purpose])] = &[$((SubjectKind::$kind, $module::PURPOSES),)+];

        reminder_policy! { $($($($(#[doc = $about])* $field: $module::$part,)+)?)+ }

        /// Examples of what texts with this purpose are made from.
        #[cfg(test)]
        pub(crate) fn samples(purpose: ReminderPurpose) -> Vec<samples::Sample> {
            match purpose.subject_kind() {
                $(SubjectKind::$kind => {
                    $module::samples(purpose).into_iter().map(|sample| sample.about(SubjectFacts::$kind)).collect()
                })+
            }
        }

        /// The message files of this language: what all kinds say, what stands on paper, what is said in person, and then what each says.
        pub(crate) const fn message_files(language: Language) -> &'static [&'static str] {
            match language {
                Language::Arabic => &[message_file!("ar", common), message_file!("ar", slip), message_file!("ar", call), $(message_file!("ar", $module),)+],
                Language::French => &[message_file!("fr", common), message_file!("fr", slip), message_file!("fr", call), $(message_file!("fr", $module),)+],
                Language::Amazigh => &[message_file!("zgh", common), message_file!("zgh", slip), message_file!("zgh", call), $(message_file!("zgh", $module),)+],
                Language::English => &[message_file!("en", common), message_file!("en", slip), message_file!("en", call), $(message_file!("en", $module),)+],
            }
        }
    };
}

macro_rules! message_file {
    ($language:literal, $name:ident) => {
        include_str!(concat!("../../messages/", $language, "/", stringify!($name), ".ftl"))
    };
}

subjects! {
    Appointment = appointment {
        /// What holds for every kind of appointment.
        appointments: AppointmentPolicy,
        /// What one kind does differently.
        kinds: AppointmentOverrides,
    },
    EmergencyAccess = emergency_access,
    Visit = visit,
    WorkItem = work_item,
    Placement = placement,
    CheckIn = check_in,
    Contact = contact,
    Digest = digest,
    HandOver = hand_over,
}

/// What this purpose says, and of which kind of subject.
pub fn declared(purpose: ReminderPurpose) -> Option<Declared> {
    PURPOSES.iter().find_map(|(subject, purposes)| {
        let purpose = purposes.iter().find(|declared| declared.purpose == purpose)?;
        Some(Declared { subject: *subject, purpose: *purpose })
    })
}

#[cfg(test)]
mod tests;

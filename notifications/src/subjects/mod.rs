//! The kinds of things that people are reminded of. A kind is a module here: what it wishes to have said, what its purposes are, what its
//! texts are made from, its buttons and its part of a policy. It is known to everything else by its one line in [`subjects!`], and its
//! texts lie in `messages/{language}/{kind}.ftl`.

pub mod appointment;
pub mod emergency_access;

use contract::{Language, NotificationAction, ReminderPurpose, SubjectKind};
use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use crate::{
    message::Messages,
    purpose::{Declared, Purpose},
};

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
    ($($kind:ident = $module:ident,)+) => {
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

        /// The message files of this language: what all kinds say, and then what each does.
        pub(crate) const fn message_files(language: Language) -> &'static [&'static str] {
            match language {
                Language::Arabic => &[message_file!("ar", common), $(message_file!("ar", $module),)+],
                Language::French => &[message_file!("fr", common), $(message_file!("fr", $module),)+],
                Language::Amazigh => &[message_file!("zgh", common), $(message_file!("zgh", $module),)+],
                Language::English => &[message_file!("en", common), $(message_file!("en", $module),)+],
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
    Appointment = appointment,
    EmergencyAccess = emergency_access,
}

/// What this purpose says, and of which kind of subject.
pub fn declared(purpose: ReminderPurpose) -> Option<Declared> {
    PURPOSES.iter().find_map(|(subject, purposes)| {
        let purpose = purposes.iter().find(|declared| declared.purpose == purpose)?;
        Some(Declared { subject: *subject, purpose: *purpose })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_is_declared_once() {
        let mut declared: Vec<&str> =
            PURPOSES.iter().flat_map(|(_, purposes)| *purposes).map(|one| one.purpose.as_str()).collect();
        let mut all: Vec<&str> = ReminderPurpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
        declared.sort_unstable();
        all.sort_unstable();
        assert_eq!(declared, all);
    }

    #[test]
    fn every_kind_has_a_line() {
        let mut kinds: Vec<&str> = PURPOSES.iter().map(|(kind, _)| kind.as_str()).collect();
        kinds.sort_unstable();
        let mut all: Vec<&str> = SubjectKind::ALL.iter().map(|kind| kind.as_str()).collect();
        all.sort_unstable();
        assert_eq!(kinds, all);
    }
}

//! Everything that a phone gets, one line a form.

use super::feed::{Became, Row};
use crate::{appointment, assignment, centre, participant};
use contract::ParticipantId;
use identity::session;
use kernel::{
    error::Result,
    sync_form::{Answer, Form, Loading},
    things::ThingKind,
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! forms {
    ($($(#[doc = $about:literal])+ $list:ident: $form:ty => $answer:ty),+ $(,)?) => {
        /// What is new or different, as the reading operations give it: each list holds one kind of thing. Lists that are empty are absent, and
        /// further ones will come.
        #[derive(Debug, Default, Serialize, ToSchema)]
        pub struct Changed {
            $(
                $(#[doc = $about])+
                #[serde(skip_serializing_if = "Vec::is_empty")]
                #[schema(required = false)]
                pub $list: Vec<$answer>,
            )+
        }

        impl Changed {
            /// How many things there are.
            pub fn count(&self) -> usize {
                [$(self.$list.len()),+].iter().sum()
            }
        }

        /// The lists that this person gets, each with the kinds of changes that concern it.
        pub fn lists_for(actor: &kernel::access::Actor) -> Vec<(&'static str, &'static [ThingKind])> {
            let mut lists = Vec::new();
            $(
                if <$form as Form>::is_for(actor) {
                    lists.push((stringify!($list), <$form as Form>::KINDS));
                }
            )+
            lists
        }

        /// All lists.
        pub fn lists() -> Vec<&'static str> {
            let mut lists = vec![$(stringify!($list)),+];
            lists.sort_unstable();
            lists
        }

        /// Loads what became different of these things, and finds out what is gone.
        pub(super) async fn load(loading: &mut Loading<'_>, rows: &[Row], page: &mut Loaded) -> Result<()> {
            $(
                if <$form as Form>::is_for(loading.actor) {
                    let told = page_of::<$form>(loading, rows, stringify!($list), page).await?;
                    page.changed.$list.extend(told);
                }
            )+
            Ok(())
        }
    };
}

forms! {
    /// Oneself, as `readMe` gives it; for participants, at most one.
    myself: session::SyncForm => session::Me,
    /// Participants, as `readParticipant` gives them.
    participants: participant::SyncForm => participant::Participant,
    /// Assignments, as `listAssignments` gives them.
    assignments: assignment::SyncForm => assignment::Assignment,
    /// Appointments that start within the last 30 days and the next 90, as `readAppointment` gives them. What `possible_commands` and the
    /// states of `slots` say depends on the time as well: it holds as of this answer.
    appointments: appointment::SyncForm => appointment::Appointment,
    /// The notes on those appointments, as `listAppointmentNotes` gives them: all of each appointment whenever there is a new one.
    appointment_notes: appointment::NotesSyncForm => appointment::NotesOfAppointment,
    /// Centres, as `readCentre` gives them.
    centres: centre::SyncForm => centre::Centre,
}

/// One thing of one list.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListedThing {
    /// The list in which it was told, such as `appointments`.
    #[schema(pattern = "^[a-z_]+$", max_length = 40, example = "appointments")]
    pub list: &'static str,
    /// Its id.
    #[schema(example = "01936f6e-4d00-7000-8000-000000000004")]
    pub id: Uuid,
}

/// What one page tells.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub changed: Changed,
    pub gone: Vec<ListedThing>,
    pub unread: Vec<ListedThing>,
    pub people: BTreeSet<ParticipantId>,
}

async fn page_of<F: Form>(
    loading: &mut Loading<'_>,
    rows: &[Row],
    list: &'static str,
    page: &mut Loaded,
) -> Result<Vec<F::Answer>> {
    let of_kind = || rows.iter().filter(|row| row.kind.is_some_and(|kind| F::KINDS.contains(&kind)));
    let different = of_kind().filter(|row| row.became == Became::Different).map(|row| row.subject);
    let asked: Vec<Uuid> = different.collect::<BTreeSet<_>>().into_iter().collect();
    let told = if asked.is_empty() { Vec::new() } else { F::load(loading, &asked).await? };
    if F::MAY_GO {
        let found: BTreeSet<Uuid> = told.iter().map(|one| one.id).collect();
        let is_gone = |row: &&Row| match row.became {
            Became::Different => !found.contains(&row.subject),
            Became::Gone => true,
            Became::Revoked => false,
        };
        page.gone.extend(of_kind().filter(is_gone).map(|row| ListedThing { list, id: row.subject }));
    }
    let mut answers = Vec::with_capacity(told.len());
    for one in told {
        match one.answer {
            Answer::Whole(answer) => {
                page.people.extend(one.participant);
                answers.push(answer);
            }
            Answer::Unread => page.unread.push(ListedThing { list, id: one.id }),
            Answer::ToldBefore => {}
        }
    }
    Ok(answers)
}

//! Everything that a phone gets, as the features say.

use super::row::{Became, Row};
use contract::ParticipantId;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Answer, Loading, list::PhoneList},
    things::Thing,
};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema},
};
use uuid::Uuid;

/// All lists, in the order of a page.
pub(super) fn all() -> impl Iterator<Item = &'static dyn PhoneList> {
    let of_features = crate::FEATURES.iter().flat_map(|feature| feature.lists);
    identity::session::LISTS.iter().chain(of_features).copied()
}

/// The lists that this person gets.
pub(super) fn of(actor: &Actor) -> impl Iterator<Item = &'static dyn PhoneList> {
    let actor = *actor;
    all().filter(move |list| list.is_for(&actor))
}

/// The lists that this person gets, each with the kinds of changes that concern it.
pub fn lists_for(actor: &Actor) -> Vec<(&'static str, Vec<&'static Thing>)> {
    of(actor).map(|list| (list.name(), list.kinds(actor))).collect()
}

/// The names of all lists.
pub fn lists() -> Vec<&'static str> {
    let mut lists: Vec<_> = all().map(PhoneList::name).collect();
    lists.sort_unstable();
    lists
}

/// What is new or different, as the reading operations give it: each list holds one kind of thing. Lists that are empty are absent, and
/// further ones will come.
#[derive(Debug, Default)]
pub struct Changed(Vec<(&'static str, Vec<Box<RawValue>>)>);

impl Changed {
    /// How many things there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|(_, things)| things.len()).sum()
    }
}

impl Serialize for Changed {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0.iter().filter(|(_, things)| !things.is_empty()).map(|(list, things)| (list, things)),
        )
    }
}

impl PartialSchema for Changed {
    fn schema() -> RefOr<Schema> {
        let about = "What is new or different, as the reading operations give it: each list holds one kind of thing. Lists that are empty are absent, and\nfurther ones will come.";
        let object = ObjectBuilder::new().description(Some(about));
        all().fold(object, |object, list| object.property(list.name(), list.schema())).into()
    }
}

impl ToSchema for Changed {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for list in all() {
            list.schemas(schemas);
        }
    }
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

/// Loads what became different of these things, and finds out what is gone.
pub(super) async fn load(loading: &mut Loading<'_>, rows: &[Row], page: &mut Loaded) -> Result<()> {
    for list in of(loading.actor) {
        let told = page_of(list, loading, rows, page).await?;
        page.changed.0.push((list.name(), told));
    }
    Ok(())
}

async fn page_of(
    list: &dyn PhoneList,
    loading: &mut Loading<'_>,
    rows: &[Row],
    page: &mut Loaded,
) -> Result<Vec<Box<RawValue>>> {
    let name = list.name();
    let kinds = list.kinds(loading.actor);
    let of_kind = || rows.iter().filter(|row| row.kind.is_some_and(|kind| kinds.contains(&kind)));
    let different = of_kind().filter(|row| row.became == Became::Different).map(|row| row.subject);
    let asked: Vec<Uuid> = different.collect::<BTreeSet<_>>().into_iter().collect();
    let told = if asked.is_empty() { Vec::new() } else { list.load(loading, &asked).await? };
    if list.may_go() {
        let found: BTreeSet<Uuid> = told.iter().map(|one| one.id).collect();
        let is_gone = |row: &&Row| match row.became {
            Became::Different => !found.contains(&row.subject),
            Became::Gone => true,
            Became::Revoked => false,
        };
        page.gone.extend(of_kind().filter(is_gone).map(|row| ListedThing { list: name, id: row.subject }));
    }
    let mut answers = Vec::with_capacity(told.len());
    for one in told {
        match one.answer {
            Answer::Whole(answer) => {
                page.people.extend(one.participant);
                answers.push(answer);
            }
            Answer::Unread => page.unread.push(ListedThing { list: name, id: one.id }),
            Answer::ToldBefore => {}
        }
    }
    Ok(answers)
}

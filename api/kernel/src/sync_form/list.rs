//! A form as the page sees it, which knows no feature: a list by its name.

use super::{Answer, Form, Loading, Told};
use crate::{
    access::Actor,
    error::{Error, Result},
    things::Thing,
};
use futures_util::future::BoxFuture;
use serde_json::value::{RawValue, to_raw_value};
use std::marker::PhantomData;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, Ref, RefOr, Schema, schema::ArrayItems},
};
use uuid::Uuid;

/// Things of one kind that a page told, each as its reading operation gives it.
pub type Loaded<'l> = BoxFuture<'l, Result<Vec<Told<Box<RawValue>>>>>;

/// What phones get of one kind of things.
pub trait PhoneList: Sync {
    /// What the list is called in a page.
    fn name(&self) -> &'static str;

    /// What is in it, for the contract.
    fn about(&self) -> &'static str;

    /// Of which kinds the changes are that concern it and that this person hears of; each names one of its things.
    fn kinds(&self, actor: &Actor) -> Vec<&'static Thing>;

    /// Those among them that are a whole centre's and about nobody.
    fn of_centre(&self) -> &'static [&'static Thing];

    /// Whether a phone is to forget what it has of a thing that is not told any more.
    fn may_go(&self) -> bool;

    /// Whether this person gets it at all.
    fn is_for(&self, actor: &Actor) -> bool;

    /// Those of these things that are in the caller's scope, in one statement.
    fn load<'l>(&'l self, loading: &'l mut Loading<'_>, ids: &'l [Uuid]) -> Loaded<'l>;

    /// Its shape in the contract.
    fn schema(&self) -> RefOr<Schema>;

    /// The shapes that this one is made of.
    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>);
}

/// The list of a form.
pub struct ListOf<F>(PhantomData<fn() -> F>);

impl<F> ListOf<F> {
    /// It.
    #[expect(clippy::new_without_default, reason = "it is made where a constant is needed")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F> PhoneList for ListOf<F>
where
    F: Form,
    F::Answer: ToSchema + Send,
{
    fn name(&self) -> &'static str {
        F::LIST
    }

    fn about(&self) -> &'static str {
        F::ABOUT
    }

    fn kinds(&self, actor: &Actor) -> Vec<&'static Thing> {
        let is_heard = |kind: &&&'static Thing| actor.role().is_some() || !F::AMONG_STAFF.contains(*kind);
        F::KINDS.iter().filter(is_heard).copied().collect()
    }

    fn of_centre(&self) -> &'static [&'static Thing] {
        F::OF_CENTRE
    }

    fn may_go(&self) -> bool {
        F::MAY_GO
    }

    fn is_for(&self, actor: &Actor) -> bool {
        F::is_for(actor)
    }

    fn load<'l>(&'l self, loading: &'l mut Loading<'_>, ids: &'l [Uuid]) -> Loaded<'l> {
        Box::pin(async move {
            let told = F::load(loading, ids).await?;
            told.into_iter().map(raw).collect()
        })
    }

    fn schema(&self) -> RefOr<Schema> {
        let item = Ref::from_schema_name(F::Answer::name());
        ArrayBuilder::new()
            .items(ArrayItems::RefOrSchema(Box::new(item.into())))
            .description(Some(F::ABOUT))
            .into()
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((F::Answer::name().into_owned(), F::Answer::schema()));
        F::Answer::schemas(schemas);
    }
}

fn raw<T: serde::Serialize>(told: Told<T>) -> Result<Told<Box<RawValue>>> {
    let answer = match told.answer {
        Answer::Whole(answer) => Answer::Whole(to_raw_value(&answer).map_err(Error::internal)?),
        Answer::ToldBefore => Answer::ToldBefore,
        Answer::Unread => Answer::Unread,
    };
    Ok(Told { id: told.id, participant: told.participant, answer })
}

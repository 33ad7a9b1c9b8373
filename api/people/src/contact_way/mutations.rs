//! What can be done without network with the ways to reach somebody, each about its participant. Whoever was taken out of a caseload meanwhile still says
//! which number is somebody else's. What was changed behind the version that the phone had is a conflict, but for what adds to it or ends something.

use super::{
    deeds,
    request::{ContactOrder, ContactWayChange, NewContactWay, WhichContactWay, WrongNumber},
    store::{self, Person},
    things::CONTACT_WAYS,
};
use crate::{
    accompanied,
    app::mutation::{Applied, Applying, Mutation},
};
use contract::ParticipantId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "addContactWay", apply: |applying| Box::pin(add(applying)) },
    Mutation { operation: "changeContactWay", apply: |applying| Box::pin(change(applying)) },
    Mutation { operation: "removeContactWay", apply: |applying| Box::pin(remove(applying)) },
    Mutation { operation: "orderContactWays", apply: |applying| Box::pin(order(applying)) },
    Mutation { operation: "reportWrongNumber", apply: |applying| Box::pin(report_wrong(applying)) },
];

async fn add(applying: &mut Applying<'_>) -> Result<Applied> {
    let new: NewContactWay = applying.body()?;
    accompanied::said_by_the_phone(&[("/body/id", new.id.is_none())])?;
    no_version(applying)?;
    let mut person = held(applying).await?;
    let now = applying.now;
    let audit = deeds::add(applying.app, applying.tx, &mut person, new, now).await.map_err(in_body)?;
    Ok(applied(&person, audit))
}

async fn change(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: ContactWayChange = applying.body()?;
    let mut person = unchanged(applying).await?;
    let now = applying.now;
    let audit = deeds::change(applying.app, applying.tx, &mut person, body, now).await.map_err(in_body)?;
    Ok(applied(&person, audit))
}

async fn remove(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: WhichContactWay = applying.body()?;
    let mut person = unchanged(applying).await?;
    let now = applying.now;
    let audit = deeds::remove(applying.app, applying.tx, &mut person, &body, now).await.map_err(in_body)?;
    Ok(applied(&person, audit))
}

async fn order(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: ContactOrder = applying.body()?;
    let mut person = unchanged(applying).await?;
    let now = applying.now;
    let audit = deeds::order(applying.tx, &mut person, &body, now).await.map_err(in_body)?;
    Ok(applied(&person, audit))
}

async fn report_wrong(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: WrongNumber = applying.body()?;
    no_version(applying)?;
    let mut person = held_or_former(applying).await?;
    let now = applying.now;
    let audit =
        deeds::report_wrong(applying.app, applying.tx, &mut person, &body, now).await.map_err(in_body)?;
    Ok(applied(&person, audit))
}

fn no_version(applying: &Applying<'_>) -> Result<()> {
    if applying.base_version.is_none() {
        return Ok(());
    }
    Err(Error::field("/base_version", "not_allowed", "it holds whatever was changed meanwhile"))
}

/// Whom it is about: the participant themself, or somebody whom the caller accompanies or manages.
async fn held(applying: &mut Applying<'_>) -> Result<Person> {
    let participant = ParticipantId(applying.subject()?);
    let scope = applying.actor.caseload()?;
    store::load_for_change(applying.tx, scope, participant).await?.ok_or_else(Error::not_found)
}

/// The same, or somebody whom the caller accompanied when they recorded it.
async fn held_or_former(applying: &mut Applying<'_>) -> Result<Person> {
    let participant = ParticipantId(applying.subject()?);
    if let Ok(scope) = applying.actor.caseload()
        && let Some(person) = store::load_for_change(applying.tx, scope, participant).await?
    {
        return Ok(person);
    }
    accompanied::met_when_recorded(applying, participant).await?;
    store::hold_wish(applying.tx, participant).await?;
    store::people(applying.tx, &[participant.0]).await?.into_iter().next().ok_or_else(Error::not_found)
}

/// What was changed since by the same person's own phone is what they had seen.
async fn unchanged(applying: &mut Applying<'_>) -> Result<Person> {
    let base = applying.base_version()?;
    let person = held(applying).await?;
    let behind: Vec<i64> = (base + 1..=person.version).collect();
    if base > person.version || !applying.are_own(person.id.0, &behind).await? {
        return Err(Error::changed(person.version));
    }
    Ok(person)
}

fn in_body(error: Error) -> Error {
    error.below("/body")
}

fn applied(person: &Person, audit: Audit) -> Applied {
    Applied {
        subject_kind: &CONTACT_WAYS,
        subject: person.id.0,
        participant: Some(person.id),
        version: Some(person.version),
        audit,
    }
}

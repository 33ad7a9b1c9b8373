//! Giving a consent, withdrawing it, and its running out: the same over HTTP, from a phone that was without network, and by the agenda.

use super::{
    answer::{whom_field, witness_field},
    request::ConsentTerms,
    rules::{self, Entry},
    store::{self, EntryRow, Row, Which, Whose},
    things::CONSENT,
    timers::CONSENTS,
    wordings,
    words::{ConsentId, ConsentPurpose, ConsentRecorder, ConsentState},
};
use crate::{
    app::{
        App,
        life::{Coming, Consequences, Ended, Event},
    },
    life,
};
use contract::{ParticipantId, PersonKind, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    agenda,
    audit::Audit,
    error::{Error, Result},
    protect::privacy::Note,
};
use notifications::device;
use uuid::Uuid;

/// Who writes down what was said, and when it was said.
#[derive(Debug, Clone, Copy)]
pub struct Saying {
    by: ConsentRecorder,
    person: Option<Uuid>,
    at: Instant,
}

impl Saying {
    /// By this person, then; nobody says anything later than now, whatever a phone's clock shows.
    pub fn of(actor: &Actor, said_at: Instant, now: Instant) -> Self {
        let by = match actor.kind() {
            PersonKind::Participant => ConsentRecorder::Participant,
            PersonKind::Staff => ConsentRecorder::Staff,
        };
        Self { by, person: Some(actor.person()), at: said_at.min(now) }
    }
}

/// What is said of a consent.
struct Line {
    act: ConsentState,
    saying: Saying,
    terms: Option<ConsentTerms>,
    whom: Option<Note>,
}

/// Writes down that somebody agrees, and the line of the audit log that says so.
pub async fn give(
    app: &App,
    tx: &mut Tx,
    whose: &Whose,
    (which, whom): (Which, Option<Note>),
    (terms, saying): (ConsentTerms, Saying),
    now: Instant,
) -> Result<(Row, Audit)> {
    if !wordings::may_be_agreed_to(&terms.wording_version, saying.at) {
        return Err(Error::field("/wording_version", "unknown", "is not the wording that is agreed to now"));
    }
    if let Some(expires_at) = terms.expires_at {
        let fault = |(code, detail)| Error::field("/expires_at", code, detail);
        rules::check_expiry(expires_at, now).map_err(fault)?;
    }
    let line = Line { act: ConsentState::Given, saying, terms: Some(terms), whom };
    let held = store::hold(tx, which).await?;
    let row = write(app, tx, whose, (which, held), line, now).await?;
    let audit = audit(&row, "give");
    Ok((row, audit))
}

/// Writes down that somebody takes it back or says no, and does what follows. Also where it was withdrawn before: of two who say no, the later
/// outweighs a "yes" that was said between them and arrives last.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    (actor, saying): (&Actor, Saying),
    (whose, which): (&Whose, Which),
    now: Instant,
) -> Result<(Row, Consequences)> {
    let ended = Ended { participant: whose.id, purpose: which.purpose.as_str(), subject: which.subject };
    life::is_about_to(app, tx, Coming::ConsentEnds(ended), now).await?;
    let held = store::hold(tx, which).await?;
    if held.is_none() && which.purpose.is_of_one_subject() {
        return Err(Error::field("/subject_id", "unknown", "nothing was agreed to about this one"));
    }
    let line = Line { act: ConsentState::Withdrawn, saying, terms: None, whom: None };
    let row = write(app, tx, whose, (which, held), line, now).await?;
    let consequences = life::happens(app, tx, actor, Event::ConsentEnds(ended), now).await?;
    Ok((row, consequences))
}

/// The time of a consent has run out: that is written down, and what follows is done.
pub async fn expire(app: &App, tx: &mut Tx, row: Row, now: Instant) -> Result<(Row, Audit)> {
    let which = Which { participant: row.participant_id, purpose: row.purpose, subject: row.subject_id };
    let whose = Whose { id: row.participant_id, centre_id: row.centre_id, data_key: row.data_key.clone() };
    let saying = Saying { by: ConsentRecorder::Service, person: None, at: now };
    let line = Line { act: ConsentState::Expired, saying, terms: None, whom: None };
    let row = write(app, tx, &whose, (which, Some(row)), line, now).await?;
    // Nobody does it: whose it was stands where somebody is asked for.
    let its_own = Actor::Participant { id: row.participant_id, centre: row.centre_id, session: None };
    let ended = Ended { participant: whose.id, purpose: which.purpose.as_str(), subject: which.subject };
    let consequences = life::happens(app, tx, &its_own, Event::ConsentEnds(ended), now).await?;
    let audit = audit(&row, "expire").with("referrals_revoked", consequences.count("referrals_revoked"));
    Ok((row, audit))
}

/// The line of the audit log about what was done to it. What for, and in which language, stands with the consent alone: it tells of the person.
pub fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&CONSENT, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

/// Adds a line, and writes how it stands after it.
async fn write(
    app: &App,
    tx: &mut Tx,
    whose: &Whose,
    (which, held): (Which, Option<Row>),
    line: Line,
    now: Instant,
) -> Result<Row> {
    let key = app.keys.participants.key(whose.id.0, &whose.data_key)?;
    let is_new = held.is_none();
    let mut row = match held {
        Some(row) => row,
        None => fresh(app, tx, whose, which, now).await?,
    };
    row.version += 1;
    let terms = line.terms.as_ref();
    let witness = terms.and_then(|terms| terms.witness.as_ref());
    let entry = EntryRow {
        number: row.version,
        act: line.act,
        recorded_at: now,
        said_at: line.saying.at,
        recorded_by_kind: line.saying.by,
        recorded_by: line.saying.person,
        wording_version: terms.map(|terms| terms.wording_version.clone()),
        language: terms.map(|terms| terms.language),
        witness_sealed: witness
            .map(|name| key.seal_text(witness_field(row.id), name, &*app.random))
            .transpose()?,
        expires_at: terms.and_then(|terms| terms.expires_at),
    };
    if let Some(whom) = &line.whom {
        match &row.whom_sealed {
            None => row.whom_sealed = Some(key.seal_text(whom_field(row.id), whom, &*app.random)?),
            Some(sealed) => {
                let agreed: Note = key.open_text(whom_field(row.id), sealed)?;
                if agreed.expose() != whom.expose() {
                    return Err(Error::field(
                        "/whom",
                        "not_allowed",
                        "this subject is about somebody else already",
                    ));
                }
            }
        }
    }
    let mut said = if is_new { Vec::new() } else { store::said(tx, row.id).await? };
    said.push(Entry { act: entry.act, said_at: entry.said_at, expires_at: entry.expires_at });
    settle(&mut row, &said, &entry, now);
    if !is_new {
        store::update(tx, &row).await?;
    } else if !store::insert(tx, &row).await? {
        // Somebody else made it a moment ago: it is read again.
        return Err(Error::stood_in_the_way());
    }
    store::append(tx, row.id, &entry).await?;
    tx.changed(row.changed());
    take_effect(tx, &row, now).await?;
    Ok(row)
}

/// One of which nothing was said yet.
async fn fresh(app: &App, tx: &mut Tx, whose: &Whose, which: Which, now: Instant) -> Result<Row> {
    Ok(Row {
        id: ConsentId::new(&*app.ids),
        centre_id: store::hold_centre_of(tx, whose.id).await?,
        participant_id: whose.id,
        purpose: which.purpose,
        subject_id: which.subject,
        whom_sealed: None,
        state: ConsentState::Withdrawn,
        since: now,
        wording_version: None,
        language: None,
        expires_at: None,
        version: 0,
        data_key: whose.data_key.clone(),
    })
}

/// How it stands after what was said; `last` is the newest of it.
fn settle(row: &mut Row, said: &[Entry], last: &EntryRow, now: Instant) {
    let Some(standing) = rules::what_holds(said, now) else { return };
    if standing.by + 1 != said.len() {
        // What was said last changes nothing: it was taken back since.
        return;
    }
    let is_said_again =
        row.version > 1 && row.state == ConsentState::Withdrawn && standing.state == ConsentState::Withdrawn;
    if !is_said_again {
        row.since = last.said_at;
    }
    row.state = standing.state;
    row.expires_at = standing.expires_at;
    let is_given = standing.state == ConsentState::Given;
    row.wording_version = last.wording_version.clone().filter(|_| is_given);
    row.language = last.language.filter(|_| is_given);
}

/// What the service itself does about it: it looks again when the time runs out, and pushes to nobody who does not agree.
async fn take_effect(tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    let is_given = row.state == ConsentState::Given;
    if let Some(expires_at) = row.expires_at.filter(|at| is_given && *at > now) {
        agenda::note(tx, CONSENTS, row.centre_id, &[row.id.0], expires_at).await?;
    }
    if row.purpose == ConsentPurpose::PushAbroad {
        set_push(tx, row.participant_id, is_given).await?;
    }
    Ok(())
}

async fn set_push(tx: &mut Tx, participant: ParticipantId, is_allowed: bool) -> Result<()> {
    if is_allowed {
        device::allow_push(tx, participant).await?;
    } else {
        device::forbid_push(tx, participant).await?;
    }
    Ok(())
}
